"""All windows of the program together: notices on the wall, room for the console."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.dispatch import ManualDispatcher
from app.domain.stream import StreamStatus
from app.services.health import HealthWatch
from app.services.live_counts import LiveCounts
from app.services.notices import Notice, NoticeBoard, Severity
from app.services.wall import WallService
from app.settings.command_line import Options
from tests.fakes.camera_tree import FakeCameraTree
from tests.fakes.engine import FakeEngine
from tests.fakes.overlays import FakeOverlays
from tests.ui.exposure import wait_exposed
from ui.console.camera_panel import CameraPanel
from ui.console.console_window import ConsoleWindow
from ui.console.status_line import StatusLine
from ui.notices.banner import NoticeBanner
from ui.render_clock import RenderClock
from ui.wall.offset_panel import OffsetPanel
from ui.wall_windows import ProgramWindows
from ui.window_memory import WindowMemory


class NoWorkers:
    """A health line without processes."""

    worker_pids: Mapping[int, int] = {}
    restarts = 0


class Program:
    """The windows over a fake engine."""

    def __init__(self, folder: Path, options: Options) -> None:
        self.engine = FakeEngine()
        self.dispatcher = ManualDispatcher()
        self.registry = FakeCameraTree(2, 6, 5)
        self.notices = NoticeBoard()
        self.overlays = FakeOverlays()
        self.wall = WallService(self.registry, self.engine, self.dispatcher)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self.clock = RenderClock(self.engine)
        memory = WindowMemory(folder / "windows.ini")
        self.windows = ProgramWindows(
            application,
            self.wall,
            self.engine,
            self.clock,
            memory,
            self.notices,
            options,
            self.overlays,
        )
        self.windows.open_wall()

    @property
    def bar_texts(self) -> list[str]:
        return list(self.windows.bar.texts)

    def open_console(self) -> ConsoleWindow:
        counts = LiveCounts(lambda _code: StreamStatus(), self.registry.camera)
        panel = CameraPanel(self.registry, counts, self.registry.search)
        status = StatusLine(HealthWatch(NoWorkers()))
        console = ConsoleWindow(panel, NoticeBanner(self.notices), status, self.windows.router)
        self.windows.open_console(console)
        return console

    def warn(self, key: str, severity: Severity = Severity.WARNING) -> None:
        self.notices.post(Notice(key, severity, f"Trouble {key}", "Do this."))


Open = Callable[..., Program]


@pytest.fixture
def open_program(qtbot: QtBot, tmp_path: Path) -> Iterator[Open]:
    programs: list[Program] = []

    def make(*, kiosk: bool = True) -> Program:
        program = Program(tmp_path, Options(kiosk=kiosk, screens=1))
        programs.append(program)
        wait_exposed(qtbot, program.windows.walls[0])
        program.dispatcher.drain()
        return program

    yield make
    for program in programs:
        for window in program.windows.walls:
            program.clock.remove(window.canvas)
        program.windows.close()


@pytest.mark.logs_errors  # posting a notice logs it
def test_without_a_console_a_notice_takes_room_above_the_tiles(
    open_program: Open, qtbot: QtBot
) -> None:
    program = open_program()
    window, bar = program.windows.walls[0], program.windows.bar
    whole = program.wall.screen(0).size
    assert bar.isHidden()
    program.warn("disk")
    assert not bar.isHidden()
    assert program.bar_texts == ["Warning  Trouble disk – Do this.  F8 dismisses"]
    assert window.canvas.geometry().top() == bar.geometry().bottom() + 1
    assert not window.canvas.geometry().intersects(bar.geometry())
    assert window.canvas.geometry().bottom() == window.rect().bottom()
    assert program.wall.screen(0).size.height < whole.height
    qtbot.keyClick(window, Qt.Key.Key_F8)
    assert program.notices.current == ()
    assert bar.isHidden()
    assert program.wall.screen(0).size == whole


@pytest.mark.logs_errors
def test_the_worst_notice_stands_there_and_the_others_are_counted(open_program: Open) -> None:
    program = open_program()
    program.warn("a", Severity.ERROR)
    program.warn("b")
    program.warn("c", Severity.INFO)
    assert program.bar_texts == ["Error  Trouble a – Do this.  and 1 more · F8 dismisses"]
    program.windows.dismiss_notice()
    program.windows.dismiss_notice()
    assert program.bar_texts == []
    assert [notice.key for notice in program.notices.current] == ["c"]


@pytest.mark.logs_errors
def test_a_click_below_the_bar_means_the_tile_that_is_there(
    open_program: Open, qtbot: QtBot
) -> None:
    program = open_program()
    program.warn("disk")
    program.dispatcher.drain()
    window = program.windows.walls[0]
    tile = program.wall.screen(0).tiles[4]
    ratio = window.devicePixelRatioF()
    upper = QPoint(
        round((tile.frame.x + tile.frame.width // 2) / ratio), round((tile.frame.y + 2) / ratio)
    )
    qtbot.mouseClick(window, Qt.MouseButton.LeftButton, pos=upper + window.canvas.pos())
    assert program.wall.screen(0).selected == tile.cell
    bar = program.windows.bar.geometry().center()
    qtbot.mouseClick(window, Qt.MouseButton.LeftButton, pos=QPoint(5, bar.y()))
    assert program.wall.screen(0).selected == tile.cell


@pytest.mark.logs_errors
def test_notices_are_on_the_console_while_it_is_open_and_else_on_the_wall(
    open_program: Open, qtbot: QtBot
) -> None:
    program = open_program(kiosk=False)
    program.warn("disk")
    assert program.bar_texts == []
    console = program.open_console()
    wait_exposed(qtbot, console)
    assert program.bar_texts == []
    console.hide()
    assert program.bar_texts == ["Warning  Trouble disk – Do this.  F8 dismisses"]
    console.show()
    assert program.bar_texts == []


def test_what_is_being_prepared_is_said_above_the_tiles(open_program: Open) -> None:
    program = open_program()
    program.windows.bar.tell("Street 3 of 9")
    assert program.bar_texts == ["Street 3 of 9"]
    program.windows.bar.tell("")
    assert program.windows.bar.isHidden()


def test_o_switches_the_boxes_of_the_selected_tile_and_says_so(
    open_program: Open, qtbot: QtBot
) -> None:
    program = open_program()
    program.wall.select(0, 2)
    window = program.windows.walls[0]
    qtbot.keyClick(window, Qt.Key.Key_O)
    assert program.overlays.calls == [("toggle_tile", 0, 2)]
    assert window.canvas.note == "Boxes off"


def adjusting(program: Program) -> list[OffsetPanel]:
    window = program.windows.walls[0]
    return [panel for panel in window.findChildren(OffsetPanel) if panel.isVisible()]


def test_a_opens_the_adjustment_once_and_esc_ends_it(open_program: Open, qtbot: QtBot) -> None:
    program = open_program()
    program.dispatcher.drain()
    window = program.windows.walls[0]
    qtbot.keyClick(window, Qt.Key.Key_A)
    assert adjusting(program) == []
    assert window.canvas.note == "There is no picture to adjust the boxes to"
    program.engine.publish_all()
    qtbot.keyClick(window, Qt.Key.Key_A)
    panels = adjusting(program)
    assert len(panels) == 1
    qtbot.keyClick(window, Qt.Key.Key_A)
    assert adjusting(program) == panels
    program.wall.select(0, 1)
    program.dispatcher.drain()
    qtbot.keyClick(window, Qt.Key.Key_A)  # the other tile's instead
    assert len(adjusting(program)) == 1
    assert adjusting(program) != panels
    qtbot.keyClick(window, Qt.Key.Key_F1)
    assert len(adjusting(program)) == 1  # looking at the keys ends nothing
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert adjusting(program) == []
    assert not any(window.canvas.is_paused(key) for key in window.canvas.presented)


def test_the_keys_can_be_seen_while_adjusting(open_program: Open) -> None:
    program = open_program()
    program.dispatcher.drain()
    program.engine.publish_all()
    program.windows.adjust_boxes(0)
    program.windows.toggle_keys(0)
    assert program.windows.hide_keys()
    assert adjusting(program) == []
    assert not program.windows.hide_keys()
