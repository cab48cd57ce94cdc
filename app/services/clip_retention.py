"""How long clips, snapshots and small pictures stay: what will go is shown before it goes."""

import logging
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import msgspec

from app.core.clock import Clock
from app.core.events import Event
from app.core.tasks import Tasks
from app.domain.clip_record import Clip, ClipState
from app.services.clip_boxes_files import boxes_file, boxes_part
from app.services.clip_facts import facts_file, write_facts
from app.services.kept_pictures import KeptPictures, NobodysPicture
from app.services.notices import Notice, NoticeBoard, Severity
from app.services.snapshots import read_snapshot
from app.services.storage_plan import (
    Stay,
    StoragePlan,
    StoredItem,
    StoredKind,
    going_words,
    plan_of,
)
from app.settings.schema import ClipSettings
from app.storage.clips import ClipRepository
from app.storage.database import Database
from app.storage.incidents import IncidentRepository

GOING = "clips-going"
SHOWN_S = 3600.0
"""What is to go is announced at least so long before."""
LOOK_EVERY_S = 600.0
_AT_A_TIME = 500
_log = logging.getLogger(__name__)


class ClipRetention:
    """Owner thread; files and database are looked at and deleted on ``files``.

    ``tick`` is called about once a minute. Only what this workstation kept is touched.
    """

    def __init__(
        self,
        clips: Path,
        snapshots: Path,
        pictures: KeptPictures,
        database: Database,
        files: Tasks,
        notices: NoticeBoard,
        clock: Clock,
        settings: ClipSettings,
        workstation: str,
        *,
        gone: Callable[[Path], None] = lambda _file: None,
    ) -> None:
        """``gone`` hears, on ``files``, of each file before it is deleted."""
        self.changed: Event[StoragePlan] = Event("clip_retention.changed")
        self._clips = clips
        self._snapshots = snapshots
        self._pictures = pictures
        self._database = database
        self._files = files
        self._notices = notices
        self._clock = clock
        self._settings = settings
        self._workstation = workstation
        self._gone = gone
        self._plan = StoragePlan()
        self._announced: dict[UUID, float] = {}
        self._look_at = 0.0
        self._is_busy = False
        self._is_stale = False

    @property
    def plan(self) -> StoragePlan:
        """What was found at the last look."""
        return self._plan

    def tick(self) -> None:
        """Delete what has been announced for long enough; look again now and then."""
        now = self._clock.monotonic()
        if self._is_busy or now < self._look_at:
            return
        due = [
            item for item in self._plan.going if now - self._announced.get(item.key, now) >= SHOWN_S
        ]
        if due:
            self._run(lambda: self._delete(due))
        else:
            self.look()

    def look(self) -> None:
        """Find out what is there and what shall go; ``changed`` follows."""
        if self._is_busy:
            self._is_stale = True
            return
        self._run(lambda: None)

    def lock(self, item: StoredItem, *, is_locked: bool) -> None:
        """Keep it for as long as it is locked, or no longer; ``changed`` follows."""

        def write() -> None:
            if item.kind is StoredKind.CLIP:
                with self._database.transaction() as session:
                    ClipRepository(session).lock(item.key, is_locked)
                return
            file = facts_file(self._snapshots / item.file)
            facts = read_snapshot(file)
            if facts is not None:
                write_facts(file, msgspec.structs.replace(facts, is_locked=is_locked))

        self._files.run(write, done=lambda _nothing: self.look(), failed=self._on_failed)

    # --- the owner thread ---------------------------------------------------------------------

    def _run(self, first: Callable[[], None]) -> None:
        self._is_busy = True
        self._look_at = self._clock.monotonic() + LOOK_EVERY_S
        now_us = self._clock.utc_us()

        def work() -> StoragePlan:
            first()
            return self._make_plan(now_us)

        self._files.run(work, done=self._on_plan, failed=self._on_failed)

    def _on_plan(self, plan: StoragePlan) -> None:
        self._is_busy = False
        self._plan = plan
        now = self._clock.monotonic()
        going = plan.going
        self._announced = {item.key: self._announced.get(item.key, now) for item in going}
        if going:
            text = f"{going_words(going)} will be deleted in an hour"
            advice = "See them in the console under Storage."
            if any(item.can_be_locked for item in going):
                advice = "See them in the console under Storage; lock there what has to stay."
            self._notices.post(Notice(GOING, Severity.INFO, text, advice))
        else:
            self._notices.clear(GOING)
        self.changed.emit(plan)
        if self._is_stale:
            self._is_stale = False
            self.look()

    def _on_failed(self, error: Exception) -> None:
        self._is_busy = False
        if isinstance(error, OSError):
            _log.warning("The folder for clips cannot be looked at: %s", error.strerror)
        else:
            self._notices.report(error, "clip-retention")

    # --- off the owner thread -----------------------------------------------------------------

    def _make_plan(self, now_us: int) -> StoragePlan:
        with self._database.reading() as session:
            clips = _all_clips(ClipRepository(session))
            removable = {clip.id for clip in ClipRepository(session).removable()}
            needed = IncidentRepository(session).snapshots_in_use()
        items = [
            self._clip_item(clip, clip.id in removable)
            for clip in clips
            if clip.author.workstation == self._workstation
        ]
        items += self._snapshot_items(needed)
        pictures = self._pictures.look()
        items += [_picture_item(each) for each in pictures.nobodys]
        items.sort(key=lambda item: (item.created_us, item.key))
        return plan_of(items, self._settings, now_us, pictures)

    def _clip_item(self, clip: Clip, is_removable: bool) -> StoredItem:
        stay = Stay.LOCKED if clip.is_locked else Stay.YOUNG if is_removable else Stay.NEEDED
        return StoredItem(
            StoredKind.CLIP,
            clip.id,
            clip.file,
            clip.camera,
            clip.start_us,
            clip.end_us,
            clip.created_us,
            clip.bytes + _size_of(boxes_file(self._clips / clip.file)),
            stay,
            None,
            is_broken=clip.state is ClipState.BROKEN,
            reason=clip.reason,
        )

    def _snapshot_items(self, needed: Collection[str]) -> list[StoredItem]:
        found = []
        for file in self._snapshots.glob("*.json"):
            facts = read_snapshot(file)
            if facts is None:
                continue
            stay = Stay.NEEDED if facts.file in needed else Stay.YOUNG
            found.append(
                StoredItem(
                    StoredKind.SNAPSHOT,
                    facts.id,
                    facts.file,
                    facts.camera,
                    facts.taken_us,
                    facts.taken_us,
                    facts.created_us,
                    facts.bytes,
                    Stay.LOCKED if facts.is_locked else stay,
                    None,
                    reason=facts.reason,
                )
            )
        return found

    def _delete(self, items: Sequence[StoredItem]) -> None:
        """The database first: it says once more what may go."""
        keys = [item.key for item in items if item.kind is StoredKind.CLIP]
        gone: set[UUID] = set()
        for at in range(0, len(keys), _AT_A_TIME):
            portion = keys[at : at + _AT_A_TIME]
            with self._database.transaction() as session:
                clips = ClipRepository(session)
                clips.delete(portion)
                gone.update(set(portion) - set(clips.many(portion)))
        with self._database.reading() as session:
            needed = IncidentRepository(session).snapshots_in_use()
        self._delete_pictures([i for i in items if i.kind is StoredKind.BOOKMARK_PICTURE])
        for item in items:
            if item.kind is StoredKind.CLIP and item.key in gone:
                self._remove(self._clips / item.file, item)
            elif item.kind is StoredKind.SNAPSHOT and item.file not in needed:
                facts = read_snapshot(facts_file(self._snapshots / item.file))
                if facts is not None and not facts.is_locked:
                    self._remove(self._snapshots / item.file, item)

    def _delete_pictures(self, items: Sequence[StoredItem]) -> None:
        nobodys = self._pictures.without_bookmark([item.key for item in items])
        for item in items:
            if item.key in nobodys:
                self._remove(self._snapshots / item.file, item)
        if items:
            self._pictures.forget()

    def _remove(self, file: Path, item: StoredItem) -> None:
        # The facts first: with them the clip would be put on record again.
        beside = (boxes_part(file), boxes_file(file)) if item.kind is StoredKind.CLIP else ()
        for each in (facts_file(file), *beside, file):
            self._gone(each)
            with suppress(FileNotFoundError):
                each.unlink()
        _log.info("Deleted %s (%d bytes): %s", item.file, item.bytes, item.stay.value)


def _picture_item(picture: NobodysPicture) -> StoredItem:
    made_us = picture.made_us
    return StoredItem(
        StoredKind.BOOKMARK_PICTURE,
        picture.bookmark,
        picture.file,
        "",
        made_us,
        made_us,
        made_us,
        picture.bytes,
        Stay.YOUNG,
        None,
    )


def _size_of(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0  # most clips have no such file


def _all_clips(clips: ClipRepository) -> list[Clip]:
    found: list[Clip] = []
    while page := clips.page(_AT_A_TIME, found[-1].id if found else None):
        found += page
    return found
