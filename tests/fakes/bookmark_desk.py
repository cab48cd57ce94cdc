"""Bookmarks without windows: a real database, clips that are only asked for, work done at once."""

from pathlib import Path
from uuid import UUID

from app.core.dispatch import ManualDispatcher
from app.core.errors import StorageUnavailable
from app.core.events import Event
from app.core.record_keys import record_key
from app.core.tasks import Tasks
from app.domain.author import Author
from app.domain.bookmark import Bookmark
from app.domain.camera import Camera, CameraCode
from app.domain.geometry import WHOLE
from app.domain.stream import PictureClock, StreamKind
from app.services.bookmark_changes import Answer
from app.services.bookmark_pictures import BookmarkPictures
from app.services.bookmarks import BookmarkService, Shown
from app.services.clips import EndedClip
from app.services.notices import NoticeBoard
from app.storage.bookmarks import BookmarkRepository
from app.storage.database import Database
from app.video.board import PictureFacts
from tests.fakes.directory import FakeDirectory
from tests.fakes.event_desk import CAMERA, NOON_US, SECOND_US, AtOnce, HandClock

AUTHOR = Author("Gul", "desk-3")


class FakeClips:
    """Notes what was asked for."""

    def __init__(self, clock: HandClock) -> None:
        self.ended: Event[EndedClip] = Event("test.clips_ended")
        self.kept: dict[UUID, tuple[CameraCode, int, int, bool]] = {}
        self.stopped: list[UUID] = []
        self.cancelled: list[UUID] = []
        self._clock = clock

    def keep(
        self,
        camera: CameraCode,
        start_us: int,
        end_us: int,
        *,
        by_camera: bool,
        kind: StreamKind | None = None,
        reason: str = "",
    ) -> UUID:
        assert reason
        key = record_key(self._clock)
        self.kept[key] = (camera, start_us, end_us, by_camera)
        return key

    def stop(self, clip: UUID) -> None:
        self.stopped.append(clip)

    def cancel(self, clip: UUID) -> None:
        self.cancelled.append(clip)


class BookmarkDesk:
    """The service of bookmarks over a database; ``refuses`` makes the database do so."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.clock = HandClock()
        self.dispatcher = ManualDispatcher()
        self.notices = NoticeBoard()
        self.directory = FakeDirectory()
        self.database = database
        self.folder = folder
        self.file = folder / "bookmarks-unsaved.json"
        self.clips = FakeClips(self.clock)
        self.refuses = ""
        self.tasks = Tasks(AtOnce(), self.dispatcher, self.notices.report)
        self.pictures = BookmarkPictures(folder, self.tasks)
        self.answers: list[Answer] = []
        self.service = self.open()

    def open(self) -> BookmarkService:
        """A new run over the same database and folder."""
        return BookmarkService(
            self.database,
            Refusing(self),
            self.tasks,
            self.pictures,
            self.clips,
            dict,
            self.file,
            self.folder / "exports",
            self.dispatcher,
            self.notices,
            self.clock,
            AUTHOR,
            ring_seconds=60.0,
        )

    def settle(self) -> None:
        """Do what was posted, until nothing is left."""
        while self.dispatcher.drain():
            pass

    def later(self, seconds: float) -> None:
        self.clock.seconds += seconds
        self.service.tick()
        self.settle()

    def stored(self) -> list[Bookmark]:
        """What the database has, oldest first."""
        from app.domain.record_filters import BookmarkFilter, RecordOrder

        with self.database.reading() as session:
            repository = BookmarkRepository(session)
            return list(repository.page(BookmarkFilter(), 1000, None, RecordOrder.OLDEST))

    def camera(self, code: str = CAMERA) -> Camera:
        camera = self.directory.camera(CameraCode(code))
        assert camera is not None
        return camera

    def mark(self, **facts: object) -> Bookmark:
        """Press B on a tile with a live picture, and wait for the answer."""
        bookmark = self.service.mark(shown(self.camera(), **facts), self.answers.append)
        self.settle()
        return bookmark


class Refusing(Tasks):
    """The database's thread, which can be told to fail."""

    def __init__(self, desk: BookmarkDesk) -> None:
        super().__init__(AtOnce(), desk.dispatcher, desk.notices.report)
        self._desk = desk

    def run(self, work, *, done=lambda _result: None, failed=None):  # type: ignore[no-untyped-def]  # as the one it stands for
        def work_or_fail() -> object:
            if self._desk.refuses:
                raise StorageUnavailable(self._desk.refuses, advice="Free space on the disk.")
            return work()

        return super().run(work_or_fail, done=done, failed=failed)


def facts(**changes: object) -> PictureFacts:
    """A live picture of the sub stream: taken at noon by the camera's clock, which is 2 s ahead."""
    values: dict[str, object] = {
        "width": 320,
        "height": 180,
        "stride": 1280,
        "kind": StreamKind.SUB,
        "clock": PictureClock.CAMERA,
        "utc_us": NOON_US + 2 * SECOND_US - 100_000,
        "offset_us": -2 * SECOND_US,
        "arrival_us": NOON_US - 50_000,
        "published_us": NOON_US - 20_000,
        "pts": 0,
        "crop": WHOLE,
        "source_width": 640,
        "source_height": 360,
    }
    return PictureFacts(**(values | changes))  # type: ignore[arg-type]  # named by the caller


def shown(camera: Camera, **changes: object) -> Shown:
    """A tile with that picture and nothing over it."""
    return Shown(camera, facts(**changes), (), lambda: b"jpeg")
