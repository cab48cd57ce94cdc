"""Finding a camera with the keyboard, and putting it into the selected tile."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.domain.camera import CameraCode, DistrictCode
from app.domain.stream import StreamStatus
from app.services.live_counts import LiveCounts
from tests.fakes.camera_tree import FakeCameraTree
from tests.ui.exposure import wait_exposed
from ui.console.camera_panel import CameraPanel
from ui.models.camera_tree import CODE_ROLE


class Window(QWidget):
    """Writes down the keys that nobody in it wanted."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: list[int] = []

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.keys.append(event.key())


@pytest.fixture
def registry() -> FakeCameraTree:
    return FakeCameraTree(districts=2, sites=3, cameras=4)


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    window = Window()
    qtbot.addWidget(window)
    return window


@pytest.fixture
def panel(qtbot: QtBot, registry: FakeCameraTree, window: Window) -> CameraPanel:
    counts = LiveCounts(lambda _code: StreamStatus(), registry.camera)
    panel = CameraPanel(registry, counts, registry.search, window)
    panel.resize(400, 600)
    window.resize(400, 600)
    window.show()
    wait_exposed(qtbot, window)
    panel.focus_search()
    return panel


@pytest.fixture
def chosen(panel: CameraPanel) -> list[str]:
    codes: list[str] = []
    panel.camera_chosen.connect(codes.append)
    return codes


def search(qtbot: QtBot, panel: CameraPanel, text: str) -> None:
    qtbot.keyClicks(panel.field, text)
    panel.search_now()


def test_enter_in_the_field_takes_the_best_match(
    qtbot: QtBot, panel: CameraPanel, chosen: list[str]
) -> None:
    qtbot.keyClicks(panel.field, "d2-3-4")
    qtbot.keyClick(panel.field, Qt.Key.Key_Return)
    assert chosen == ["D2-3-4"]


def test_down_goes_into_the_results_and_enter_takes_one(
    qtbot: QtBot, panel: CameraPanel, chosen: list[str]
) -> None:
    search(qtbot, panel, "d1-1")
    qtbot.keyClick(panel.field, Qt.Key.Key_Down)
    qtbot.keyClick(panel.results, Qt.Key.Key_Down)
    qtbot.keyClick(panel.results, Qt.Key.Key_Return)
    assert chosen == ["D1-1-2"]


def test_results_come_while_typing(qtbot: QtBot, panel: CameraPanel) -> None:
    qtbot.keyClicks(panel.field, "d1-1")
    qtbot.waitUntil(lambda: panel.results_model.rowCount() == 4, timeout=2000)
    assert panel.results.isVisible()


def test_escape_clears_the_field_and_then_leaves(qtbot: QtBot, panel: CameraPanel) -> None:
    search(qtbot, panel, "d1")
    qtbot.keyClick(panel.field, Qt.Key.Key_Escape)
    assert (panel.field.text(), panel.tree.isVisible()) == ("", True)
    with qtbot.waitSignal(panel.left, timeout=500):
        qtbot.keyClick(panel.field, Qt.Key.Key_Escape)


def test_nothing_found_is_said_and_enter_does_nothing(
    qtbot: QtBot, panel: CameraPanel, chosen: list[str]
) -> None:
    search(qtbot, panel, "zzz")
    assert not panel.results.isVisible()
    assert not panel.tree.isVisible()
    qtbot.keyClick(panel.field, Qt.Key.Key_Return)
    assert chosen == []


def test_enter_in_the_tree_opens_a_district_and_takes_a_camera(
    qtbot: QtBot, panel: CameraPanel, chosen: list[str]
) -> None:
    districts: list[str] = []
    panel.district_chosen.connect(districts.append)
    qtbot.keyClick(panel.field, Qt.Key.Key_Down)
    qtbot.keyClick(panel.tree, Qt.Key.Key_Return)
    assert districts == ["D1"]
    qtbot.keyClick(panel.tree, Qt.Key.Key_Down)
    qtbot.keyClick(panel.tree, Qt.Key.Key_Right)
    qtbot.keyClick(panel.tree, Qt.Key.Key_Down)
    qtbot.keyClick(panel.tree, Qt.Key.Key_Return)
    assert chosen == ["D1-1-1"]


@pytest.mark.parametrize("key", [Qt.Key.Key_PageDown, Qt.Key.Key_7, Qt.Key.Key_F2])
def test_keys_of_the_wall_keep_their_meaning_in_the_tree(
    qtbot: QtBot, panel: CameraPanel, window: Window, key: Qt.Key
) -> None:
    qtbot.keyClick(panel.field, Qt.Key.Key_Down)
    qtbot.keyClick(panel.tree, key)
    assert window.keys == [key]


def test_a_digit_in_the_field_is_text(qtbot: QtBot, panel: CameraPanel, window: Window) -> None:
    qtbot.keyClick(panel.field, Qt.Key.Key_7)
    assert (panel.field.text(), window.keys) == ("7", [])


def test_up_from_the_first_row_goes_back_to_the_field(
    qtbot: QtBot, panel: CameraPanel, window: Window
) -> None:
    qtbot.keyClick(panel.field, Qt.Key.Key_Down)
    assert window.focusWidget() is panel.tree
    qtbot.keyClick(panel.tree, Qt.Key.Key_Up)
    assert window.focusWidget() is panel.field


def test_the_tree_follows_the_wall_and_leaves_the_keyboard_where_it_is(
    panel: CameraPanel, registry: FakeCameraTree, window: Window, qtbot: QtBot
) -> None:
    camera, other = registry.camera(CameraCode("D2-3-4")), registry.camera(CameraCode("D1-1-1"))
    panel.follow(DistrictCode("D2"), None)
    assert panel.tree.isExpanded(panel.tree_model.index(1, 0))
    assert not panel.tree.isExpanded(panel.tree_model.index(0, 0))
    panel.follow(DistrictCode("D2"), camera)
    assert panel.tree.currentIndex().data(CODE_ROLE) == "D2-3-4"
    assert panel.tree.viewport().rect().contains(panel.tree.visualRect(panel.tree.currentIndex()))
    assert window.focusWidget() is panel.field
    qtbot.keyClick(panel.field, Qt.Key.Key_Down)
    window.activateWindow()
    qtbot.waitUntil(panel.tree.hasFocus)
    panel.follow(DistrictCode("D1"), other)  # the operator is in the tree: it does not move
    assert panel.tree.currentIndex().data(CODE_ROLE) == "D2-3-4"


def test_what_the_operator_opened_stays_until_the_wall_shows_something_else(
    panel: CameraPanel, registry: FakeCameraTree
) -> None:
    camera = registry.camera(CameraCode("D2-3-4"))
    panel.follow(DistrictCode("D2"), camera)
    panel.tree.setCurrentIndex(panel.tree_model.index(0, 0))
    panel.follow(DistrictCode("D2"), camera)
    assert panel.tree.currentIndex() == panel.tree_model.index(0, 0)
    panel.follow_again()
    panel.follow(DistrictCode("D2"), camera)
    assert panel.tree.currentIndex().data(CODE_ROLE) == "D2-3-4"


def test_a_camera_that_left_the_registry_is_not_looked_for(panel: CameraPanel) -> None:
    stranger = FakeCameraTree(districts=9).camera(CameraCode("D9-1-1"))
    panel.follow(DistrictCode("D9"), stranger)
    assert not panel.tree.currentIndex().isValid()
