"""Everything that is checked without running the program."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from devtool.terminal import ROOT, run_quietly, say


@dataclass(frozen=True)
class Check:
    """One tool, run from the virtual environment."""

    title: str
    command: tuple[str, ...]
    """The program and its arguments; the program lies beside the interpreter."""
    advice: str


CHECKS = (
    Check(
        "ruff check",
        ("ruff", "check", "--quiet", "--output-format", "concise"),
        "the linter found what stands above",
    ),
    Check(
        "ruff format",
        ("ruff", "format", "--check", "--quiet", "--output-format", "concise"),
        "these files are not formatted: run `python3 packaging/dev.py format`",
    ),
    Check("mypy --strict", ("mypy",), "the types do not fit"),
    Check(
        "import contracts",
        ("lint-imports", "--config", "pyproject.toml"),
        "an import crosses a border that pyproject.toml draws",
    ),
)


def run_checks(python: Path, checks: Sequence[Check] = CHECKS) -> list[str]:
    """Run all, print a line each, and return the titles of those that failed."""
    failed = []
    for check in checks:
        started = time.monotonic()
        finished = run_quietly([python.parent / check.command[0], *check.command[1:]])
        taken = time.monotonic() - started
        if finished.returncode == 0:
            say(f"ok      {check.title}  ({taken:.1f} s)")
            continue
        failed.append(check.title)
        say(finished.stdout.rstrip())
        say(f"FAILED  {check.title}  ({taken:.1f} s): {check.advice}.")
    return failed


def format_code(python: Path) -> int:
    """Sort imports, mend what ruff can mend safely, and format."""
    ruff = python.parent / "ruff"
    mended = run_quietly([ruff, "check", "--fix", "--quiet", ROOT])
    formatted = run_quietly([ruff, "format", ROOT])
    say((mended.stdout + formatted.stdout).rstrip())
    return formatted.returncode
