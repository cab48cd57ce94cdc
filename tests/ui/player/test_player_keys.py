"""Keys, drops and the line lead to the clip of the selected tile, else to its camera."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.core.dispatch import ManualDispatcher
from app.domain.geometry import Size
from app.services.clip_player import ClipPlayer
from app.services.wall import WallService
from app.video.engine_types import ViewKey
from tests.fakes.directory import FakeDirectory
from tests.fakes.engine import FakeEngine
from tests.fakes.players import FakePlayers
from ui.camera_mime import dragged_file
from ui.player.desk import source_of
from ui.player.keys import PlayerReplay
from ui.player.open_line import OpenLine
from ui.player.strip import SeekStrip

SECOND_US = 1_000_000
KEY = ViewKey("0/0")


class Cameras:
    """The camera's replay, which writes down what it was asked."""

    def __init__(self) -> None:
        self.calls: list[object] = []

    def jump(self, seconds: float) -> None:
        self.calls.append(seconds)

    def shuttle(self, direction: int) -> None:
        self.calls.append(direction)

    def pause(self) -> None:
        self.calls.append("pause")

    def toggle_pause(self) -> None:
        self.calls.append("toggle")

    def step(self, by: int) -> None:
        self.calls.append(by)

    def oldest(self) -> None:
        self.calls.append("oldest")

    def live(self) -> None:
        self.calls.append("live")

    def toggle_in_step(self) -> bool:
        return True


class Stage:
    def __init__(self) -> None:
        dispatcher = ManualDispatcher()
        self.players, self.cameras = FakePlayers(), Cameras()
        self.wall = WallService(FakeDirectory(), FakeEngine(), dispatcher)
        self.wall.open_screen(0, Size(1280, 720), 1.0)
        dispatcher.drain()
        self.player = ClipPlayer(self.players, self.wall, lambda clip: Path(clip.file))
        self.said: list[str] = []
        self.keys = PlayerReplay(self.player, self.cameras, self.said.append)

    def play(self) -> None:
        self.player.open(Path("/street.mp4"), 0)
        self.players.ready(1)

    def press_all(self) -> None:
        self.keys.jump(-5)
        self.keys.shuttle(1)
        self.keys.pause()
        self.keys.toggle_pause()
        self.keys.step(1)
        self.keys.oldest()
        self.keys.live()


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_without_a_clip_the_keys_are_the_cameras(stage: Stage) -> None:
    stage.press_all()
    assert stage.cameras.calls == [-5, 1, "pause", "toggle", 1, "oldest", "live"]
    assert not stage.players.commands


def test_with_a_clip_they_are_the_clips_and_end_closes_it(stage: Stage) -> None:
    stage.play()
    stage.press_all()
    assert not stage.cameras.calls
    speeds = [command.speed for _player, command in stage.players.commands]
    assert speeds == [1.0, 1.0, 2.0, 0.0, 2.0, 0.0, 0.0]
    assert stage.player.playing(KEY) is None


def test_what_a_stream_cannot_do_is_said(stage: Stage) -> None:
    stage.player.open("rtsp://recorder/3", 0)
    stage.players.ready(1, duration_us=0)
    for refused in (lambda: stage.keys.jump(-5), stage.keys.oldest):
        refused()
    stage.keys.shuttle(-1)
    stage.keys.step(-1)
    assert len(stage.said) == 4
    assert all("cannot be sought" in words for words in stage.said)
    stage.keys.step(1)
    stage.keys.pause()
    assert len(stage.said) == 4


def test_a_click_on_the_strip_goes_there(stage: Stage, qtbot: QtBot) -> None:
    stage.play()
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1280, 720)
    strip = SeekStrip(window, stage.player, KEY)
    playing = stage.player.playing(KEY)
    assert playing is not None
    window.show()
    strip.show_clip(playing, stage.wall.screen(0).tiles[0], [SECOND_US])
    assert strip.isVisible()
    assert strip.words.startswith("Clip")
    strip.grab()
    middle = QPoint(strip.width() // 2, strip.height() - 10)
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=middle)
    command = stage.players.commands[-1][1]
    assert command.position_us == pytest.approx(30 * SECOND_US, rel=0.02)


def test_the_line_gives_what_was_typed(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    line = OpenLine(window)
    qtbot.keyClicks(line.field, "rtsp://recorder/3")
    with qtbot.waitSignal(line.chosen) as chosen:
        qtbot.keyClick(line.field, Qt.Key.Key_Return)
    assert chosen.args == ["rtsp://recorder/3"]
    with qtbot.waitSignal(line.left):
        qtbot.keyClick(line.field, Qt.Key.Key_Escape)


def test_a_dropped_file_is_its_path() -> None:
    mime = QMimeData()
    assert dragged_file(mime) == ""
    mime.setUrls([QUrl.fromLocalFile("/kept/street 1.mp4")])
    assert dragged_file(mime) == "/kept/street 1.mp4"


def test_what_has_a_scheme_is_an_address() -> None:
    assert source_of("rtsp://recorder/3") == "rtsp://recorder/3"
    assert source_of("/kept/street.mp4") == Path("/kept/street.mp4")
    assert source_of("file:///kept/street.mp4") == Path("/kept/street.mp4")
