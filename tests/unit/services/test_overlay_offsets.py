"""Offsets set by hand: tried out, kept in the database, there after a restart."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from app.core.dispatch import ManualDispatcher
from app.core.tasks import Tasks
from app.domain.camera import CameraCode
from app.services.overlay_offsets import LARGEST_MS, OverlayOffsets
from app.storage.database import Database, sqlite_url
from app.storage.migration import bring_up_to_date
from app.storage.overlay_settings import OverlaySettingsRepository
from tests.unit.services.overlay_bench import ManualClock

CAMERA = CameraCode("BNU-1-1")


class Bench:
    def __init__(self, file: Path, pool: ThreadPoolExecutor) -> None:
        self.database = Database(sqlite_url(file))
        bring_up_to_date(self.database, file.parent / "backups")
        self.errors: list[Exception] = []
        self.dispatcher = ManualDispatcher()
        self.pool = pool
        self.offsets = self.loaded()

    def loaded(self) -> OverlayOffsets:
        tasks = Tasks(self.pool, self.dispatcher, self.errors.append)
        offsets = OverlayOffsets(self.database, tasks, ManualClock(), "desk-3")
        offsets.load()
        return offsets

    def written(self) -> None:
        """Wait until everything asked for is in the database."""
        self.pool.submit(lambda: None).result(10)
        self.dispatcher.drain()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with ThreadPoolExecutor(1) as pool:
        bench = Bench(tmp_path / "wall.db", pool)
        with closing(bench.database):
            yield bench


def test_an_offset_is_there_after_a_restart(bench: Bench) -> None:
    bench.offsets.store(CAMERA, -120)
    bench.offsets.store(CAMERA, 80)
    assert bench.offsets.offset_ms(CAMERA) == 80
    bench.written()
    assert bench.loaded().offset_ms(CAMERA) == 80
    assert bench.errors == []


def test_what_is_tried_out_is_not_kept(bench: Bench) -> None:
    bench.offsets.store(CAMERA, 40)
    bench.offsets.try_out(CAMERA, 300)
    assert bench.offsets.offset_ms(CAMERA) == 300
    bench.written()
    assert bench.loaded().offset_ms(CAMERA) == 40
    bench.offsets.try_out(CAMERA, None)
    assert bench.offsets.offset_ms(CAMERA) == 40


def test_storing_ends_the_trial(bench: Bench) -> None:
    bench.offsets.try_out(CAMERA, 300)
    bench.offsets.store(CAMERA, 200)
    assert bench.offsets.offset_ms(CAMERA) == 200


def test_an_offset_has_a_limit(bench: Bench) -> None:
    bench.offsets.try_out(CAMERA, 10**9)
    assert bench.offsets.offset_ms(CAMERA) == LARGEST_MS
    bench.offsets.store(CAMERA, -(10**9))
    assert bench.offsets.offset_ms(CAMERA) == -LARGEST_MS


def test_a_database_that_refuses_is_told_and_the_offset_holds(bench: Bench) -> None:
    with bench.database.transaction() as session:
        session.connection().exec_driver_sql("DROP TABLE overlay_setting")
    bench.offsets.store(CAMERA, 60)
    bench.written()
    assert len(bench.errors) == 1
    assert bench.offsets.offset_ms(CAMERA) == 60


def test_who_set_an_offset_and_when_is_kept(bench: Bench) -> None:
    with bench.database.transaction() as session:
        OverlaySettingsRepository(session).set_offset(
            CAMERA, 20, updated_us=1_700_000_000_000_000, workstation="desk-3"
        )
    with bench.database.reading() as session:
        found = session.connection().exec_driver_sql("SELECT * FROM overlay_setting").all()
    assert [tuple(row) for row in found] == [("BNU-1-1", 20, 1_700_000_000_000_000, "desk-3")]
