"""Installs missing system packages with apt, or names them where it may not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from devtool.system_packages import SystemPackage, has_apt, missing_packages
from devtool.terminal import ToolError, run_quietly, say, warn

_APT_INSTALL = (
    "apt-get", "install", "--yes", "--no-install-recommends",
    "--option", "DPkg::Lock::Timeout=180",
)  # fmt: skip
_LISTS = Path("/var/lib/apt/lists")


def ensure_system_packages(wanted: Iterable[SystemPackage]) -> None:
    """Install what is missing; fail in one sentence if something essential stays missing."""
    missing = missing_packages(wanted)
    if not missing:
        return
    prefix = privilege() if has_apt() else None
    if prefix is not None:
        say(f"Installing system packages: {' '.join(first_names(missing))} …")
        output = _install(prefix, missing)
        missing = missing_packages(missing)
        if missing:
            say(output.rstrip())
    report_missing(missing, with_apt=has_apt())


def report_missing(missing: Sequence[SystemPackage], *, with_apt: bool) -> None:
    """Warn of what is missing; raise if one of it is essential."""
    if not missing:
        return
    sentence = missing_sentence(missing, with_apt=with_apt)
    if any(package.is_essential for package in missing):
        raise ToolError(sentence)
    warn(sentence)


def missing_sentence(missing: Sequence[SystemPackage], *, with_apt: bool) -> str:
    """Say what is missing, what for, and what would bring it."""
    purposes = ", ".join(dict.fromkeys(package.purpose for package in missing))
    if with_apt:
        command = " ".join((*(() if _is_root() else ("sudo",)), "apt-get", "install"))
        return f"missing for {purposes}: {command} {' '.join(first_names(missing))}"
    things = ", ".join(package.probe or package.names[0] for package in missing)
    return f"missing for {purposes}: {things} (install them with this system's package tool)."


def first_names(packages: Iterable[SystemPackage]) -> list[str]:
    """Return the name of each package as Debian 12 has it."""
    return [package.names[0] for package in packages]


def privilege() -> tuple[str, ...] | None:
    """Return what to put before apt-get, or None where this user may not install."""
    if _is_root():
        return ()
    if shutil.which("sudo") is None:
        return None
    if run_quietly(["sudo", "--non-interactive", "true"]).returncode == 0:
        return ("sudo", "--non-interactive")
    return ("sudo",) if sys.stdin is not None and sys.stdin.isatty() else None


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def _install(prefix: tuple[str, ...], missing: Sequence[SystemPackage]) -> str:
    """Run apt-get, with an update first where there are no lists or they are outdated."""
    if not any(_LISTS.glob("*_Packages*")):
        _apt(prefix, ("apt-get", "update"))
    output = ""
    for _attempt in range(2):
        names = [_offered_name(package) for package in missing]
        finished = _apt(prefix, (*_APT_INSTALL, *names))
        if finished.returncode == 0:
            return ""
        output = finished.stdout
        _apt(prefix, ("apt-get", "update"))
    return output


def _offered_name(package: SystemPackage) -> str:
    """Return the first of the package's names that this release knows."""
    for name in package.names[:-1]:
        if run_quietly(["apt-cache", "show", "--no-all-versions", name]).returncode == 0:
            return name
    return package.names[-1]


def _apt(prefix: tuple[str, ...], command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    environment: Mapping[str, str] = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # sudo drops the environment, `env` sets it again behind it.
    return run_quietly(
        (*prefix, "env", "DEBIAN_FRONTEND=noninteractive", *command), environment=environment
    )
