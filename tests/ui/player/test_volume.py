"""The volume in the strip, the keys for it and what is said of them."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.core.dispatch import ManualDispatcher
from app.domain.geometry import Size
from app.services.clip_player import ClipPlayer
from app.services.clip_playing import Playing
from app.services.wall import WallService
from app.video.engine_types import ViewKey
from tests.fakes.directory import FakeDirectory
from tests.fakes.engine import FakeEngine
from tests.fakes.players import FakePlayers
from ui.player.strip import SeekStrip
from ui.player.volume_control import VolumeControl

KEY = ViewKey("0/0")
WIDE, NARROW = 1600, 420


class Stage:
    """A wall whose first tile plays a clip, and its strip."""

    def __init__(self, qtbot: QtBot, duration_us: int = 60_000_000, width: int = WIDE) -> None:
        self.dispatcher = dispatcher = ManualDispatcher()
        self.players = FakePlayers()
        self.wall = WallService(FakeDirectory(), FakeEngine(), dispatcher)
        self.wall.open_screen(0, Size(width, 720), 1.0)
        dispatcher.drain()
        self.player = ClipPlayer(self.players, self.wall, lambda clip: Path(clip.file))
        self.player.open(Path("/street.mp4"), 0)
        self.players.ready(1, duration_us)
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.window.resize(width, 720)
        self.said: list[str] = []
        self.strip = SeekStrip(self.window, self.player, KEY, self.said.append)
        self.window.show()
        self.follow()

    @property
    def playing(self) -> Playing:
        found = self.player.playing(KEY)
        assert found is not None
        return found

    @property
    def volume(self) -> VolumeControl:
        return self.strip.volume

    def follow(self) -> None:
        self.strip.show_clip(self.playing, self.wall.screen(0).tiles[0])
        self.strip.grab()

    def turn(self, notches: float, on: QWidget) -> None:
        middle = QPointF(on.rect().center())
        event = QWheelEvent(
            middle,
            on.mapToGlobal(middle),
            QPoint(),
            QPoint(0, round(notches * 120)),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(on, event)


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    return Stage(qtbot)


def test_it_begins_muted_and_a_click_is_heard(stage: Stage, qtbot: QtBot) -> None:
    assert stage.volume.words == "muted"
    qtbot.mouseClick(stage.volume, Qt.MouseButton.LeftButton)
    stage.follow()
    assert stage.volume.words == "sound 50 %"
    assert stage.players.volumes == [(1, 50)]
    qtbot.mouseClick(stage.volume, Qt.MouseButton.LeftButton)
    stage.follow()
    assert stage.volume.words == "muted"
    # It is no click on the strip.
    assert len(stage.players.commands) == 1


def test_the_wheel_over_it_changes_the_volume_and_not_the_place(stage: Stage) -> None:
    stage.turn(3, stage.volume)
    assert stage.playing.volume == 30
    stage.turn(-1, stage.volume)
    stage.turn(-0.5, stage.volume)
    assert stage.playing.volume == 20
    stage.turn(-0.5, stage.volume)
    assert stage.playing.volume == 10
    assert len(stage.players.commands) == 1
    stage.turn(1, stage.strip)
    assert len(stage.players.commands) == 2


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_it_lies_within_the_strip_beside_the_words(qtbot: QtBot, width: int) -> None:
    stage = Stage(qtbot, width=width)
    stage.player.set_volume(KEY, 100)
    stage.player.shuttle(KEY, -1)
    stage.follow()
    assert stage.strip.rect().contains(stage.volume.geometry())
    assert stage.volume.words == "silent at this speed"


def test_it_lies_over_the_edge_of_the_window_where_the_tile_is_small(stage: Stage) -> None:
    assert stage.strip.covered == stage.strip.height()
    stage.wall.set_layout(0, "1")
    stage.dispatcher.drain()
    stage.follow()
    assert stage.strip.covered == 0


def test_a_stream_has_a_strip_that_says_what_it_cannot_do(qtbot: QtBot) -> None:
    stage = Stage(qtbot, duration_us=0)
    assert stage.strip.isVisible()
    assert stage.volume.isVisible()
    line = QPoint(stage.strip.width() // 2, stage.strip.height() - 10)
    qtbot.mouseClick(stage.strip, Qt.MouseButton.LeftButton, pos=line)
    stage.turn(1, stage.strip)
    assert len(stage.said) == 2
    assert all("cannot be sought" in words for words in stage.said)
    assert len(stage.players.commands) == 1
