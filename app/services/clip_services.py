"""Everything about clips and snapshots, put together."""

from dataclasses import dataclass

from app.core.clock import Clock
from app.core.tasks import Tasks
from app.domain.author import Author
from app.services.clip_records import ClipRecords
from app.services.clip_retention import ClipRetention
from app.services.clips import ClipService
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

    def start(self) -> None:
        """Name what the last run left; look at what is kept."""
        self.records.start()
        self.retention.look()

    def tick(self) -> None:
        """About once a minute."""
        self.retention.tick()

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
) -> ClipServices:
    """Nothing is started yet. ``files`` has one thread."""
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
    )
    records.changed.connect(lambda _nothing: retention.look())
    snapshots = SnapshotService(engine, where.snapshots, author, files, notices, clock)
    snapshots.taken.connect(lambda _name: retention.look())
    return ClipServices(
        clips=ClipService(engine, records, where.clips, author, notices, clock, settings),
        records=records,
        snapshots=snapshots,
        retention=retention,
    )
