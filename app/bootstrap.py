"""Builds the application, innermost part first, and takes it apart in reverse."""

import platform
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.analytics.timelines import Timelines
from app.core.clock import SystemClock
from app.core.dispatch import Dispatcher
from app.core.errors import DatabaseDamaged, OperatorError
from app.core.expendable_thread import ExpendableThread
from app.core.tasks import Tasks
from app.services.analytics import AnalyticsService
from app.services.backups import BackupService, restored_notice
from app.services.bookmark_pictures import BookmarkPictures
from app.services.bookmarks import BookmarkService
from app.services.camera_logins import CameraLogins
from app.services.clip_services import Backends, ClipServices, make_clips
from app.services.credentials import Credentials, KeyringCredentials
from app.services.drafts import Drafts
from app.services.event_objects import EventObjects
from app.services.event_severity import SeverityTable
from app.services.event_store import EventStore
from app.services.event_thumbnails import EventThumbnails
from app.services.events import EventService
from app.services.hand_over import HandOver
from app.services.identity import Identity, identity_of
from app.services.incidents import IncidentService
from app.services.instance_lock import only_instance
from app.services.notices import Notice, NoticeBoard, Severity
from app.services.overlay_offsets import OverlayOffsets
from app.services.registry import RegistryService
from app.services.registry_import import EXIT_REFUSED, import_cameras
from app.services.review import ReviewService
from app.services.shared_folder import SharedFolder
from app.services.station import station_id
from app.services.wall_memory import WallMemory, WallState
from app.settings.command_line import Options
from app.settings.paths import Places, places
from app.settings.schema import ClipSettings, Settings, VideoSettings
from app.settings.store import read_settings
from app.storage.database import Database, sqlite_url
from app.storage.migration import bring_up_to_date
from app.storage.record_search import rebuild_words
from app.storage.restoration import inspect
from app.video.connections import ConnectionSettings
from app.video.engine import EngineSettings, VideoEngine, workers_for

LOOK_AT_START_S = 0.3
"""So long the database is looked at before the windows open: some 200 MB."""


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a window may be given. Passed explicitly, never looked up."""

    places: Places
    settings: Settings
    identity: Identity
    """Who stands on the records that are written."""
    notices: NoticeBoard
    tasks: Tasks
    registry: RegistryService
    credentials: Credentials
    engine: VideoEngine
    """Not started yet: its workers would take the processors from the windows' first picture."""
    timelines: Timelines
    """Boxes by camera and time; frames are added on the thread that receives them."""
    overlay_offsets: OverlayOffsets
    analytics: AnalyticsService
    """Not started yet, like the engine."""
    events: EventService
    """Not started yet."""
    incidents: IncidentService
    """Not started yet."""
    clips: ClipServices
    """Not started yet."""
    clip_reading: Tasks
    """For what lies beside clips; a share that has died may keep it for ever."""
    bookmarks: BookmarkService
    """Not started yet."""
    review: ReviewService
    """Not started yet."""
    wall_memory: WallMemory
    remembered: WallState
    """What was on the screens in the last run."""


@contextmanager
def running_services(
    options: Options, dispatcher: Dispatcher, credentials: Credentials | None = None
) -> Iterator[Services]:
    """Start the services; on exit close them, last opened first.

    ``credentials``: another key store than the system's, for the demo city. Raises
    ``DataFolderBusy`` and other ``OperatorError`` when the program cannot start.
    """
    with ExitStack() as stack:
        where = places(options.data_dir, options.config)
        where.prepare()
        stack.enter_context(only_instance(where.instance_lock))
        notices = NoticeBoard()
        settings = _settings(where, notices, must_exist=options.config is not None)
        database = stack.enter_context(closing(_database(options, where)))
        is_checked = _sound_and_up_to_date(database, where, notices)

        def tasks(threads: int, name: str) -> Tasks:
            pool = ThreadPoolExecutor(threads, name)
            stack.callback(pool.shutdown, cancel_futures=True)
            return Tasks(pool, dispatcher, notices.report)

        if database.file is not None:
            backups = BackupService(
                database.file,
                where.backups,
                notices,
                dispatcher,
                SystemClock(),
                is_checked=is_checked,
            )
            stack.callback(backups.close)
            backups.start()

        # One thread: records are written in the order in which they were asked for.
        database_tasks = tasks(1, "database")
        registry = RegistryService(database, database_tasks)
        registry.load()
        offsets = OverlayOffsets(database, database_tasks, SystemClock(), platform.node())
        offsets.load()
        keys: Credentials = credentials or KeyringCredentials()
        key_tasks = tasks(1, "key-store")
        logins = CameraLogins(keys, key_tasks, notices, SystemClock())
        engine = VideoEngine(registry.camera, dispatcher, _engine_settings(settings.video), logins)
        stack.callback(engine.close)
        timelines = Timelines()
        analytics = AnalyticsService(
            settings.analytics,
            registry,
            keys,
            key_tasks,
            notices,
            dispatcher,
            SystemClock(),
            station=station_id(where.data),
            frames=timelines.add,
        )
        stack.callback(analytics.close)
        work = tasks(4, "task")
        events = EventService(
            registry,
            EventStore(
                database,
                database_tasks,
                work,
                notices,
                SystemClock(),
                retention_days=settings.analytics.retention_days,
            ),
            EventThumbnails(
                where.thumbnails,
                engine,
                analytics.fetch_snapshot,
                lambda: analytics.source_settings,
                work,
                SystemClock(),
                ring_seconds=settings.video.ring_seconds,
            ),
            SeverityTable(settings.analytics.severities),
            notices,
            SystemClock(),
            dispatcher,
            workstation=platform.node(),
            complete=EventObjects(timelines).complete,
        )
        analytics.events.connect(events.on_events)
        stack.callback(events.close)
        identity = identity_of(settings.operator)
        drafts = stack.enter_context(closing(Drafts(where.drafts, dispatcher, notices)))
        drafts.load()
        incidents = IncidentService(
            database, database_tasks, work, drafts, notices, SystemClock(), identity.author
        )
        stack.callback(incidents.close)
        hand_over = _hand_over(settings.clips, where, dispatcher, notices, stack)
        clips = make_clips(
            where,
            engine,
            database,
            database_tasks,
            # One thread: a file's facts are written in the order in which they change.
            tasks(1, "clips"),
            notices,
            SystemClock(),
            identity.author,
            settings.clips,
            hand_over=hand_over,
            backends=Backends(
                timelines,
                lambda: analytics.source_settings,
                lambda: analytics.sources,
                registry.camera,
                offsets.offset_ms,
            ),
        )
        stack.callback(clips.close)
        reading = ExpendableThread("clip-boxes")
        stack.callback(reading.shutdown)
        pictures = BookmarkPictures(
            where.snapshots, work, None if hand_over is None else hand_over.shared
        )
        if hand_over is not None:
            hand_over.done.connect(lambda _nothing: pictures.look_again())
            pictures.kept.connect(lambda _key: hand_over.hurry())
        bookmarks = BookmarkService(
            database,
            database_tasks,
            work,
            pictures,
            clips.clips,
            lambda: analytics.source_settings,
            where.unsaved_bookmarks,
            where.exports,
            dispatcher,
            notices,
            SystemClock(),
            identity.author,
            ring_seconds=settings.video.ring_seconds,
        )
        stack.callback(bookmarks.close)
        review = ReviewService(
            database,
            database_tasks,
            work,
            bookmarks.saved.emit,
            where.answers_seen,
            notices,
            SystemClock(),
            identity,
        )
        wall_memory = stack.enter_context(
            closing(WallMemory(where.wall_state, dispatcher, notices))
        )
        yield Services(
            places=where,
            settings=settings,
            identity=identity,
            notices=notices,
            tasks=work,
            registry=registry,
            credentials=keys,
            engine=engine,
            timelines=timelines,
            overlay_offsets=offsets,
            analytics=analytics,
            events=events,
            incidents=incidents,
            clips=clips,
            clip_reading=Tasks(reading, dispatcher, notices.report),
            bookmarks=bookmarks,
            review=review,
            wall_memory=wall_memory,
            remembered=wall_memory.load(),
        )


def _hand_over(
    clips: ClipSettings,
    where: Places,
    dispatcher: Dispatcher,
    notices: NoticeBoard,
    stack: ExitStack,
) -> HandOver | None:
    """``None`` where no folder is shared."""
    if not clips.folder:
        return None
    writing, reading = ExpendableThread("share"), ExpendableThread("share-reader")
    for thread in (reading, writing):
        stack.callback(thread.shutdown)
    return HandOver(
        where,
        SharedFolder(Path(clips.folder).expanduser(), reading),
        Tasks(writing, dispatcher, notices.report),
        notices,
        SystemClock(),
    )


def import_registry(options: Options, credentials: Credentials | None = None) -> tuple[int, str]:
    """Carry out ``--import-cameras``: the exit status and the text to print. Blocking.

    A running wall need not be closed: the database lets both work.
    """
    if options.import_cameras is None:
        raise ValueError("There is no file to import")
    try:
        where = places(options.data_dir, options.config)
        where.prepare()
        with closing(_database(options, where)) as database:
            bring_up_to_date(database, where.backups)
            report = import_cameras(
                options.import_cameras, database, credentials or KeyringCredentials()
            )
    except OperatorError as error:
        return EXIT_REFUSED, f"Nothing was imported. {error}. {error.advice}".strip()
    return report.exit_status, report.text()


def _database(options: Options, where: Places) -> Database:
    return Database(options.database_url or sqlite_url(where.database))


def _sound_and_up_to_date(database: Database, where: Places, notices: NoticeBoard) -> bool:
    """Replace a damaged file by its newest good copy and upgrade it; tell what was done.

    False where the file is so large that not all of it was read.
    """
    file = database.file
    if file is None:
        bring_up_to_date(database, where.backups)
        return True
    found = inspect(file, where.backups, seconds=LOOK_AT_START_S)
    try:
        bring_up_to_date(database, where.backups)
    except DatabaseDamaged:
        # Met in the part that there was no time for, or in what the look does not see.
        database.close()
        found = inspect(file, where.backups, seconds=0, is_damaged=True)
        bring_up_to_date(database, where.backups)
    if found.is_suspect:
        with database.transaction() as session:
            rebuild_words(session)
    if found.restoration is not None:
        notices.post(restored_notice(found.restoration))
    return found.is_complete


def _engine_settings(video: VideoSettings) -> EngineSettings:
    return EngineSettings(
        connection=ConnectionSettings(
            workers=video.workers or workers_for(),
            transport=video.transport,
            open_timeout_s=video.open_timeout_s,
            read_timeout_s=video.read_timeout_s,
            ring_seconds=video.ring_seconds,
            ring_bytes=video.ring_megabytes * 1_000_000,
            ring_total_bytes=video.ring_total_megabytes * 1_000_000,
            sound=video.sound,
        ),
        opens_at_a_time=video.opens_at_a_time,
        opens_per_second=video.opens_per_second_per_host,
        host_rates=video.hosts,
    )


def _settings(where: Places, notices: NoticeBoard, *, must_exist: bool) -> Settings:
    read = read_settings(where.settings_file, must_exist=must_exist)
    for number, problem in enumerate(read.problems, start=1):
        notices.post(
            Notice(
                f"settings-{number}",
                Severity.WARNING,
                problem,
                f"The settings are in {where.settings_file}.",
            )
        )
    return read.settings
