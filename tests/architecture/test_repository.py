"""The files around the code: project file, lock files, changelog, continuous integration."""

from __future__ import annotations

import ast
import os
import re
import tomllib
from typing import Any

import pytest

from app.version import __version__
from tests.architecture.sources import ROOT, python_files, relative, text_files

# Put together here, so that this file does not find itself.
_REGISTRIES = ("py" + "pi.org", "python" + "hosted.org", "deb.debian" + ".org", "npm" + "js.")
_LOCKS = ("requirements.lock", "requirements-dev.lock")


def _project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def _declared() -> list[str]:
    project = _project()
    dependencies: list[str] = [
        *project["project"]["dependencies"],
        *project["dependency-groups"]["dev"],
    ]
    return dependencies


def _normalised(requirement: str) -> str:
    name = re.split(r"[<>=!~;\[ ]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("requirement", _declared())
def test_each_dependency_has_its_reason_and_an_upper_limit(requirement: str) -> None:
    lines = (ROOT / "pyproject.toml").read_text("utf-8").splitlines()
    at = next(number for number, line in enumerate(lines) if f'"{requirement}"' in line)
    assert lines[at - 1].strip().startswith("# "), "the line above says what it is for"
    assert "<" in requirement


@pytest.mark.parametrize("lock", _LOCKS)
def test_a_lock_file_pins_versions_and_hashes_and_names_no_address(lock: str) -> None:
    text = (ROOT / "packaging" / lock).read_text("utf-8")
    pins = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert [pin for pin in pins if "==" not in pin or "--hash=sha256:" not in pin] == []
    assert "://" not in text
    assert "--index" not in text


def test_the_lock_files_hold_what_the_project_declares() -> None:
    runtime, development = (
        set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "packaging" / lock).read_text("utf-8"), re.M))
        for lock in _LOCKS
    )
    declared = set(map(_normalised, _project()["project"]["dependencies"]))
    assert declared <= runtime
    assert runtime <= development
    assert set(map(_normalised, _declared())) <= development


def test_the_lock_files_hold_files_for_windows_too() -> None:
    text = (ROOT / "packaging" / "requirements.lock").read_text("utf-8")
    assert re.search(r"^pywin32-ctypes==.*sys_platform == 'win32'", text, re.MULTILINE)


def test_no_registry_is_named_anywhere() -> None:
    named = [
        f"{relative(path)}: {registry}"
        for path in text_files()
        for registry in _REGISTRIES
        if registry in path.read_text("utf-8", errors="replace")
    ]
    assert named == []


def test_the_changelog_has_a_place_for_what_comes() -> None:
    assert "## [Unreleased]" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_version_is_one_of_three_numbers() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)


def test_continuous_integration_runs_the_test_command_of_the_readme() -> None:
    command = "python3 packaging/dev.py test"
    script = ROOT / ".ci" / "run"
    assert script.read_text("utf-8").splitlines()[-1] == command
    assert os.access(script, os.X_OK)
    assert command in (ROOT / "README.md").read_text("utf-8")


def test_no_option_takes_a_secret() -> None:
    """A command line is read by every user of the machine."""
    secret = re.compile(r"--[a-z-]*(password|passwd|secret|token)\b")
    offered = [
        f"{relative(path)}:{node.lineno}"
        for path in python_files()
        if not relative(path).startswith("tests/")
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and secret.search(node.value)
    ]
    assert offered == []
