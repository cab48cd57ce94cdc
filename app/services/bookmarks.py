"""Bookmarks: what an operator marks on a tile or of an event, and what is added to it later."""

import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

from app.core.clock import Clock
from app.core.dispatch import Dispatcher
from app.core.events import Event
from app.core.record_keys import record_key
from app.core.tasks import Tasks
from app.domain.author import Author
from app.domain.bookmark import Bookmark, DrawnBox, FlagState
from app.domain.camera import Camera, CameraCode
from app.domain.event_record import EventRecord
from app.domain.record_filters import BookmarkFilter, RecordOrder
from app.domain.stream import PictureClock, StreamKind
from app.services.bookmark_changes import Added, Changed
from app.services.bookmark_export import ExportForm, export_to
from app.services.bookmark_list import BookmarkList
from app.services.bookmark_pictures import BookmarkPictures, picture_name
from app.services.bookmark_store import Answered, BookmarkStore
from app.services.clips import EndedClip
from app.services.event_moment import moment_of
from app.services.notices import NoticeBoard
from app.settings.schema import SourceSettings
from app.storage.database import Database
from app.video.board import PictureFacts

AROUND_US = 10_000_000
"""So much before and after a moment is kept as a clip."""
SPAN_LIMIT_US = 30 * 60 * 1_000_000
"""The clip of a span that nobody ends is not longer; the span itself may be."""
_KNOWN = 500
_PORTION = 1000
_US = 1_000_000
_log = logging.getLogger(__name__)


class Clips(Protocol):
    """What bookmarks ask of the service of clips."""

    ended: Event[EndedClip]

    def keep(
        self,
        camera: CameraCode,
        start_us: int,
        end_us: int,
        *,
        by_camera: bool,
        kind: StreamKind | None = None,
        reason: str = "",
    ) -> UUID: ...

    def stop(self, clip: UUID) -> None: ...

    def cancel(self, clip: UUID) -> None: ...


@dataclass(frozen=True, slots=True)
class Shown:
    """What a tile shows at the press of the key.

    ``facts`` are those of the picture on it, ``None`` without one; ``drawn`` what lies over it.
    ``picture`` makes a small JPEG of it; it is called once, on a thread of its own. ``clip`` is the
    kept clip that is played there: what the ring holds now is another time.
    """

    camera: Camera
    facts: PictureFacts | None = None
    drawn: Sequence[DrawnBox] = ()
    picture: Callable[[], bytes] | None = None
    clip: UUID | None = None


@dataclass(slots=True)
class Span:
    """A span that is not ended yet. ``stop_at`` is when its clip ends, on the monotonic clock."""

    bookmark: Bookmark
    began_at: float
    clip: UUID | None = None


class SpanNotEnded(ValueError):
    """The picture that would end the span is not later than the one with which it began."""


class BookmarkService:
    """Owner thread; ``tick`` is called some times a second.

    Every verb that writes takes ``answer``, which is called as ``BookmarkStore.put`` says: only
    after the commit is something said to be saved.
    """

    def __init__(
        self,
        database: Database,
        writing: Tasks,
        reading: Tasks,
        pictures: BookmarkPictures,
        clips: Clips | None,
        sources: Callable[[], Mapping[str, SourceSettings]],
        file: Path,
        exports: Path,
        dispatcher: Dispatcher,
        notices: NoticeBoard,
        clock: Clock,
        author: Author,
        *,
        ring_seconds: float,
    ) -> None:
        self.spans_changed: Event[frozenset[CameraCode]] = Event("bookmarks.spans_changed")
        """A span of these cameras began or ended."""
        self.pictures = pictures
        self._clips = clips
        self._sources = sources
        self._exports = exports
        self._clock = clock
        self._author = author
        self._ring_us = round(ring_seconds * _US)
        self._store = BookmarkStore(database, writing, reading, file, dispatcher, notices, clock)
        self._store.saved.connect(self._on_saved)
        self._known: OrderedDict[UUID, Bookmark] = OrderedDict()
        """The bookmarks of this run as this workstation knows them."""
        self._spans: dict[CameraCode, Span] = {}
        self._stops: list[tuple[float, UUID]] = []
        self._clip_ended = None if clips is None else clips.ended.connect(self._on_clip_ended)

    @property
    def author(self) -> Author:
        """Who marks at this workstation."""
        return self._author

    @property
    def saved(self) -> Event[Bookmark]:
        """A bookmark was made or changed at this workstation, and is in the database."""
        return self._store.saved

    # --- beginning and ending ------------------------------------------------------------------

    def start(self) -> None:
        """Take up what the last run could not write."""
        self._store.start()

    def tick(self) -> None:
        """Try again what waits, and end the clips of spans that are over."""
        now = self._clock.monotonic()
        due = [clip for at, clip in self._stops if at <= now]
        self._stops = [each for each in self._stops if each[0] > now]
        for clip in due:
            if self._clips is not None:
                self._clips.stop(clip)
        self._store.tick()

    def close(self) -> None:
        """Write what is left. Blocking: at the end only."""
        if self._clip_ended is not None:
            self._clip_ended.close()
        self._store.close()

    # --- marking -------------------------------------------------------------------------------

    def mark(self, shown: Shown, answer: Answered) -> Bookmark:
        """Mark what a tile shows now, with the 10 s before and after it as a clip."""
        bookmark = self._of_tile(shown)
        if shown.clip is not None:
            bookmark = replace(bookmark, clip=shown.clip)
        elif shown.facts is not None:
            start_us = bookmark.start_us
            bookmark = self._with_clip(bookmark, start_us - AROUND_US, start_us + AROUND_US)
        self._add(bookmark, shown.picture, answer)
        return bookmark

    def mark_event(
        self, record: EventRecord, camera: Camera, picture: Callable[[], bytes], answer: Answered
    ) -> Bookmark:
        """Mark an event, with its box, its severity and the 10 s before and after it."""
        event = record.event
        moment = moment_of(record, self._sources())
        box = event.box
        drawn = (
            ()
            if box is None
            else (DrawnBox(box, event.label or "", event.confidence, event.track_id),)
        )
        end_us = event.end_us
        bookmark = replace(
            self._new(camera, moment.utc_us, f"{event.rule or event.kind.replace('_', ' ')}"),
            end_us=None if end_us is None else moment.utc_us + max(0, end_us - event.time_us),
            clock=PictureClock.CAMERA if moment.by_camera else PictureClock.ARRIVAL,
            drawn=drawn,
            event_key=record.key,
            severity=int(record.severity),
        )
        last_us = bookmark.end_us or bookmark.start_us
        if self._clock.utc_us() - event.received_us < self._ring_us:
            bookmark = self._with_clip(bookmark, bookmark.start_us - AROUND_US, last_us + AROUND_US)
        self._add(bookmark, picture, answer)
        return bookmark

    def span(self, camera: CameraCode) -> Span | None:
        """The span of the camera that is not ended yet."""
        return self._spans.get(camera)

    @property
    def spans(self) -> Mapping[CameraCode, Span]:
        return self._spans

    def begin_span(self, shown: Shown, answer: Answered) -> Bookmark:
        """Mark what a tile shows now as the beginning of a span; its clip goes on until it ends.

        It is in the database from now on: a crash makes a moment of it.
        """
        bookmark = self._of_tile(shown)
        if shown.facts is not None:
            start_us = bookmark.start_us
            bookmark = self._with_clip(bookmark, start_us - AROUND_US, start_us + SPAN_LIMIT_US)
        span = Span(bookmark, self._clock.monotonic(), bookmark.clip)
        self._spans[bookmark.camera] = span
        self._add(bookmark, shown.picture, answer)
        self.spans_changed.emit(frozenset({bookmark.camera}))
        return bookmark

    def end_span(self, shown: Shown, answer: Answered) -> Bookmark:
        """End the span of the tile's camera with what it shows now.

        Raises ``SpanNotEnded`` where that is not later than its beginning; it goes on then.
        """
        span = self._spans[shown.camera.code]
        before = self._known.get(span.bookmark.id, span.bookmark)
        end_us = self._end_us(before, shown.facts)
        if end_us <= before.start_us:
            raise SpanNotEnded("A span must end after it begins")
        del self._spans[before.camera]
        after = replace(before, end_us=end_us)
        if self._clips is not None and span.clip is not None and before.clip is not None:
            if shown.facts is not None and shown.facts.is_replay:
                # What is to be kept lies behind: no need to go on, and not all that came since.
                self._clips.cancel(span.clip)
                after = self._with_clip(after, before.start_us - AROUND_US, end_us + AROUND_US)
            else:
                self._stops.append((self._clock.monotonic() + AROUND_US / _US, span.clip))
        self._put(before, after, answer)
        self.spans_changed.emit(frozenset({before.camera}))
        return after

    # --- changing ------------------------------------------------------------------------------

    def change(
        self,
        bookmark: Bookmark,
        answer: Answered,
        *,
        title: str | None = None,
        tags: Sequence[str] | None = None,
        flag: FlagState | None = None,
    ) -> Bookmark:
        """Give a bookmark, as it is known to whoever asks, other words or another flag.

        What others changed meanwhile stays; where it is the same field the answer is ``COLLIDED``.
        """
        after = bookmark
        if title is not None and " ".join(title.split()):
            after = replace(after, title=" ".join(title.split()))
        if tags is not None:
            after = replace(after, tags=tidy_tags(tags))
        if flag is not None:
            after = replace(after, flag=flag)
        if after != bookmark:
            self._put(bookmark, after, answer)
        return after

    # --- reading -------------------------------------------------------------------------------

    def open_list(self) -> BookmarkList:
        """A list of its own; its owner closes it."""
        return BookmarkList(self._store)

    def tags(self, done: Callable[[Sequence[str]], None]) -> None:
        """The tags in use, those used most first; later, on the owner thread."""
        self._store.tags(done)

    def export(
        self,
        wanted: BookmarkFilter,
        order: RecordOrder,
        form: ExportForm,
        done: Callable[[Path], None],
        failed: Callable[[str], None],
    ) -> None:
        """Write every bookmark that fits into a new file; later one of both is called with the
        file or with a sentence, on the owner thread."""
        store, folder = self._store, self._exports

        def work() -> Path:
            return export_to(folder, form, store.pages(wanted, order, _PORTION), datetime.now(UTC))

        store.export(work, done, failed)

    def known(self, bookmark: Bookmark) -> Bookmark:
        """The newest state of a bookmark that this workstation knows of."""
        return self._known.get(bookmark.id, bookmark)

    # --- inside --------------------------------------------------------------------------------

    def _of_tile(self, shown: Shown) -> Bookmark:
        facts = shown.facts
        now_us = self._clock.utc_us()
        if facts is None:
            return self._new(shown.camera, now_us, shown.camera.name)
        return replace(
            self._new(shown.camera, facts.utc_us, shown.camera.name, facts.offset_us),
            clock=facts.clock,
            kind=facts.kind,
            picture_age_ms=round(facts.age_s(now_us) * 1000),
            drawn=tuple(shown.drawn),
        )

    def _new(self, camera: Camera, start_us: int, what: str, offset_us: int = 0) -> Bookmark:
        return Bookmark(
            id=record_key(self._clock),
            camera=camera.code,
            site=camera.site,
            district=camera.district,
            start_us=start_us,
            end_us=None,
            clock=PictureClock.ARRIVAL,
            offset_us=offset_us,
            kind=None,
            author=self._author,
            created_us=self._clock.utc_us(),
            title=f"{' '.join(what.split())} {_local_time(start_us + offset_us)}",
        )

    def _with_clip(self, bookmark: Bookmark, start_us: int, end_us: int) -> Bookmark:
        if self._clips is None:
            return bookmark
        clip = self._clips.keep(
            bookmark.camera,
            start_us,
            end_us,
            by_camera=bookmark.clock.is_camera,
            kind=bookmark.kind,
            reason=bookmark.title,
        )
        return replace(bookmark, clip=clip)

    def _add(
        self, bookmark: Bookmark, picture: Callable[[], bytes] | None, answer: Answered
    ) -> None:
        if picture is not None:
            bookmark = replace(bookmark, thumbnail=picture_name(bookmark.id))
        self._learn(bookmark)
        self._store.put(Added(record_key(self._clock), bookmark), answer)
        if picture is not None:
            self.pictures.keep(
                bookmark.id, picture, lambda why: self._on_no_picture(bookmark.id, why)
            )

    def _put(self, before: Bookmark, after: Bookmark, answer: Answered) -> None:
        self._learn(after)
        self._store.put(Changed(record_key(self._clock), before, after), answer)

    def _learn(self, bookmark: Bookmark) -> None:
        self._known[bookmark.id] = bookmark
        self._known.move_to_end(bookmark.id)
        if len(self._known) > _KNOWN:
            self._known.popitem(last=False)

    def _on_saved(self, bookmark: Bookmark) -> None:
        # What is still to be written is newer than what the database has.
        if all(each.bookmark.id != bookmark.id for each in self._store.waiting):
            self._learn(bookmark)

    def _on_no_picture(self, key: UUID, why: str) -> None:
        _log.info("A bookmark has no picture: %s", why)
        before = self._known.get(key)
        if before is not None:
            self._put(before, replace(before, thumbnail=""), lambda _answer: None)

    def _on_clip_ended(self, ended: EndedClip) -> None:
        """Where no clip was kept, the bookmark says so; why is told by the service of clips."""
        if ended.clip is not None:
            return
        for before in tuple(self._known.values()):
            if before.clip == ended.id:
                self._put(before, replace(before, clip=None), lambda _answer: None)

    def _end_us(self, bookmark: Bookmark, facts: PictureFacts | None) -> int:
        """The time of what is seen now, on the clock of the bookmark."""
        if facts is None:
            return self._clock.utc_us() - bookmark.offset_us
        if facts.clock.is_camera == bookmark.clock.is_camera:
            return facts.utc_us
        return facts.utc_us + facts.offset_us - bookmark.offset_us


def tidy_tags(tags: Sequence[str]) -> tuple[str, ...]:
    """Each tag once, without a sign before it and without spaces around it."""
    found = (" ".join(tag.strip().lstrip("#").split()) for tag in tags)
    return tuple(dict.fromkeys(tag for tag in found if tag))


def _local_time(utc_us: int) -> str:
    return f"{datetime.fromtimestamp(utc_us / _US, UTC).astimezone():%Y-%m-%d %H:%M:%S}"
