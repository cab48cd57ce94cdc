"""A writer process that fills one slot with patterns as fast as it can."""

from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from app.domain.geometry import WHOLE
from app.domain.stream import PictureClock, StreamKind
from app.video.board import BoardMemory, BoardWriter, PictureFacts, SlotSpace

WIDTH, HEIGHT = 320, 180
BYTES = WIDTH * HEIGHT * 4


def scribble(connection: "Connection[Any, Any]", memory: BoardMemory, slots: int) -> None:
    """Publish pictures of one value each until told to stop; says how many there were.

    ``pts`` is the value that every byte of the picture has.
    """
    writer = BoardWriter(memory)
    spaces = [SlotSpace(s, memory.data_at + s * 3 * BYTES, BYTES) for s in range(slots)]
    value = 0
    connection.send_bytes(b"ready")
    while not connection.poll():
        value += 1
        for space in spaces:
            buffer, room = writer.begin(space)
            np.frombuffer(room, np.uint8)[:] = value % 251
            facts = PictureFacts(
                WIDTH,
                HEIGHT,
                WIDTH * 4,
                StreamKind.SUB,
                PictureClock.ARRIVAL,
                utc_us=value,
                offset_us=0,
                arrival_us=value,
                published_us=value,
                pts=value % 251,
                crop=WHOLE,
                source_width=WIDTH,
                source_height=HEIGHT,
            )
            writer.publish(space.slot, buffer, facts)
    connection.send_bytes(str(value).encode())
