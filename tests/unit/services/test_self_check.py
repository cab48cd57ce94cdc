"""The self-check says in sentences what the wall would miss."""

import shutil
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.services import self_check as looks
from app.services.shared_folder import SharedFolder
from app.settings.command_line import Options
from app.settings.paths import Places
from app.storage.backup import back_up
from app.storage.database import Database, sqlite_url
from app.storage.migration import bring_up_to_date
from tests.fakes.memory_keyring import MemoryKeyring


@pytest.fixture
def where(tmp_path: Path) -> Places:
    return Places(tmp_path / "data", tmp_path / "settings.toml")


def test_a_folder_that_cannot_be_made_is_missing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    finding = looks.check_folder(Places(tmp_path / "file" / "data", tmp_path / "settings.toml"))
    assert not finding.is_there
    assert "--data-dir" in finding.sentence


def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = shutil.disk_usage(tmp_path)._replace(free=1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: full)
    finding = looks.check_disk(tmp_path)
    assert (finding.is_there, finding.sentence) == (False, "1 MB free; 500 MB are wanted")


def test_damaged_settings_are_said_and_kept(where: Places) -> None:
    where.settings_file.write_text("[video")
    finding = looks.check_settings(where, must_exist=False)
    assert not finding.is_there
    assert "damaged" in finding.sentence


@pytest.mark.parametrize(
    ("variables", "is_there"),
    [
        ({"DISPLAY": ":1"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"QT_QPA_PLATFORM": "offscreen"}, True),
        ({}, False),
    ],
)
def test_a_display_is_looked_for(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], is_there: bool
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert looks.check_display().is_there is is_there


def test_decoder_and_shared_memory_are_there() -> None:
    assert looks.check_decoder().is_there
    assert looks.check_shared_memory().is_there


def test_every_look_has_a_line_and_one_miss_is_enough(
    tmp_path: Path, isolated_key_store: MemoryKeyring
) -> None:
    status, text = looks.self_check(Options(data_dir=tmp_path / "data"))
    lines = text.splitlines()
    assert len(lines) == 9
    assert status == (looks.EXIT_MISSING if "MISSING" in text else 0)


def test_a_database_that_is_not_there_yet_is_no_fault(where: Places) -> None:
    finding = looks.check_database(where, None)
    assert finding.is_there
    assert "first start" in finding.sentence
    assert not where.database.exists()


def test_a_sound_database_is_said_with_its_newest_copy(where: Places) -> None:
    where.prepare()
    with closing(Database(sqlite_url(where.database))) as database:
        bring_up_to_date(database, where.backups)
        assert looks.check_database(where, None).sentence == (
            "sound; nightly copies: 0, newest not made yet"
        )
        taken = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
        back_up(where.database, where.backups, now=lambda: taken)
        assert looks.check_database(where, None).sentence == (
            f"sound; nightly copies: 1, newest {taken.astimezone():%Y-%m-%d %H:%M}"
        )


def test_a_damaged_database_is_missing(where: Places) -> None:
    where.prepare()
    where.database.write_bytes(b"this is no database " * 1000)
    finding = looks.check_database(where, None)
    assert (finding.is_there, "damaged" in finding.sentence) == (False, True)


def test_a_server_that_does_not_answer_is_missing_and_keeps_its_password(where: Places) -> None:
    address = "postgresql+psycopg://nobody:Kanary77@127.0.0.1:9/none"
    finding = looks.check_database(where, address)
    assert not finding.is_there
    assert "does not answer" in finding.sentence
    assert "Kanary77" not in finding.sentence


def share_in(where: Places, folder: str) -> looks.Finding:
    where.settings_file.write_text(f"[clips]\nfolder = {folder!r}\n")
    return looks.check_shared_folder(where)


def test_a_centre_without_a_shared_folder_is_whole(where: Places) -> None:
    finding = looks.check_shared_folder(where)
    assert finding.is_there
    assert finding.sentence.startswith("none is set")


def test_a_shared_folder_must_be_set_up(where: Places, tmp_path: Path) -> None:
    share = tmp_path / "share"
    assert share_in(where, str(share)).sentence.endswith("it is not there; is the share connected?")
    (share / "clips").mkdir(parents=True)
    finding = share_in(where, str(share))
    assert (finding.is_there, "no folder “snapshots” in it" in finding.sentence) == (False, True)
    (share / "snapshots").mkdir()
    finding = share_in(where, str(share))
    assert (finding.is_there, finding.sentence) == (True, f"{share}: usable")
    assert list((share / "clips").iterdir()) == []
    assert "whole path" in share_in(where, "clips").sentence


def test_a_share_that_hangs_is_not_waited_for(
    where: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = threading.Event()
    monkeypatch.setattr(looks, "_LOOK_S", 0.2)
    monkeypatch.setattr(SharedFolder, "problem", lambda _share: str(goes_on.wait()))
    finding = share_in(where, str(tmp_path))
    goes_on.set()
    assert not finding.is_there
    assert finding.sentence.endswith("it does not answer")
