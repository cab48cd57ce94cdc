"""What the rows of bookmarks, incidents, clips and decisions have in common."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from app.core.errors import RecordChanged
from app.domain.author import Author
from app.storage.tables import Row

_LARGEST = 2**62
_json = msgspec.json.Encoder()


def kept(text: str) -> str:
    """The text as a database can hold it: without zeros and halves of letters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def fitting(text: str, letters: int = 200) -> str:
    """The beginning of a name, as much as its column holds."""
    return kept(text)[:letters]


def bounded(number: int) -> int:
    return max(-_LARGEST, min(_LARGEST, number))


def bounded_or_none(number: int | None) -> int | None:
    return None if number is None else bounded(number)


def as_json(value: object) -> str:
    """Compact JSON; the texts in it were ``kept`` before."""
    return _json.encode(value).decode()


def author_values(author: Author) -> dict[str, str]:
    return {
        "operator": fitting(author.operator),
        "workstation": fitting(author.workstation),
    }


def author_of(row: Any) -> Author:
    return Author(row.operator, row.workstation)


def table_of(row: type[Row]) -> Table:
    table = row.__table__
    assert isinstance(table, Table)
    return table


def row_of(session: Session, table: Table, key: UUID) -> Any | None:
    """The row with this key."""
    return session.execute(select(*table.c).where(table.c.key == key)).one_or_none()


def locked_row(session: Session, table: Table, key: UUID) -> Any:
    """The row with this key, which nobody else changes until the transaction ends.

    Raises ``RecordChanged`` where there is none.
    """
    found = session.execute(
        select(*table.c).where(table.c.key == key).with_for_update()
    ).one_or_none()
    if found is None:
        raise RecordChanged(
            "The record is not there any more", advice="Somebody removed it; look at the list."
        )
    return found


def changed_meanwhile(what: str) -> RecordChanged:
    return RecordChanged(
        f"{what} was changed by somebody else in the meantime: nothing was saved",
        advice="Look at what it says now and make your change again.",
    )


def portions(items: Sequence[Any], size: int = 500) -> list[Sequence[Any]]:
    return [items[start : start + size] for start in range(0, len(items), size)]
