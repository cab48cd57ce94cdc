"""Where objects are between and beyond their samples. Runs for every picture on the wall.

Between two samples an object is on the straight way, if the samples are near enough in time and
place to be of one movement. Beyond the last one it is moved on a little, held, and fades.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from operator import itemgetter

from app.analytics.track import JUMP, MAX_GAP_US, TimedBox, Track
from app.domain.detection import ObjectSample, ObjectState

EXTRAPOLATE_US = 150_000
"""An object is moved on no further than this beyond its last sample."""
FADE_US = 150_000
IDLE_HOLD_US = 600_000_000
"""Idle objects stay, but not for ever beyond the last word of their source."""
_STILL = 1e-8
"""Slower than this (fractions of the picture a microsecond) is standing: 1 % a second."""
_FAR = 2 * JUMP
"""A jump of the sum of two edges."""
Untracked = tuple[int, tuple[ObjectSample, ...]]
"""A moment and the untracked objects of its frame."""
time_of = itemgetter(0)


def tracked_boxes(
    tracks: Iterable[Track], time_us: int, hold_us: int, trail_us: int, *, moves_on: bool
) -> list[TimedBox]:
    """Where everything with a track is at that moment.

    ``hold_us`` is how long an object stays without a further sample; ``trail_us`` how much of the
    way there is wanted; ``moves_on``: objects are moved on beyond their last sample.
    """
    found: list[TimedBox] = []
    for track in tracks:
        times = track.times
        at = bisect_right(times, time_us) - 1
        if at < 0 or time_us >= track.ended_us:
            continue
        sample = track.samples[at]
        age = time_us - times[at]
        box = None
        if at + 1 < len(times):
            gap = times[at + 1] - times[at]
            if gap <= MAX_GAP_US:
                box = _between(sample, track.samples[at + 1], age / gap)
        if box is None:
            box = _beyond(track, at, age, hold_us, moves_on=moves_on)
            if box is None:
                continue
        if trail_us:
            here = ((box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2)
            box.trail = (*track.trail(at, time_us - trail_us), here)
        found.append(box)
    return found


def untracked_boxes(frames: Sequence[Untracked], time_us: int, hold_us: int) -> list[TimedBox]:
    """Without an id nothing can be known between two samples: the last frame's, briefly."""
    at = bisect_right(frames, time_us, key=time_of) - 1
    if at < 0:
        return []
    age = time_us - frames[at][0]
    alpha = _alpha(age, hold_us)
    if alpha <= 0:
        return []
    known = age if at + 1 == len(frames) else 0
    return [
        TimedBox(sample, box.x1, box.y1, box.x2, box.y2, alpha, known)
        for sample in frames[at][1]
        for box in (sample.box,)
    ]


def _between(sample: ObjectSample, after: ObjectSample, part: float) -> TimedBox | None:
    a, b = sample.box, after.box
    x1, y1, x2, y2 = a.x1, a.y1, a.x2, a.y2
    dx1, dy1, dx2, dy2 = b.x1 - x1, b.y1 - y1, b.x2 - x2, b.y2 - y2
    if not (-_FAR <= dx1 + dx2 <= _FAR and -_FAR <= dy1 + dy2 <= _FAR):
        return None
    return TimedBox(sample, x1 + dx1 * part, y1 + dy1 * part, x2 + dx2 * part, y2 + dy2 * part)


def _beyond(track: Track, at: int, age: int, hold_us: int, *, moves_on: bool) -> TimedBox | None:
    sample = track.samples[at]
    x1, y1, x2, y2 = sample.box.x1, sample.box.y1, sample.box.x2, sample.box.y2
    if sample.state is ObjectState.IDLE:
        return TimedBox(sample, x1, y1, x2, y2) if age <= IDLE_HOLD_US else None
    alpha = _alpha(age, hold_us)
    if alpha <= 0:
        return None
    if moves_on and age and at + 1 == len(track.times):
        across, down = track.velocity(at)
        if abs(across) > _STILL or abs(down) > _STILL:
            ahead = min(age, EXTRAPOLATE_US)
            across, down = across * ahead, down * ahead
            x1, y1, x2, y2 = x1 + across, y1 + down, x2 + across, y2 + down
    return TimedBox(sample, x1, y1, x2, y2, alpha, age)


def _alpha(age: int, hold_us: int) -> float:
    if age <= hold_us:
        return 1.0
    return max(0.0, 1.0 - (age - hold_us) / FADE_US)
