"""The frame board within one process; ``tests/integration/video`` tears at it from another."""

from collections.abc import Iterator

import pytest

from app.domain.geometry import WHOLE
from app.domain.stream import PictureClock, StreamKind
from app.video.board import (
    BoardMemory,
    BoardReader,
    BoardWriter,
    PictureFacts,
    SlotSpace,
    create_board,
)

NOW_US = 1_800_000_000_000_000


def facts(*, is_replay: bool = False, **changes: int) -> PictureFacts:
    values = {
        "utc_us": NOW_US - 100_000,
        "offset_us": 0,
        "arrival_us": NOW_US - 80_000,
        "published_us": NOW_US,
    } | changes
    return PictureFacts(
        width=4,
        height=2,
        stride=16,
        kind=StreamKind.SUB,
        clock=PictureClock.CAMERA,
        pts=9,
        crop=WHOLE,
        source_width=640,
        source_height=360,
        is_replay=is_replay,
        **values,
    )


@pytest.fixture
def memory() -> Iterator[BoardMemory]:
    board = create_board(1 << 20, slots=4, streams=4)
    yield board
    board.close()


@pytest.fixture
def space(memory: BoardMemory) -> SlotSpace:
    return SlotSpace(1, memory.data_at, 4096)


def put(memory: BoardMemory, space: SlotSpace, value: int) -> None:
    writer = BoardWriter(memory)
    buffer, room = writer.begin(space)
    room[:32] = bytes([value]) * 32
    room.release()
    writer.publish(space.slot, buffer, facts(is_replay=True))


def test_the_newest_picture_wins(memory: BoardMemory, space: SlotSpace) -> None:
    reader = BoardReader(memory)
    for value in (1, 2, 3):
        put(memory, space, value)
    picture = reader.take(space)
    assert picture is not None
    assert bytes(picture.pixels) == b"\x03" * 32
    assert picture.sequence == 3
    assert picture.facts == facts(is_replay=True)


def test_what_is_new_is_found_once(memory: BoardMemory, space: SlotSpace) -> None:
    reader = BoardReader(memory)
    assert reader.fresh().tolist() == []
    put(memory, space, 1)
    assert reader.fresh().tolist() == [1]
    reader.take(space)
    assert reader.fresh().tolist() == []
    assert reader.take(space) is not None


def test_a_held_picture_stays_whole_however_many_follow(
    memory: BoardMemory, space: SlotSpace
) -> None:
    reader = BoardReader(memory)
    put(memory, space, 7)
    held = reader.take(space)
    assert held is not None
    for value in range(20):
        put(memory, space, value)
    assert bytes(held.pixels) == b"\x07" * 32
    assert reader.intact(held)


def test_a_buffer_that_was_written_over_is_found_out(memory: BoardMemory, space: SlotSpace) -> None:
    reader = BoardReader(memory)
    put(memory, space, 7)
    held = reader.take(space)
    assert held is not None
    memory.reading_word[space.slot] = -1
    put(memory, space, 8)
    put(memory, space, 9)
    put(memory, space, 10)
    assert not reader.intact(held)


def test_a_slot_given_to_another_view_starts_empty(memory: BoardMemory, space: SlotSpace) -> None:
    reader = BoardReader(memory)
    put(memory, space, 7)
    held = reader.take(space)
    reader.reset(space.slot)
    assert held is not None
    assert reader.take(space) is None
    assert not reader.intact(held)


def test_a_successor_takes_over_the_slot_of_a_worker_that_died_writing(
    memory: BoardMemory, space: SlotSpace
) -> None:
    reader = BoardReader(memory)
    put(memory, space, 1)
    BoardWriter(memory).begin(space)[1].release()
    put(memory, space, 2)
    picture = reader.take(space)
    assert picture is not None
    assert bytes(picture.pixels) == b"\x02" * 32


def test_age_is_from_the_camera_and_never_less_than_since_arrival() -> None:
    assert facts().age_s(NOW_US) == pytest.approx(0.1)
    ahead = facts(utc_us=NOW_US + 3_600_000_000)
    assert ahead.age_s(NOW_US) == pytest.approx(0.08)
    corrected = facts(utc_us=NOW_US + 3_600_000_000, offset_us=-3_600_900_000)
    assert corrected.age_s(NOW_US) == pytest.approx(0.9)
