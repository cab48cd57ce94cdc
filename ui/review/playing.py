"""Plays the clip of the flag that is looked at, again and again, and readies the next one."""

from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from PySide6.QtCore import QCoreApplication

from app.domain.bookmark import Bookmark
from app.domain.clip_record import Clip, ClipState
from app.services.clip_player import ClipPlayer
from app.services.wall import WallService
from app.video.engine_types import ViewKey

_TWICE = 2.0


class Records(Protocol):
    """Where clips are on record."""

    def find(self, clip: UUID, answer: Callable[[Clip | None], None]) -> None: ...


class ReviewPlaying:
    """GUI thread. The keyboard stays in the review; ``replay`` shows the moment of a flag that has
    no whole clip from the memory of this workstation, ``say`` tells on the wall what is so."""

    def __init__(
        self,
        player: ClipPlayer,
        records: Records,
        wall: WallService,
        replay: Callable[[Bookmark], None],
        say: Callable[[str], None],
    ) -> None:
        self._player = player
        self._records = records
        self._wall = wall
        self._replay = replay
        self._say = say
        self._speed = 1.0
        self._wanted: UUID | None = None
        self._key: ViewKey | None = None

    def play(self, bookmark: Bookmark, following: Bookmark | None) -> None:
        """Play in the selected tile; ``following`` is what comes next in the queue."""
        self._wanted = bookmark.id
        if bookmark.clip is None:
            self._show_moment(bookmark)
            return

        def found(clip: Clip | None) -> None:
            if self._wanted != bookmark.id or not self._wall.screens:
                return
            if clip is None or clip.state is ClipState.WRITING:
                self._show_moment(bookmark)
                return
            before, screen = self._key, self._wall.focused
            self._key = self._player.open(clip, screen, loop=True, speed=self._speed)
            if before is not None and before != self._key:  # another tile was selected
                self._player.close(before)
            self._ready(following)

        self._records.find(bookmark.clip, found)

    def toggle_speed(self) -> None:
        """Once, or twice as fast, from now on."""
        self._speed = _TWICE if self._speed == 1.0 else 1.0
        if self._key is not None and self._player.playing(self._key) is not None:
            self._player.set_speed(self._key, self._speed)
        words = QCoreApplication.translate("Review", "Clips play at {0}×")
        self._say(words.format(f"{self._speed:g}"))

    # --- inside ------------------------------------------------------------------------------

    def _show_moment(self, bookmark: Bookmark) -> None:
        if self._key is not None:
            self._player.close(self._key)
            self._key = None
        self._replay(bookmark)

    def _ready(self, following: Bookmark | None) -> None:
        if following is None or following.clip is None:
            return

        def found(clip: Clip | None) -> None:
            if clip is not None and clip.state is not ClipState.WRITING:
                self._player.prepare(clip)

        self._records.find(following.clip, found)
