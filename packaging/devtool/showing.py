"""Starts the program: with a display on it, without one on a virtual one for a while."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from devtool.display import has_display, virtual_display
from devtool.terminal import ROOT, ToolError, run_visibly, say, warn

OUTPUT = ROOT / "demo-output"
DEFAULT_SECONDS = 30


def start_program(python: Path, options: Sequence[str]) -> int:
    """Start main.py with the options as they are; returns its exit status."""
    if not has_display(os.environ) and not _shows_nothing(options):
        raise ToolError("there is no display here; `dev.py demo` shows the wall on a virtual one.")
    return run_visibly([python, "main.py", *options])


def show_demo(python: Path, options: Sequence[str]) -> int:
    """Show the demo city; without a display, leave a screenshot and a report behind."""
    if has_display(os.environ):
        return run_visibly([python, "main.py", "--demo", *options])
    OUTPUT.mkdir(exist_ok=True)
    for old in OUTPUT.glob("wall*.png"):
        old.unlink()
    command = unattended_options(options, OUTPUT)
    seconds = command[command.index("--run-seconds") + 1] if "--run-seconds" in command else "?"
    say(
        f"No display here: the demo city runs on a virtual one, for {seconds} s from when it is "
        "ready (about a minute the first time) …"
    )
    with virtual_display() as environment:
        status = run_visibly([python, "main.py", "--demo", *command], environment=environment)
    tell_results(OUTPUT)
    if status != 0:
        raise ToolError(f"the demo ended with status {status}; its own words stand above.", status)
    return 0


def unattended_options(options: Sequence[str], output: Path) -> list[str]:
    """Add what a run without a watcher needs, where the caller has not chosen it."""
    defaults: Mapping[str, str] = {
        "--run-seconds": str(DEFAULT_SECONDS),
        "--screenshot": str(output / "wall.png"),
        "--report": str(output / "report.json"),
    }
    chosen = {option.partition("=")[0] for option in options}
    completed = list(options)
    for name, value in defaults.items():
        if name not in chosen:
            completed += [name, value]
    return completed


def tell_results(output: Path) -> None:
    """Say where screenshot and report lie."""
    results = sorted([*output.glob("wall*.png"), *output.glob("report.json")])
    for result in results:
        say(f"  {result}")
    if not results:
        warn(f"the demo left neither a screenshot nor a report in {output}.")


def _shows_nothing(options: Sequence[str]) -> bool:
    """Tell whether the program does its work without a window."""
    windowless = {"--help", "-h", "--version", "--import-cameras", "--self-check"}
    return any(option.partition("=")[0] in windowless for option in options)
