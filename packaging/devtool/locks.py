"""Writes the lock files: every version with the hashes of its files for every system."""

from __future__ import annotations

import os
import re
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

from devtool.environment import DEVELOPMENT_LOCK, RUNTIME_LOCK, interpreter
from devtool.terminal import ROOT, ToolError, run_quietly, say

_UV = "uv==0.13.9"
_HEADER = """\
# {what}
# Written by `python3 packaging/dev.py lock`; pinned by version and hash, for Linux and Windows.
# No addresses: the files may come from any mirror.
"""


def write_locks(*, upgrade: bool) -> None:
    """Resolve pyproject.toml anew; without `upgrade`, pinned versions stay where they can."""
    with tempfile.TemporaryDirectory() as folder:
        say(f"Installing {_UV} for the moment …")
        venv.EnvBuilder(with_pip=True, symlinks=os.name != "nt").create(folder)
        python = interpreter(Path(folder))
        finished = run_quietly([python, "-m", "pip", "install", "--quiet", _UV])
        if finished.returncode != 0:
            say(finished.stdout.rstrip())
            raise ToolError(f"pip could not install {_UV}; its last words stand above.")
        options = ["--upgrade"] if upgrade else []
        _compile(python, RUNTIME_LOCK, "What the program needs.", options)
        _compile(
            python,
            DEVELOPMENT_LOCK,
            "What the program, its tests and its checks need.",
            [*options, "--group", "dev", "--constraints", str(RUNTIME_LOCK)],
        )


def _compile(python: Path, lock: Path, what: str, options: Sequence[str]) -> None:
    finished = run_quietly(
        [
            python, "-m", "uv", "pip", "compile", "pyproject.toml",
            "--universal", "--python-version", "3.11", "--generate-hashes",
            "--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links",
            "--quiet", "--output-file", lock, *options,
        ]
    )  # fmt: skip
    if finished.returncode != 0:
        say(finished.stdout.rstrip())
        raise ToolError(f"{lock.name} could not be resolved; the reason stands above.")
    body = lock.read_text(encoding="utf-8")
    if "://" in body:
        raise ToolError(f"{lock.name} names an address, which would tie it to one mirror.")
    lock.write_text(_HEADER.format(what=what) + body, encoding="utf-8", newline="\n")
    say(f"  {lock.relative_to(ROOT)}: {len(pinned_versions(body))} packages")


def pinned_versions(body: str) -> list[tuple[str, str]]:
    """Return (name, version) of every line that pins one; a name may stand twice by marker."""
    return re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", body, flags=re.MULTILINE)
