"""When the pictures of a clip were taken, and when none came."""

from app.domain.stream import PictureClock
from app.video.worker.ring_entry import RingEntry

_SHORTEST_GAP_US = 1_000_000
_GAP_SHARE = 3
"""A pause is a gap from so many usual pauses between two pictures on."""
_ASSUMED_US = 40_000


class ClipSpan:
    """Times in microseconds on the camera's clock, as soon as that is known, else on this
    workstation's."""

    def __init__(self, first: RingEntry) -> None:
        stamp = first.stamp
        self._by_camera = stamp.utc_us is not None
        self.clock = PictureClock.ARRIVAL
        if stamp.utc_us is not None:
            approximate = stamp.is_approximate
            self.clock = PictureClock.CAMERA_APPROXIMATE if approximate else PictureClock.CAMERA
        self.offset_us = stamp.offset_us if self._by_camera else 0
        self.start_us = 0
        self.pictures = 0
        self.gaps: list[tuple[int, int]] = []
        self.anchors: list[tuple[int, int]] = []
        self._newest_us = 0
        self._usual_us = 0

    @property
    def end_us(self) -> int:
        """When the newest picture gave way to the next, as far as that can be said."""
        return self._newest_us + (self._usual_us or _ASSUMED_US) if self.pictures else 0

    def add(self, entry: RingEntry, file_us: int) -> None:
        """A packet was written; its picture is at ``file_us`` in the file."""
        at_us = self._at(entry)
        if entry.is_key:
            self.anchors.append((file_us, at_us))
        if not self.pictures:
            self.start_us = self._newest_us = at_us
        pause_us = at_us - self._newest_us
        if pause_us > 0:
            usual_us = self._usual_us
            if usual_us and pause_us > max(_SHORTEST_GAP_US, _GAP_SHARE * usual_us):
                self.gaps.append((self._newest_us + usual_us, at_us))
            else:
                # The middle of the last pauses, nearly; one long pause hardly moves it.
                self._usual_us = (7 * usual_us + pause_us) // 8 if usual_us else pause_us
        self.start_us = min(self.start_us, at_us)
        self._newest_us = max(self._newest_us, at_us)
        self.pictures += 1

    def _learn(self, offset_us: int) -> None:
        """The camera has told its time only now: say the times before on its clock too."""
        self._by_camera = True
        self.clock = PictureClock.CAMERA_APPROXIMATE
        self.start_us -= offset_us
        self._newest_us -= offset_us
        self.gaps = [(since - offset_us, until - offset_us) for since, until in self.gaps]
        self.anchors = [(file_us, at_us - offset_us) for file_us, at_us in self.anchors]

    def _at(self, entry: RingEntry) -> int:
        stamp = entry.stamp
        if not self._by_camera and stamp.utc_us is not None:
            self._learn(stamp.offset_us)
        if not self._by_camera:
            return stamp.local_us
        if stamp.utc_us is None:
            return stamp.local_us - self.offset_us
        self.offset_us = stamp.offset_us
        if stamp.is_approximate:
            self.clock = PictureClock.CAMERA_APPROXIMATE
        return stamp.utc_us
