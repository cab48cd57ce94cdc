"""The verbs of dev.py: what each is called, explains and does."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from devtool import checks, locks, showing, test_runs
from devtool.display import has_display
from devtool.environment import ensure_environment
from devtool.system_install import ensure_system_packages
from devtool.system_packages import BENCHMARKS, TESTS, VIRTUAL_DISPLAY, WINDOW
from devtool.terminal import ToolError, run_visibly, say, warn


@dataclass(frozen=True)
class Verb:
    """One word after dev.py. `run` gets the arguments that followed it."""

    name: str
    summary: str
    explanation: str
    run: Callable[[Sequence[str]], int]


def run_verb(arguments: Sequence[str]) -> int:
    """Do what the arguments say; returns the exit status. Failures are one sentence."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # an old console cannot show every character
            stream.reconfigure(errors="replace")
    parser = _parser()
    chosen = parser.parse_args(arguments[:1])
    verb = next(verb for verb in VERBS if verb.name == chosen.verb)
    rest = list(arguments[1:])
    if rest[:1] in (["--help"], ["-h"]):
        say(f"usage: dev.py {verb.name} …\n\n{verb.explanation}")
        return 0
    if rest[:1] == ["--"]:
        rest = rest[1:]
    try:
        return verb.run(rest)
    except ToolError as failure:
        warn(str(failure))
        return failure.status
    except KeyboardInterrupt:
        warn("interrupted.")
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dev.py",
        description=(
            "One command each. Every verb first installs what it needs: a virtual environment\n"
            "in .venv from the lock files, and on Debian and Ubuntu the missing system packages."
        ),
        epilog="\n".join(
            [
                "verbs:",
                *(f"  {verb.name:<8}{verb.summary}" for verb in VERBS),
                "\n`dev.py VERB --help` explains one.",
            ]
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("verb", choices=[verb.name for verb in VERBS], metavar="VERB")
    return parser


def _demo(arguments: Sequence[str]) -> int:
    ensure_system_packages([*WINDOW, *(() if has_display(os.environ) else VIRTUAL_DISPLAY)])
    return showing.show_demo(ensure_environment(development=False), arguments)


def _run(arguments: Sequence[str]) -> int:
    ensure_system_packages(WINDOW)
    return showing.start_program(ensure_environment(development=False), arguments)


def _check(arguments: Sequence[str]) -> int:
    _takes_nothing("check", arguments)
    failed = checks.run_checks(ensure_environment(development=True))
    if failed:
        raise ToolError(f"the checks found something: {', '.join(failed)}.")
    return 0


def _format(arguments: Sequence[str]) -> int:
    _takes_nothing("format", arguments)
    return checks.format_code(ensure_environment(development=True))


def _test(arguments: Sequence[str]) -> int:
    ensure_system_packages([*WINDOW, *VIRTUAL_DISPLAY, *TESTS])
    python = ensure_environment(development=True)
    options = [argument for argument in arguments if argument != "--fast"]
    if options:
        return test_runs.run_chosen(python, options)
    failed = checks.run_checks(python)
    status = test_runs.run_all(python, fast="--fast" in arguments, options=())
    if failed:
        raise ToolError(f"the checks found something: {', '.join(failed)}.")
    return status


def _bench(arguments: Sequence[str]) -> int:
    ensure_system_packages([*WINDOW, *VIRTUAL_DISPLAY, *TESTS, *BENCHMARKS])
    python = ensure_environment(development=True)
    return run_visibly([python, "-m", "tests.benchmarks", *arguments])


def _lock(arguments: Sequence[str]) -> int:
    _takes_nothing("lock", [argument for argument in arguments if argument != "--upgrade"])
    locks.write_locks(upgrade="--upgrade" in arguments)
    return 0


def _takes_nothing(verb: str, arguments: Sequence[str]) -> None:
    if arguments:
        raise ToolError(f"`dev.py {verb}` does not know {' '.join(arguments)}.", 2)


VERBS = (
    Verb(
        "demo",
        "show the demo city, live",
        "Starts the demo city on loopback and shows it (main.py --demo). Further arguments go to\n"
        "the program, for example: dev.py demo --screens 2 --layout 4x4\n\n"
        "Without a display it runs on a virtual one (Xvfb, 1920x1080) for 30 s, counted from when\n"
        "the city is ready, and leaves screenshots and a report in demo-output/; --run-seconds,\n"
        "--screenshot and --report change that.",
        _demo,
    ),
    Verb(
        "run",
        "start the program",
        "Starts main.py with the arguments that follow, for example:\n"
        "  dev.py run --import-cameras cameras.csv\n"
        "  dev.py run --screens 2 --layout 3x3\n\n"
        "`dev.py run --help` is this text; `dev.py run -- --help` lists the program's options.",
        _run,
    ),
    Verb(
        "test",
        "check, then run every test",
        "Runs `check`, then the tests of architecture, unit, ui, integration and e2e on a virtual\n"
        "display, and prints the sum as the last line.\n\n"
        "  --fast   leave the e2e tests out\n\n"
        "Anything else goes to pytest instead, without the checks, for example:\n"
        "  dev.py test tests/unit -k layout\n"
        "  dev.py test --cov tests/unit tests/integration",
        _test,
    ),
    Verb(
        "check",
        "lint, format, types and import contracts",
        "Runs ruff check, ruff format --check, mypy --strict and the import contracts of\n"
        "pyproject.toml; prints one line for each, and the findings of those that fail.",
        _check,
    ),
    Verb(
        "format",
        "format the code",
        "Sorts imports, mends what ruff can mend safely, and formats every file.",
        _format,
    ),
    Verb(
        "bench",
        "measure beside other players",
        "Installs the players to compare with (mpv, libVLC) and runs tests/benchmarks, which\n"
        "prints one table. The arguments that follow go there:\n"
        "  --only wall|soak|overlay|records   one part\n"
        "  --quick                            shorter, less exact\n"
        "  --minutes N                        length of the soak\n"
        "  --json FILE                        write the table as JSON too",
        _bench,
    ),
    Verb(
        "lock",
        "pin the dependencies anew",
        "Writes packaging/requirements.lock and requirements-dev.lock from pyproject.toml:\n"
        "versions and hashes, for Linux and Windows, no addresses.\n\n"
        "  --upgrade   take the newest versions that pyproject.toml allows",
        _lock,
    ),
)
