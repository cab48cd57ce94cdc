"""Bookmarks in the database: domain values in and out, quickly with a million of them."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from app.domain.bookmark import Bookmark, DrawnBox, FlagState
from app.domain.camera import CameraCode, DistrictCode, SiteCode
from app.domain.detection import Box
from app.domain.event_filter import rule_of
from app.domain.record_filters import BookmarkFilter, RecordOrder
from app.domain.stream import PictureClock, StreamKind
from app.storage.event_subjects import insert_or_leave
from app.storage.record_search import RecordSearch
from app.storage.record_values import (
    as_json,
    author_of,
    author_values,
    bounded,
    bounded_or_none,
    changed_meanwhile,
    fitting,
    kept,
    locked_row,
    portions,
    row_of,
    table_of,
)
from app.storage.record_words import Sought, column_of, mark, words_of
from app.storage.tables import BookmarkRow, DecisionRow, EventRow, EventSubjectRow, TagRow

_table = table_of(BookmarkRow)
_tags = table_of(TagRow)
_decisions = table_of(DecisionRow)
_CODE = 64
_CHANGEABLE = (
    *("end_us", "title", "tags", "flag", "thumbnail", "clip", "incident", "severity"),
    *("revision", "words"),
)


class _Drawn(msgspec.Struct, array_like=True, frozen=True):
    box: tuple[float, float, float, float]
    label: str
    confidence: float | None = None
    track_id: str | None = None


_tags_decoder = msgspec.json.Decoder(tuple[str, ...])
_drawn_decoder = msgspec.json.Decoder(tuple[_Drawn, ...])


class BookmarkRepository:
    """Reads and writes bookmarks; lives as long as its session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._search = RecordSearch(session, _table)

    # --- writing -----------------------------------------------------------------------------

    def add(self, bookmark: Bookmark) -> bool:
        """Keep a new one; false, and nothing changes, where it is there already.

        So a try of which nobody knows how it ended may be repeated.
        """
        if row_of(self._session, _table, bookmark.id) is not None:
            return False
        rule = self._rule_of(bookmark.event_key)
        self._search.insert(
            bookmark.start_us + bookmark.offset_us,
            {"rule": rule, **bookmark_values(bookmark, ())},
        )
        self._count_tags((), bookmark.tags)
        return True

    def change(self, bookmark: Bookmark) -> Bookmark:
        """Keep the end, title, tags, flag, thumbnail, clip, incident and severity of one.

        Its revision is the one that was read; the result has the next. All else of a bookmark
        is what was seen and stays. Raises ``RecordChanged`` where somebody changed it since; a
        change that is there already may be repeated.
        """
        row = locked_row(self._session, _table, bookmark.id)
        before = bookmark_of(row)
        changed = replace(bookmark, revision=bookmark.revision + 1)
        if before.revision != bookmark.revision:
            if before == changed:
                return before
            raise changed_meanwhile("The bookmark")
        values = bookmark_values(changed, self._said_about(bookmark.id))
        self._session.execute(
            update(_table)
            .where(_table.c.id == row.id)
            .values({name: values[name] for name in _CHANGEABLE})
        )
        self._count_tags(before.tags, changed.tags)
        found = row_of(self._session, _table, bookmark.id)
        return bookmark_of(found)

    # --- reading -----------------------------------------------------------------------------

    def get(self, key: UUID) -> Bookmark | None:
        row = row_of(self._session, _table, key)
        return None if row is None else bookmark_of(row)

    def many(self, keys: Collection[UUID]) -> Mapping[UUID, Bookmark]:
        """Those of the bookmarks that are there."""
        return {
            row.key: bookmark_of(row)
            for portion in portions(sorted(keys))
            for row in self._session.execute(select(*_table.c).where(_table.c.key.in_(portion)))
        }

    def there(self, keys: Collection[UUID]) -> set[UUID]:
        """Those of the keys that have a bookmark."""
        return {
            key
            for portion in portions(sorted(keys))
            for key in self._session.scalars(select(_table.c.key).where(_table.c.key.in_(portion)))
        }

    def page(
        self,
        wanted: BookmarkFilter,
        limit: int,
        after: UUID | None = None,
        order: RecordOrder = RecordOrder.NEWEST,
    ) -> Sequence[Bookmark]:
        """The next ``limit`` bookmarks of the list that fit, below the one called ``after``."""
        numbers = self._search.page(
            _sought(wanted),
            limit,
            after=after,
            order=order,
            from_us=wanted.from_us,
            to_us=wanted.to_us,
        )
        return [bookmark_of(row) for row in self._search.rows(numbers)]

    def count(self, wanted: BookmarkFilter, at_most: int = 10_000) -> int:
        """How many fit; ``at_most`` stands for that many or more."""
        return self._search.count(
            _sought(wanted), at_most, from_us=wanted.from_us, to_us=wanted.to_us
        )

    def of_event(self, event_key: bytes) -> Sequence[Bookmark]:
        """Those that were made of an event."""
        rows = self._session.execute(
            select(*_table.c).where(_table.c.event_key == event_key).order_by(_table.c.id)
        )
        return [bookmark_of(row) for row in rows]

    def of_clip(self, clip: UUID) -> Sequence[Bookmark]:
        """Those that the clip was kept for."""
        rows = self._session.execute(
            select(*_table.c).where(_table.c.clip == clip).order_by(_table.c.id)
        )
        return [bookmark_of(row) for row in rows]

    def tags(self, limit: int = 200) -> Sequence[tuple[str, int]]:
        """The tags in use and by how many bookmarks; those used most come first."""
        rows = self._session.execute(
            select(_tags.c.name, _tags.c.uses).order_by(_tags.c.uses.desc(), _tags.c.name)
            .limit(limit)
        )  # fmt: skip
        return [(row.name, row.uses) for row in rows]

    # --- inside ------------------------------------------------------------------------------

    def _rule_of(self, event_key: bytes | None) -> str:
        return "" if event_key is None else rule_of_event(self._session, event_key)

    def _said_about(self, key: UUID) -> list[str]:
        return said_about(self._session, key)

    def _count_tags(self, before: Iterable[str], after: Iterable[str]) -> None:
        changes = Counter(fitting(tag) for tag in set(after))
        changes.subtract(Counter(fitting(tag) for tag in set(before)))
        # In one order on all workstations, so that none waits for another in a circle.
        steps = [{"name": tag, "uses": by} for tag, by in sorted(changes.items()) if by]
        if not steps:
            return
        statement = insert_or_leave(self._session, TagRow)
        self._session.connection().execute(
            statement.on_conflict_do_update(
                index_elements=["name"], set_={"uses": _tags.c.uses + statement.excluded.uses}
            ),
            steps,
        )
        if min(changes.values()) < 0:
            self._session.execute(delete(_tags).where(_tags.c.uses <= 0))


def bookmark_of(row: Any) -> Bookmark:
    drawn = () if row.drawn is None else _drawn_decoder.decode(row.drawn)
    return Bookmark(
        id=row.key,
        camera=CameraCode(row.camera),
        site=SiteCode(row.site),
        district=DistrictCode(row.district),
        start_us=row.start_us,
        end_us=row.end_us,
        clock=PictureClock(row.clock),
        offset_us=row.offset_us,
        kind=None if row.kind is None else StreamKind(row.kind),
        author=author_of(row),
        created_us=row.created_us,
        title=row.title,
        tags=_tags_decoder.decode(row.tags),
        flag=FlagState(row.flag),
        picture_age_ms=row.picture_age_ms,
        drawn=tuple(
            DrawnBox(Box(*each.box), each.label, each.confidence, each.track_id) for each in drawn
        ),
        thumbnail=row.thumbnail,
        clip=row.clip,
        event_key=None if row.event_key is None else bytes(row.event_key),
        incident=row.incident,
        severity=row.severity,
        revision=row.revision,
    )


def set_flag(session: Session, row: Any, flag: FlagState) -> Bookmark:
    """Answer a flag: the next revision of the bookmark whose locked row it is.

    What decisions say is found in lists from then on.
    """
    bookmark = replace(bookmark_of(row), flag=flag, revision=row.revision + 1)
    rule = row.rule
    if not rule and bookmark.event_key is not None:
        rule = rule_of_event(session, bookmark.event_key)
    words = _words(bookmark, said_about(session, bookmark.id))
    session.execute(
        update(_table)
        .where(_table.c.id == row.id)
        .values(flag=flag.value, revision=bookmark.revision, rule=rule, words=words)
    )
    return bookmark


def said_about(session: Session, key: UUID) -> list[str]:
    """What supervisors wrote about a bookmark."""
    rows = session.scalars(select(_decisions.c.note).where(_decisions.c.bookmark == key))
    return list(rows)


def rule_of_event(session: Session, event_key: bytes) -> str:
    """The rule of an event, kept with the bookmark: events are deleted after some time."""
    found = session.execute(
        select(EventSubjectRow.rule, EventSubjectRow.kind)
        .join(EventRow, EventRow.subject_id == EventSubjectRow.id)
        .where(EventRow.event_key == bindparam("key")),
        {"key": event_key},
    ).one_or_none()
    return "" if found is None else rule_of(found.rule, found.kind)


def bookmark_values(bookmark: Bookmark, said: Iterable[str]) -> dict[str, Any]:
    """The columns of a bookmark but ``id`` and ``rule``; ``said`` is what supervisors wrote."""
    return {
        "key": bookmark.id,
        "camera": fitting(bookmark.camera, _CODE),
        "site": fitting(bookmark.site, _CODE),
        "district": fitting(bookmark.district, _CODE),
        "start_us": bounded(bookmark.start_us),
        "end_us": bounded_or_none(bookmark.end_us),
        "clock": int(bookmark.clock),
        "offset_us": bounded(bookmark.offset_us),
        "kind": None if bookmark.kind is None else bookmark.kind.value,
        **author_values(bookmark.author),
        "created_us": bounded(bookmark.created_us),
        "title": kept(bookmark.title),
        "tags": as_json([kept(tag) for tag in bookmark.tags]),
        "flag": bookmark.flag.value,
        "picture_age_ms": bounded_or_none(bookmark.picture_age_ms),
        "drawn": as_json([_drawn(each) for each in bookmark.drawn]) if bookmark.drawn else None,
        "thumbnail": fitting(bookmark.thumbnail),
        "clip": bookmark.clip,
        "event_key": bookmark.event_key,
        "incident": bookmark.incident,
        "severity": bookmark.severity,
        "revision": bookmark.revision,
        "words": _words(bookmark, said),
    }


def _drawn(drawn: DrawnBox) -> _Drawn:
    box = drawn.box
    track = None if drawn.track_id is None else kept(drawn.track_id)
    return _Drawn((box.x1, box.y1, box.x2, box.y2), kept(drawn.label), drawn.confidence, track)


def _words(bookmark: Bookmark, said: Iterable[str]) -> str:
    marks = [
        mark("camera", fitting(bookmark.camera, _CODE)),
        mark("district", fitting(bookmark.district, _CODE)),
        mark("operator", fitting(bookmark.author.operator)),
        mark("flag", bookmark.flag.value),
        *(mark("tag", tag) for tag in bookmark.tags),
    ]
    if bookmark.incident is not None:
        marks.append(mark("incident", str(bookmark.incident)))
    return column_of(words_of(bookmark.title, *bookmark.tags, bookmark.camera, *said), marks)


def _sought(wanted: BookmarkFilter) -> Sought:
    return Sought.of(
        wanted.text,
        (
            [mark("camera", code) for code in wanted.cameras],
            [mark("district", code) for code in wanted.districts],
            [mark("operator", name) for name in wanted.operators],
            [mark("flag", flag.value) for flag in wanted.flags],
            [] if wanted.incident is None else [mark("incident", str(wanted.incident))],
            *([mark("tag", tag)] for tag in wanted.tags),
        ),
        instead=[mark("camera", code) for code in wanted.named],
    )
