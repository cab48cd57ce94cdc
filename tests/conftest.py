"""Rules that every test obeys: its own folders and key store, no stray warnings, no leaks.

Warnings are errors by the configuration in pyproject.toml.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import keyring
import keyring.core
import pytest

from tests.fakes.leaks import Traces, leaks_since
from tests.fakes.memory_keyring import MemoryKeyring

# Before anything imports Qt. Without a display, windows are painted into memory.
os.environ.setdefault("QT_API", "pyside6")
if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# One example may take long when the machine is busy; pytest-timeout ends what hangs.
hypothesis.settings.register_profile("nigehban", deadline=None)
hypothesis.settings.load_profile("nigehban")

_TESTS = Path(__file__).parent
_WATCHED_FOLDERS = {"ui", "integration", "e2e"}


@pytest.fixture(autouse=True)
def isolated_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    """Point data, settings and state of the user into the test's own folder.

    The cache is shared by all tests and kept: the demo city's films take a while to encode.
    """
    for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / "user" / variable.lower()))
    for variable in ("APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(tmp_path / "user" / variable.lower()))
    monkeypatch.setenv("XDG_CACHE_HOME", str(pytestconfig.cache.mkdir("user-cache")))


@pytest.fixture(autouse=True)
def isolated_key_store(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MemoryKeyring | None]:
    """Give this process a key store in memory, and its children none; see ``real_keyring``."""
    if request.node.get_closest_marker("real_keyring"):
        monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)
        keyring.core.init_backend()
        yield None
        keyring.set_keyring(MemoryKeyring())
        return
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    store = MemoryKeyring()
    keyring.set_keyring(store)
    yield store
    keyring.set_keyring(MemoryKeyring())


@pytest.fixture(autouse=True)
def no_stray_log(
    request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> Iterator[None]:
    """Fail a test that logged an error, or our own warning, unless marked ``logs_errors``."""
    yield
    if request.node.get_closest_marker("logs_errors"):
        return
    stray = [
        f"{record.levelname} {record.name}: {record.getMessage()}"
        for phase in ("setup", "call")
        for record in caplog.get_records(phase)
        if record.levelno >= logging.ERROR
        or (record.levelno >= logging.WARNING and record.name.partition(".")[0] in ("app", "ui"))
    ]
    assert not stray, "logged without the marker logs_errors:\n" + "\n".join(stray)


@pytest.fixture(autouse=True)
def no_leaks(request: pytest.FixtureRequest, isolated_folders: None) -> Iterator[None]:
    """Fail a test of windows or processes that leaves something running or open."""
    folder = request.path.relative_to(_TESTS).parts[0]
    if folder not in _WATCHED_FOLDERS:
        yield
        return
    marker = request.node.get_closest_marker("leaves")
    before = Traces.now()
    yield
    left = leaks_since(before, allowed=marker.args if marker else ())
    assert not left, f"left behind: {left}"
