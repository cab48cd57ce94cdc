"""The program with a screen full of live cameras whose pictures have numbers, and a keyboard."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from tests.benchmarks import nigehban
from tests.benchmarks.keyboard import Keyboard
from tests.benchmarks.nigehban import Nigehban
from tests.benchmarks.screen_reader import Rect
from tests.fakes.gst_server import PAGE, GstServer
from tests.fakes.xvfb import VirtualScreen


@dataclass(frozen=True)
class LiveWall:
    """``rects`` are where the pictures are, tile by tile."""

    screen: VirtualScreen
    keyboard: Keyboard
    rects: list[Rect]


@contextmanager
def live_wall(tiles: int) -> Iterator[LiveWall]:
    """Start it; the cameras may still be connecting. Raises ``ProgramFailedError``."""
    with ExitStack() as stack:
        screen = stack.enter_context(VirtualScreen())
        server = stack.enter_context(GstServer(PAGE))
        installation = nigehban.install(screen, server, tiles)
        stack.callback(installation.remove)
        rects, cameras = nigehban.learn_layout(installation, screen, tiles)
        player = Nigehban(installation, screen, tiles, rects=rects, cameras=cameras)
        keyboard = Keyboard(screen.display)
        stack.callback(keyboard.close)
        player.start()
        stack.callback(player.stop)
        yield LiveWall(screen, keyboard, rects)
