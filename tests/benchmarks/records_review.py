"""The review: from the key that decides to the next flag's clip, and a whole queue by keyboard."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field

from app.domain.bookmark import FlagState
from app.domain.camera import CameraCode
from app.domain.geometry import Size, fit
from app.domain.layout import layout, places, side_by_side
from app.storage.bookmarks import BookmarkRepository
from app.storage.database import Database, sqlite_url
from tests.benchmarks import nigehban
from tests.benchmarks.keyboard import Keyboard
from tests.benchmarks.nigehban import Installation, Nigehban, ProgramFailedError
from tests.benchmarks.parts import Options, say
from tests.benchmarks.results import Result, at_least, at_most, for_comparison, not_measured
from tests.benchmarks.screen_reader import Rect, ScreenReader, Watch
from tests.benchmarks.wall_window import percentile
from tests.fakes.code_clip import FPS, HEIGHT, WIDTH
from tests.fakes.flags import EARLIER_S, FRAMES, Flag, Flags
from tests.fakes.gst_server import PAGE, GstServer, missing_reason
from tests.fakes.xvfb import VirtualScreen

FLAGS, QUICK_FLAGS = 200, 40
TILES = 16
MOST_MS = 300.0
CONSOLE_WIDTH = 440
_LOOKS_S = 0.5
"""So long each clip is looked at; nobody judges in less."""
_PATIENCE_S = 5.0
_STARTS_S = 30.0
_SETTLES_S = 3.0
_VERDICTS = (("1", FlagState.CONFIRMED), ("2", FlagState.FALSE))
_ROLE = '[operator]\nname = "Zarin"\nrole = "supervisor"\n'


def records_review(options: Options) -> Iterable[Result]:
    """A supervisor at a wall of sixteen live cameras; half of the flags have company."""
    reason = missing_reason()
    if reason is not None:
        yield not_measured("records: review", f"≤ {MOST_MS:g}", reason)
        return
    try:
        findings = _measure(QUICK_FLAGS if options.quick else FLAGS)
    except ProgramFailedError as failure:
        yield not_measured("records: review", f"≤ {MOST_MS:g}", str(failure))
        return
    yield from _results(findings)


@dataclass
class _Findings:
    alone_ms: list[float] = field(default_factory=list)
    beside_ms: list[float] = field(default_factory=list)
    apart: Counter[int] = field(default_factory=Counter)
    """How many pictures the two cameras were apart, by look."""
    took_s: float = 0.0
    flags: int = 0
    as_pressed: int = 0


def _results(found: _Findings) -> Iterator[Result]:
    for name, values in (
        ("records: review, key to the next flag's clip, p95", found.alone_ms),
        ("records: the same with two cameras side by side, p95", found.beside_ms),
    ):
        median = f"median {percentile(values, 50):.0f} ms of {len(values)}"
        yield at_most(name, percentile(values, 95), MOST_MS, "ms", median)
    looks = sum(found.apart.values())
    close = sum(count for apart, count in found.apart.items() if apart <= 1)
    words = f"{looks} looks, at most {max(found.apart, default=0)} pictures apart"
    share = 100 * close / max(1, looks)
    yield at_least("records: two cameras within one picture", share, 99.0, "%", words)
    words = f"{_LOOKS_S:g} s of it for each to look, no mouse"
    yield for_comparison(f"records: {found.flags} flags by keyboard", found.took_s, "s", words)
    decided = 100 * found.as_pressed / max(1, found.flags)
    yield at_least("records: flags decided as was pressed", decided, 100.0, "%", "in the database")


def _measure(count: int) -> _Findings:
    with ExitStack() as stack:
        screen = stack.enter_context(VirtualScreen())
        server = stack.enter_context(GstServer(PAGE))
        installation = nigehban.install(screen, server, TILES)
        stack.callback(installation.remove)
        installation.config.write_text(_ROLE, encoding="utf-8")
        say(f"making {count} flags")
        flags = _filled(installation, count)
        program = Nigehban(installation, screen, TILES, has_console=True)
        keyboard = Keyboard(screen.display)
        stack.callback(keyboard.close)
        program.start()
        stack.callback(program.stop)
        found = _Bench(screen, keyboard, flags).run()
        program.stop()
        found.as_pressed = _as_pressed(installation, flags)
        return found


def _filled(installation: Installation, count: int) -> Sequence[Flag]:
    """Flags with a clip each; of every other four, another camera saw the same."""
    codes = [CameraCode(nigehban.camera_code(number)) for number in range(TILES)]
    with closing(Flags(installation.folder / "data", codes)) as flags:
        for number in range(count):
            flags.add(beside=number // 4 % 2)
        return flags.made


def _as_pressed(installation: Installation, flags: Sequence[Flag]) -> int:
    """How many flags were answered with what was pressed."""
    database = Database(sqlite_url(installation.folder / "data" / "nigehban.db"))
    with closing(database), database.reading() as session:
        kept = BookmarkRepository(session).many([flag.bookmark.id for flag in flags])
    wanted = [_VERDICTS[number % len(_VERDICTS)][1] for number in range(len(flags))]
    return sum(
        kept[flag.bookmark.id].flag is verdict for flag, verdict in zip(flags, wanted, strict=True)
    )


class _Bench:
    """Decides about one flag after the other, and waits for the clip of the next."""

    def __init__(self, screen: VirtualScreen, keyboard: Keyboard, flags: Sequence[Flag]) -> None:
        self._keyboard = keyboard
        self._flags = flags
        self._screen = screen
        wall = Size(screen.width - CONSOLE_WIDTH, screen.height)
        pixels = screen.pixels()
        self._alone = ScreenReader(pixels, picture_rects("16", wall)[:1])
        self._page = ScreenReader(pixels, picture_rects("16", wall))
        self._both = ScreenReader(pixels, picture_rects(side_by_side(2, wall).name, wall))

    def run(self) -> _Findings:
        found = _Findings(flags=len(self._flags))
        self._wait_for_the_wall()
        # Without a window manager the window under the pointer, here the console, gets the keys.
        self._keyboard.point(self._screen.width - CONSOLE_WIDTH // 2, self._screen.height // 2)
        self._page.watch(1.0)
        self._keyboard.chord("Control_L", "r")
        self._wait_for(self._flags[0], time.time_ns())
        began = time.monotonic()
        for number, flag in enumerate(self._flags):
            self._look_at(flag, found)
            if number % 20 == 0:
                say(f"flag {number + 1} of {len(self._flags)}")
            pressed_ns = self._keyboard.press(_VERDICTS[number % len(_VERDICTS)][0])
            if number + 1 < len(self._flags):
                following = self._flags[number + 1]
                took_ms = self._wait_for(following, pressed_ns)
                (found.beside_ms if following.beside else found.alone_ms).append(took_ms)
        found.took_s = time.monotonic() - began
        self._page.watch(_SETTLES_S)  # the last decision reaches the database
        return found

    def _wait_for_the_wall(self) -> None:
        shown: set[int] = set()

        def is_there(watch: Watch) -> bool:
            shown.update(seen.tile for seen in watch.seen)
            return len(shown) == TILES

        self._page.watch(_STARTS_S, until=is_there)
        if len(shown) < TILES:
            raise ProgramFailedError(f"{len(shown)} of {TILES} tiles came up")
        self._page.watch(_SETTLES_S)  # the console follows the wall

    def _wait_for(self, flag: Flag, pressed_ns: int) -> float:
        """Milliseconds until the first picture of each of its clips."""
        wanted = [flag.own, *flag.beside]
        reader = self._both if flag.beside else self._alone
        at_ns: dict[int, int] = {}

        def is_there(watch: Watch) -> bool:
            for seen in watch.seen:
                if seen.clip == wanted[seen.tile]:
                    at_ns.setdefault(seen.tile, seen.at_ns)
            return len(at_ns) == len(wanted)

        reader.watch(_PATIENCE_S, until=is_there)
        if len(at_ns) < len(wanted):
            raise ProgramFailedError(f"{flag.bookmark.title} did not play: {at_ns} of {wanted}")
        return (max(at_ns.values()) - pressed_ns) / 1e6

    def _look_at(self, flag: Flag, found: _Findings) -> None:
        if not flag.beside:
            self._alone.watch(_LOOKS_S)
            return
        earlier = round(EARLIER_S * FPS)
        ends = time.monotonic() + _LOOKS_S
        while time.monotonic() < ends:
            self._both.watch(0.05)
            clips, (own, beside) = self._both.codes()
            if clips.tolist() == [flag.own, *flag.beside] and own < FRAMES - earlier:
                found.apart[abs(int(beside - own) - earlier)] += 1


def picture_rects(name: str, wall: Size) -> list[Rect]:
    """Where the pictures are on a wall beside the console."""
    found: list[Rect] = []
    for place in places(layout(name), wall, 1.0):
        room = place.picture
        area = room.centred(fit(WIDTH, HEIGHT, Size(room.width, room.height)))
        found.append((area.x, area.y, area.width, area.height))
    return found
