"""The small pictures on the disk: how many there are, what they take, and which are nobody's."""

import os
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from app.core.clock import Clock
from app.services.bookmark_pictures import bookmark_of_picture
from app.storage.bookmarks import BookmarkRepository
from app.storage.database import Database

_MANY = 5000
_LOOK_AT_MANY_EVERY_S = 6 * 3600.0
"""Where there are very many, they are not counted anew each time somebody wants to know."""
_AT_A_TIME = 5000


@dataclass(frozen=True, slots=True)
class NobodysPicture:
    """A picture whose bookmark is not there (any more); ``made_us`` is Unix time."""

    bookmark: UUID
    file: str
    made_us: int
    bytes: int


@dataclass(slots=True)
class _Count:
    count: int = 0
    bytes: int = 0

    def add(self, size: int) -> None:
        self.count += 1
        self.bytes += size


@dataclass(slots=True)
class PictureCounts:
    """``of_bookmarks`` are those that stay, as long as their bookmark does."""

    of_bookmarks: _Count = field(default_factory=_Count)
    of_events: _Count = field(default_factory=_Count)
    nobodys: list[NobodysPicture] = field(default_factory=list)

    @property
    def all(self) -> int:
        return self.of_bookmarks.count + self.of_events.count + len(self.nobodys)


class KeptPictures:
    """Blocking; one thread at a time."""

    def __init__(self, snapshots: Path, thumbnails: Path, database: Database, clock: Clock) -> None:
        self._snapshots = snapshots
        self._thumbnails = thumbnails
        self._database = database
        self._clock = clock
        self._found: PictureCounts | None = None
        self._looked_at = 0.0

    def look(self) -> PictureCounts:
        """What there is now, or a while ago where it is very much. Raises ``OSError`` and
        ``StorageUnavailable``."""
        now = self._clock.monotonic()
        is_old = now - self._looked_at >= _LOOK_AT_MANY_EVERY_S
        if self._found is None or self._found.all < _MANY or is_old:
            self._found = self._count()
            self._looked_at = now
        return self._found

    def without_bookmark(self, keys: Collection[UUID]) -> set[UUID]:
        """Those of the bookmarks that are not on record."""
        with self._database.reading() as session:
            return set(keys) - BookmarkRepository(session).there(keys)

    def forget(self) -> None:
        """Pictures were deleted: the next look counts anew."""
        self._found = None

    def _count(self) -> PictureCounts:
        found = PictureCounts()
        for portion in _portions(self._snapshots):
            nobodys = self.without_bookmark([each.bookmark for each in portion])
            for each in portion:
                if each.bookmark in nobodys:
                    found.nobodys.append(each)
                else:
                    found.of_bookmarks.add(each.bytes)
        for file in self._thumbnails.glob("??/*.jpg"):
            with suppress(FileNotFoundError):
                found.of_events.add(file.stat().st_size)
        return found


def _portions(folder: Path) -> Iterator[list[NobodysPicture]]:
    """All pictures of bookmarks in the folder, some thousands at a time."""
    portion: list[NobodysPicture] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            bookmark = bookmark_of_picture(entry.name)
            if bookmark is None:
                continue
            with suppress(FileNotFoundError):
                facts = entry.stat()
                made_us = round(facts.st_mtime * 1e6)
                portion.append(NobodysPicture(bookmark, entry.name, made_us, facts.st_size))
            if len(portion) >= _AT_A_TIME:
                yield portion
                portion = []
    yield portion
