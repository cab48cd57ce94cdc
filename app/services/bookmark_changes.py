"""What is to be written about bookmarks, and how a change meets those of others."""

from dataclasses import dataclass, replace
from enum import Enum
from uuid import UUID

import msgspec

from app.core.errors import RecordChanged
from app.domain.bookmark import Bookmark

_FIELDS = ("end_us", "title", "tags", "flag", "thumbnail", "clip")
"""What this workstation changes of a bookmark after it was made."""


class Added(msgspec.Struct, frozen=True, tag="added"):
    """A new bookmark."""

    key: UUID
    bookmark: Bookmark


class Changed(msgspec.Struct, frozen=True, tag="changed"):
    """What was made of a bookmark; ``before`` is what it was made of."""

    key: UUID
    before: Bookmark
    after: Bookmark

    @property
    def bookmark(self) -> Bookmark:
        return self.after


Unsaved = Added | Changed


class Outcome(Enum):
    """``WAITING``: the database refused; it is kept and tried again. ``COLLIDED``: somebody else
    changed the same thing, a person must decide."""

    SAVED = "saved"
    WAITING = "waiting"
    COLLIDED = "collided"


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of something that was asked for; ``problem`` says why not."""

    outcome: Outcome
    bookmark: Bookmark
    problem: str = ""


def joined(change: Changed, now: Bookmark) -> Bookmark:
    """The bookmark as it is ``now``, with what was changed of it.

    Raises ``RecordChanged`` where somebody else made something different of the same field.
    """
    values = {}
    for name in _FIELDS:
        before, after = getattr(change.before, name), getattr(change.after, name)
        if before == after:
            continue
        if getattr(now, name) not in (before, after):
            raise RecordChanged(
                f"Somebody else changed the bookmark “{now.title}” meanwhile",
                advice="Look at it and make your change again where it still holds.",
            )
        values[name] = after
    return replace(now, **values)
