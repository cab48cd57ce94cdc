"""The virtual environment is made once, and again when the lock or Python changed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from devtool import environment
from devtool.environment import digest, ensure_environment, interpreter, is_current
from devtool.locks import pinned_versions
from devtool.terminal import ToolError


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[list[str]]:
    """Take the place of pip and venv; return what pip would have been asked."""
    asked: list[list[str]] = []

    def run(command: Sequence[object], **_options: object) -> subprocess.CompletedProcess[str]:
        asked.append([str(part) for part in command])
        return subprocess.CompletedProcess([], 0, "")

    def create(folder: Path) -> None:
        python = interpreter(folder)
        python.parent.mkdir(parents=True, exist_ok=True)
        python.touch()

    runtime, development = tmp_path / "requirements.lock", tmp_path / "requirements-dev.lock"
    runtime.write_text("one==1\n")
    development.write_text("one==1\ntwo==2\n")
    monkeypatch.setattr(environment, "RUNTIME_LOCK", runtime)
    monkeypatch.setattr(environment, "DEVELOPMENT_LOCK", development)
    monkeypatch.setattr(environment, "run_quietly", run)
    monkeypatch.setattr(environment, "_create", create)
    return asked


def test_a_second_call_does_nothing(commands: list[list[str]], tmp_path: Path) -> None:
    python = ensure_environment(development=True, folder=tmp_path / "venv")
    assert python == interpreter(tmp_path / "venv")
    assert len(commands) == 1
    assert {"--require-hashes", "--no-deps"} <= set(commands[0])
    ensure_environment(development=True, folder=tmp_path / "venv")
    assert len(commands) == 1


def test_what_development_installed_is_enough_to_run(
    commands: list[list[str]], tmp_path: Path
) -> None:
    ensure_environment(development=True, folder=tmp_path / "venv")
    ensure_environment(development=False, folder=tmp_path / "venv")
    assert len(commands) == 1


def test_what_running_installed_is_not_enough_for_development(
    commands: list[list[str]], tmp_path: Path
) -> None:
    ensure_environment(development=False, folder=tmp_path / "venv")
    ensure_environment(development=True, folder=tmp_path / "venv")
    assert len(commands) == 2


def test_a_changed_lock_is_installed(commands: list[list[str]], tmp_path: Path) -> None:
    ensure_environment(development=False, folder=tmp_path / "venv")
    environment.RUNTIME_LOCK.write_text("one==2\n")
    assert not is_current(tmp_path / "venv", environment.RUNTIME_LOCK)
    ensure_environment(development=False, folder=tmp_path / "venv")
    assert len(commands) == 2


def test_an_environment_of_another_python_is_made_anew(
    commands: list[list[str]], tmp_path: Path
) -> None:
    ensure_environment(development=False, folder=tmp_path / "venv")
    stamp = tmp_path / "venv" / "installed.json"
    stamp.write_text(json.dumps(json.loads(stamp.read_text()) | {"python": "3.1"}))
    ensure_environment(development=False, folder=tmp_path / "venv")
    assert len(commands) == 2


@pytest.mark.parametrize("damage", ["", "[]", "{", "\x00"])
def test_a_damaged_stamp_counts_as_none(
    damage: str, commands: list[list[str]], tmp_path: Path
) -> None:
    ensure_environment(development=False, folder=tmp_path / "venv")
    (tmp_path / "venv" / "installed.json").write_text(damage)
    ensure_environment(development=False, folder=tmp_path / "venv")
    assert len(commands) == 2


def test_an_install_that_failed_is_tried_again(
    commands: list[list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(
            environment,
            "run_quietly",
            lambda _command: subprocess.CompletedProcess([], 1, "no such host"),
        )
        with pytest.raises(ToolError, match="index reachable"):
            ensure_environment(development=False, folder=tmp_path / "venv")
    ensure_environment(development=False, folder=tmp_path / "venv")
    assert len(commands) == 1


def test_the_digest_does_not_see_line_ends(tmp_path: Path) -> None:
    unix, windows = tmp_path / "unix", tmp_path / "windows"
    unix.write_bytes(b"one==1\ntwo==2\n")
    windows.write_bytes(b"one==1\r\ntwo==2\r\n")
    assert digest(unix) == digest(windows)


def test_a_missing_lock_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"dev\.py lock"):
        digest(tmp_path / "requirements.lock")


def test_pins_are_read_with_their_markers() -> None:
    body = "numpy==2.4.6 ; python_version < '3.12' \\\n    --hash=sha256:00\nav==18.1.0 \\\n"
    assert pinned_versions(body) == [("numpy", "2.4.6"), ("av", "18.1.0")]
