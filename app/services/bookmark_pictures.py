"""The small pictures of bookmarks: what was on the tile, kept in the snapshots folder."""

import re
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from app.core.events import Event
from app.core.tasks import Tasks
from app.services.shared_folder import SharedFolder
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

    def __init__(self, folder: Path, tasks: Tasks, shared: SharedFolder | None = None) -> None:
        self.ready: Event[bytes] = Event("bookmark_pictures.ready")
        self.kept: Event[bytes] = Event("bookmark_pictures.kept")
        """This workstation has made one."""
        self._folder = folder
        self._tasks = tasks
        self._shared = shared
        self._missing: set[bytes] = set()

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
                self.kept.emit(bookmark.bytes)
            else:
                failed("there is none")

        def refused(error: Exception) -> None:
            if not isinstance(error, OSError):
                raise error
            failed(refusal_words(error))

        self._tasks.run(work, done=done, failed=refused)

    def load(self, key: bytes) -> bytes | None:
        """The picture of a bookmark as JPEG, of this workstation or from the shared folder.
        Blocking, any thread."""
        name = picture_name(UUID(bytes=key))
        try:
            return (self._folder / name).read_bytes()
        except OSError:
            pass
        found = None if self._shared is None else self._shared.read(name)
        if found is None and self._shared is not None:
            self._missing.add(key)
        return found

    def look_again(self) -> None:
        """Other workstations may have handed pictures over that were not there before."""
        missing, self._missing = self._missing, set()
        for key in missing:
            self.ready.emit(key)
