"""The frame board: pictures on their way from the workers to the screen, newest wins.

One block of shared memory holds, for every slot, three picture buffers and these words:

``front``       sequence number and buffer of the newest picture (``seq << 2 | buffer``), one 64-bit
                store; all slots side by side, so one vectorised comparison finds what is new;
``reading``     the buffer that the reader holds;
``generation``  per buffer, odd while it is being written;
``busy``        per stream, what a worker is inside of, so that a crash can be blamed.

A slot has one writer (the worker that decodes the stream) and one reader (the GUI thread). No
lock is held across processes: the writer takes the buffer that is neither the newest nor held,
the reader announces the buffer it holds and looks again whether it is still the newest. Both put
a full memory barrier between their store and their load (an uncontended lock of their own), so at
least one of the two sees the other. A buffer's generation is checked once more after painting and
before the paint reaches the screen: a torn picture could only be the work of a broken writer.
Assumes that aligned 64-bit stores are single (x86-64, ARM64).
"""

import contextlib
import struct
import threading
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from app.domain.geometry import Crop
from app.domain.stream import PictureClock, StreamKind
from app.video.shared_block import SharedBlock

PAGE = 4096
BUFFERS = 3
_ABSENT = -1
_META = struct.Struct("=iiiiqqqqqddddiiii")
_META_STRIDE = 128
_KINDS = (StreamKind.MAIN, StreamKind.SUB)


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What is known about one picture. Times are microseconds of Unix time.

    ``utc_us`` is when it was taken, by the clock named in ``clock``; ``offset_us`` is what to add
    to bring it to this workstation's clock (0 for arrival); ``width`` and ``height`` are of the
    scaled picture, ``source_*`` of the full one it was cropped from.
    """

    width: int
    height: int
    stride: int
    kind: StreamKind
    clock: PictureClock
    utc_us: int
    offset_us: int
    arrival_us: int
    published_us: int
    pts: int
    crop: Crop
    source_width: int
    source_height: int
    is_replay: bool = False
    """Played from the ring because the operator looks back."""

    def age_s(self, now_us: int) -> float:
        """Seconds since the picture was taken, on this workstation's clock; never negative.

        At least the time since its arrival, so that a wrong camera clock cannot hide a delay.
        """
        taken = self.utc_us + self.offset_us
        return max(now_us - self.arrival_us, now_us - taken, 0) / 1e6


@dataclass(frozen=True, slots=True)
class BoardPicture:
    """The newest picture of a slot, held for the reader until its next ``take``.

    ``pixels`` are BGRA bytes in shared memory (``stride`` bytes a row); do not keep them longer.
    """

    slot: int
    sequence: int
    buffer: int
    generation: int
    pixels: memoryview
    facts: PictureFacts


@dataclass(frozen=True, slots=True)
class SlotSpace:
    """Where a slot's three buffers of ``capacity`` bytes lie in the block."""

    slot: int
    offset: int
    capacity: int


class BoardMemory:
    """The words and buffers of the board, as both sides see them."""

    def __init__(self, block: SharedBlock, slots: int, streams: int) -> None:
        self.block = block
        self.slots = slots
        self.streams = streams
        self.bytes = memoryview(block.memory)
        at = 0

        def words(count: int) -> memoryview:
            nonlocal at
            start, at = at, at + count * 8
            return self.bytes[start:at].cast("q")

        # Plain memoryviews: reading one word is several times cheaper than through numpy.
        self.front_word = words(slots)
        self.reading_word = words(slots)
        self.generation_word = words(slots * BUFFERS)
        self.busy_word = words(streams)
        self.front: npt.NDArray[np.int64] = np.frombuffer(self.front_word, np.int64)
        self.meta_at = at
        self.data_at = -(-(at + slots * BUFFERS * _META_STRIDE) // PAGE) * PAGE
        self._barrier = threading.Lock()

    def fence(self) -> None:
        """A full memory barrier: locking is one on every processor."""
        self._barrier.acquire()
        self._barrier.release()

    def meta_offset(self, slot: int, buffer: int) -> int:
        return self.meta_at + (slot * BUFFERS + buffer) * _META_STRIDE

    def __reduce__(self) -> tuple[Any, ...]:
        return BoardMemory, (self.block, self.slots, self.streams)

    def close(self) -> None:
        """Let go of the block; pictures taken before must no longer be used."""
        del self.front
        words = (self.front_word, self.reading_word, self.generation_word, self.busy_word)
        for view in (*words, self.bytes):
            with contextlib.suppress(BufferError):  # a picture is still held; it ends with us
                view.release()
        self.block.close()


def create_board(size: int, *, slots: int = 1024, streams: int = 2048) -> BoardMemory:
    """A new board of ``size`` bytes; the pages take memory only once pictures lie in them."""
    memory = BoardMemory(SharedBlock.create(size), slots, streams)
    for slot in range(slots):
        memory.reading_word[slot] = _ABSENT
    return memory


class BoardWriter:
    """The worker's side. Each slot is written by one thread at a time."""

    def __init__(self, memory: BoardMemory) -> None:
        self._memory = memory

    def begin(self, space: SlotSpace) -> tuple[int, memoryview]:
        """The buffer to write the next picture into: its number and its bytes."""
        memory = self._memory
        slot = space.slot
        front = memory.front_word[slot]
        newest = front & 3 if front else _ABSENT
        held = memory.reading_word[slot]
        for buffer in range(BUFFERS):
            if buffer in (newest, held):
                continue
            at = slot * BUFFERS + buffer
            # Still odd if a former writer died here.
            memory.generation_word[at] = memory.generation_word[at] | 1
            memory.fence()
            if memory.reading_word[slot] != buffer:
                start = space.offset + buffer * space.capacity
                return buffer, memory.bytes[start : start + space.capacity]
            held = buffer
        raise RuntimeError("a slot of three buffers has always one that is free")

    def publish(self, slot: int, buffer: int, facts: PictureFacts) -> int:
        """Make the buffer the newest picture of the slot; returns its sequence number."""
        memory = self._memory
        crop = facts.crop
        _META.pack_into(
            memory.bytes,
            memory.meta_offset(slot, buffer),
            facts.width,
            facts.height,
            facts.stride,
            _KINDS.index(facts.kind),
            facts.utc_us,
            facts.offset_us,
            facts.arrival_us,
            facts.published_us,
            facts.pts,
            crop.x,
            crop.y,
            crop.width,
            crop.height,
            int(facts.clock),
            facts.source_width,
            facts.source_height,
            facts.is_replay,
        )
        at = slot * BUFFERS + buffer
        memory.generation_word[at] = (memory.generation_word[at] | 1) + 1
        memory.fence()
        sequence: int = (memory.front_word[slot] >> 2) + 1
        memory.front_word[slot] = sequence << 2 | buffer
        return sequence

    def enter(self, stream_row: int) -> None:
        """Note that native code is about to run for the stream (see ``busy``)."""
        self._memory.busy_word[stream_row] = 1

    def leave(self, stream_row: int) -> None:
        self._memory.busy_word[stream_row] = 0


class BoardReader:
    """The GUI's side: GUI thread only."""

    def __init__(self, memory: BoardMemory) -> None:
        self._memory = memory
        self._seen = np.zeros(memory.slots, np.int64)

    def fresh(self) -> npt.NDArray[np.intp]:
        """The slots with a picture newer than the last one taken."""
        return np.flatnonzero(self._memory.front != self._seen)

    def sequence(self, slot: int) -> int:
        """How many pictures were published in the slot."""
        sequence: int = self._memory.front_word[slot] >> 2
        return sequence

    def take(self, space: SlotSpace) -> BoardPicture | None:
        """The newest picture, held until the next ``take`` of the slot; ``None`` if there is none.

        Calling it again without a newer picture gives the same one.
        """
        memory = self._memory
        slot = space.slot
        while True:
            front = memory.front_word[slot]
            if front == 0:
                return None
            buffer = front & 3
            memory.reading_word[slot] = buffer
            memory.fence()
            if memory.front_word[slot] != front:
                continue
            generation = memory.generation_word[slot * BUFFERS + buffer]
            if generation & 1:
                continue
            break
        self._seen[slot] = front
        facts = self._facts(slot, buffer)
        start = space.offset + buffer * space.capacity
        pixels = memory.bytes[start : start + facts.stride * facts.height]
        return BoardPicture(slot, front >> 2, buffer, generation, pixels, facts)

    def intact(self, picture: BoardPicture) -> bool:
        """Whether the bytes are still those of the picture; ask after painting them."""
        at = picture.slot * BUFFERS + picture.buffer
        return bool(self._memory.generation_word[at] == picture.generation)

    def reset(self, slot: int) -> None:
        """Make the slot empty. No writer may know it."""
        memory = self._memory
        memory.front_word[slot] = 0
        memory.reading_word[slot] = _ABSENT
        for at in range(slot * BUFFERS, slot * BUFFERS + BUFFERS):
            # Onwards, never back to zero: a picture taken before must not look intact.
            memory.generation_word[at] = (memory.generation_word[at] | 1) + 1
        self._seen[slot] = 0

    def _facts(self, slot: int, buffer: int) -> PictureFacts:
        (
            width,
            height,
            stride,
            kind,
            utc_us,
            offset_us,
            arrival_us,
            published_us,
            pts,
            crop_x,
            crop_y,
            crop_width,
            crop_height,
            clock,
            source_width,
            source_height,
            is_replay,
        ) = _META.unpack_from(self._memory.bytes, self._memory.meta_offset(slot, buffer))
        return PictureFacts(
            width,
            height,
            stride,
            _KINDS[kind],
            PictureClock(clock),
            utc_us,
            offset_us,
            arrival_us,
            published_us,
            pts,
            Crop(crop_x, crop_y, crop_width, crop_height),
            source_width,
            source_height,
            bool(is_replay),
        )
