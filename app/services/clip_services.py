"""Everything about clips and snapshots, put together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.analytics.messages import SourceState
from app.analytics.timelines import Timelines
from app.core.clock import Clock
from app.core.tasks import Tasks
from app.domain.author import Author
from app.domain.camera import Camera, CameraCode
from app.services.clip_boxes import ClipBoxes
from app.services.clip_places import ClipPlaces
from app.services.clip_records import ClipRecords
from app.services.clip_retention import ClipRetention
from app.services.clips import ClipService
from app.services.hand_over import HandOver
from app.services.kept_pictures import KeptPictures
from app.services.notices import NoticeBoard
from app.services.snapshots import SnapshotService
from app.settings.paths import Places
from app.settings.schema import ClipSettings, SourceSettings
from app.storage.database import Database
from app.video.clip_types import ClipEngine


@dataclass(frozen=True, slots=True)
class Backends:
    """What must be known to keep the boxes of a clip: where they come, from whom and how these are
    doing, of which cameras, and what was added by hand to the time of a camera's boxes."""

    timelines: Timelines
    source_settings: Callable[[], Mapping[str, SourceSettings]]
    source_states: Callable[[], Sequence[SourceState]]
    camera: Callable[[CameraCode], Camera | None]
    offset_ms: Callable[[CameraCode], int]


@dataclass(frozen=True, slots=True)
class ClipServices:
    """Owner thread."""

    clips: ClipService
    records: ClipRecords
    snapshots: SnapshotService
    retention: ClipRetention
    places: ClipPlaces
    hand_over: HandOver | None = None
    boxes: ClipBoxes | None = None
    """``None`` where no backends are known of."""

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

    def keep_pace(self) -> None:
        """Some times a second."""
        if self.boxes is not None:
            self.boxes.tick()

    def close(self) -> None:
        """End all clips; before the engine is closed."""
        self.clips.close()
        if self.boxes is not None:
            self.boxes.close()


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
    *,
    hand_over: HandOver | None = None,
    backends: Backends | None = None,
) -> ClipServices:
    """Nothing is started yet. ``files`` has one thread; ``hand_over`` where there is a shared
    folder; ``backends``: whose boxes are kept."""
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
    shared = None if hand_over is None else hand_over.shared
    boxes: ClipBoxes | None = None
    if backends is not None:
        boxes = ClipBoxes(
            where.clips,
            backends.timelines,
            backends.source_settings,
            backends.source_states,
            backends.camera,
            backends.offset_ms,
            files,
            notices,
            clock,
        )
        boxes.settled.connect(lambda _clip: retention.look())
    if hand_over is not None:
        records.changed.connect(lambda _nothing: hand_over.hurry())
        snapshots.taken.connect(lambda _name: hand_over.hurry())
        if boxes is not None:
            # A clip's boxes are whole some seconds after the clip.
            boxes.settled.connect(lambda _clip: hand_over.hurry())
    return ClipServices(
        clips=ClipService(
            engine, records, where.clips, author, notices, clock, settings, boxes=boxes
        ),
        records=records,
        snapshots=snapshots,
        retention=retention,
        places=ClipPlaces(where.clips, shared, author.workstation),
        hand_over=hand_over,
        boxes=boxes,
    )
