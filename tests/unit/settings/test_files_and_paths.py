"""Files are written whole or not at all, and live where the user wants them."""

import errno
import os
from pathlib import Path

import pytest

from app.core.errors import DataFolderUnavailable
from app.settings.files import remove_unfinished, set_aside, write_atomically
from app.settings.paths import places


def test_a_file_is_written_and_replaced(tmp_path: Path) -> None:
    file = tmp_path / "folder/state.json"
    write_atomically(file, b"one")
    write_atomically(file, b"two")
    assert file.read_bytes() == b"two"
    assert list(file.parent.iterdir()) == [file]


def test_a_write_that_fails_leaves_the_old_content_and_no_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "state.json"
    write_atomically(file, b"old")

    def refuse(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="No space"):
        write_atomically(file, b"new")
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]


def test_what_a_killed_program_left_is_removed(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    (tmp_path / ".state.json-ab12.part").write_bytes(b"half")
    (tmp_path / "state.json.part").write_bytes(b"not ours")
    remove_unfinished(file)
    assert [left.name for left in tmp_path.iterdir()] == ["state.json.part"]


def test_files_set_aside_at_the_same_moment_do_not_replace_each_other(tmp_path: Path) -> None:
    kept = []
    for content in ("one", "two", "three"):
        file = tmp_path / "state.json"
        file.write_text(content, encoding="utf-8")
        kept.append(set_aside(file))
    assert [each.read_text(encoding="utf-8") for each in kept] == ["one", "two", "three"]


def test_everything_lives_in_the_data_folder(tmp_path: Path) -> None:
    where = places(tmp_path / "data", tmp_path / "conf/mine.toml")
    where.prepare()
    assert sorted(entry.name for entry in where.data.iterdir()) == [
        "backups", "clips", "logs", "snapshots", "thumbnails",
    ]  # fmt: skip
    assert where.database == tmp_path / "data/nigehban.db"
    assert where.wall_state.parent == where.instance_lock.parent == where.data
    assert where.settings_file == tmp_path / "conf/mine.toml"


def test_without_options_the_users_own_folders_are_taken() -> None:
    where = places()
    assert where.data.name == "nigehban"
    assert where.settings_file.parts[-2:] == ("nigehban", "settings.toml")


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps other users out by itself")
def test_other_users_cannot_look_into_the_data(tmp_path: Path) -> None:
    where = places(tmp_path / "data")
    where.prepare()
    assert where.data.stat().st_mode & 0o077 == 0


def test_a_data_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(DataFolderUnavailable, match="cannot be used") as caught:
        places(tmp_path / "file/data").prepare()
    assert "--data-dir" in caught.value.advice
