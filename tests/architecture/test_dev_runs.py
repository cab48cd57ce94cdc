"""How dev.py starts the program, the tests and a display, and what it makes of their end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from devtool import showing
from devtool.checks import Check, run_checks
from devtool.display import environment_for, has_display, virtual_display
from devtool.showing import show_demo, start_program, tell_results, unattended_options
from devtool.terminal import ToolError
from devtool.test_runs import Outcome, outcome_of

_LINUX_ONLY = pytest.mark.skipif(
    sys.platform != "linux", reason="the other systems always have a display"
)
_PYTHON = Path(sys.executable)


@_LINUX_ONLY
def test_a_virtual_display_answers_and_ends() -> None:
    with virtual_display(800, 600) as environment:
        shown = subprocess.run(
            ["xdpyinfo"], env=environment, capture_output=True, text=True, check=False
        )
        servers = [child for child in psutil.Process().children() if child.name() == "Xvfb"]
    assert "800x600 pixels" in shown.stdout
    assert len(servers) == 1
    assert not servers[0].is_running()


@_LINUX_ONLY
def test_a_display_that_cannot_start_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(ToolError, match="Xvfb"), virtual_display():
        raise AssertionError("there is no display")


@_LINUX_ONLY
def test_a_display_of_impossible_size_is_a_sentence() -> None:
    with pytest.raises(ToolError, match="Xvfb"), virtual_display(0, 0):
        raise AssertionError("there is no display")


def test_the_virtual_display_is_the_only_one_named() -> None:
    inherited = {"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0", "PATH": "/bin"}
    environment = environment_for("42", inherited)
    assert environment["DISPLAY"] == ":42"
    assert environment["PATH"] == "/bin"
    assert "WAYLAND_DISPLAY" not in environment


@_LINUX_ONLY
@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, False),
        ({"DISPLAY": ""}, False),
        ({"DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "w"}, True),
    ],
)
def test_a_display_is_known_by_its_variable(environment: dict[str, str], expected: bool) -> None:
    assert has_display(environment) is expected


def test_an_unattended_demo_leaves_after_a_while_and_leaves_proof(tmp_path: Path) -> None:
    options = unattended_options(["--screens", "2", "--run-seconds=5"], tmp_path)
    assert options[:3] == ["--screens", "2", "--run-seconds=5"]
    assert "--run-seconds" not in options
    assert options[options.index("--screenshot") + 1] == str(tmp_path / "wall.png")
    assert options[options.index("--report") + 1] == str(tmp_path / "report.json")


@_LINUX_ONLY
def test_a_demo_that_fails_is_reported_with_its_status(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr(showing, "OUTPUT", tmp_path / "output")
    monkeypatch.setattr(showing, "run_visibly", lambda _command, environment: 9)
    with pytest.raises(ToolError, match="status 9") as failure:
        show_demo(_PYTHON, [])
    assert failure.value.status == 9


def test_the_results_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tell_results(tmp_path)
    assert "neither" in capsys.readouterr().err
    for name in ("wall-1.png", "report.json"):
        (tmp_path / name).touch()
    tell_results(tmp_path)
    told = capsys.readouterr()
    assert str(tmp_path / "wall-1.png") in told.out
    assert str(tmp_path / "report.json") in told.out
    assert told.err == ""


@_LINUX_ONLY
def test_the_program_is_not_started_without_a_display(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []

    def start(command: list[str | Path]) -> int:
        started.append([str(part) for part in command])
        return 0

    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr(showing, "run_visibly", start)
    with pytest.raises(ToolError, match=r"dev\.py demo"):
        start_program(_PYTHON, ["--layout", "2x2"])
    assert started == []
    assert start_program(_PYTHON, ["--import-cameras", "cameras.csv"]) == 0
    assert started[0][1:] == ["main.py", "--import-cameras", "cameras.csv"]


def test_outcomes_of_all_folders_add_up(tmp_path: Path) -> None:
    report = tmp_path / "unit.xml"
    report.write_text(
        '<testsuites><testsuite tests="7" failures="1" errors="1" skipped="2"/></testsuites>'
    )
    total = outcome_of(report) + Outcome(passed=4)
    assert str(total) == "7 passed, 2 failed, 2 skipped"
    assert str(Outcome(passed=3)) == "3 passed, 0 failed"


@pytest.mark.parametrize(
    "content", [None, "", "<testsuites><testsuite tests='many'/></testsuites>"]
)
def test_a_report_that_cannot_be_read_is_a_failure(tmp_path: Path, content: str | None) -> None:
    report = tmp_path / "unit.xml"
    if content is not None:
        report.write_text(content)
    assert outcome_of(report) == Outcome(failed=1)


def test_checks_print_a_line_each_and_the_findings(capsys: pytest.CaptureFixture[str]) -> None:
    good = Check("good", (_PYTHON.name, "-c", "print('chatter')"), "never said")
    bad = Check("bad", (_PYTHON.name, "-c", "print('finding'); raise SystemExit(1)"), "mend it")
    assert run_checks(_PYTHON, [good, bad]) == ["bad"]
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("ok      good")
    assert lines[1] == "finding"
    assert lines[2].startswith("FAILED  bad")
    assert lines[2].endswith(": mend it.")
    assert len(lines) == 3
