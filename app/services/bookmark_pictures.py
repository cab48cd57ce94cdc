"""The small pictures of bookmarks: what was on the tile, kept in the snapshots folder."""

import re
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from app.core.events import Event
from app.core.tasks import Tasks
from app.settings.files import write_atomically
from app.settings.settled_file import refusal_words

_NAME = re.compile(r"bookmark-([0-9a-f]{32})\.jpg")


def picture_name(bookmark: UUID) -> str:
    """The name of a bookmark's picture in the snapshots folder."""
    return f"bookmark-{bookmark.hex}.jpg"


def bookmark_of_picture(name: str) -> UUID | None:
    """Whose picture a file in the snapshots folder is; ``None`` where it is none of a bookmark."""
    found = _NAME.fullmatch(name)
    return None if found is None else UUID(found[1])


class BookmarkPictures:
    """Owner thread, apart from ``load``. ``ready`` names bookmarks whose picture is there now, by
    the bytes of their keys."""

    def __init__(self, folder: Path, tasks: Tasks) -> None:
        self.ready: Event[bytes] = Event("bookmark_pictures.ready")
        self._folder = folder
        self._tasks = tasks

    def keep(
        self, bookmark: UUID, picture: Callable[[], bytes], failed: Callable[[str], None]
    ) -> None:
        """Make the picture (JPEG) and keep it, off this thread; ``failed`` hears why not."""
        file = self._folder / picture_name(bookmark)

        def work() -> bool:
            jpeg = picture()
            if jpeg:
                write_atomically(file, jpeg)
            return bool(jpeg)

        def done(is_there: bool) -> None:
            if is_there:
                self.ready.emit(bookmark.bytes)
            else:
                failed("there is none")

        def refused(error: Exception) -> None:
            if not isinstance(error, OSError):
                raise error
            failed(refusal_words(error))

        self._tasks.run(work, done=done, failed=refused)

    def load(self, key: bytes) -> bytes | None:
        """The picture of a bookmark as JPEG. Blocking, any thread."""
        try:
            return (self._folder / picture_name(UUID(bytes=key))).read_bytes()
        except OSError:
            return None
