"""How long a page turn to warm cameras takes, from the key press to sixteen live tiles."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.benchmarks.keyboard import Keyboard
from tests.benchmarks.nigehban import Installation, Nigehban, ProgramFailedError
from tests.benchmarks.screen_reader import Rect, ScreenReader, Seen, Watch
from tests.benchmarks.wall_window import age_ms
from tests.fakes.gst_server import PAGE, GstServer
from tests.fakes.xvfb import VirtualScreen

_WARM_UP_S = 7.0  # neighbours connect at sixteen a second, then wait for a key frame
_PATIENCE_S = 8.0
_FRESH_MS = 500.0  # an older picture is a trace of the past, not a live one


@dataclass(frozen=True)
class Turn:
    """One page turn: milliseconds from the key to the first, the middle and the last live tile."""

    first_ms: float
    median_ms: float
    all_ms: float
    live: int


class PageTurner:
    """Turns pages of the running program and reads what it shows."""

    def __init__(
        self, screen: VirtualScreen, server: GstServer, rects: Sequence[Rect], tiles: Sequence[int]
    ) -> None:
        self._screen = screen
        self._times = server.send_times()
        self._reader = ScreenReader(screen.pixels(), rects)
        self._tiles = tiles  # camera of each tile on page 1
        self._pages = len(server.clips)

    def _fresh_tile(self, seen: Seen, page: int) -> bool:
        if seen.clip != page:
            return False
        age = age_ms(self._times, self._tiles[seen.tile] + PAGE * page, seen)
        return age is not None and age <= _FRESH_MS

    def wait_page(self, page: int, seconds: float) -> dict[int, Seen]:
        """Watch until all tiles show this page fresh; the first such picture of each tile."""
        found: dict[int, Seen] = {}
        done = 0

        def complete(watch: Watch) -> bool:
            nonlocal done
            for seen in watch.seen[done:]:
                if self._fresh_tile(seen, page):
                    found.setdefault(seen.tile, seen)
            done = len(watch.seen)
            return len(found) == len(self._tiles)

        self._reader.watch(seconds, until=complete)
        return found

    def turn(self, keyboard: Keyboard, key: str, page: int) -> Turn:
        """Press the key and time the tiles of the page that must appear."""
        pressed = keyboard.press(key)
        found = self.wait_page(page, _PATIENCE_S)
        delays = sorted((seen.at_ns - pressed) / 1e6 for seen in found.values())
        if len(delays) < len(self._tiles):
            last = _PATIENCE_S * 1000
            return Turn(delays[0] if delays else last, last, last, len(delays))
        return Turn(delays[0], delays[len(delays) // 2], delays[-1], len(delays))

    def rest(self, seconds: float) -> None:
        """Let the neighbours of the page become warm."""
        self._reader.watch(seconds)

    def route(self, turns: int) -> list[tuple[str, int]]:
        """Keys and the pages they lead to: forward to the last page, back to the first, …"""
        page, step, route = 0, 1, []
        for _ in range(turns):
            if not 0 <= page + step < self._pages:
                step = -step
            page += step
            route.append(("Next" if step > 0 else "Prior", page))
        return route


def measure_turns(
    installation: Installation,
    screen: VirtualScreen,
    server: GstServer,
    *,
    layout: tuple[list[Rect], list[int]],
    turns: int,
) -> list[Turn]:
    """Start the program on the first of the pages and turn it."""
    rects, cameras = layout
    player = Nigehban(installation, screen, len(rects), rects=rects, cameras=cameras)
    keyboard = Keyboard(screen.display)
    turner = PageTurner(screen, server, rects, cameras)
    player.start()
    try:
        live = turner.wait_page(0, 30)
        if len(live) < len(rects):
            raise ProgramFailedError(f"{len(live)} of {len(rects)} tiles came up")
        keyboard.point(screen.width - 2, screen.height - 2)
        results = []
        for key, page in turner.route(turns):
            turner.rest(_WARM_UP_S)
            results.append(turner.turn(keyboard, key, page))
    finally:
        player.stop()
        keyboard.close()
    return results
