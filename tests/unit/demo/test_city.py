"""The registry of the demo city."""

import csv
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from app.demo.cameras import PHASES, phase
from app.demo.city import COLUMNS, DISTRICTS, SiteKind, build_city, write_registry
from app.demo.scenes.catalogue import VARIANTS


def test_the_districts_have_the_planned_sites_and_cameras() -> None:
    city = build_city()
    assert Counter(camera.site.district.code for camera in city.cameras) == {
        "DIK": 400,
        "BNU": 300,
        "LMT": 250,
    }
    assert Counter(site.district.code for site in city.sites) == {"DIK": 86, "BNU": 69, "LMT": 41}


def test_codes_and_call_up_numbers_are_unique_and_agree() -> None:
    cameras = build_city().cameras
    assert len({camera.code for camera in cameras}) == 950
    assert len({camera.call_up_number for camera in cameras}) == 950
    numbers = {district.code: district.number for district in DISTRICTS}
    for camera in cameras:
        district, site, number = camera.code.split("-")
        assert camera.call_up_number == f"{numbers[district]}.{site}.{number}"


def test_site_names_are_unique_in_their_district() -> None:
    assert len({(site.district.code, site.name) for site in build_city().sites}) == 196


def test_every_district_has_every_kind_of_site() -> None:
    found = {(site.district.code, site.kind) for site in build_city().sites}
    assert len(found) == 3 * len(SiteKind)


def test_the_city_is_the_same_each_time() -> None:
    assert build_city() == build_city()


def test_neighbours_show_different_scenes() -> None:
    cameras = build_city().cameras
    assert all(
        a.scene != b.scene for a, b in pairwise(cameras) if a.site.district == b.site.district
    )


def test_every_scene_is_shown_somewhere() -> None:
    assert {camera.scene for camera in build_city().cameras} == {v.name for v in VARIANTS}


def test_an_unknown_camera_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        build_city().camera("BNU-999-1")


def test_the_registry_holds_a_row_a_camera(tmp_path: Path) -> None:
    path = tmp_path / "data" / "city.csv"
    write_registry(build_city(), path, "rtsp://127.0.0.1:8554")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    row = next(row for row in rows if row["camera"] == "BNU-41-3")
    assert len(rows) == 950
    assert (row["site"], row["district"], row["district_number"]) == ("BNU-41", "BNU", "2")
    assert row["main_url"] == "rtsp://127.0.0.1:8554/BNU-41-3/main"
    assert row["sub_url"] == "rtsp://127.0.0.1:8554/BNU-41-3/sub"
    heard = {row["camera"] for row in rows if row["audio"] == "yes"}
    assert heard == {camera.code for camera in build_city().cameras if camera.has_microphone}
    assert "BNU-1-1" in heard


def test_cameras_are_spread_over_the_frame_interval() -> None:
    counts = Counter(phase(f"{camera.code}/sub") for camera in build_city().cameras)
    assert len(counts) == PHASES
    assert max(counts.values()) < 3 * 950 / PHASES
    assert phase("BNU-41-3/sub") == phase("BNU-41-3/main")
