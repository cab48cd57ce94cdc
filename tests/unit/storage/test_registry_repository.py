"""What is saved comes back the same, quickly, and numbers can be exchanged."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from app.domain.camera import CallUp, Camera, CameraCode, District, DistrictCode, Site, SiteCode
from app.storage.database import Database, sqlite_url
from app.storage.migration import bring_up_to_date
from app.storage.registry import Registry, RegistryRepository

BANNU = District(DistrictCode("BNU"), "Bannu", 2)
LAKKI = District(DistrictCode("LKM"), "Lakki Marwat", 3)
GATE = Site(SiteCode("41"), "North gate", 41, BANNU.code)
OTHER_41 = Site(SiteCode("41"), "Bazaar", 41, LAKKI.code)


def camera(number: int, site: Site = GATE, district: District = BANNU) -> Camera:
    return Camera(
        code=CameraCode(f"{district.code}-{site.code}-{number}"),
        name=f"Camera {number}",
        call_up=CallUp(district.number, site.number, number),
        site=site.code,
        district=district.code,
        main_url=f"rtsp://10.0.0.{number}/main",
    )


FULL = replace(
    camera(3),
    name="نگہبان 3",
    sub_url="rtsp://10.0.0.3/sub",
    latitude=32.9861,
    longitude=70.6042,
    credential="site-41",
    analytics_id="a3",
    attributes={"engine": "vlc", "pole": "7"},
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(sqlite_url(tmp_path / "wall.db"))
    bring_up_to_date(database, tmp_path / "backups")
    yield database
    database.close()


def _save(database: Database, *cameras: Camera) -> None:
    with database.transaction() as session:
        RegistryRepository(session).save(
            districts=[BANNU, LAKKI], sites=[GATE, OTHER_41], cameras=cameras
        )


def _load(database: Database) -> Registry:
    with database.reading() as session:
        return RegistryRepository(session).load()


def test_an_empty_registry_is_one(database: Database) -> None:
    assert _load(database) == Registry()


def test_everything_comes_back_as_it_was_in_the_order_of_the_numbers(database: Database) -> None:
    elsewhere = camera(1, OTHER_41, LAKKI)
    _save(database, elsewhere, FULL, camera(1))
    loaded = _load(database)
    assert loaded.districts == (BANNU, LAKKI)
    assert loaded.sites == (GATE, OTHER_41)
    assert loaded.cameras == (camera(1), FULL, elsewhere)


def test_saving_again_overwrites_by_code(database: Database) -> None:
    _save(database, camera(1))
    _save(database, replace(camera(1), name="New name", attributes={"pole": "9"}))
    assert [(each.name, each.attributes) for each in _load(database).cameras] == [
        ("New name", {"pole": "9"})
    ]


def test_numbers_can_be_exchanged(database: Database) -> None:
    one, two = camera(1), camera(2)
    _save(database, one, two)
    _save(
        database,
        replace(one, call_up=two.call_up),
        replace(two, call_up=one.call_up),
    )
    assert {each.code: each.call_up.camera for each in _load(database).cameras} == {
        one.code: 2,
        two.code: 1,
    }


def test_district_and_site_numbers_can_be_exchanged(database: Database) -> None:
    _save(database, camera(1))
    with database.transaction() as session:
        RegistryRepository(session).save(
            districts=[replace(BANNU, number=3), replace(LAKKI, number=2)],
            sites=[replace(GATE, number=5)],
        )
    assert [each.call_up for each in _load(database).cameras] == [CallUp(3, 5, 1)]


def test_two_cameras_never_hold_one_number(database: Database) -> None:
    _save(database, camera(1))
    with pytest.raises(IntegrityError):
        _save(database, replace(camera(2), call_up=camera(1).call_up))
    assert len(_load(database).cameras) == 1


def test_a_camera_without_its_site_is_not_taken(database: Database) -> None:
    with pytest.raises(IntegrityError):
        _save(database, replace(camera(1), site=SiteCode("nowhere")))


def test_ten_thousand_cameras_load_quickly(database: Database) -> None:
    _save(
        database,
        *(
            replace(
                camera(1),
                code=CameraCode(f"BNU-41-{number}"),
                call_up=CallUp(2, 41, number),
                attributes={"pole": str(number)},
            )
            for number in range(10_000)
        ),
    )
    _load(database)
    started = time.process_time()
    assert len(_load(database).cameras) == 10_000
    assert time.process_time() - started < 0.6  # 0.1 s on its own; the machine may be busy
