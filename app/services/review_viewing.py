"""What is looked at to judge a flag: its clip, and what other cameras of the incident saw then."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.bookmark import Bookmark
from app.domain.clip_record import Clip
from app.domain.incident import Incident
from app.domain.record_filters import BookmarkFilter
from app.domain.review import seen_beside
from app.storage.bookmarks import BookmarkRepository
from app.storage.clips import ClipRepository
from app.storage.incidents import IncidentRepository

MOST_BESIDE = 8
"""With the flag's own clip that is a grid of nine."""
_MOST_BOOKMARKS = 500


@dataclass(frozen=True, slots=True)
class Viewing:
    """``clip`` is ``None`` where the flag has none on record. ``beside`` are the clips of other
    cameras that overlap with it, one a camera; there are ``more`` for which a screen has no room.
    ``incidents`` are those they belong to."""

    bookmark: Bookmark
    clip: Clip | None = None
    beside: Sequence[Clip] = ()
    incidents: Sequence[Incident] = ()
    more: int = 0


def read_viewing(
    bookmark: Bookmark,
    clips: ClipRepository,
    bookmarks: BookmarkRepository,
    incidents: IncidentRepository,
) -> Viewing:
    """Blocking. The company are the clips that the flag's incidents hold, and those of the
    bookmarks that were noted in them."""
    clip = None if bookmark.clip is None else clips.get(bookmark.clip)
    if clip is None:
        return Viewing(bookmark)
    found = {each.id: each for each in incidents.with_bookmark(bookmark.id)}
    found |= {each.id: each for each in incidents.with_clip(clip.id)}
    if bookmark.incident is not None:
        found |= incidents.many([bookmark.incident])
    keys = {key for each in found.values() for key in each.clips}
    noted = {key for each in found.values() for key in each.bookmarks}
    marks = list(bookmarks.many(noted).values())
    for incident in found:
        marks += bookmarks.page(BookmarkFilter(incident=incident), _MOST_BOOKMARKS)
    keys |= {each.clip for each in marks if each.clip is not None}
    beside = seen_beside(clip, clips.many(keys - {clip.id}).values())
    shown = tuple(beside[:MOST_BESIDE])
    return Viewing(bookmark, clip, shown, tuple(found.values()), len(beside) - len(shown))
