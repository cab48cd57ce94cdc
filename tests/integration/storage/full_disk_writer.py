"""Writes records on a disk that the program itself fills and empties; tells what was said."""

import json
import sys
from contextlib import closing, suppress
from pathlib import Path

from app.core.errors import StorageUnavailable
from app.domain.bookmark import Bookmark
from app.domain.record_filters import BookmarkFilter
from app.storage.backup import back_up
from app.storage.bookmarks import BookmarkRepository
from app.storage.database import Database, sqlite_url
from app.storage.health_check import soundness
from app.storage.migration import bring_up_to_date
from tests.fakes.records import bookmark


def fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as content, suppress(OSError):
        while content.write(b"\0" * 4096) == 4096:
            pass


def write_until_refused(database: Database) -> tuple[int, Bookmark, str]:
    """How many were kept, the one that was refused, and the sentence about it."""
    kept = 0
    while True:
        one = bookmark(kept, title="x" * 2000)
        try:
            with database.transaction() as session:
                BookmarkRepository(session).add(one)
        except StorageUnavailable as error:
            return kept, one, f"{error}. {error.advice}"
        kept += 1


def count(database: Database) -> int:
    with database.reading() as session:
        return BookmarkRepository(session).count(BookmarkFilter())


def main(folder: Path) -> None:
    file, ballast = folder / "nigehban.db", folder / "ballast"
    with closing(Database(sqlite_url(file))) as database:
        bring_up_to_date(database, folder / "backups")
        fill(ballast)
        kept, refused, said = write_until_refused(database)
        try:
            back_up(file, folder / "backups")
            about_copy = ""
        except StorageUnavailable as error:
            about_copy = str(error)
        readable = count(database)
        ballast.unlink()
        with database.transaction() as session:
            BookmarkRepository(session).add(refused)
        result = {
            "kept": kept,
            "said": said,
            "about_copy": about_copy,
            "readable": readable,
            "after": count(database),
            "soundness": soundness(file).value,
            "left": sorted(each.name for each in (folder / "backups").iterdir()),
        }
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
