"""Fills a data folder with flags for the supervisor, each with a real clip on the disk.

The clips carry codes (``code_clip``), so that it can be read off a screen which one plays.
"""

import shutil
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import av
import cv2

from app.domain.author import Author
from app.domain.bookmark import Bookmark, FlagState
from app.domain.camera import CameraCode
from app.domain.clip_record import Clip
from app.services.bookmark_pictures import picture_name
from app.storage.bookmarks import BookmarkRepository
from app.storage.clips import ClipRepository
from app.storage.database import Database, sqlite_url
from app.storage.incidents import IncidentRepository
from app.storage.migration import bring_up_to_date
from tests.fakes.code_clip import FPS, code_clip
from tests.fakes.records import NOON_US, SECOND_US, bookmark, clip, incident

FRAMES = 5 * FPS
DISTINCT = 8
"""So many clips are told apart; the flags take turns with them."""
FIRST_OWN, FIRST_BESIDE = 10, 30
EARLIER_S = 1.0
"""A clip beside a flag's own begins so much earlier, unless something else is said."""
OPERATOR = Author("Gul", "desk-3")
_APART_S = 60
_LENGTH_US = FRAMES * SECOND_US // FPS


@dataclass(frozen=True)
class Flag:
    """A flag in the queue; ``own`` and ``beside`` are the numbers burnt into the clips."""

    bookmark: Bookmark
    own: int
    beside: Sequence[int]


class Flags:
    """Adds flags to the database of a data folder, oldest first. Close it before the program
    starts."""

    def __init__(self, data: Path, cameras: Sequence[CameraCode]) -> None:
        self._data = data
        self._cameras = cameras
        for name in ("clips", "snapshots"):
            (data / name).mkdir(parents=True, exist_ok=True)
        self._database = Database(sqlite_url(data / "nigehban.db"))
        bring_up_to_date(self._database, data / "backups")
        self._pictures: dict[int, bytes] = {}
        self.made: list[Flag] = []

    def add(
        self, title: str = "", *, beside: int = 0, earlier_s: float = EARLIER_S, **facts: Any
    ) -> Flag:
        """One more flag; ``beside`` is how many other cameras saw its time."""
        number = len(self.made)
        at_us = NOON_US + number * _APART_S * SECOND_US
        numbers = [FIRST_OWN + number % DISTINCT]
        numbers += [FIRST_BESIDE + (number * beside + at) % DISTINCT for at in range(beside)]
        clips = [
            self._clip(each, at_us - (at > 0) * round(earlier_s * SECOND_US), place=at)
            for at, each in enumerate(numbers)
        ]
        case = incident(0, id=uuid.uuid4())
        key = uuid.uuid4()
        self._keep_thumbnail(numbers[0], key)
        made = bookmark(
            0,
            id=key,
            camera=clips[0].camera,
            start_us=at_us + SECOND_US,
            end_us=None,
            offset_us=0,
            author=OPERATOR,
            title=title or f"flag {number + 1}",
            flag=FlagState.RAISED,
            thumbnail=picture_name(key),
            clip=clips[0].id,
            event_key=None,
            incident=case.id if beside else None,
        )
        made = replace(made, **facts)
        with self._database.transaction() as session:
            for each in clips:
                ClipRepository(session).add(each)
            if beside:
                case = replace(
                    case,
                    number=f"20261122-DESK3-{number + 1:03}",
                    cameras=tuple(each.camera for each in clips),
                    bookmarks=(made.id,),
                    clips=tuple(each.id for each in clips[1:]),
                    snapshots=(),
                )
                IncidentRepository(session).add(case)
            BookmarkRepository(session).add(made)
        flag = Flag(made, numbers[0], numbers[1:])
        self.made.append(flag)
        return flag

    def close(self) -> None:
        self._database.close()

    # --- inside ------------------------------------------------------------------------------

    def _clip(self, number: int, start_us: int, *, place: int) -> Clip:
        key = uuid.uuid4()
        file = self._data / "clips" / f"{key}.mp4"
        shutil.copyfile(code_clip(number, frames=FRAMES).path, file)
        return clip(
            id=key,
            camera=self._cameras[place % len(self._cameras)],
            start_us=start_us,
            end_us=start_us + _LENGTH_US,
            created_us=start_us,
            author=OPERATOR,
            file=file.name,
            bytes=file.stat().st_size,
            gaps=(),
        )

    def _keep_thumbnail(self, number: int, bookmark: uuid.UUID) -> None:
        if number not in self._pictures:
            with av.open(str(code_clip(number, frames=FRAMES).path)) as container:
                frame = next(_frames(container))
            self._pictures[number] = cv2.imencode(".jpg", cv2.resize(frame, (320, 180)))[
                1
            ].tobytes()
        (self._data / "snapshots" / picture_name(bookmark)).write_bytes(self._pictures[number])


def _frames(container: av.container.InputContainer) -> Iterator[cv2.typing.MatLike]:
    for frame in container.decode(video=0):
        yield frame.to_ndarray(format="bgr24")
