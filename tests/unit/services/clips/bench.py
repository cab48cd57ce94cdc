"""The services of clips on a real database and folder, with cuts in name only."""

import json
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from app.core.clock import SystemClock
from app.core.dispatch import ManualDispatcher
from app.core.expendable_thread import ExpendableThread
from app.core.tasks import Tasks
from app.domain.author import Author
from app.domain.camera import CameraCode
from app.domain.clip_record import Clip
from app.services.clip_services import ClipServices, make_clips
from app.services.clips import EndedClip
from app.services.hand_over import HandOver
from app.services.notices import NoticeBoard
from app.services.shared_folder import CLIPS, SNAPSHOTS, SharedFolder
from app.settings.paths import places
from app.settings.schema import ClipSettings
from app.storage.clips import ClipRepository
from app.storage.database import Database, sqlite_url
from app.storage.migration import bring_up_to_date
from tests.fakes.clip_engine import FakeClipEngine

CAMERA, OTHER = CameraCode("BNU-41-3"), CameraCode("DIK-1-1")
AUTHOR = Author("Gul Khan", "desk-3")
NOON_US = 1_795_348_800_000_000
DAY_US = 86_400_000_000


class SetClock(SystemClock):
    """Goes on only when a test says so."""

    def __init__(self) -> None:
        self.now_us = NOON_US
        self.now = 1000.0

    def utc_us(self) -> int:
        return self.now_us

    def monotonic(self) -> float:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += seconds
        self.now_us += round(seconds * 1e6)


class Bench:
    """One workstation. ``url``: another database than its own; ``shared``: the folder that it
    shares with others."""

    def __init__(
        self,
        folder: Path,
        pools: tuple[Executor, ...],
        *,
        author: Author = AUTHOR,
        url: str = "",
        shared: SharedFolder | None = None,
    ) -> None:
        self.where = places(folder / "data")
        self.where.prepare()
        self.author = author
        self.shared = shared
        self.database = Database(url or sqlite_url(self.where.database))
        bring_up_to_date(self.database, self.where.backups)
        self.dispatcher = ManualDispatcher()
        self.notices = NoticeBoard()
        self.clock = SetClock()
        self.pools = pools
        self.engine = FakeClipEngine()
        self.settings = ClipSettings()
        self.ended: list[EndedClip] = []
        self.services = self.build()

    def build(self, **settings: Any) -> ClipServices:
        """The services as after a start of the program."""
        self.settings = ClipSettings(**settings)
        database, files, *share = (
            Tasks(pool, self.dispatcher, self.notices.report) for pool in self.pools
        )
        hand_over = None
        if self.shared is not None:
            hand_over = HandOver(self.where, self.shared, share[0], self.notices, self.clock)
        services = make_clips(
            self.where, self.engine, self.database, database, files,
            self.notices, self.clock, self.author, self.settings, hand_over=hand_over,
        )  # fmt: skip
        services.clips.ended.connect(self.ended.append)
        return services

    def settle(self) -> None:
        """Until everything asked for is done, and what that asked for."""
        for _ in range(4):
            for pool in self.pools:
                pool.submit(lambda: None).result(10)
            self.dispatcher.drain()

    def stored(self) -> dict[UUID, Clip]:
        with self.database.reading() as session:
            return {clip.id: clip for clip in ClipRepository(session).page(1000)}

    def facts(self) -> list[dict[str, Any]]:
        """All JSON beside clips."""
        return [json.loads(file.read_text()) for file in sorted(self.where.clips.glob("*.json"))]

    def words(self) -> dict[str, str]:
        return {notice.key: notice.text for notice in self.notices.current}


@contextmanager
def bench_in(
    folder: Path, shared: Path | None = None, *, author: Author = AUTHOR, url: str = ""
) -> Iterator[Bench]:
    """``shared``: a folder as the administrator of a centre has set it up."""
    with ExitStack() as stack:
        pools: list[Executor] = [stack.enter_context(ThreadPoolExecutor(1)) for _ in range(2)]
        share = None
        if shared is not None:
            share = SharedFolder(shared, stack.enter_context(ExpendableThread("share-reader")))
            pools.append(stack.enter_context(ExpendableThread("share")))
        bench = Bench(folder, tuple(pools), author=author, url=url, shared=share)
        with closing(bench.database):
            yield bench


def set_up_share(folder: Path) -> Path:
    """What an administrator does once."""
    for name in (CLIPS, SNAPSHOTS):
        (folder / name).mkdir(parents=True)
    return folder
