"""The virtual environment: made once from the locked requirements, then left alone."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import sys
import venv
from pathlib import Path

from devtool.terminal import ROOT, ToolError, run_quietly, say

VENV = ROOT / ".venv"
RUNTIME_LOCK = ROOT / "packaging" / "requirements.lock"
DEVELOPMENT_LOCK = ROOT / "packaging" / "requirements-dev.lock"
_STAMP = "installed.json"


def interpreter(folder: Path = VENV) -> Path:
    """Return the Python of a virtual environment on this system."""
    if sys.platform == "win32":
        return folder / "Scripts" / "python.exe"
    return folder / "bin" / "python"


def digest(lock: Path) -> str:
    """Return the SHA-256 of a lock file, blind to the line ends of the checkout."""
    try:
        content = lock.read_bytes()
    except OSError as error:
        raise ToolError(f"{lock.name} is missing: run `python3 packaging/dev.py lock`.") from error
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def is_current(folder: Path, lock: Path) -> bool:
    """Tell whether exactly this lock file was installed there, by this version of Python."""
    stamp = _read_stamp(folder)
    return (
        interpreter(folder).exists()
        and stamp.get("python") == _python_version()
        and stamp.get(lock.name) == digest(lock)
    )


def ensure_environment(*, development: bool, folder: Path = VENV) -> Path:
    """Make the environment current and return its interpreter. Instant when it already is."""
    # What runs needs is part of what development needs: either stamp will do for running.
    lock = DEVELOPMENT_LOCK if development else RUNTIME_LOCK
    if not is_current(folder, lock):
        _install(folder, lock)
    return interpreter(folder)


def _install(folder: Path, lock: Path) -> None:
    say(f"Installing {lock.name} into {folder.name} …")
    if _read_stamp(folder).get("python") != _python_version() or not interpreter(folder).exists():
        _create(folder)
    (folder / _STAMP).unlink(missing_ok=True)
    finished = run_quietly(
        [
            interpreter(folder), "-m", "pip", "install",
            "--disable-pip-version-check", "--no-input", "--quiet",
            "--require-hashes", "--no-deps", "--only-binary=:all:", "-r", lock,
        ]
    )  # fmt: skip
    if finished.returncode != 0:
        say(finished.stdout.rstrip())
        raise ToolError(
            f"pip could not install {lock.name}; its last words stand above "
            "(is the package index reachable?)."
        )
    _write_stamp(folder, lock)


def _create(folder: Path) -> None:
    if importlib.util.find_spec("ensurepip") is None:
        raise ToolError(
            "this Python cannot make virtual environments; on Debian and Ubuntu: "
            "sudo apt-get install python3-venv"
        )
    try:
        venv.EnvBuilder(clear=folder.exists(), with_pip=True, symlinks=os.name != "nt").create(
            folder
        )
    except OSError as error:
        raise ToolError(f"the virtual environment {folder} cannot be made: {error}.") from error


def _python_version() -> str:
    return ".".join(str(part) for part in sys.version_info[:2])


def _read_stamp(folder: Path) -> dict[str, str]:
    try:
        content = json.loads((folder / _STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _write_stamp(folder: Path, lock: Path) -> None:
    stamp = {"python": _python_version(), lock.name: digest(lock)}
    if lock == DEVELOPMENT_LOCK:
        stamp[RUNTIME_LOCK.name] = digest(RUNTIME_LOCK)
    (folder / _STAMP).write_text(json.dumps(stamp, indent=2) + "\n", encoding="utf-8")
