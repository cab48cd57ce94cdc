"""Room on the board, and which encoding a tile gets."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.camera import CallUp, Camera, CameraCode, DistrictCode, SiteCode
from app.domain.geometry import Crop
from app.domain.stream import Effort, Reason, StreamKind
from app.video.board import BUFFERS, PAGE, SlotSpace
from app.video.engine_types import ViewSpec
from app.video.policy import choose_kind, other_may_help
from app.video.slots import BoardFullError, SlotSpaces

CODE = CameraCode("BNU-41-3")


def camera(sub: str | None = "rtsp://host/sub") -> Camera:
    return Camera(
        CODE,
        "Gate",
        CallUp(2, 41, 3),
        SiteCode("BNU-41"),
        DistrictCode("BNU"),
        "rtsp://host/main",
        sub,
    )


def spec(width: int, height: int, **more: object) -> ViewSpec:
    return ViewSpec(CODE, width, height, **more)  # type: ignore[arg-type]  # keywords of the test


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 40_000)), max_size=60))
def test_spaces_never_overlap_and_everything_comes_back(steps: list[tuple[bool, int]]) -> None:
    size = 200 * PAGE
    spaces = SlotSpaces(PAGE, size, 16)
    held: list[SlotSpace] = []
    for take, capacity in steps:
        if take:
            try:
                held.append(spaces.take(capacity))
            except BoardFullError:
                continue
        elif held:
            spaces.give_back(held.pop(0))
        ranges = sorted((s.offset, s.offset + s.capacity * BUFFERS) for s in held)
        assert all(a[1] <= b[0] for a, b in pairwise(ranges))
        assert len({s.slot for s in held}) == len(held)
    for space in held:
        spaces.give_back(space)
    assert spaces.take(size // BUFFERS - PAGE).offset == PAGE


def test_a_full_board_says_so() -> None:
    spaces = SlotSpaces(0, 3 * PAGE, 4)
    spaces.take(PAGE)
    with pytest.raises(BoardFullError):
        spaces.take(1)


@pytest.mark.parametrize(
    ("size", "showing", "expected"),
    [
        ((240, 135), None, StreamKind.SUB),
        ((640, 360), None, StreamKind.SUB),
        ((960, 540), None, StreamKind.MAIN),
        ((760, 428), StreamKind.MAIN, StreamKind.MAIN),
        ((760, 428), StreamKind.SUB, StreamKind.SUB),
        ((640, 360), StreamKind.MAIN, StreamKind.SUB),
        ((300, 1080), None, StreamKind.SUB),
    ],
)
def test_sub_while_it_fills_the_tile_main_beyond_and_no_flutter_between(
    size: tuple[int, int], showing: StreamKind | None, expected: StreamKind
) -> None:
    assert choose_kind(camera(), spec(*size), now_showing=showing) is expected


def test_zoomed_and_enlarged_tiles_get_the_main_stream() -> None:
    zoomed = spec(240, 135, crop=Crop(0.2, 0.2, 0.5, 0.5))
    assert choose_kind(camera(), zoomed, now_showing=None) is StreamKind.MAIN
    enlarged = spec(240, 135, prefer_main=True)
    assert choose_kind(camera(), enlarged, now_showing=None) is StreamKind.MAIN


def test_overload_outranks_size() -> None:
    large = spec(1920, 1080)
    chosen = choose_kind(camera(), large, now_showing=None, effort=Effort.SUB_ONLY)
    assert chosen is StreamKind.SUB


def test_a_camera_with_one_stream_shows_that() -> None:
    assert choose_kind(camera(None), spec(100, 60), now_showing=None) is StreamKind.MAIN


@pytest.mark.parametrize(
    ("reason", "attempts", "same_host", "helps"),
    [
        (Reason.NOT_FOUND, 1, True, True),
        (Reason.NOT_DECODABLE, 1, True, True),
        (Reason.CONNECTION_LOST, 1, True, False),
        (Reason.CONNECTION_LOST, 2, True, True),
        (Reason.REFUSED, 9, True, False),
        (Reason.REFUSED, 1, False, True),
        (Reason.WRONG_PASSWORD, 3, True, False),
        (Reason.NONE, 0, True, False),
    ],
)
def test_the_other_encoding_is_asked_for_only_where_that_may_help(
    reason: Reason, attempts: int, same_host: bool, helps: bool
) -> None:
    assert other_may_help(reason, attempts, same_host=same_host) is helps
