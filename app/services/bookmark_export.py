"""Bookmarks in files for other programs: CSV for spreadsheets, JSON for programs."""

import csv
import io
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

import msgspec

from app.domain.bookmark import Bookmark
from app.settings.files import sync_folder

FORM = "nigehban-bookmarks-1"
_US = 1_000_000
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins so for a formula and runs it."""
_BOM = "\ufeff"


class ExportForm(Enum):
    """The kinds of file; the value is the ending of the name."""

    CSV = "csv"
    JSON = "json"


Write = Callable[[Iterable[Sequence[Bookmark]]], Iterator[str]]


def export_to(
    folder: Path, form: ExportForm, pages: Iterable[Sequence[Bookmark]], now: datetime
) -> Path:
    """Write all bookmarks into a new file and return it. Blocking, any thread.

    It is there whole or not at all. Raises ``OSError``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = _free(folder, f"bookmarks-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}", form.value)
    unfinished = file.with_name(f".{file.name}.part")
    write: Write = csv_text if form is ExportForm.CSV else json_text
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as out:
            for text in write(pages):
                out.write(text)
            out.flush()
            os.fsync(out.fileno())
        unfinished.replace(file)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink()
        raise
    sync_folder(folder)
    return file


def csv_text(pages: Iterable[Sequence[Bookmark]]) -> Iterator[str]:
    """The lines of a CSV file, a header first; a mark before them tells spreadsheets UTF-8."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(_BOM)
    writer.writerow(_COLUMNS)
    for page in pages:
        for bookmark in page:
            values = _values(bookmark)
            writer.writerow([_cell(values[name]) for name in _COLUMNS])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def json_text(pages: Iterable[Sequence[Bookmark]]) -> Iterator[str]:
    """One object with the name of the form and a list, a bookmark a line."""
    yield f'{{"form": "{FORM}", "bookmarks": ['
    before = "\n"
    for page in pages:
        for bookmark in page:
            yield before + msgspec.json.encode(_values(bookmark)).decode()
            before = ",\n"
    yield "\n]}\n"


def _values(bookmark: Bookmark) -> dict[str, Any]:
    """Every field by its name; ``start`` and ``end`` are UTC on this workstation's clock."""
    end_us = bookmark.end_us
    return {
        "id": str(bookmark.id),
        "title": bookmark.title,
        "start": _utc(bookmark.start_us + bookmark.offset_us),
        "end": None if end_us is None else _utc(end_us + bookmark.offset_us),
        "start_us": bookmark.start_us,
        "end_us": end_us,
        "clock": bookmark.clock.name.lower(),
        "offset_us": bookmark.offset_us,
        "district": str(bookmark.district),
        "site": str(bookmark.site),
        "camera": str(bookmark.camera),
        "stream": None if bookmark.kind is None else bookmark.kind.value,
        "operator": bookmark.author.operator,
        "workstation": bookmark.author.workstation,
        "created": _utc(bookmark.created_us),
        "picture_age_ms": bookmark.picture_age_ms,
        "flag": bookmark.flag.value,
        "severity": bookmark.severity,
        "tags": list(bookmark.tags),
        "drawn": [
            {
                "label": drawn.label,
                "confidence": drawn.confidence,
                "track": drawn.track_id,
                "box": [drawn.box.x1, drawn.box.y1, drawn.box.x2, drawn.box.y2],
            }
            for drawn in bookmark.drawn
        ],
        "thumbnail": bookmark.thumbnail,
        "clip": None if bookmark.clip is None else str(bookmark.clip),
        "event": None if bookmark.event_key is None else bookmark.event_key.hex(),
        "incident": None if bookmark.incident is None else str(bookmark.incident),
        "revision": bookmark.revision,
    }


_COLUMNS = (
    *("id", "title", "start", "end", "start_us", "end_us", "clock", "offset_us", "district"),
    *("site", "camera", "stream", "operator", "workstation", "created", "picture_age_ms"),
    *("flag", "severity", "tags", "drawn", "thumbnail", "clip", "event", "incident", "revision"),
)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        if all(isinstance(each, str) for each in value):
            value = ", ".join(value)
        else:
            value = msgspec.json.encode(value).decode()
    text = str(value)
    is_number = isinstance(value, int)
    return f"'{text}" if text.startswith(_FORMULAS) and not is_number else text


def _utc(time_us: int) -> str | None:
    try:
        return datetime.fromtimestamp(time_us / _US, UTC).isoformat(timespec="milliseconds")
    except (OverflowError, OSError, ValueError):  # outside of what this system can name
        return None


def _free(folder: Path, name: str, ending: str) -> Path:
    file, number = folder / f"{name}.{ending}", 1
    while file.exists():
        number += 1
        file = folder / f"{name}-{number}.{ending}"
    return file
