"""A workstation keeps its id."""

import re
from pathlib import Path

import pytest

from app.services.station import station_id


def test_the_id_stays(tmp_path: Path) -> None:
    first = station_id(tmp_path)
    assert re.fullmatch("[0-9a-f]{8}", first)
    assert station_id(tmp_path) == first
    other = tmp_path / "other"
    other.mkdir()
    assert station_id(other) != first


@pytest.mark.parametrize("content", [b"", b"\xff\xff", b"nonsense!", b"0123"])
def test_a_damaged_file_is_written_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "station-id").write_bytes(content)
    made = station_id(tmp_path)
    assert station_id(tmp_path) == made


def test_a_folder_that_cannot_be_written_gives_the_same_id_each_time(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    assert station_id(missing) == station_id(missing)
