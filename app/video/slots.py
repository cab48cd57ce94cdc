"""Room for pictures on the frame board: which slot and which bytes a view gets."""

from app.video.board import BUFFERS, PAGE, SlotSpace


class BoardFullError(Exception):
    """No slot or no room is left; the view stays without a picture."""


class SlotSpaces:
    """Hands out slots with their three buffers. First fit over whole pages. GUI thread only."""

    def __init__(self, start: int, size: int, slots: int) -> None:
        """``start`` and ``size`` are the bytes of the board that may hold pictures."""
        self._free: list[tuple[int, int]] = [(start, size - size % PAGE)]
        self._slots = list(range(slots - 1, -1, -1))

    def take(self, capacity: int) -> SlotSpace:
        """A slot whose buffers hold ``capacity`` bytes each. Raises ``BoardFullError``."""
        room = -(-capacity // PAGE) * PAGE
        length = room * BUFFERS
        if not self._slots:
            raise BoardFullError("All slots of the frame board are in use")
        for index, (start, size) in enumerate(self._free):
            if size < length:
                continue
            if size == length:
                del self._free[index]
            else:
                self._free[index] = (start + length, size - length)
            return SlotSpace(self._slots.pop(), start, room)
        raise BoardFullError("The frame board has no room for another picture")

    def give_back(self, space: SlotSpace) -> tuple[int, int]:
        """Free the slot; returns the bytes (offset, length) that hold nothing any more."""
        start, length = space.offset, space.capacity * BUFFERS
        self._slots.append(space.slot)
        self._free.append((start, length))
        self._free.sort()
        joined: list[tuple[int, int]] = []
        for at, size in self._free:
            if joined and joined[-1][0] + joined[-1][1] == at:
                joined[-1] = (joined[-1][0], joined[-1][1] + size)
            else:
                joined.append((at, size))
        self._free = joined
        return start, length
