"""Plays the clip of the flag that is looked at, again and again, and readies the next one.

What other cameras of the incident saw at that time plays beside it, in step: on a screen that is
borrowed for as long as such a flag is looked at.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QCoreApplication

from app.core.events import Event
from app.domain.bookmark import Bookmark
from app.domain.clip_record import Clip, ClipState
from app.services.clip_player import ClipPlayer
from app.services.clip_playing import InStep
from app.services.review_viewing import Viewing
from app.services.wall import WallService
from app.video.engine_types import ViewKey
from ui.review.wording import beside_text

_TWICE = 2.0
_MOST_READY = 4
"""So many clips of the next flag are opened beforehand, its own first."""


class Viewings(Protocol):
    """Where it is found out what belongs to a flag."""

    def viewing(self, bookmark: Bookmark, done: Callable[[Viewing], None]) -> None: ...


@dataclass(slots=True)
class _Shown:
    """The clips on the screen, in the views in which they play; the flag's own is the first."""

    screen: int
    keys: Sequence[ViewKey]


class ReviewPlaying:
    """GUI thread. The keyboard stays in the review; ``replay`` shows the moment of a flag that has
    no whole clip from the memory of this workstation, ``say`` tells on the wall what is so.

    ``ended`` follows when the operator ended the clip on the wall, or took the screen back.
    ``beside_changed`` names what other cameras there are, empty without any.
    """

    def __init__(
        self,
        player: ClipPlayer,
        viewings: Viewings,
        wall: WallService,
        replay: Callable[[Bookmark], None],
        say: Callable[[str], None],
    ) -> None:
        self.ended: Event[None] = Event("review_playing.ended")
        self.beside_changed: Event[str] = Event("review_playing.beside_changed")
        self._player = player
        self._viewings = viewings
        self._wall = wall
        self._replay = replay
        self._say = say
        self._speed = 1.0
        self._is_side_by_side = True
        self._wanted: Bookmark | None = None
        self._viewing: Viewing | None = None
        self._next: Viewing | None = None
        self._shown: _Shown | None = None
        self._clip_changes = player.changed.connect(self._on_clip_changed)

    def play(self, bookmark: Bookmark, following: Bookmark | None) -> None:
        """Play in the selected tile, or side by side; ``following`` is next in the queue."""
        self._wanted = bookmark

        def found(viewing: Viewing) -> None:
            if self._wanted is bookmark and self._wall.screens:
                self._show(viewing)
                self._ready(following)

        if self._next is not None and self._next.bookmark == bookmark:
            found(self._next)  # it was read while the one before was looked at
        else:
            self._viewings.viewing(bookmark, found)

    def toggle_speed(self) -> None:
        """Once, or twice as fast, from now on."""
        self._speed = _TWICE if self._speed == 1.0 else 1.0
        if self._shown is not None:
            self._player.set_speed(self._shown.keys[0], self._speed)
        words = QCoreApplication.translate("Review", "Clips play at {0}×")
        self._say(words.format(f"{self._speed:g}"))

    def toggle_side_by_side(self) -> None:
        """All cameras of the incident, or only the flag's own, from now on."""
        self._is_side_by_side = not self._is_side_by_side
        translate = QCoreApplication.translate
        words = translate("Review", "Only the camera of the flag")
        if self._is_side_by_side:
            words = translate("Review", "The cameras of the incident side by side")
        self._say(words)
        if self._viewing is not None and self._viewing.beside and self._shown is not None:
            self._show(self._viewing)

    def finish(self) -> None:
        """The last flag was decided: the wall is as it was."""
        self._wanted = self._viewing = None
        self._end()
        self._tell_beside()

    def leave(self) -> None:
        """The review is left: a borrowed screen is given back. A clip in a tile plays on."""
        self._wanted = None
        if self._shown is not None and self._wall.is_borrowed(self._shown.screen):
            self._end()
            self._player.prepare()
            self.ended.emit(None)

    def close(self) -> None:
        """Follow the player no longer."""
        self._clip_changes.close()

    # --- inside ------------------------------------------------------------------------------

    def _show(self, viewing: Viewing) -> None:
        clip = viewing.clip
        self._viewing = viewing
        if clip is None or clip.state is ClipState.WRITING:
            self._tell_beside()
            self._end()
            self._replay(viewing.bookmark)
            return
        before, screen = self._shown, self._wall.focused
        self._shown = None  # what is closed from here on was not ended by the operator
        is_beside = self._is_side_by_side and bool(viewing.beside)
        if before is not None and (before.screen != screen or not is_beside):
            self._wall.give_back(before.screen)
        keys = self._open_beside(viewing, clip) if is_beside else self._open_alone(clip)
        for key in () if before is None else before.keys:
            if key not in keys:
                self._player.close(key)
        self._shown = _Shown(screen, keys) if keys else None
        self._tell_beside()

    def _open_alone(self, clip: Clip) -> Sequence[ViewKey]:
        key = self._player.open(clip, self._wall.focused, loop=True, speed=self._speed)
        return [] if key is None else [key]

    def _open_beside(self, viewing: Viewing, clip: Clip) -> Sequence[ViewKey]:
        screen = self._wall.focused
        clips = (clip, *viewing.beside)
        self._wall.borrow(screen, [each.camera for each in clips])
        line = InStep(clip.start_us + clip.offset_us, clip.end_us - clip.start_us)
        label = QCoreApplication.translate("Review", "The flag")
        opened = [
            self._player.open(
                each,
                screen,
                cell,
                loop=True,
                speed=self._speed,
                in_step=line,
                label="" if cell else label,
            )
            for cell, each in enumerate(clips)
        ]
        return [key for key in opened if key is not None]

    def _end(self) -> None:
        """Nothing of the review plays any more, and no screen is borrowed for it."""
        shown, self._shown = self._shown, None
        if shown is None:
            return
        for key in shown.keys:
            self._player.close(key)
        self._wall.give_back(shown.screen)

    def _on_clip_changed(self, key: ViewKey) -> None:
        shown = self._shown
        if shown is not None and key in shown.keys and self._player.playing(key) is None:
            self._end()
            self.ended.emit(None)

    def _tell_beside(self) -> None:
        viewing = self._viewing
        words = "" if viewing is None else beside_text(viewing, is_shown=self._is_side_by_side)
        self.beside_changed.emit(words)

    def _ready(self, following: Bookmark | None) -> None:
        if following is None or following.clip is None:
            return

        def found(viewing: Viewing) -> None:
            clip = viewing.clip
            if clip is None or clip.state is ClipState.WRITING:
                return
            self._next = viewing
            beside = viewing.beside if self._is_side_by_side else ()
            self._player.prepare(*(clip, *beside)[:_MOST_READY])

        self._viewings.viewing(following, found)
