"""The files of the repository, as the tests of the house look at them."""

from __future__ import annotations

import io
import subprocess
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE_FOLDERS = ("app", "ui", "tests", "packaging")
_NOT_OURS = {".git", ".venv", "__pycache__", "build", "dist", "demo-output", "bench-output"}


@cache
def python_files() -> tuple[Path, ...]:
    """Every module of ours, entry point included."""
    found = [path for folder in CODE_FOLDERS for path in (ROOT / folder).rglob("*.py")]
    return (*sorted(found), *ROOT.glob("*.py"))


@cache
def text_files() -> tuple[Path, ...]:
    """Every file that git keeps or would keep and that is text."""
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0:
        paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    else:  # a source archive without its history
        paths = [path for path in ROOT.rglob("*") if not _NOT_OURS & set(path.parts)]
    return tuple(path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:4096])


def relative(path: Path) -> str:
    """Name a file as a reader of the repository would."""
    return path.relative_to(ROOT).as_posix()


def comments(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line number and text of every comment; strings that look like one are none."""
    readline = io.StringIO(path.read_text(encoding="utf-8")).readline
    for token in tokenize.generate_tokens(readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
