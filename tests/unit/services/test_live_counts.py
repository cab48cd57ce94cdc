"""Live counts follow the streams without asking all cameras again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.camera import CameraCode, DistrictCode, SiteCode
from app.domain.picture_health import PictureFault
from app.domain.stream import StreamState, StreamStatus
from app.services.live_counts import LiveCounts, SiteKey, Tally
from tests.fakes.camera_tree import FakeCameraTree

DISTRICT = DistrictCode("D1")
SITE = (DISTRICT, SiteCode("D1-1"))
FIRST = CameraCode("D1-1-1")
GROUP_OF = {
    StreamState.LIVE: "live",
    StreamState.STALE: "stale",
    StreamState.CONNECTING: "connecting",
    StreamState.RECONNECTING: "connecting",
    StreamState.UNAUTHORISED: "unauthorised",
    StreamState.OFFLINE: "offline",
    StreamState.CLOSED: "closed",
}


class Wall:
    """Cameras, their states and the counts over them."""

    def __init__(self) -> None:
        self.registry = FakeCameraTree(districts=2, sites=2, cameras=3)
        self.states: dict[CameraCode, StreamState] = {}
        self.counts = LiveCounts(
            lambda code: StreamStatus(self.states.get(code, StreamState.CLOSED)),
            self.registry.camera,
        )

    def set(self, code: CameraCode, state: StreamState) -> None:
        self.states[code] = state
        self.counts.update([code])


@pytest.fixture
def wall() -> Wall:
    return Wall()


def test_nobody_looks_at_a_camera_at_first(wall: Wall) -> None:
    tally = wall.counts.of_district(DISTRICT, 6)
    assert tally == Tally(closed=6)
    assert not tally.is_open


def test_a_camera_moves_from_one_tally_to_the_other(wall: Wall) -> None:
    wall.set(FIRST, StreamState.CONNECTING)
    assert wall.counts.of_site(SITE, 3) == Tally(connecting=1, closed=2)
    wall.set(FIRST, StreamState.LIVE)
    assert wall.counts.of_site(SITE, 3) == Tally(live=1, closed=2)
    wall.set(FIRST, StreamState.CLOSED)
    assert wall.counts.of_site(SITE, 3) == Tally(closed=3)
    assert wall.counts.state_of(FIRST) is StreamState.CLOSED


def test_only_a_change_is_announced(wall: Wall) -> None:
    heard: list[frozenset[SiteKey]] = []
    wall.counts.changed.connect(heard.append)
    wall.set(FIRST, StreamState.LIVE)
    wall.set(FIRST, StreamState.LIVE)
    assert heard == [frozenset({SITE})]


def test_an_open_camera_that_left_the_registry_is_taken_off(wall: Wall) -> None:
    wall.set(FIRST, StreamState.LIVE)
    wall.registry.remove_site(SITE[1])
    wall.set(FIRST, StreamState.CLOSED)
    assert wall.counts.of_district(DISTRICT, 3) == Tally(closed=3)


def test_a_camera_that_nobody_knows_is_not_counted(wall: Wall) -> None:
    wall.set(CameraCode("NOWHERE"), StreamState.LIVE)
    assert wall.counts.of_district(DISTRICT, 6) == Tally(closed=6)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["D1-1-1", "D1-1-2", "D1-2-3", "D2-1-1"]),
            st.sampled_from([s for s in StreamState if s is not StreamState.REPLAY]),
        )
    )
)
def test_the_tally_is_that_of_counting_anew(changes: list[tuple[str, StreamState]]) -> None:
    wall = Wall()
    for code, state in changes:
        wall.set(CameraCode(code), state)
    wanted = dict.fromkeys(("live", "stale", "connecting", "unauthorised", "offline", "closed"), 0)
    for camera in wall.registry.cameras_of(DISTRICT):
        wanted[GROUP_OF[wall.states.get(camera.code, StreamState.CLOSED)]] += 1
    assert wall.counts.of_district(DISTRICT, 6) == Tally(**wanted)


def test_faulty_pictures_are_counted_once_a_camera_and_told_of() -> None:
    registry = FakeCameraTree(districts=2, sites=2, cameras=3)
    faults: dict[CameraCode, tuple[PictureFault, ...]] = {}
    counts = LiveCounts(
        lambda _code: StreamStatus(StreamState.LIVE),
        registry.camera,
        lambda code: faults.get(code, ()),
    )
    counts.update([FIRST])
    heard: list[frozenset[SiteKey]] = []
    counts.changed.connect(heard.append)
    faults[FIRST] = (PictureFault.BLACK,)
    counts.update([FIRST])
    faults[FIRST] = (PictureFault.BLURRED, PictureFault.TURNED)
    counts.update([FIRST])
    counts.update([FIRST])
    assert counts.of_site(SITE, 3) == Tally(live=1, closed=2, faulty=1)
    assert counts.of_district(DISTRICT, 6).faulty == 1
    assert counts.faults_of(FIRST) == (PictureFault.BLURRED, PictureFault.TURNED)
    del faults[FIRST]
    counts.update([FIRST])
    assert counts.of_site(SITE, 3) == Tally(live=1, closed=2)
    assert heard == [frozenset({SITE})] * 3
