"""Small pictures count, stay as long as their bookmark, and are shown before they go."""

import os
from pathlib import Path
from uuid import UUID

from app.services.bookmark_pictures import picture_name
from app.services.clip_retention import GOING, SHOWN_S
from app.services.event_thumbnails import MOST_BYTES
from app.services.storage_plan import Stay, StoragePlan, StoredKind, StoredSum
from app.storage.bookmarks import BookmarkRepository
from tests.fakes.records import bookmark, key
from tests.unit.services.clips.bench import Bench

DAY_S = 86_400.0


def picture(bench: Bench, of: UUID) -> Path:
    """Eight bytes, written now."""
    file = bench.where.snapshots / picture_name(of)
    file.write_bytes(b"a little")
    now_s = bench.clock.utc_us() / 1e6
    os.utime(file, (now_s, now_s))
    return file


def marked(bench: Bench) -> UUID:
    made = bookmark()
    with bench.database.transaction() as session:
        BookmarkRepository(session).add(made)
    return made.id


def plan(bench: Bench) -> StoragePlan:
    bench.services.retention.look()
    bench.settle()
    return bench.services.retention.plan


def wait(bench: Bench, seconds: float) -> None:
    for _ in range(round(seconds / 60)):
        bench.clock.pass_by(60)
        bench.services.tick()
        bench.settle()


def test_pictures_of_bookmarks_take_room_and_stay(bench: Bench) -> None:
    file = picture(bench, marked(bench))
    bench.clock.pass_by(400 * DAY_S)
    found = plan(bench)
    assert list(found.items) == []
    assert StoredSum(StoredKind.BOOKMARK_PICTURE, 1, 8) in found.sums
    assert found.bytes == 8
    wait(bench, 2 * SHOWN_S)
    assert file.exists()


def test_pictures_of_events_are_named_but_have_a_limit_of_their_own(bench: Bench) -> None:
    folder = bench.where.thumbnails / "ab"
    folder.mkdir()
    (folder / "ab12.jpg").write_bytes(b"an event")
    found = plan(bench)
    assert StoredSum(StoredKind.EVENT_PICTURE, 1, 8, MOST_BYTES) in found.sums
    assert found.bytes == 0


def test_a_picture_without_its_bookmark_goes_once_it_is_old_and_was_shown(bench: Bench) -> None:
    stays, goes = picture(bench, marked(bench)), picture(bench, key())
    assert [(item.kind, item.stay) for item in plan(bench).items] == [
        (StoredKind.BOOKMARK_PICTURE, Stay.YOUNG)
    ]
    bench.clock.pass_by(32 * DAY_S)
    assert [item.file for item in plan(bench).going] == [goes.name]
    assert bench.words()[GOING].startswith("1 small picture without a bookmark (0.0 kB) will be")
    wait(bench, SHOWN_S - 120)
    assert goes.exists()
    wait(bench, 240)
    assert not goes.exists()
    assert stays.exists()
    assert list(plan(bench).items) == []


def test_a_picture_whose_bookmark_comes_back_meanwhile_stays(bench: Bench) -> None:
    """As after another database was looked at: what is shown is looked up again at the end."""
    made = bookmark()
    file = picture(bench, made.id)
    bench.clock.pass_by(32 * DAY_S)
    assert [item.file for item in plan(bench).going] == [file.name]
    with bench.database.transaction() as session:
        BookmarkRepository(session).add(made)
    wait(bench, SHOWN_S + 120)
    assert file.exists()
    assert list(plan(bench).items) == []


def test_no_other_file_is_taken_for_the_picture_of_a_bookmark(bench: Bench) -> None:
    for name in ("bookmark-zz.jpg", "bookmark-" + "0" * 31 + ".jpg", "holiday.jpg"):
        (bench.where.snapshots / name).write_bytes(b"mine")
    bench.clock.pass_by(400 * DAY_S)
    assert list(plan(bench).items) == []


def test_where_there_is_no_room_what_is_nobodys_goes_as_well(bench: Bench) -> None:
    bench.services = bench.build(keep_gigabytes=1e-8)
    stays, goes = picture(bench, marked(bench)), picture(bench, key())
    assert [(item.file, item.stay) for item in plan(bench).items] == [(goes.name, Stay.SIZE)]
    wait(bench, SHOWN_S + 120)
    assert (stays.exists(), goes.exists()) == (True, False)
