"""Reads off the screen what the tiles say: the sign at the left of each tile's strip.

Colours are told apart by direction, since the lines of a sign are thinner than a pixel here.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.domain.geometry import Rect, Size
from app.domain.layout import layout, places
from app.domain.stream import StreamState
from tests.fakes.xvfb import VirtualScreen
from ui.theme import tokens
from ui.wall.state_icons import STATE_COLOURS

_STATES = tuple(STATE_COLOURS)
_CAPTIONS = (tokens.CAPTION, tokens.SELECTION_BACKGROUND)
_TINT = 70 / 255
"""Of a strip whose picture is to be seen but is not live."""
_LEAST_COLOUR = 60.0
_LEAST_ALIKE = 0.97
_MOST_OF_A_LINE = 0.6
_BRIGHT = 150
_LEAST_WORD_PIXELS = 100


def _bgr(colour: str) -> NDArray[np.float64]:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return np.array([blue, green, red], np.float64)


class WallReader:
    """The tiles of a screen that shows one layout at 100 % and nothing over it.

    ``width``: of the wall, where a console stands to the right of it.
    """

    def __init__(self, screen: VirtualScreen, name: str, *, width: int | None = None) -> None:
        self.pixels = screen.pixels()
        self.places = places(layout(name), Size(width or screen.width, screen.height), 1.0)
        self.strips = [place.strip for place in self.places]

    def states(self) -> Sequence[StreamState | None]:
        """The state of each tile; ``None`` where none can be read just now.

        A live tile whose picture ages is live: its dot is smaller than the clock of a stale one.
        """
        return [self._state(strip) for strip in self.strips]

    def words(self) -> str:
        """The states in words, for a test that fails."""
        return " ".join(state.value if state else "?" for state in self.states())

    def count(self, state: StreamState) -> int:
        return sum(found is state for found in self.states())

    def picture(self, tile: int) -> NDArray[np.uint8]:
        """A copy of what is in the place of the tile's picture."""
        where = self.places[tile].picture
        return self._part(where.x, where.y, where.width, where.height).copy()

    def has_reason(self, tile: int) -> bool:
        """Whether words stand over the picture, below a line in the colour of the state."""
        state = self.states()[tile]
        if state is None or state is StreamState.LIVE:
            return False
        picture = self.picture(tile)
        is_line = (picture == _bgr(STATE_COLOURS[state]).astype(np.uint8)).all(axis=2)
        lines = np.flatnonzero(is_line.mean(axis=1) > _MOST_OF_A_LINE)
        if not lines.size:
            return False
        words = (picture[lines[0] + 1 :] > _BRIGHT).all(axis=2)
        return bool(words.sum() > _LEAST_WORD_PIXELS)

    def _part(self, x: int, y: int, width: int, height: int) -> NDArray[np.uint8]:
        return self.pixels[y : y + height, x : x + width, :3]

    def _state(self, strip: Rect) -> StreamState | None:
        pad, side = max(3, strip.height // 4), round(strip.height * 0.72)
        top = strip.y + (strip.height - side) // 2
        sign = self._part(strip.x + pad, top, side, side).astype(np.float64)
        ground = self._part(strip.x + 1, strip.y + 1, 1, 1)[0, 0].astype(np.float64)
        if not any(np.array_equal(ground, _bgr(caption)) for caption in _CAPTIONS):
            return StreamState.REPLAY if _is_tinted(ground, StreamState.REPLAY) else None
        colour = sign - ground
        strength = np.linalg.norm(colour, axis=2)
        seen = strength > _LEAST_COLOUR
        if not seen.any():
            return None
        mean = colour[seen].sum(axis=0)
        wanted = np.array([_bgr(STATE_COLOURS[state]) for state in _STATES]) - ground
        alike = wanted @ mean / (np.linalg.norm(wanted, axis=1) * np.linalg.norm(mean))
        best = int(alike.argmax())
        if alike[best] < _LEAST_ALIKE:
            return None
        if (
            _STATES[best] is StreamState.STALE
            and not seen[:, round(strip.height * 0.42) + 1 :].any()
        ):
            return StreamState.LIVE
        return _STATES[best]


def _is_tinted(ground: NDArray[np.float64], state: StreamState) -> bool:
    """Whether a strip's ground is one that the colour of the state lies over."""
    over = _bgr(STATE_COLOURS[state]) * _TINT
    return any(
        bool((np.abs(_bgr(caption) * (1 - _TINT) + over - ground) <= 2).all())
        for caption in _CAPTIONS
    )
