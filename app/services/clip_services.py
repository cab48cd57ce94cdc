"""Everything about clips and snapshots, put together."""

from dataclasses import dataclass

from app.core.clock import Clock
from app.core.tasks import Tasks
from app.domain.author import Author
from app.services.clip_places import ClipPlaces
from app.services.clip_records import ClipRecords
from app.services.clip_retention import ClipRetention
from app.services.clips import ClipService
from app.services.hand_over import HandOver
from app.services.kept_pictures import KeptPictures
from app.services.notices import NoticeBoard
from app.services.snapshots import SnapshotService
from app.settings.paths import Places
from app.settings.schema import ClipSettings
from app.storage.database import Database
from app.video.clip_types import ClipEngine


@dataclass(frozen=True, slots=True)
class ClipServices:
    """Owner thread."""

    clips: ClipService
    records: ClipRecords
    snapshots: SnapshotService
    retention: ClipRetention
    places: ClipPlaces
    hand_over: HandOver | None = None

    def start(self) -> None:
        """Name what the last run left; look at what is kept."""
        self.records.start()
        self.retention.look()
        if self.hand_over is not None:
            self.hand_over.tick()

    def tick(self) -> None:
        """About once a minute."""
        self.retention.tick()
        if self.hand_over is not None:
            self.hand_over.tick()

    def close(self) -> None:
        """End all clips; before the engine is closed."""
        self.clips.close()


def make_clips(
    where: Places,
    engine: ClipEngine,
    database: Database,
    database_tasks: Tasks,
    files: Tasks,
    notices: NoticeBoard,
    clock: Clock,
    author: Author,
    settings: ClipSettings,
    hand_over: HandOver | None = None,
) -> ClipServices:
    """Nothing is started yet. ``files`` has one thread; ``hand_over`` where there is a shared
    folder."""
    records = ClipRecords(where.clips, database, database_tasks, files, notices, author.workstation)
    retention = ClipRetention(
        where.clips,
        where.snapshots,
        KeptPictures(where.snapshots, where.thumbnails, database, clock),
        database,
        files,
        notices,
        clock,
        settings,
        author.workstation,
        gone=hand_over.note_gone if hand_over is not None else lambda _file: None,
    )
    records.changed.connect(lambda _nothing: retention.look())
    snapshots = SnapshotService(engine, where.snapshots, author, files, notices, clock)
    snapshots.taken.connect(lambda _name: retention.look())
    if hand_over is not None:
        records.changed.connect(lambda _nothing: hand_over.hurry())
        snapshots.taken.connect(lambda _name: hand_over.hurry())
    shared = None if hand_over is None else hand_over.shared
    return ClipServices(
        clips=ClipService(engine, records, where.clips, author, notices, clock, settings),
        records=records,
        snapshots=snapshots,
        retention=retention,
        places=ClipPlaces(where.clips, shared, author.workstation),
        hand_over=hand_over,
    )
