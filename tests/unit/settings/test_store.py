"""Whatever is wrong with the settings, the wall starts and says so."""

import tomllib
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.settings.schema import Settings, VideoSettings, reference_table
from app.settings.store import read_settings, settings_from

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
names = st.sampled_from(["video", "wall", "console", "log", "workers", "hosts", "level", "other"])


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    read = read_settings(tmp_path / "settings.toml")
    assert (read.settings, read.problems) == (Settings(), ())


def test_a_file_that_was_named_and_is_not_there_is_reported(tmp_path: Path) -> None:
    read = read_settings(tmp_path / "mine.toml", must_exist=True)
    assert "mine.toml does not exist" in read.problems[0]


def test_values_are_read(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(
        "[video]\nworkers = 3\nopen_timeout_s = 4\n[video.hosts]\n'10.20.0.5' = 4\n"
        "[log]\nlevel = 'debug'\n",
        encoding="utf-8",
    )
    read = read_settings(file)
    assert read.problems == ()
    assert read.settings.video == VideoSettings(
        workers=3, open_timeout_s=4.0, hosts={"10.20.0.5": 4.0}
    )
    assert read.settings.log.level == "debug"


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ({"video": {"workers": 99}}, "The setting video.workers cannot be used: "),
        ({"video": {"workers": "3"}}, "expected `int`, got `str`"),
        ({"video": {"workers": True}}, "expected `int`, got `bool`"),
        ({"video": {"hosts": {"h": 0}}}, "video.hosts"),
        ({"video": {"transport": "smoke"}}, "video.transport"),
        ({"wall": {"refresh_hz": 1000}}, "wall.refresh_hz"),
        ({"video": {"colour": 1}}, "There is no setting video.colour"),
        ({"vdieo": {}}, "There is no section [vdieo]"),
        ({"video": 3}, "video must be a section"),
    ],
)
def test_a_bad_value_falls_back_and_is_reported(raw: dict[str, object], sentence: str) -> None:
    read = settings_from(raw)
    assert read.settings == Settings()
    assert len(read.problems) == 1
    assert sentence in read.problems[0]


def test_good_values_beside_a_bad_one_hold() -> None:
    read = settings_from({"video": {"workers": -1, "warm_pages": 2}})
    assert read.settings.video == VideoSettings(warm_pages=2)


@pytest.mark.parametrize("content", [b"[video\nworkers = 3", b"\xff\xfe[video]", b"= 3"])
def test_a_damaged_file_is_kept_aside(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "settings.toml"
    for number in (1, 2):
        file.write_bytes(content)
        read = read_settings(file)
        assert read.settings == Settings()
        assert not file.exists()
        kept = list(tmp_path.glob("settings.toml.damaged-*"))
        assert len(kept) == number
        assert all(each.read_bytes() == content for each in kept)
        assert "was damaged" in read.problems[0]


def test_a_file_that_cannot_be_read_is_reported(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").mkdir()
    read = read_settings(tmp_path / "settings.toml")
    assert "cannot be read" in read.problems[0]


@given(raw=st.dictionaries(names, json_values | st.dictionaries(names, json_values), max_size=5))
def test_nothing_in_a_file_keeps_the_wall_from_starting(raw: dict[str, object]) -> None:
    assert isinstance(settings_from(raw).settings, Settings)


def test_every_setting_is_in_the_reference_with_its_meaning() -> None:
    lines = reference_table().splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    expected = [
        f"`{section.name}.{item.name}`"
        for section in msgspec.structs.fields(Settings)
        for item in msgspec.structs.fields(section.type)
    ]
    assert [row[0] for row in cells] == expected
    assert all(all(row) for row in cells)


def test_the_example_in_the_reference_is_right_toml() -> None:
    assert '"10.20.0.5" = 4' in reference_table()
    raw = tomllib.loads('[video.hosts]\n"10.20.0.5" = 4')
    assert settings_from(raw).settings.video.hosts == {"10.20.0.5": 4.0}
