"""Finds the rows of a list: newest or oldest first, a page at a time.

The number of a row holds the time that the list is sorted by, so the order of the list is that
of the primary key and of the index of words: a page is read off without sorting anything.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table, select, text
from sqlalchemy.orm import Session

from app.domain.record_filters import RecordOrder
from app.storage.event_subjects import insert_or_leave
from app.storage.record_words import Sought

_KEY_BITS = 11
_LATEST_US = (1 << 52) - 2
"""In the year 2112."""
_PORTION = 500


def rebuild_words(session: Session) -> None:
    """Make SQLite's tables of words anew from the records; a minute for a million of them."""
    for name in ("bookmark_text", "incident_text"):
        session.execute(text(f"INSERT INTO {name} ({name}) VALUES ('rebuild')"))  # noqa: S608 - names of our own


def row_number(time_us: int, key: UUID) -> int:
    """The number of a row: its time, and some bits of its key for rows of the same time."""
    return _first_number(time_us) | key.int & ((1 << _KEY_BITS) - 1)


def _first_number(time_us: int) -> int:
    return min(max(time_us, 0), _LATEST_US) << _KEY_BITS


class RecordSearch:
    """Finds rows of ``table``, which has the columns ``id``, ``key`` and ``words``.

    SQLite keeps the words in a table of FTS5 called as ``table`` with ``_text`` after it,
    PostgreSQL in the column ``word_index``; see the migrations.
    """

    def __init__(self, session: Session, table: Table) -> None:
        self._session = session
        self._table = table

    def insert(self, time_us: int, values: Mapping[str, Any]) -> None:
        """Add a row with the number of its time, or the next one that is free."""
        number = row_number(time_us, values["key"])
        statement = insert_or_leave(self._session, self._table)
        statement = statement.on_conflict_do_nothing(index_elements=["id"])
        statement = statement.returning(self._table.c.id)
        while self._session.scalar(statement, {"id": number, **values}) is None:
            number += 1

    def page(
        self,
        sought: Sought,
        limit: int,
        *,
        after: UUID | None,
        order: RecordOrder,
        from_us: int | None,
        to_us: int | None,
    ) -> Sequence[int]:
        """Numbers of rows in ``order``, below the one whose key is ``after``."""
        low, high = _span(from_us, to_us)
        if after is not None:
            column = self._table.c.id
            place = self._session.scalar(select(column).where(self._table.c.key == after))
            if place is not None and order is RecordOrder.NEWEST:
                high = min(high, place)
            elif place is not None:
                low = max(low, place + 1)
        return self._numbers(sought, low, high, limit, order)

    def count(self, sought: Sought, at_most: int, *, from_us: int | None, to_us: int | None) -> int:
        """How many rows fit; never more than ``at_most``."""
        low, high = _span(from_us, to_us)
        return len(self._numbers(sought, low, high, at_most, RecordOrder.NEWEST))

    def rows(self, numbers: Sequence[int]) -> list[Any]:
        """The rows with these numbers, in their order."""
        found: dict[int, Any] = {}
        for start in range(0, len(numbers), _PORTION):
            portion = numbers[start : start + _PORTION]
            for row in self._session.execute(
                select(*self._table.c).where(self._table.c.id.in_(portion))
            ):
                found[row.id] = row
        return [found[number] for number in numbers if number in found]

    def _numbers(
        self, sought: Sought, low: int, high: int, limit: int, order: RecordOrder
    ) -> list[int]:
        is_newest = order is RecordOrder.NEWEST
        if self._session.get_bind().dialect.name == "sqlite" and not sought.is_open:
            name = f"{self._table.name}_text"
            way = "DESC" if is_newest else "ASC"
            # Only names of our own tables are put in.
            query = text(
                f"SELECT rowid FROM {name} WHERE {name} MATCH :sought "  # noqa: S608 - see above
                f"AND rowid >= :low AND rowid < :high ORDER BY rowid {way} LIMIT :limit"
            )
            values = {"sought": sought.for_fts5(), "low": low, "high": high, "limit": limit}
            return [int(number) for number in self._session.scalars(query, values)]
        column = self._table.c.id
        rows: Select[Any] = select(column).where(column >= low, column < high)
        if not sought.is_open:
            # As text: PostgreSQL's own types are not loaded where SQLite is used.
            found = text(f"{self._table.name}.word_index @@ CAST(:sought AS tsquery)")
            rows = rows.where(found.bindparams(sought=sought.for_tsquery()))
        rows = rows.order_by(column.desc() if is_newest else column.asc()).limit(limit)
        return [int(number) for number in self._session.scalars(rows)]


def _span(from_us: int | None, to_us: int | None) -> tuple[int, int]:
    """The first number and the one after the last."""
    low = 0 if from_us is None else _first_number(from_us)
    return low, (_LATEST_US + 1) << _KEY_BITS if to_us is None else _first_number(to_us)
