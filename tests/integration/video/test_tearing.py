"""Tries to see a torn picture: a writer without a pause against a reader that looks long."""

import multiprocessing
import time
from collections.abc import Iterator

import numpy as np
import pytest

from app.video.board import BoardMemory, BoardReader, SlotSpace, create_board
from tests.integration.video.scribbler import BYTES, scribble

SLOTS = 4
SECONDS = 4.0


@pytest.fixture
def memory() -> Iterator[BoardMemory]:
    board = create_board(1 << 24, slots=SLOTS, streams=1)
    yield board
    board.close()


def test_no_picture_is_ever_torn(memory: BoardMemory) -> None:
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    writer = spawn.Process(target=scribble, args=(theirs, memory, SLOTS))
    writer.start()
    theirs.close()
    reader = BoardReader(memory)
    spaces = [SlotSpace(s, memory.data_at + s * 3 * BYTES, BYTES) for s in range(SLOTS)]
    seen = 0
    last = [0] * SLOTS
    assert ours.recv_bytes() == b"ready"
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        for slot in reader.fresh().tolist():
            picture = reader.take(spaces[slot])
            assert picture is not None
            # Three looks with time between them: the writer publishes several pictures meanwhile.
            for _ in range(3):
                values = np.frombuffer(picture.pixels, np.uint8)
                assert values.min() == values.max() == picture.facts.pts
            assert reader.intact(picture)
            assert picture.sequence > last[slot]
            last[slot] = picture.sequence
            seen += 1
    ours.send_bytes(b"stop")
    written = int(ours.recv_bytes())
    writer.join(10)
    assert writer.exitcode == 0
    writer.close()
    ours.close()
    assert written > 500
    assert seen > 200


def test_the_test_would_see_a_torn_picture(memory: BoardMemory) -> None:
    """The same look at a buffer that nobody protects finds it changing under its eyes."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    writer = spawn.Process(target=scribble, args=(theirs, memory, 1))
    writer.start()
    theirs.close()
    assert ours.recv_bytes() == b"ready"
    raw = memory.bytes[memory.data_at : memory.data_at + BYTES]
    values = np.frombuffer(raw, np.uint8)
    torn = False
    end = time.monotonic() + 20.0
    while not torn and time.monotonic() < end:
        torn = bool(values[0] != values[-1])
    ours.send_bytes(b"stop")
    ours.recv_bytes()
    writer.join(10)
    writer.close()
    ours.close()
    del values
    raw.release()
    assert torn
