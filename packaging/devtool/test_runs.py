"""Runs the tests, folder after folder, on a display of their own."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from devtool.display import needs_virtual_display, virtual_display
from devtool.terminal import ROOT, run_visibly, say

FOLDERS = ("architecture", "unit", "ui", "integration", "e2e")
_NOTHING_COLLECTED = 5


@dataclass(frozen=True)
class Outcome:
    """How many tests passed, failed (errors included) and were skipped."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(
            self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped
        )

    def __str__(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def outcome_of(report: Path) -> Outcome:
    """Read pytest's JUnit report; a report that is missing or broken counts as one failure."""
    try:
        suites = ElementTree.parse(report).getroot().iter("testsuite")
        total = Outcome()
        for suite in suites:
            failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            skipped = int(suite.get("skipped", 0))
            total += Outcome(int(suite.get("tests", 0)) - failed - skipped, failed, skipped)
    except (OSError, ValueError, ElementTree.ParseError):
        return Outcome(failed=1)
    return total


def run_all(python: Path, *, fast: bool, options: Sequence[str]) -> int:
    """Run every folder, also after a failure; print the sum as the last line."""
    folders = [folder for folder in FOLDERS if not (fast and folder == "e2e")]
    total = Outcome()
    status = 0
    with test_display() as environment, tempfile.TemporaryDirectory() as reports:
        for folder in folders:
            started = time.monotonic()
            say(f"\n--- tests/{folder}")
            report = Path(reports) / f"{folder}.xml"
            ended = _pytest(
                python, [f"tests/{folder}", f"--junitxml={report}", *options], environment
            )
            if ended == _NOTHING_COLLECTED:
                say(f"    tests/{folder}: nothing to run")
                continue
            outcome = outcome_of(report)
            total += outcome
            status = status or ended or (1 if outcome.failed else 0)
            say(f"    tests/{folder}: {outcome} in {time.monotonic() - started:.0f} s")
    say("")
    say(str(total))
    return status if total.passed or status else _NOTHING_COLLECTED


def run_chosen(python: Path, options: Sequence[str]) -> int:
    """Run one pytest with the caller's own paths and options."""
    with test_display() as environment:
        return _pytest(python, options, environment)


@contextlib.contextmanager
def test_display() -> Iterator[Mapping[str, str]]:
    """Yield the environment of a test run: on Linux a virtual display, else the real one."""
    if needs_virtual_display():
        with virtual_display() as environment:
            yield environment
    else:
        yield {**os.environ, "QT_API": "pyside6"}


def _pytest(python: Path, options: Sequence[str], environment: Mapping[str, str]) -> int:
    # -P keeps the working directory out: only pyproject.toml says where modules come from.
    return run_visibly(
        [python, "-P", "-m", "pytest", f"--rootdir={ROOT}", "--durations=10", *options],
        environment=environment,
    )
