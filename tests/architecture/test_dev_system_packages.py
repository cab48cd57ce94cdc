"""What dev.py finds missing on a machine, and what it says where it may not install."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

import pytest
from devtool import system_install
from devtool.system_install import ensure_system_packages, missing_sentence, report_missing
from devtool.system_packages import (
    BENCHMARKS,
    TESTS,
    VIRTUAL_DISPLAY,
    WINDOW,
    SystemPackage,
    installed_names,
    is_debian_like,
    missing_by_name,
    missing_by_probe,
)
from devtool.terminal import ToolError

_CURSOR = SystemPackage(("libxcb-cursor0",), "Qt windows", "libxcb-cursor.so.0")
_XVFB = SystemPackage(("xvfb",), "a virtual display", "Xvfb")
_VLC = SystemPackage(("libvlc5",), "the second video engine", is_essential=False)

_DPKG_OUTPUT = """\
adduser ii\x20
libgl1:amd64 ii\x20
libvlc5:amd64 rc\x20
mpv un\x20
xvfb iU\x20
"""


def test_only_what_is_fully_installed_counts() -> None:
    assert installed_names(_DPKG_OUTPUT) == {"adduser", "libgl1"}


def test_a_package_is_there_under_any_of_its_names() -> None:
    renamed = SystemPackage(("libglib2.0-0", "libglib2.0-0t64"), "Qt windows")
    assert missing_by_name([renamed, _XVFB], {"libglib2.0-0t64"}) == [_XVFB]


def test_elsewhere_what_cannot_be_looked_for_is_taken_as_there() -> None:
    assert missing_by_probe([_CURSOR, _VLC, _XVFB], lambda probe: probe == "Xvfb") == [_CURSOR]


@pytest.mark.parametrize(
    ("os_release", "expected"),
    [
        ("ID=debian\n", True),
        ('NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n', True),
        ('ID=linuxmint\nID_LIKE="ubuntu debian"\n', True),
        ('ID=fedora\nID_LIKE="rhel"\nNAME="not debian"\n', False),
        ("", False),
    ],
)
def test_debian_and_its_children_are_known_by_os_release(os_release: str, expected: bool) -> None:
    assert is_debian_like(os_release) is expected


def test_no_package_is_named_twice_for_one_verb() -> None:
    names = [package.names[0] for package in (*WINDOW, *VIRTUAL_DISPLAY, *TESTS, *BENCHMARKS)]
    assert len(names) == len(set(names))


def test_a_user_without_rights_is_told_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_install, "_is_root", lambda: False)
    assert missing_sentence([_CURSOR, _XVFB], with_apt=True) == (
        "missing for Qt windows, a virtual display: sudo apt-get install libxcb-cursor0 xvfb"
    )


def test_on_other_systems_the_missing_things_are_named() -> None:
    sentence = missing_sentence([_CURSOR], with_apt=False)
    assert "libxcb-cursor.so.0" in sentence
    assert "apt-get" not in sentence


def test_what_is_essential_ends_the_verb() -> None:
    with pytest.raises(ToolError, match="a virtual display"):
        report_missing([_VLC, _XVFB], with_apt=True)


def test_what_is_not_essential_is_only_named(capsys: pytest.CaptureFixture[str]) -> None:
    report_missing([_VLC], with_apt=True)
    assert "libvlc5" in capsys.readouterr().err


def test_without_rights_nothing_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(command: Sequence[object], **_options: object) -> None:
        raise AssertionError(f"{command} was run")

    monkeypatch.setattr(system_install, "missing_packages", lambda _wanted: [_XVFB])
    monkeypatch.setattr(system_install, "has_apt", lambda: True)
    monkeypatch.setattr(system_install, "privilege", lambda: None)
    monkeypatch.setattr(system_install, "run_quietly", refuse)
    with pytest.raises(ToolError, match="apt-get install xvfb"):
        ensure_system_packages([_XVFB])


def test_with_rights_only_the_missing_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []
    missing = [_XVFB]

    def run(command: Sequence[str], **_options: object) -> subprocess.CompletedProcess[str]:
        commands.append(list(command))
        if "install" in command:
            missing.clear()
        return subprocess.CompletedProcess(command, 0, "")

    monkeypatch.setattr(system_install, "missing_packages", lambda _wanted: list(missing))
    monkeypatch.setattr(system_install, "has_apt", lambda: True)
    monkeypatch.setattr(system_install, "privilege", lambda: ("sudo", "--non-interactive"))
    monkeypatch.setattr(system_install, "run_quietly", run)
    ensure_system_packages([_CURSOR, _XVFB])
    installs = [command for command in commands if "install" in command]
    assert len(installs) == 1
    assert installs[0][:2] == ["sudo", "--non-interactive"]
    assert installs[0][-1] == "xvfb"
    commands.clear()
    ensure_system_packages([_CURSOR, _XVFB])
    assert commands == []


def test_an_install_that_does_not_help_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(command: Sequence[str], **_options: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, 100, "E: Unable to locate package xvfb")

    monkeypatch.setattr(system_install, "missing_packages", lambda _wanted: [_XVFB])
    monkeypatch.setattr(system_install, "has_apt", lambda: True)
    monkeypatch.setattr(system_install, "privilege", lambda: ())
    monkeypatch.setattr(system_install, "run_quietly", fail)
    with pytest.raises(ToolError, match="a virtual display"):
        ensure_system_packages([_XVFB])
