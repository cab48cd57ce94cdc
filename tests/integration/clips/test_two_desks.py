"""Two workstations, a PostgreSQL, a shared folder: the supervisor sees what the operator kept."""

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from app.core.dispatch import ManualDispatcher
from app.core.tasks import Tasks
from app.domain.author import Author, Role
from app.domain.bookmark import Bookmark, FlagState
from app.domain.clip_record import Clip, ClipState
from app.domain.geometry import Size
from app.services.bookmark_pictures import BookmarkPictures, picture_name
from app.services.clip_player import ClipPlayer
from app.services.clip_playing import Playing
from app.services.hand_over import AWAY
from app.services.identity import Identity
from app.services.review import Outcome, ReviewService
from app.services.wall import WallService
from app.storage.bookmarks import BookmarkRepository
from app.video.clip_types import ClipPhase
from app.video.player_link import PlayerLink
from app.video.player_types import PlayerPhase
from tests.fakes.code_clip import block_centres, code_clip, decode_words
from tests.fakes.directory import FakeDirectory
from tests.fakes.engine import FakeEngine
from tests.fakes.postgres import PostgresServer
from tests.fakes.records import bookmark
from tests.unit.services.clips.bench import CAMERA, NOON_US, Bench, bench_in, set_up_share
from tests.unit.video.fragmented import fragmented

OPERATOR, SUPERVISOR = Author("Gul", "desk-3"), Author("Zarin", "desk-1")
CODE = 3
pytestmark = pytest.mark.timeout(120)


class Screen:
    """A wall whose player is the real one."""

    def __init__(self, desk: Bench) -> None:
        self.dispatcher = ManualDispatcher()
        self.link = PlayerLink(self.dispatcher)
        self.wall = WallService(FakeDirectory(), FakeEngine(), self.dispatcher)
        self.wall.open_screen(0, Size(1920, 1080), 1.0)
        self.dispatcher.drain()
        places = desk.services.places
        self.player = ClipPlayer(self.link, self.wall, places.file, places.elsewhere)

    def until(self, is_true: Callable[[], bool], seconds: float = 20.0) -> None:
        deadline = time.monotonic() + seconds
        while not is_true():
            assert time.monotonic() < deadline, "it did not come"
            self.dispatcher.wait(0.005)
            self.dispatcher.drain()

    def play(self, clip: Clip) -> tuple[Playing, int]:
        """Open it in the selected tile; what became of it, and the code in its picture."""
        key = self.player.open(clip, 0)
        assert key is not None

        def playing() -> Playing:
            found = self.player.playing(key)
            assert found is not None
            return found

        self.until(lambda: playing().state.phase is not PlayerPhase.OPENING)
        if playing().state.phase is PlayerPhase.FAILED:
            return playing(), -1
        self.until(lambda: self.link.picture(key) is not None)
        picture = self.link.picture(key)
        assert picture is not None
        facts = picture.facts
        pixels = np.frombuffer(picture.pixels, np.uint8)
        pixels = pixels.reshape(facts.height, facts.stride // 4, 4)[:, : facts.width]
        x, y = (block_centres() * [facts.width, facts.height]).astype(int).T
        return playing(), int(decode_words(pixels[y, x, 1][None, :])[0][0])


class Desk:
    """One workstation of the centre."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        database, files = (
            Tasks(pool, bench.dispatcher, bench.notices.report) for pool in bench.pools[:2]
        )
        self.pictures = BookmarkPictures(bench.where.snapshots, files, bench.shared)
        identity = Identity(bench.author, Role.SUPERVISOR)
        self.review = ReviewService(
            bench.database, database, files, lambda _bookmark: None,
            bench.where.answers_seen, bench.notices, bench.clock, identity,
        )  # fmt: skip

    def mark(self) -> Bookmark:
        """Keep a clip and flag it, as the key does."""
        key = self.bench.services.clips.keep(CAMERA, NOON_US, NOON_US + 20_000_000, by_camera=True)
        job = self.bench.engine.jobs[-1]
        content = code_clip(CODE, frames=60).path.read_bytes()
        job.file.write_bytes(content)
        progress = job.progress(20.0, ClipPhase.COMPLETE)
        sha256 = hashlib.sha256(content).hexdigest()
        job.tell(replace(progress, bytes=len(content), sha256=sha256))
        made = bookmark(author=self.bench.author, clip=key, flag=FlagState.RAISED)
        made = replace(made, thumbnail=picture_name(made.id))
        with self.bench.database.transaction() as session:
            BookmarkRepository(session).add(made)
        self.pictures.keep(made.id, lambda: b"a small jpeg", failed=pytest.fail)
        self.settle()
        return made

    def find(self, key: UUID | None) -> Clip | None:
        assert key is not None
        found: list[Clip | None] = []
        self.bench.services.records.find(key, found.append)
        self.settle()
        return found[0]

    def settle(self) -> None:
        self.bench.settle()

    def a_minute_later(self) -> None:
        self.bench.clock.pass_by(60)
        self.bench.services.tick()
        self.settle()


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with PostgresServer() as server:
        yield server


@pytest.fixture
def share(tmp_path: Path) -> Path:
    return set_up_share(tmp_path / "share")


@pytest.fixture
def desks(tmp_path: Path, server: PostgresServer, share: Path) -> Iterator[tuple[Desk, Desk]]:
    """The operator's and the supervisor's."""
    with ExitStack() as stack:

        def desk(author: Author) -> Desk:
            folder = tmp_path / author.workstation
            bench = bench_in(folder, share, author=author, url=server.url)
            return Desk(stack.enter_context(bench))

        operator, supervisor = desk(OPERATOR), desk(SUPERVISOR)
        supervisor.a_minute_later()
        yield operator, supervisor
        with operator.bench.database.transaction() as session:
            session.connection().exec_driver_sql("TRUNCATE bookmark, tag, clip, decision")


@contextmanager
def screen_of(desk: Desk) -> Iterator[Screen]:
    screen = Screen(desk.bench)
    try:
        yield screen
    finally:
        screen.player.close_all()
        screen.link.end()


def test_the_supervisor_plays_and_reviews_what_the_operator_kept(
    desks: tuple[Desk, Desk],
) -> None:
    operator, supervisor = desks
    made = operator.mark()
    operator.a_minute_later()
    supervisor.review.refresh()
    supervisor.settle()
    (flag,) = supervisor.review.rows
    assert supervisor.pictures.load(flag.id.bytes) == b"a small jpeg"
    clip = supervisor.find(flag.clip)
    assert clip is not None
    assert clip.author == OPERATOR
    with screen_of(supervisor) as screen:
        playing, code = screen.play(clip)
    assert (playing.state.phase, playing.elsewhere, code) == (PlayerPhase.READY, "", CODE)
    told: list[Outcome] = []
    assert supervisor.review.decide(flag, FlagState.CONFIRMED, "", told.append)
    supervisor.settle()
    assert [each.problem for each in told] == [""]
    with operator.bench.database.reading() as session:
        answered = BookmarkRepository(session).get(made.id)
    assert answered is not None
    assert answered.flag is FlagState.CONFIRMED


@pytest.mark.logs_errors
def test_while_the_share_is_away_the_tile_says_where_the_clip_lies(
    desks: tuple[Desk, Desk], share: Path
) -> None:
    operator, supervisor = desks
    away = share.rename(share.with_name("away"))
    made = operator.mark()
    supervisor.a_minute_later()
    operator.a_minute_later()
    assert "is the share connected?" in operator.bench.words()[AWAY]
    clip = supervisor.find(made.clip)
    assert clip is not None
    with screen_of(supervisor) as screen:
        playing, _ = screen.play(clip)
        assert (playing.state.phase, playing.elsewhere) == (PlayerPhase.FAILED, "desk-3")
        away.rename(share)
        operator.a_minute_later()
        supervisor.a_minute_later()
        playing, code = screen.play(clip)
        assert (playing.state.phase, code) == (PlayerPhase.READY, CODE)
    assert operator.bench.notices.current == supervisor.bench.notices.current == ()


@pytest.mark.logs_errors
def test_one_that_starts_again_leaves_what_another_one_writes(desks: tuple[Desk, Desk]) -> None:
    operator, supervisor = desks
    key = operator.bench.services.clips.keep(CAMERA, NOON_US, NOON_US + 20_000_000, by_camera=True)
    job = operator.bench.engine.jobs[-1]
    job.grow(2.0)
    part = job.file.with_name(job.file.name + ".part")
    part.write_bytes(fragmented(fragments=2, pictures=15))
    operator.settle()
    supervisor.bench.services = supervisor.bench.build()
    supervisor.bench.services.start()
    supervisor.settle()
    supervisor.a_minute_later()
    assert part.exists()
    assert supervisor.find(key) is None
    operator.bench.services = operator.bench.build()
    operator.bench.services.start()
    operator.settle()
    clip = supervisor.find(key)
    assert clip is not None
    assert (clip.state, clip.author.workstation) == (ClipState.BROKEN, "desk-3")


def test_each_deletes_its_own_only(desks: tuple[Desk, Desk], share: Path) -> None:
    operator, supervisor = desks
    kept = {desk: desk.mark() for desk in (operator, supervisor)}
    for desk in desks:
        desk.a_minute_later()
    with operator.bench.database.transaction() as session:
        for made in kept.values():
            after = BookmarkRepository(session).get(made.id)
            assert after is not None
            BookmarkRepository(session).change(replace(after, flag=FlagState.NONE))
    operator.bench.clock.pass_by(32 * 86_400.0)
    for _ in range(90):
        operator.a_minute_later()
    assert operator.find(kept[operator].clip) is None
    clip = operator.find(kept[supervisor].clip)
    assert clip is not None
    files = {file.name for file in (share / "clips").iterdir()}
    assert files == {clip.file, Path(clip.file).with_suffix(".json").name}
