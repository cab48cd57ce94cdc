"""One program a data folder; the lock goes with its holder."""

import os
from pathlib import Path

import pytest

from app.core.errors import DataFolderBusy, DataFolderUnavailable
from app.services.instance_lock import only_instance


def test_the_second_is_told_who_was_first(tmp_path: Path) -> None:
    file = tmp_path / "data/instance.lock"
    with only_instance(file):
        with pytest.raises(DataFolderBusy, match="already runs on the data folder") as caught:
            only_instance(file).__enter__()
        assert f"(process {os.getpid()})" in str(caught.value)
        assert "--data-dir" in caught.value.advice


def test_the_lock_can_be_taken_again_once_it_is_given_up(tmp_path: Path) -> None:
    for _ in range(2):
        with only_instance(tmp_path / "instance.lock"):
            assert (tmp_path / "instance.lock").read_text() == str(os.getpid())


def test_a_lock_file_that_a_dead_program_left_holds_nobody_up(tmp_path: Path) -> None:
    (tmp_path / "instance.lock").write_text("99999999999 and more", encoding="ascii")
    with only_instance(tmp_path / "instance.lock"):
        assert (tmp_path / "instance.lock").read_text() == str(os.getpid())


def test_a_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="ascii")
    with pytest.raises(DataFolderUnavailable, match="cannot be used"):
        only_instance(tmp_path / "file/instance.lock").__enter__()
