"""The rules in the conftest files fail the tests that break them, and no others."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import keyring
import pytest

from tests.architecture.sources import ROOT
from tests.fakes.memory_keyring import MemoryKeyring

_BREAKS_AND_KEEPS = """
import logging, threading, warnings
import pytest
from PySide6.QtWidgets import QLabel

def test_keeps_all(qtbot):
    label = QLabel("closed by qtbot")
    qtbot.addWidget(label)
    label.show()
    logging.getLogger("somebody.else").warning("not ours")

def test_breaks_by_an_error_in_the_log():
    logging.getLogger("somebody.else").error("stray")

def test_breaks_by_a_warning_of_ours():
    logging.getLogger("app.core.clock").warning("stray")

@pytest.mark.logs_errors
def test_keeps_the_rule_when_marked():
    logging.getLogger("app.core.clock").error("expected")

def test_breaks_by_a_warning():
    warnings.warn("old", DeprecationWarning, stacklevel=1)

def test_breaks_by_a_file_left_open(tmp_path):
    globals()["kept"] = (tmp_path / "left").open("w")

@pytest.mark.leaves("descriptors")
def test_keeps_the_rule_when_it_may_leave(tmp_path):
    globals()["kept too"] = (tmp_path / "left").open("w")

def test_breaks_by_a_window_left_open():
    globals()["window"] = QLabel("left")
    globals()["window"].show()
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Run tests that keep and break the rules under copies of the conftest files."""
    house = tmp_path_factory.mktemp("rules") / "house"
    (house / "ui").mkdir(parents=True)
    shutil.copy(ROOT / "tests/conftest.py", house)
    shutil.copy(ROOT / "tests/ui/conftest.py", house / "ui")
    (house / "ui/test_rules.py").write_text(_BREAKS_AND_KEEPS)
    finished = subprocess.run(
        [
            sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"),
            f"--rootdir={house.parent}", "-o", f"cache_dir={house.parent / 'cache'}", "-rA",
            str(house),
        ],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )  # fmt: skip
    found: dict[str, set[str]] = {}
    for outcome, name in re.findall(r"^(PASSED|FAILED|ERROR) \S+::(\w+)", finished.stdout, re.M):
        found.setdefault(name, set()).add(outcome)
    assert found, finished.stdout + finished.stderr
    return found


@pytest.mark.parametrize("name", re.findall(r"def (test_keeps\w+)", _BREAKS_AND_KEEPS))
def test_a_test_that_keeps_the_rules_passes(name: str, outcomes: dict[str, set[str]]) -> None:
    assert outcomes[name] == {"PASSED"}


@pytest.mark.parametrize("name", re.findall(r"def (test_breaks\w+)", _BREAKS_AND_KEEPS))
def test_a_test_that_breaks_a_rule_does_not_pass(name: str, outcomes: dict[str, set[str]]) -> None:
    assert outcomes[name] & {"FAILED", "ERROR"}


def test_every_test_has_a_key_store_of_its_own(isolated_key_store: MemoryKeyring) -> None:
    keyring.set_password("nigehban", "site", "made up")
    assert isolated_key_store.passwords == {("nigehban", "site"): "made up"}
    keyring.delete_password("nigehban", "site")
    assert keyring.get_password("nigehban", "site") is None


def test_a_child_gets_no_key_store(isolated_key_store: MemoryKeyring) -> None:
    code = "import keyring; print(keyring.get_keyring())"
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert "fail" in shown.stdout


def test_user_folders_are_the_tests_own(tmp_path: Path) -> None:
    assert os.environ["XDG_DATA_HOME"].startswith(str(tmp_path))
    assert os.environ["XDG_CONFIG_HOME"].startswith(str(tmp_path))
