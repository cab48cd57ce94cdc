"""Kept clips in the database: domain values in and out."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, delete, func, or_, select, true, update
from sqlalchemy.orm import Session

from app.domain.bookmark import FlagState
from app.domain.camera import CameraCode
from app.domain.clip_record import Clip, ClipState
from app.domain.incident import IncidentStatus
from app.domain.record_filters import RecordOrder
from app.domain.stream import PictureClock, StreamKind
from app.storage.record_search import RecordSearch
from app.storage.record_values import (
    as_json,
    author_of,
    author_values,
    bounded,
    fitting,
    kept,
    locked_row,
    portions,
    row_of,
    table_of,
)
from app.storage.tables import BookmarkRow, ClipRow, IncidentLinkRow, IncidentRow

_table = table_of(ClipRow)
_bookmarks = table_of(BookmarkRow)
_links = table_of(IncidentLinkRow)
_incidents = table_of(IncidentRow)
_CODE, _FILE = 64, 2048
_gaps_decoder = msgspec.json.Decoder(tuple[tuple[int, int], ...])


class ClipRepository:
    """Reads and writes clips; lives as long as its session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._search = RecordSearch(session, _table)

    # --- writing -----------------------------------------------------------------------------

    def add(self, clip: Clip) -> bool:
        """Keep a new one; false, and nothing changes, where it is there already."""
        if row_of(self._session, _table, clip.id) is not None:
            return False
        self._search.insert(clip.created_us, _values(clip))
        return True

    def change(self, clip: Clip) -> None:
        """Keep what became of it, all but whether it is locked.

        Raises ``RecordChanged`` where there is no such clip.
        """
        row = locked_row(self._session, _table, clip.id)
        values = _values(clip)
        del values["is_locked"]
        self._session.execute(update(_table).where(_table.c.id == row.id).values(values))

    def lock(self, key: UUID, is_locked: bool) -> None:
        """Say whether retention must leave it alone. Raises ``RecordChanged`` if it is gone."""
        row = locked_row(self._session, _table, key)
        self._session.execute(
            update(_table).where(_table.c.id == row.id).values(is_locked=is_locked)
        )

    def delete(self, keys: Collection[UUID]) -> int:
        """Forget clips that may go; how many it were. Locked and needed ones stay."""
        return sum(
            self._rows_deleted(portion)
            for portion in portions([each.id for each in self._removable(None, keys)])
        )

    # --- reading -----------------------------------------------------------------------------

    def get(self, key: UUID) -> Clip | None:
        row = row_of(self._session, _table, key)
        return None if row is None else clip_of(row)

    def many(self, keys: Collection[UUID]) -> Mapping[UUID, Clip]:
        """Those of the clips that are there."""
        return {
            row.key: clip_of(row)
            for portion in portions(sorted(keys))
            for row in self._session.execute(select(*_table.c).where(_table.c.key.in_(portion)))
        }

    def page(
        self,
        limit: int,
        after: UUID | None = None,
        *,
        cameras: Collection[CameraCode] = (),
        states: Collection[ClipState] = (),
        order: RecordOrder = RecordOrder.NEWEST,
    ) -> Sequence[Clip]:
        """The next ``limit`` clips by the time of their making, below the one called ``after``."""
        column = _table.c.id
        conditions: list[ColumnElement[bool]] = [true()]
        if cameras:
            conditions.append(_table.c.camera.in_(sorted(cameras)))
        if states:
            conditions.append(_table.c.state.in_(sorted(state.value for state in states)))
        is_newest = order is RecordOrder.NEWEST
        if after is not None:
            place = select(column).where(_table.c.key == after).scalar_subquery()
            conditions.append(column < place if is_newest else column > place)
        rows = self._session.execute(
            select(*_table.c)
            .where(*conditions)
            .order_by(column.desc() if is_newest else column.asc())
            .limit(limit)
        )
        return [clip_of(row) for row in rows]

    def kept_bytes(self) -> int:
        """The size of all clips together."""
        return int(self._session.scalar(select(func.sum(_table.c.bytes))) or 0)

    def removable(self, limit: int | None = None) -> Sequence[Clip]:
        """The clips that retention may delete, oldest first.

        Not those that are locked or being written, that a flagged bookmark refers to, or that
        belong to an incident which is not closed.
        """
        return [clip_of(row) for row in self._removable(limit, None)]

    # --- inside ------------------------------------------------------------------------------

    def _removable(self, limit: int | None, keys: Collection[UUID] | None) -> Sequence[Any]:
        is_flagged = (
            select(_bookmarks.c.id)
            .where(_bookmarks.c.clip == _table.c.key, _bookmarks.c.flag != FlagState.NONE.value)
            .exists()
        )
        open_clips = (
            select(_links.c.target)
            .join(_incidents, _incidents.c.key == _links.c.incident)
            .where(_links.c.kind == "clip", _incidents.c.status != IncidentStatus.CLOSED.value)
        )
        needed = [UUID(target) for target in self._session.scalars(open_clips)]
        query = (
            select(*_table.c)
            .where(_table.c.state != ClipState.WRITING.value, ~_table.c.is_locked, ~is_flagged)
            .order_by(_table.c.id)
        )
        if needed:
            query = query.where(_table.c.key.not_in(needed))
        if keys is not None and not keys:
            return []
        if keys is not None:
            query = query.where(or_(*(_table.c.key.in_(each) for each in portions(sorted(keys)))))
        return self._session.execute(query.limit(limit)).all()

    def _rows_deleted(self, numbers: Sequence[int]) -> int:
        self._session.execute(delete(_table).where(_table.c.id.in_(numbers)))
        return len(numbers)


def clip_of(row: Any) -> Clip:
    return Clip(
        id=row.key,
        camera=CameraCode(row.camera),
        kind=StreamKind(row.kind),
        start_us=row.start_us,
        end_us=row.end_us,
        clock=PictureClock(row.clock),
        offset_us=row.offset_us,
        author=author_of(row),
        created_us=row.created_us,
        file=row.file,
        bytes=row.bytes,
        sha256=row.sha256,
        state=ClipState(row.state),
        gaps=_gaps_decoder.decode(row.gaps),
        is_locked=row.is_locked,
        reason=row.reason,
    )


def _values(clip: Clip) -> dict[str, Any]:
    return {
        "key": clip.id,
        "camera": fitting(clip.camera, _CODE),
        "kind": clip.kind.value,
        "start_us": bounded(clip.start_us),
        "end_us": bounded(clip.end_us),
        "clock": int(clip.clock),
        "offset_us": bounded(clip.offset_us),
        **author_values(clip.author),
        "created_us": bounded(clip.created_us),
        "file": fitting(clip.file, _FILE),
        "bytes": bounded(clip.bytes),
        "sha256": fitting(clip.sha256, _CODE),
        "state": clip.state.value,
        "gaps": as_json(clip.gaps),
        "is_locked": clip.is_locked,
        "reason": kept(clip.reason),
    }
