"""The tree of the console: right, lazy and quick with a whole province in it."""

import time

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtGui import QIcon, QImage
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.domain.camera import CameraCode, SiteCode
from app.domain.picture_health import PictureFault
from app.domain.stream import StreamState, StreamStatus
from app.services.live_counts import LiveCounts
from tests.fakes.camera_tree import FakeCameraTree
from ui.camera_mime import CAMERA_MIME, dragged_camera
from ui.console.wording import state_text
from ui.models.camera_tree import CODE_ROLE, CameraTreeModel

DISPLAY = Qt.ItemDataRole.DisplayRole
TOOL_TIP = Qt.ItemDataRole.ToolTipRole


class Streams:
    """What the engine says of each camera."""

    def __init__(self) -> None:
        self.states: dict[CameraCode, StreamState] = {}

        self.faults: dict[CameraCode, tuple[PictureFault, ...]] = {}

    def status(self, code: CameraCode) -> StreamStatus:
        return StreamStatus(self.states.get(code, StreamState.CLOSED))


@pytest.fixture
def registry() -> FakeCameraTree:
    return FakeCameraTree(districts=3, sites=4, cameras=5)


@pytest.fixture
def streams() -> Streams:
    return Streams()


@pytest.fixture
def counts(registry: FakeCameraTree, streams: Streams) -> LiveCounts:
    return LiveCounts(streams.status, registry.camera, lambda code: streams.faults.get(code, ()))


@pytest.fixture
def model(
    qtbot: QtBot, registry: FakeCameraTree, counts: LiveCounts, qtmodeltester: ModelTester
) -> CameraTreeModel:
    model = CameraTreeModel(registry, counts)
    qtmodeltester.check(model)
    return model


def descend(model: QAbstractItemModel, *rows: int) -> QModelIndex:
    index = QModelIndex()
    for row in rows:
        index = model.index(row, 0, index)
    return index


def test_it_is_a_proper_model_after_a_change_too(
    model: CameraTreeModel, registry: FakeCameraTree, qtmodeltester: ModelTester
) -> None:
    registry.remove_site(SiteCode("D1-2"))
    qtmodeltester.check(model)
    assert model.rowCount(descend(model, 0)) == 3


def test_district_site_and_camera_stand_below_each_other(model: CameraTreeModel) -> None:
    assert descend(model, 1).data() == "District 2"
    assert descend(model, 1, 2).data() == "3  Site 3"
    assert descend(model, 1, 2, 4).data() == "2.3.5  Camera 5 at D2-3"
    assert descend(model, 1, 2, 4).data(CODE_ROLE) == "D2-3-5"
    assert descend(model, 1, 2).data(CODE_ROLE) is None


def test_a_camera_is_found_where_it_stands(
    model: CameraTreeModel, registry: FakeCameraTree
) -> None:
    camera = registry.camera(CameraCode("D3-4-2"))
    assert camera is not None
    index = model.index_of(camera)
    assert model.camera_at(index) == camera
    assert index.parent().parent().row() == 2


def test_a_camera_that_left_is_not_found(model: CameraTreeModel, registry: FakeCameraTree) -> None:
    camera = registry.camera(CameraCode("D3-4-2"))
    assert camera is not None
    registry.remove_site(camera.site)
    assert not model.index_of(camera).isValid()


def test_counts_are_said_of_what_is_open_and_honest_about_the_rest(
    model: CameraTreeModel, streams: Streams, counts: LiveCounts
) -> None:
    streams.states = {
        CameraCode("D1-1-1"): StreamState.LIVE,
        CameraCode("D1-1-2"): StreamState.OFFLINE,
        CameraCode("D1-2-1"): StreamState.RECONNECTING,
    }
    counts.update(streams.states)
    model.refresh()
    assert descend(model, 0).siblingAtColumn(1).data() == (
        "1 live · 1 connecting · 1 offline · 17 not open"
    )
    assert descend(model, 0, 0).siblingAtColumn(1).data() == "1 live · 1 offline · 3 not open"
    assert descend(model, 0, 0, 1).siblingAtColumn(1).data() == "offline"
    assert descend(model, 1).siblingAtColumn(1).data() == "20 not open"


def test_views_hear_of_changed_figures_at_most_twice_a_second(
    qtbot: QtBot, model: CameraTreeModel, streams: Streams, counts: LiveCounts
) -> None:
    code = CameraCode("D1-1-1")
    heard: list[float] = []
    model.dataChanged.connect(lambda *_what: heard.append(time.monotonic()))
    started = time.monotonic()
    for state in (StreamState.LIVE, StreamState.STALE) * 50:
        streams.states[code] = state
        counts.update([code])
    assert heard == []
    qtbot.waitUntil(lambda: bool(heard), timeout=2000)
    assert heard[0] - started >= 0.45


def test_a_name_from_outside_is_text_and_never_markup(
    model: CameraTreeModel, registry: FakeCameraTree
) -> None:
    registry.rename(CameraCode("D1-1-1"), "<b>Gate</b>\n<img src=x>")
    index = descend(model, 0, 0, 0)
    assert index.data() == "1.1.1  <b>Gate</b> <img src=x>"
    assert "&lt;b&gt;Gate" in index.data(TOOL_TIP)
    assert "<img" not in index.data(TOOL_TIP)


def test_a_camera_can_be_dragged_and_a_site_cannot(model: CameraTreeModel) -> None:
    camera, site = descend(model, 0, 0, 0), descend(model, 0, 0)
    assert camera.flags() & Qt.ItemFlag.ItemIsDragEnabled
    assert not site.flags() & Qt.ItemFlag.ItemIsDragEnabled
    mime = model.mimeData([camera])
    assert model.mimeTypes() == [CAMERA_MIME]
    assert dragged_camera(mime) == "D1-1-1"


def test_ten_thousand_cameras_are_there_at_once(qtbot: QtBot) -> None:
    registry = FakeCameraTree(districts=10, sites=200, cameras=5)
    counts = LiveCounts(Streams().status, registry.camera)
    started = time.perf_counter()
    model = CameraTreeModel(registry, counts)
    shown = [
        model.index(site, column, descend(model, 0)).data(DISPLAY)
        for site in range(40)
        for column in range(2)
    ]
    taken = time.perf_counter() - started
    assert all(shown)
    assert taken < 0.1


def test_an_open_camera_has_the_sign_and_the_word_of_its_state(
    model: CameraTreeModel, streams: Streams, counts: LiveCounts
) -> None:
    index = descend(model, 0, 0, 0)
    code = CameraCode(index.data(CODE_ROLE))

    def sign() -> QImage:
        icon = index.data(Qt.ItemDataRole.DecorationRole)
        assert isinstance(icon, QIcon)
        return icon.pixmap(18, 18).toImage()

    closed, signs = sign(), {}
    for state in (StreamState.LIVE, StreamState.RECONNECTING, StreamState.OFFLINE):
        streams.states[code] = state
        counts.update([code])
        signs[state] = sign()
        assert index.siblingAtColumn(1).data() == state_text(state)
        assert signs[state] != closed
    assert signs[StreamState.LIVE] != signs[StreamState.OFFLINE]


def test_a_fault_of_the_picture_stands_in_the_tree_until_it_is_gone(
    model: CameraTreeModel, streams: Streams, counts: LiveCounts
) -> None:
    index = descend(model, 0, 0, 0)
    words, code = index.siblingAtColumn(1), CameraCode(index.data(CODE_ROLE))

    def sign() -> QImage:
        icon = index.data(Qt.ItemDataRole.DecorationRole)
        assert isinstance(icon, QIcon)
        return icon.pixmap(18, 18).toImage()

    streams.states[code] = StreamState.LIVE
    counts.update([code])
    healthy = sign()
    streams.faults[code] = (PictureFault.BLURRED, PictureFault.FROZEN)
    counts.update([code])
    assert words.data() == "frozen +1"
    assert sign() != healthy
    assert "out of focus or covered" in index.data(TOOL_TIP)
    assert "1 faulty" in index.parent().siblingAtColumn(1).data()
    assert "1 faulty" in descend(model, 0).siblingAtColumn(1).data()
    del streams.faults[code]
    counts.update([code])
    assert words.data() == "live"
    assert sign() == healthy
    assert "faulty" not in descend(model, 0).siblingAtColumn(1).data()


def test_of_a_camera_that_is_not_live_the_state_is_said_and_not_its_last_fault(
    model: CameraTreeModel, streams: Streams, counts: LiveCounts
) -> None:
    index = descend(model, 0, 0, 0)
    code = CameraCode(index.data(CODE_ROLE))
    streams.states[code] = StreamState.RECONNECTING
    streams.faults[code] = (PictureFault.BLACK,)
    counts.update([code])
    assert index.siblingAtColumn(1).data() == "reconnecting"
