"""The parts of the benchmark; each registers itself under the name that ``--only`` takes."""

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.benchmarks.results import Result


@dataclass(frozen=True)
class Options:
    """What the person at the terminal asked for."""

    quick: bool = False
    minutes: float | None = None  # of parts that run for a given time


Run = Callable[[Options], Iterable[Result]]


@dataclass(frozen=True)
class Part:
    """A part of the benchmark; one that is not routine runs only when asked for by name."""

    name: str
    about: str
    run: Run
    is_routine: bool


PARTS: dict[str, Part] = {}


def part(name: str, about: str, *, is_routine: bool = True) -> Callable[[Run], Run]:
    """Register a function as a part."""

    def register(run: Run) -> Run:
        PARTS[name] = Part(name, about, run, is_routine)
        return run

    return register


def say(line: str) -> None:
    """Tell the person at the terminal how far it is; the table itself goes to stdout."""
    print(f"  {line}", file=sys.stderr, flush=True)
