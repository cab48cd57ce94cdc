"""The cameras of an incident side by side in the review of the real program, read off its screen by
the numbers burnt into their clips; and the wall as it was, also after a kill."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app.domain.camera import CameraCode
from app.domain.geometry import Size
from app.domain.layout import side_by_side
from tests.benchmarks.records_review import CONSOLE_WIDTH, picture_rects
from tests.benchmarks.screen_reader import ScreenReader
from tests.e2e.hands import Hands
from tests.e2e.program import Program, first_cameras, until
from tests.e2e.words import shows_words
from tests.fakes.code_clip import FPS
from tests.fakes.flags import EARLIER_S, Flag, Flags
from tests.fakes.xvfb import VirtualScreen

pytestmark = pytest.mark.timeout(120)
CAMERAS = first_cameras(9)
SOON_S = 20.0
EARLIER = round(EARLIER_S * FPS)


class Desk(Program):
    """A supervisor's workstation whose cameras cannot be reached, with two flags that wait."""

    def __init__(self, folder: Path, screen: VirtualScreen) -> None:
        super().__init__(folder, screen)
        self.hands = Hands(screen)
        wall = Size(screen.width - CONSOLE_WIDTH, screen.height)
        self.both = ScreenReader(screen.pixels(), picture_rects(side_by_side(2, wall).name, wall))
        self.nine = self.reader("9", width=wall.width)

    def command(self, *options: str, is_demo: bool = False) -> list[str]:
        config = str(self.folder / "settings.toml")
        return super().command("--config", config, *options, is_demo=is_demo)

    def sit_down(self, *options: str) -> None:
        # Without a window manager Qt takes room for its frame off what it remembers.
        (self.data / "windows.ini").unlink(missing_ok=True)
        self.start("--screens", "1", *options)
        self.shows_the_wall()
        console = self.screen.pixels()[:, self.screen.width - CONSOLE_WIDTH :]
        until(lambda: shows_words(console, "Cameras", 13), SOON_S, "the console")

    def shows_the_wall(self) -> None:
        # A clip may play in the first one.
        until(lambda: None not in self.nine.states()[1:], SOON_S, "nine tiles with their words")

    def remembered(self) -> str:
        """The layout that the next start shows."""
        state = json.loads((self.data / "wall-state.json").read_text(encoding="utf-8"))
        return str(state["screens"][0]["layout"])

    def plays(self, flag: Flag) -> bool:
        clips: list[int] = self.both.codes()[0].tolist()
        return clips == [flag.own, *flag.beside]

    def apart(self) -> int:
        """By how many pictures the two are not in step."""
        own, beside = self.both.codes()[1].tolist()
        return int(beside - own) - EARLIER


def test_side_by_side_and_back_also_after_a_kill(
    tmp_path: Path, wide_screen: VirtualScreen, qapp: QApplication
) -> None:
    with Desk(tmp_path / "desk", wide_screen) as desk:
        role = '[operator]\nname = "Zarin"\nrole = "supervisor"\n'
        (desk.folder / "settings.toml").write_text(role, encoding="utf-8")
        desk.add_cameras(CAMERAS, lambda camera: f"rtsp://127.0.0.1:9/{camera.code}")
        review(desk)


def review(desk: Desk) -> None:
    """Two flags, the first with company."""
    with closing(Flags(desk.data, [CameraCode(camera.code) for camera in CAMERAS])) as flags:
        first, _second = flags.add(beside=1), flags.add()
    desk.sit_down("--layout", "9")
    desk.hands.press("ctrl+r")
    until(lambda: desk.plays(first), SOON_S, "two clips side by side")
    looks = [desk.apart() for _ in range(40)]
    # A look may fall between the painting of one and of the other, or where the line begins again.
    assert sum(abs(apart) <= 1 for apart in looks) >= 36, looks
    desk.hands.press("space")
    frames = desk.both.codes()[1].tolist()
    until(lambda: desk.apart() == 0, SOON_S, "both stand at the same time")
    frames = desk.both.codes()[1].tolist()
    desk.hands.press("alt+Right")
    wanted = [frame + 1 for frame in frames]
    until(lambda: desk.both.codes()[1].tolist() == wanted, SOON_S, "both one picture on")
    assert desk.remembered() == "9"
    desk.hands.press("s")
    desk.shows_the_wall()
    desk.hands.press("s")
    until(lambda: desk.plays(first), SOON_S, "side by side again")
    desk.hands.press("End")
    desk.shows_the_wall()
    desk.hands.press("Return")
    until(lambda: desk.plays(first), SOON_S, "side by side again")
    desk.hands.press("1")  # the next flag has no company
    desk.shows_the_wall()
    desk.hands.press("u")
    until(lambda: desk.plays(first), SOON_S, "taken back, side by side again")
    desk.kill()
    assert desk.remembered() == "9"
    desk.sit_down()
    assert desk.leave()["ui"]["events_dropped"] == 0
