"""What one source said of one object over the last seconds."""

from bisect import bisect_left

import msgspec

from app.domain.detection import ObjectSample, ObjectState

WINDOW_US = 4_000_000
"""How far back a track reaches; what is older lies in the frame history."""
MOST_SAMPLES = 64
MAX_GAP_US = 1_000_000
"""Nothing is interpolated across a longer silence."""
JUMP = 0.25
"""A centre that moves by more of the picture between two samples has jumped: another object."""
NEVER = 1 << 62


class TimedBox(msgspec.Struct, gc=False):
    """Where an object is at the moment asked for; fractions of the analysed picture.

    ``sample`` is the last one before that moment. ``age_us`` is how long before, where the place
    is extrapolated or held because no later sample fits; 0 where it is interpolated or where the
    object stands. ``trail`` are the centres up to now, oldest first.
    """

    sample: ObjectSample
    x1: float
    y1: float
    x2: float
    y2: float
    alpha: float = 1.0
    age_us: int = 0
    trail: tuple[tuple[float, float], ...] = ()


class Track:
    """The samples of one track id from its birth on, in the order of their times.

    Not for several threads. ``ended_us`` is from when on it is gone; ``absent_us`` when a
    complete frame first left it out.
    """

    __slots__ = ("absent_us", "ended_us", "samples", "times")

    def __init__(self) -> None:
        self.times: list[int] = []
        self.samples: list[ObjectSample] = []
        self.ended_us = NEVER
        self.absent_us = NEVER

    @property
    def newest_us(self) -> int:
        return self.times[-1]

    @property
    def is_idle(self) -> bool:
        """Whether it was last said to stay where it is."""
        return self.samples[-1].state is ObjectState.IDLE

    def put(self, time_us: int, sample: ObjectSample) -> None:
        """Add a sample, in its place where it comes late; the same moment again replaces it."""
        times = self.times
        if not times or time_us > times[-1]:
            times.append(time_us)
            self.samples.append(sample)
            self.absent_us = NEVER
            if len(times) > MOST_SAMPLES or times[0] < time_us - WINDOW_US:
                self._trim(time_us - WINDOW_US)
            return
        at = bisect_left(times, time_us)
        if times[at] == time_us:
            self.samples[at] = sample
        else:
            times.insert(at, time_us)
            self.samples.insert(at, sample)
            self._trim(times[-1] - WINDOW_US)

    def absorb(self, other: "Track") -> None:
        """Take over the history of an id that was renamed to this one's."""
        for time_us, sample in zip(other.times, other.samples, strict=True):
            if time_us not in self.times:
                self.put(time_us, sample)

    def miss(self, time_us: int) -> bool:
        """A complete frame left it out; true when it is over.

        The first time may be a slip of the detector. The second time it was gone from the first.
        """
        if self.absent_us == NEVER:
            self.absent_us = time_us
            return False
        if time_us == self.absent_us:
            return False
        self.ended_us = min(self.absent_us, time_us)
        return True

    def velocity(self, at: int) -> tuple[float, float]:
        """How the centre moved up to sample ``at``, fractions of the picture a microsecond."""
        if at < 1:
            return (0.0, 0.0)
        elapsed = self.times[at] - self.times[at - 1]
        before, now = self.samples[at - 1].box, self.samples[at].box
        across = (now.x1 + now.x2 - before.x1 - before.x2) / 2
        down = (now.y1 + now.y2 - before.y1 - before.y2) / 2
        if elapsed > MAX_GAP_US or abs(across) > JUMP or abs(down) > JUMP:
            return (0.0, 0.0)
        return (across / elapsed, down / elapsed)

    def trail(self, at: int, since_us: int) -> tuple[tuple[float, float], ...]:
        """The centres of the samples from ``since_us`` up to number ``at``, no jump among them."""
        points: list[tuple[float, float]] = []
        for number in range(at, -1, -1):
            if self.times[number] < since_us:
                break
            box = self.samples[number].box
            point = ((box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2)
            if points and (
                abs(point[0] - points[-1][0]) > JUMP or abs(point[1] - points[-1][1]) > JUMP
            ):
                break
            points.append(point)
        return tuple(reversed(points))

    def _trim(self, oldest_us: int) -> None:
        drop = max(bisect_left(self.times, oldest_us), len(self.times) - MOST_SAMPLES)
        if drop > 0:  # the newest sample always stays: an idle object has no other
            drop = min(drop, len(self.times) - 1)
            del self.times[:drop]
            del self.samples[:drop]
