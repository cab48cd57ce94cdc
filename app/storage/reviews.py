"""Flags and what supervisors decided about them: domain values in and out."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, and_, func, literal_column, or_, select, update
from sqlalchemy.orm import Session

from app.core.errors import RecordChanged
from app.domain.bookmark import Bookmark, FlagState
from app.domain.camera import CameraCode, DistrictCode
from app.domain.review import Decision, FalseAlarms
from app.storage.bookmarks import bookmark_of, set_flag
from app.storage.record_values import (
    author_of,
    author_values,
    bounded,
    changed_meanwhile,
    kept,
    locked_row,
    portions,
    row_of,
    table_of,
)
from app.storage.tables import BookmarkRow, DecisionRow

_bookmarks = table_of(BookmarkRow)
_table = table_of(DecisionRow)
_WORST_FIRST = (3, 2, 1, 0)
_HOUR_US = 3_600_000_000
_HOUR: ColumnElement[int] = literal_column(
    f"(bookmark.start_us + bookmark.offset_us) / {_HOUR_US}", BigInteger()
).label("hour")
"""Hours since 1970. As text: PostgreSQL takes no parameters in what it groups by."""


class ReviewRepository:
    """Reads and writes flags and decisions; lives as long as its session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    # --- the queue ---------------------------------------------------------------------------

    def queue(
        self,
        limit: int,
        after: UUID | None = None,
        *,
        districts: Collection[DistrictCode] = (),
    ) -> Sequence[Bookmark]:
        """The next ``limit`` raised flags below the bookmark ``after``: alarms first, then what
        matters less, the oldest first among those that matter as much."""
        place = None if after is None else row_of(self._session, _bookmarks, after)
        found: list[Any] = []
        for severity in _WORST_FIRST:
            if len(found) >= limit or (place is not None and severity > place.severity):
                continue
            query = select(*_bookmarks.c).where(
                _bookmarks.c.flag == FlagState.RAISED.value, _bookmarks.c.severity == severity
            )
            if districts:
                query = query.where(_bookmarks.c.district.in_(sorted(districts)))
            if place is not None and severity == place.severity:
                query = query.where(_bookmarks.c.id > place.id)
            query = query.order_by(_bookmarks.c.id).limit(limit - len(found))
            found += self._session.execute(query)
        return [bookmark_of(row) for row in found]

    def waiting(self) -> Mapping[int, int]:
        """How many raised flags there are of each severity."""
        rows = self._session.execute(
            select(_bookmarks.c.severity, func.count())
            .where(_bookmarks.c.flag == FlagState.RAISED.value)
            .group_by(_bookmarks.c.severity)
        )
        return {int(severity): int(count) for severity, count in rows}

    # --- deciding ----------------------------------------------------------------------------

    def decide(self, decision: Decision, revision: int) -> Bookmark:
        """Keep a decision for ever and answer the flag; the bookmark as it is then.

        ``revision`` is that of the bookmark that the supervisor saw. Raises ``RecordChanged``
        where it was changed since; a decision that is there already may be repeated.
        """
        bookmark = locked_row(self._session, _bookmarks, decision.bookmark)
        if row_of(self._session, _table, decision.id) is not None:
            return bookmark_of(bookmark)
        if bookmark.revision != revision:
            raise changed_meanwhile("The bookmark")
        self._session.connection().execute(
            _table.insert(),
            {
                "key": decision.id,
                "bookmark": decision.bookmark,
                **author_values(decision.supervisor),
                "verdict": decision.verdict.value,
                "note": kept(decision.note),
                "decided_us": bounded(decision.decided_us),
                "undone_us": None,
            },
        )
        return set_flag(self._session, bookmark, decision.verdict)

    def undo(self, decision: UUID, undone_us: int) -> Bookmark:
        """Take a decision back: it stays, with the time at which it was undone.

        The flag is as it was before it. Raises ``RecordChanged`` where it is undone already or
        another one followed it.
        """
        row = locked_row(self._session, _table, decision)
        bookmark = locked_row(self._session, _bookmarks, row.bookmark)
        standing = [each for each in self._decisions(row.bookmark) if each.undone_us is None]
        if not standing or standing[-1].key != decision:
            raise RecordChanged(
                "The decision cannot be taken back: it was undone or another one followed it",
                advice="Decide anew about the flag.",
            )
        self._session.execute(
            update(_table).where(_table.c.id == row.id).values(undone_us=bounded(undone_us))
        )
        before = FlagState(standing[-2].verdict) if len(standing) > 1 else FlagState.RAISED
        return set_flag(self._session, bookmark, before)

    def decisions_of(self, bookmark: UUID) -> Sequence[Decision]:
        """All about one bookmark, those that were undone too, in their order."""
        return [_decision_of(row) for row in self._decisions(bookmark)]

    def latest_of(self, bookmarks: Collection[UUID]) -> Mapping[UUID, Decision]:
        """The decision that stands, for those of the bookmarks that have one."""
        found: dict[UUID, Decision] = {}
        for portion in portions(sorted(bookmarks)):
            rows = self._session.execute(
                select(*_table.c)
                .where(_table.c.bookmark.in_(portion), _table.c.undone_us.is_(None))
                .order_by(_table.c.decided_us, _table.c.id)
            )
            found.update((row.bookmark, _decision_of(row)) for row in rows)
        return found

    def decided(
        self, limit: int, *, supervisor: str | None = None, after: UUID | None = None
    ) -> Sequence[Decision]:
        """Decisions, newest first: of everybody or of one supervisor; undone ones too."""
        query = select(*_table.c)
        if supervisor is not None:
            query = query.where(_table.c.operator == supervisor)
        if after is not None and (place := row_of(self._session, _table, after)) is not None:
            same = and_(_table.c.decided_us == place.decided_us, _table.c.id < place.id)
            query = query.where(or_(_table.c.decided_us < place.decided_us, same))
        newest_first = (_table.c.decided_us.desc(), _table.c.id.desc())
        rows = self._session.execute(query.order_by(*newest_first).limit(limit))
        return [_decision_of(row) for row in rows]

    def decided_by(self, since_us: int) -> Mapping[str, int]:
        """How many decisions that stand each supervisor made from ``since_us`` on."""
        rows = self._session.execute(
            select(_table.c.operator, func.count())
            .where(_table.c.decided_us >= since_us, _table.c.undone_us.is_(None))
            .group_by(_table.c.operator)
        )
        return {str(operator): int(count) for operator, count in rows}

    def answered(self, operator: str, since_us: int, limit: int = 100) -> Sequence[Decision]:
        """What came back to an operator after ``since_us``, oldest first: the decisions about
        this operator's bookmarks that stand."""
        rows = self._session.execute(
            select(*_table.c)
            .join(_bookmarks, _bookmarks.c.key == _table.c.bookmark)
            .where(
                _table.c.decided_us > since_us,
                _table.c.undone_us.is_(None),
                _bookmarks.c.operator == operator,
            )
            .order_by(_table.c.decided_us, _table.c.id)
            .limit(limit)
        )
        return [_decision_of(row) for row in rows]

    def false_alarm_table(
        self, from_us: int, to_us: int, hour_of: Callable[[int], int]
    ) -> Sequence[FalseAlarms]:
        """Camera by rule by hour of the day, the most false alarms first.

        Of the decisions that stand and were made from ``from_us`` until before ``to_us``, the
        last about each bookmark. The hour is that of what was seen; ``hour_of`` gives the hour
        of the day for microseconds of Unix time on this workstation's clock.
        """
        rows = self._session.execute(
            select(
                _bookmarks.c.camera,
                _bookmarks.c.rule,
                _HOUR,
                _table.c.verdict,
                func.count(_bookmarks.c.id.distinct()).label("bookmarks"),
            )
            .join(_table, _bookmarks.c.key == _table.c.bookmark)
            .where(
                _table.c.decided_us >= from_us,
                _table.c.decided_us < to_us,
                _table.c.undone_us.is_(None),
                _table.c.verdict == _bookmarks.c.flag,
            )
            .group_by(_bookmarks.c.camera, _bookmarks.c.rule, _HOUR, _table.c.verdict)
        )
        counts: dict[tuple[str, str, int], Counter[str]] = defaultdict(Counter)
        for row in rows:
            place = (row.camera, row.rule, hour_of(row.hour * _HOUR_US))
            counts[place][row.verdict] += row.bookmarks
        found = [
            FalseAlarms(
                CameraCode(camera),
                rule,
                hour,
                confirmed=count[FlagState.CONFIRMED.value],
                false=count[FlagState.FALSE.value],
                needs_more=count[FlagState.NEEDS_MORE.value],
            )
            for (camera, rule, hour), count in counts.items()
        ]
        return sorted(found, key=lambda each: (-each.false, each.camera, each.rule, each.hour))

    # --- inside ------------------------------------------------------------------------------

    def _decisions(self, bookmark: UUID) -> Sequence[Any]:
        return self._session.execute(
            select(*_table.c)
            .where(_table.c.bookmark == bookmark)
            .order_by(_table.c.decided_us, _table.c.id)
        ).all()


def _decision_of(row: Any) -> Decision:
    return Decision(
        id=row.key,
        bookmark=row.bookmark,
        supervisor=author_of(row),
        verdict=FlagState(row.verdict),
        note=row.note,
        decided_us=row.decided_us,
        undone_us=row.undone_us,
    )
