"""What goes, what stays, and that nothing goes before it was shown."""

from pathlib import Path
from uuid import UUID

import pytest

from app.domain.stream import PictureClock
from app.services.clip_facts import facts_file
from app.services.clip_retention import GOING, SHOWN_S
from app.services.snapshots import SeenPicture
from app.services.storage_plan import Stay, StoragePlan, StoredItem, StoredKind
from app.storage.incidents import IncidentRepository
from app.video.clip_types import ClipPhase
from tests.fakes.records import incident
from tests.unit.services.clips.bench import CAMERA, DAY_US, NOON_US, Bench

DAY_S = 86_400.0


def kept(bench: Bench) -> UUID:
    """A clip of six bytes, made now."""
    now_us = bench.clock.utc_us()
    key = bench.services.clips.keep(CAMERA, now_us - 10_000_000, now_us, by_camera=True)
    bench.engine.jobs[-1].end_as(ClipPhase.COMPLETE)
    bench.settle()
    bench.clock.pass_by(1)
    return key


def shot(bench: Bench) -> str:
    """A snapshot made now; its name."""
    bench.engine.stills[CAMERA] = b"a jpeg"
    names: list[str | None] = []
    seen = SeenPicture(CAMERA, bench.clock.utc_us() - 100_000, PictureClock.CAMERA, 0.4)
    bench.services.snapshots.take(seen, names.append, reason="by hand")
    bench.settle()
    assert names[0] is not None
    return names[0]


def plan(bench: Bench) -> StoragePlan:
    bench.services.retention.look()
    bench.settle()
    return bench.services.retention.plan


def stays(found: StoragePlan) -> dict[UUID, Stay]:
    return {item.key: item.stay for item in found.items}


def wait(bench: Bench, seconds: float) -> None:
    """Let time pass, with a tick a minute."""
    for _ in range(round(seconds / 60)):
        bench.clock.pass_by(60)
        bench.services.tick()
        bench.settle()


def item(plan_: StoragePlan, key: UUID) -> StoredItem:
    return next(each for each in plan_.items if each.key == key)


def test_the_day_on_which_a_clip_goes_is_known_from_the_start(bench: Bench) -> None:
    key = kept(bench)
    found = item(plan(bench), key)
    assert (found.kind, found.stay, found.bytes) == (StoredKind.CLIP, Stay.YOUNG, 6)
    assert found.goes_us == NOON_US + 31 * DAY_US
    assert plan(bench).going == []


def test_what_is_too_old_goes_an_hour_after_it_was_shown(bench: Bench) -> None:
    old = kept(bench)
    bench.clock.pass_by(20 * DAY_S)
    young = kept(bench)
    bench.clock.pass_by(12 * DAY_S)
    shown = plan(bench)
    assert stays(shown) == {old: Stay.AGE, young: Stay.YOUNG}
    assert bench.words()[GOING].startswith("1 clip or snapshot (")
    file = bench.services.clips.file(bench.stored()[old])
    wait(bench, SHOWN_S - 120)
    assert file.exists()
    wait(bench, 1200)
    assert not file.exists()
    assert not facts_file(file).exists()
    assert bench.stored().keys() == {young}
    assert bench.notices.current == ()


def test_the_oldest_go_when_there_is_no_room(bench: Bench) -> None:
    bench.services = bench.build(keep_gigabytes=13e-9)
    keys = [kept(bench) for _ in range(4)]
    expected = dict(zip(keys, [Stay.SIZE, Stay.SIZE, Stay.YOUNG, Stay.YOUNG], strict=True))
    assert stays(plan(bench)) == expected
    wait(bench, SHOWN_S + 1200)
    assert list(bench.stored()) == [keys[3], keys[2]]


def test_what_is_locked_meanwhile_stays(bench: Bench) -> None:
    key, name = kept(bench), shot(bench)
    bench.clock.pass_by(32 * DAY_S)
    going = plan(bench).going
    assert len(going) == 2
    for each in going:
        bench.services.retention.lock(each, is_locked=True)
    bench.settle()
    assert set(stays(bench.services.retention.plan).values()) == {Stay.LOCKED}
    wait(bench, SHOWN_S + 1800)
    assert bench.stored()[key].is_locked
    assert (bench.where.snapshots / name).exists()
    bench.services.retention.lock(going[0], is_locked=False)
    bench.settle()
    assert stays(bench.services.retention.plan)[going[0].key] is Stay.AGE


def test_a_lock_that_comes_after_the_last_look_still_counts(bench: Bench) -> None:
    key = kept(bench)
    bench.clock.pass_by(32 * DAY_S)
    plan(bench)
    bench.clock.pass_by(SHOWN_S + 60)
    bench.services.records.lock(key, is_locked=True)
    bench.pools[0].submit(lambda: None).result(10)
    bench.services.tick()
    bench.settle()
    assert bench.services.clips.file(bench.stored()[key]).exists()


def test_what_an_open_incident_needs_stays(bench: Bench) -> None:
    key, name = kept(bench), shot(bench)
    needing = incident(clips=(key,), snapshots=(name,))
    with bench.database.transaction() as session:
        IncidentRepository(session).add(needing)
    bench.clock.pass_by(32 * DAY_S)
    assert set(stays(plan(bench)).values()) == {Stay.NEEDED}


def test_what_was_just_kept_is_in_the_plan_without_being_asked(bench: Bench) -> None:
    key = kept(bench)
    assert key in stays(bench.services.retention.plan)
    name = shot(bench)
    assert [each.file for each in bench.services.retention.plan.items][-1] == name


def test_a_snapshot_goes_with_its_facts(bench: Bench) -> None:
    name = shot(bench)
    (bench.where.snapshots / "thumbnail.jpg").write_bytes(b"of a bookmark")
    bench.clock.pass_by(32 * DAY_S)
    (found,) = plan(bench).items
    assert (found.kind, found.file, found.reason) == (StoredKind.SNAPSHOT, name, "by hand")
    wait(bench, SHOWN_S + 1800)
    assert [file.name for file in bench.where.snapshots.iterdir()] == ["thumbnail.jpg"]


def test_clips_of_other_workstations_are_left_to_them(bench: Bench) -> None:
    key = kept(bench)
    with bench.database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE clip SET workstation = 'desk-9'")
    bench.clock.pass_by(32 * DAY_S)
    assert plan(bench).items == []
    assert key in bench.stored()


def test_a_file_that_somebody_took_away_does_not_stop_the_others(bench: Bench) -> None:
    first, second = kept(bench), kept(bench)
    Path(bench.services.clips.file(bench.stored()[first])).unlink()
    bench.clock.pass_by(32 * DAY_S)
    plan(bench)
    wait(bench, SHOWN_S + 1800)
    assert bench.stored() == {}
    assert second not in bench.stored()
    assert list(bench.where.clips.iterdir()) == []


@pytest.mark.logs_errors
def test_a_picture_that_is_no_longer_there_is_told(bench: Bench) -> None:
    names: list[str | None] = []
    seen = SeenPicture(CAMERA, NOON_US, PictureClock.ARRIVAL)
    bench.services.snapshots.take(seen, names.append)
    bench.settle()
    assert names == [None]
    assert "no longer in memory" in bench.words()[f"snapshot-{CAMERA}"]
    assert list(bench.where.snapshots.iterdir()) == []
