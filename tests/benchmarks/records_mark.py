"""Marking a moment: from the key to the words on the tile, and what the wall skips meanwhile."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.live_wall import LiveWall, live_wall
from tests.benchmarks.nigehban import ProgramFailedError
from tests.benchmarks.parts import Options, say
from tests.benchmarks.results import Result, at_most, for_comparison, not_measured
from tests.benchmarks.screen_reader import ScreenReader, Watch
from tests.benchmarks.wall_window import percentile
from tests.fakes.code_clip import FRAMES
from tests.fakes.gst_server import missing_reason
from ui.theme import tokens

TILES = 36
MOST_MS = 100.0
MOST_SKIPPED = 1.0
"""More than before the key, of a thousand: less cannot be told from chance on a busy machine."""
_SPAN_S = 1.0
"""So long the pictures are counted: before each key, and from it on."""
_PATIENCE_S = 5.0
_FILLS_S = 12.0
_LINE_TILES = 6
"""The line for the words lies over this row of tiles, the last one: their codes are hidden."""
_FEW = 20
"""So many pixels of a colour are a frame or a surface and no chance."""
_BAR = f"≤ {MOST_MS:g}"


def records_mark(options: Options) -> Iterable[Result]:
    """The real program with 36 live cameras; the key is pressed and the screen is read."""
    reason = missing_reason()
    if reason is not None:
        yield not_measured("records: bookmark key to acknowledgement", _BAR, reason)
        return
    try:
        findings = _measure(5 if options.quick else 30)
    except ProgramFailedError as failure:
        yield not_measured("records: bookmark key to acknowledgement", _BAR, str(failure))
        return
    yield from _results(findings)


@dataclass
class _Pictures:
    """Pictures that tiles showed, and those between them that no tile showed."""

    shown: int = 0
    skipped: int = 0

    @property
    def skipped_of_thousand(self) -> float:
        return 1000 * self.skipped / max(1, self.shown + self.skipped)


@dataclass
class _Findings:
    saved_ms: list[float] = field(default_factory=list)
    line_ms: list[float] = field(default_factory=list)
    at_key: _Pictures = field(default_factory=_Pictures)
    before: _Pictures = field(default_factory=_Pictures)


def _results(found: _Findings) -> Iterator[Result]:
    median = percentile(found.saved_ms, 50)
    words = f"“saved” on the tile, committed; median {median:.0f} ms of {len(found.saved_ms)}"
    name = "records: bookmark key to acknowledgement, p95, 36 live tiles"
    yield at_most(name, percentile(found.saved_ms, 95), MOST_MS, "ms", words)
    median = percentile(found.line_ms, 50)
    words = f"first pixels of it; median {median:.0f} ms"
    name = "records: bookmark key to the line for its words, p95"
    yield for_comparison(name, percentile(found.line_ms, 95), "ms", words)
    at_key, before = found.at_key, found.before
    words = (
        f"of {at_key.shown + at_key.skipped} in the second after the key;"
        f" {before.skipped_of_thousand:.2f} ‰ of {before.shown + before.skipped} in the one before"
    )
    name = "records: pictures skipped because of a bookmark"
    more = max(0.0, at_key.skipped_of_thousand - before.skipped_of_thousand)
    yield at_most(name, more, MOST_SKIPPED, "‰", words)


# --- on the screen -------------------------------------------------------------------------------


def _measure(count: int) -> _Findings:
    with live_wall(TILES) as wall:
        return _Bench(wall).run(count)


class _Bench:
    """Presses B, and reads words and numbers off the screen."""

    def __init__(self, wall: LiveWall) -> None:
        screen, rects = wall.screen, wall.rects
        self._screen = screen
        self._keyboard = wall.keyboard
        self._reader = ScreenReader(screen.pixels(), rects[:-_LINE_TILES])
        self._tiles = TILES - _LINE_TILES
        x, y, width, height = rects[0]
        pixels = screen.pixels()
        self._note = pixels[y + height // 2 : y + height, x : x + width]
        self._line = pixels[screen.height - 30 :, screen.width // 2 - 200 : screen.width // 2 + 200]
        self._newest: dict[int, int] = {}

    def run(self, count: int) -> _Findings:
        found = _Findings()
        self._rest(30, all_tiles=True)
        self._keyboard.point(self._screen.width - 2, self._screen.height - 2)
        say("filling the rings")
        self._rest(_FILLS_S)
        for number in range(count):
            say(f"bookmark {number + 1} of {count}")
            self._wait_until_gone()
            self._count(self._reader.watch(_SPAN_S), found.before)
            self._mark(found)
            self._keyboard.press("Escape")
        return found

    def _mark(self, found: _Findings) -> None:
        """Press the key; the pictures until the second is over are counted."""
        saved: list[int] = []
        line: list[int] = []

        def look(now_ns: int) -> None:
            if not saved and _pixels_of(self._note, tokens.LIVE) > _FEW:
                saved.append(now_ns)
            if not line and _pixels_of(self._line, tokens.SURFACE_RAISED) > _FEW:
                line.append(now_ns)

        pressed_ns = self._keyboard.press("b")
        self._count(self._reader.watch(_SPAN_S, each_look=look), found.at_key)
        if not saved or not line:
            self._reader.watch(_PATIENCE_S, each_look=look, until=lambda _watch: bool(saved))
        late_ms = (_SPAN_S + _PATIENCE_S) * 1000
        for seen, values in ((saved, found.saved_ms), (line, found.line_ms)):
            values.append((seen[0] - pressed_ns) / 1e6 if seen else late_ms)

    def _wait_until_gone(self) -> None:
        """The line and the words of the last bookmark."""

        def is_gone(_watch: Watch) -> bool:
            return not (
                _pixels_of(self._note, tokens.LIVE) > _FEW
                or _pixels_of(self._line, tokens.SURFACE_RAISED) > _FEW
            )

        self._note_newest(self._reader.watch(_PATIENCE_S, until=is_gone))
        if not is_gone(Watch()):
            raise ProgramFailedError("the words of the last bookmark did not leave the screen")
        self._rest(1.0)

    def _count(self, watch: Watch, pictures: _Pictures) -> None:
        for seen in watch.seen:
            step = (seen.index - self._newest[seen.tile]) % FRAMES
            self._newest[seen.tile] = seen.index
            if step:
                pictures.shown += 1
                pictures.skipped += step - 1

    def _rest(self, seconds: float, *, all_tiles: bool = False) -> None:
        """Go on looking, or until all tiles showed something."""
        shown: set[int] = set()

        def is_enough(watch: Watch) -> bool:
            shown.update(seen.tile for seen in watch.seen)
            return all_tiles and len(shown) == self._tiles

        self._note_newest(self._reader.watch(seconds, until=is_enough))
        if len(self._newest) < self._tiles:
            raise ProgramFailedError(f"{len(self._newest)} of {self._tiles} tiles came up")

    def _note_newest(self, watch: Watch) -> None:
        self._newest.update((seen.tile, seen.index) for seen in watch.seen)


def _pixels_of(area: NDArray[np.uint8], colour: str) -> int:
    """How many pixels of a part of the screen have exactly that colour."""
    red, green, blue = bytes.fromhex(colour[1:])
    return int(np.count_nonzero((area[:, :, :3] == (blue, green, red)).all(axis=2)))
