"""What is kept reaches the folder that all share, whole, once, and only from who kept it."""

import errno
import json
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.tasks import Tasks
from app.domain.author import Author
from app.domain.stream import PictureClock
from app.services.bookmark_pictures import BookmarkPictures, picture_name
from app.services.clip_facts import facts_file
from app.services.clip_retention import SHOWN_S
from app.services.hand_over import AWAY, PATIENCE_S
from app.services.snapshots import SeenPicture
from app.video.clip_types import ClipPhase
from tests.fakes.records import key
from tests.unit.services.clips.bench import CAMERA, NOON_US, Bench, bench_in, set_up_share

DAY_S = 86_400.0
SUPERVISOR = Author("Zarin", "desk-1")


@pytest.fixture
def share(tmp_path: Path) -> Path:
    return set_up_share(tmp_path / "share")


@pytest.fixture
def desk(tmp_path: Path, share: Path) -> Iterator[Bench]:
    with bench_in(tmp_path / "desk-3", share) as bench:
        yield bench


def begin(desk: Bench) -> Path:
    """A clip that is being written: its file."""
    desk.services.clips.keep(CAMERA, NOON_US - 10_000_000, NOON_US, by_camera=True)
    job = desk.engine.jobs[-1]
    job.grow(1.0)
    job.file.with_name(job.file.name + ".part").write_bytes(b"half")
    desk.settle()
    return job.file


def keep(desk: Bench) -> Path:
    file = begin(desk)
    file.with_name(file.name + ".part").unlink()
    desk.engine.jobs[-1].end_as(ClipPhase.COMPLETE)
    desk.settle()
    return file


def shoot(desk: Bench) -> str:
    desk.engine.stills[CAMERA] = b"a jpeg"
    names: list[str | None] = []
    desk.services.snapshots.take(SeenPicture(CAMERA, NOON_US, PictureClock.CAMERA), names.append)
    desk.settle()
    assert names[0] is not None
    return names[0]


def tick(desk: Bench) -> None:
    desk.clock.pass_by(60)
    desk.services.tick()
    desk.settle()


def files_of(bench: Bench) -> Tasks:
    return Tasks(bench.pools[1], bench.dispatcher, bench.notices.report)


def names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


def test_a_clip_is_handed_over_with_its_facts_as_soon_as_it_is_kept(
    desk: Bench, share: Path
) -> None:
    file = keep(desk)
    assert names(share / "clips") == {file.name, facts_file(file).name}
    assert (share / "clips" / file.name).read_bytes() == b"a clip"
    copy = json.loads((share / "clips" / facts_file(file).name).read_text())
    assert (copy["state"], copy["workstation"]) == ("complete", "desk-3")
    assert file.exists()
    assert desk.notices.current == ()


def test_what_lies_beside_a_clip_goes_with_it(desk: Bench, share: Path) -> None:
    file = keep(desk)
    beside = file.with_suffix(".boxes")
    beside.write_bytes(b"boxes")
    tick(desk)
    assert (share / "clips" / beside.name).read_bytes() == b"boxes"


def test_a_clip_that_is_being_written_is_not_handed_over(desk: Bench, share: Path) -> None:
    file = begin(desk)
    tick(desk)
    assert names(share / "clips") == set()
    assert file.with_name(file.name + ".part").exists()


def test_snapshots_and_pictures_of_bookmarks_are_handed_over(desk: Bench, share: Path) -> None:
    name = shoot(desk)
    picture = desk.where.snapshots / picture_name(key())
    picture.write_bytes(b"small")
    tick(desk)
    facts = facts_file(Path(name)).name
    assert names(share / "snapshots") == {name, facts, picture.name}


def test_what_is_there_already_is_not_copied_again(
    desk: Bench, share: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(desk)
    copies: list[Path] = []
    monkeypatch.setattr("app.services.hand_over.copy_whole", lambda file, *_: copies.append(file))
    tick(desk)
    desk.services = desk.build()  # which remembers nothing
    desk.services.start()
    desk.settle()
    assert copies == []
    shutil.rmtree(share / "clips")
    (share / "clips").mkdir()
    desk.services = desk.build()
    desk.services.start()
    desk.settle()
    assert len(copies) == 2


def test_what_changes_is_copied_again(desk: Bench, share: Path) -> None:
    name = shoot(desk)
    (item,) = desk.services.retention.plan.items
    desk.services.retention.lock(item, is_locked=True)
    desk.settle()
    tick(desk)
    copy = share / "snapshots" / facts_file(Path(name)).name
    assert json.loads(copy.read_text())["is_locked"] is True


@pytest.mark.logs_errors
@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (shutil.rmtree, "it is not there; is the share connected?"),
        # An empty folder on which nothing is mounted.
        (
            lambda share: shutil.rmtree(share / "clips"),
            "there is no folder “clips” in it; is the share connected?",
        ),
        (lambda share: (share / "snapshots").rename(share / "other"), "no folder “snapshots”"),
    ],
)
def test_a_share_that_is_away_is_told_and_loses_nothing(
    desk: Bench, share: Path, harm: object, words: str
) -> None:
    assert callable(harm)
    harm(share)
    file = keep(desk)
    assert file.read_bytes() == b"a clip"
    assert len(desk.stored()) == 1
    assert words in desk.words()[AWAY]
    assert desk.shared is not None
    assert not desk.shared.is_answering
    for name in ("clips", "snapshots"):
        (share / name).mkdir(parents=True, exist_ok=True)
    tick(desk)
    assert names(share / "clips") == {file.name, facts_file(file).name}
    assert desk.notices.current == ()


@pytest.mark.logs_errors
def test_a_share_that_hangs_is_told_and_nothing_waits_for_it(desk: Bench, share: Path) -> None:
    goes_on = threading.Event()
    desk.pools[2].submit(goes_on.wait)
    desk.services.tick()
    desk.clock.pass_by(PATIENCE_S + 1)
    desk.services.tick()
    assert desk.words()[AWAY].endswith("cannot be used: it does not answer")
    desk.services.clips.keep(CAMERA, NOON_US - 10_000_000, NOON_US, by_camera=True)
    desk.engine.jobs[-1].end_as(ClipPhase.COMPLETE)
    for _ in range(4):
        for pool in desk.pools[:2]:
            pool.submit(lambda: None).result(10)
        desk.dispatcher.drain()
    assert len(desk.stored()) == 1
    goes_on.set()
    desk.settle()
    tick(desk)
    assert len(names(share / "clips")) == 2
    assert desk.notices.current == ()


def test_what_retention_deletes_here_is_deleted_there(desk: Bench, share: Path) -> None:
    boxes = keep(desk).with_suffix(".boxes")
    boxes.write_bytes(b"boxes")
    shoot(desk)
    tick(desk)
    assert boxes.name in names(share / "clips")
    desk.clock.pass_by(32 * DAY_S)
    for _ in range(round(SHOWN_S / 60) + 30):
        tick(desk)
    assert names(share / "clips") == names(share / "snapshots") == set()
    assert names(desk.where.leaving / "clips") == set()


@pytest.mark.logs_errors
def test_what_was_deleted_while_the_share_was_away_goes_when_it_is_back(
    desk: Bench, share: Path
) -> None:
    keep(desk)
    away = share.rename(share.with_name("away"))
    desk.clock.pass_by(32 * DAY_S)
    for _ in range(round(SHOWN_S / 60) + 30):
        tick(desk)
    assert names(desk.where.clips) == set()
    away.rename(share)
    desk.services = desk.build()
    desk.services.start()
    desk.settle()
    assert names(share / "clips") == set()


@pytest.mark.logs_errors
def test_a_share_without_room_keeps_nothing_half(
    desk: Bench, share: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_full(_file: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    file = keep(desk)
    (share / "clips" / file.name).unlink()
    desk.services = desk.build()
    with monkeypatch.context() as patch:
        patch.setattr("app.services.shared_folder.os.fsync", is_full)
        desk.services.start()
        desk.settle()
    assert desk.words()[AWAY].endswith("cannot be used: the disk is full")
    assert names(share / "clips") == {facts_file(file).name}
    assert desk.shared is not None
    assert desk.shared.is_answering  # what others have handed over can be seen
    tick(desk)
    assert file.name in names(share / "clips")
    assert desk.notices.current == ()


def test_nothing_of_other_workstations_is_touched(desk: Bench, share: Path) -> None:
    foreign = share / "clips" / "DIK-1-1_20261122T120000Z_0123456789ab.mp4"
    part = foreign.with_name(f".{foreign.name}.part")
    for file in (foreign, part, foreign.with_suffix(".json")):
        file.write_bytes(b"of another desk")
        os.utime(file, (0, 0))
    desk.services.start()
    desk.settle()
    desk.clock.pass_by(400 * DAY_S)
    for _ in range(round(SHOWN_S / 60) + 30):
        tick(desk)
    for file in (foreign, part, foreign.with_suffix(".json")):
        assert file.read_bytes() == b"of another desk"
    assert desk.stored() == {}


def test_a_clip_of_another_workstation_is_found_in_the_shared_folder(
    tmp_path: Path, desk: Bench, share: Path
) -> None:
    file = keep(desk)
    (clip,) = desk.stored().values()
    assert desk.services.places.file(clip) == file
    assert desk.services.places.elsewhere(clip) == ""
    with bench_in(tmp_path / "desk-1", share, author=SUPERVISOR) as other:
        places = other.services.places
        assert places.elsewhere(clip) == "desk-3"
        # Nobody knows yet whether the share answers: it is not looked at.
        assert places.file(clip) == other.where.clips / file.name
        tick(other)
        assert places.file(clip).read_bytes() == b"a clip"


def test_the_picture_of_a_bookmark_of_another_workstation_comes_when_it_is_there(
    tmp_path: Path, desk: Bench, share: Path
) -> None:
    made = key()
    with bench_in(tmp_path / "desk-1", share, author=SUPERVISOR) as other:
        tick(other)
        pictures = BookmarkPictures(other.where.snapshots, files_of(other), other.shared)
        ready: list[bytes] = []
        pictures.ready.connect(ready.append)
        assert pictures.load(made.bytes) is None
        (desk.where.snapshots / picture_name(made)).write_bytes(b"small")
        tick(desk)
        pictures.look_again()
        assert ready == [made.bytes]
        assert pictures.load(made.bytes) == b"small"
        pictures.look_again()
        assert ready == [made.bytes]


@pytest.mark.logs_errors
def test_a_picture_on_a_share_that_hangs_is_not_waited_for(
    tmp_path: Path, desk: Bench, share: Path
) -> None:
    made = key()
    tick(desk)
    pictures = BookmarkPictures(desk.where.snapshots, files_of(desk), desk.shared)
    pipe = share / "snapshots" / picture_name(made)
    os.mkfifo(pipe)  # whoever opens it waits for the other end
    assert pictures.load(made.bytes) is None
    assert desk.shared is not None
    assert not desk.shared.is_answering
    assert pictures.load(made.bytes) is None  # at once
    with pipe.open("wb"):
        pass
