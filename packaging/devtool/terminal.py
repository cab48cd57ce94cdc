"""What the developer's tool says, and how it fails: in one sentence."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class ToolError(Exception):
    """Something the person at the terminal has to know; the text is one sentence."""

    def __init__(self, sentence: str, status: int = 1) -> None:
        super().__init__(sentence)
        self.status = status


def say(text: str) -> None:
    """Print a line at once, so that it stands before what a child process prints."""
    print(text, flush=True)


def warn(sentence: str) -> None:
    """Print a line that does not end the verb."""
    print(f"dev.py: {sentence}", file=sys.stderr, flush=True)


def run_quietly(
    command: Sequence[str | Path], *, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run in the repository's root; output and errors come back together as text."""
    return subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


def run_visibly(
    command: Sequence[str | Path], *, environment: Mapping[str, str] | None = None
) -> int:
    """Run in the repository's root with this terminal; returns the exit status."""
    finished = subprocess.run(
        [str(part) for part in command], cwd=ROOT, env=environment, check=False
    )
    return finished.returncode
