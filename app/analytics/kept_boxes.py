"""The boxes that were kept with a clip, asked for by the place in the clip.

Hours of them stay packed; unpacked are the few seconds around what is shown, whichever way and
however fast it is played. Reading is for any thread, asking for the GUI thread.
"""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import chain
from operator import itemgetter

from app.analytics.boxes_file import (
    Block,
    BoxesFileError,
    Contents,
    KeptSource,
    parse,
    shift_at,
)
from app.analytics.messages import ZoneShape
from app.analytics.timeline import Timeline
from app.analytics.track import TimedBox
from app.domain.detection import DetectionFrame

_STEP_US = 400_000
"""One timeline serves so much of the clip, forwards and backwards."""
_BEFORE_US = 3_300_000
_AFTER_US = 1_050_000
"""What a timeline of a moment must know before and after it, as in ``frame_history``."""
_PATIENCE_US = 1_000_000
_MOST_WINDOWS = 4
_MOST_BLOCKS = 24
_Anchors = Sequence[tuple[int, int]]
_place = itemgetter(0)


class GapKind(Enum):
    """``NOT_YET``: none had come; ``CUT_SHORT``: the program ended before they were written."""

    NOT_YET = "not-yet"
    NOT_CONNECTED = "not-connected"
    CUT_SHORT = "cut-short"


@dataclass(frozen=True, slots=True)
class Gap:
    """``source`` is the one that was not connected."""

    kind: GapKind
    source: str = ""


class KeptBoxes:
    """``anchors`` are pairs of (microseconds in the clip's file, time on the clip's clock)."""

    def __init__(self, contents: Contents, anchors: _Anchors, start_us: int) -> None:
        self.header = contents.header
        self.frames = sum(block.count for block in contents.blocks)
        self.bytes = sum(len(block.packed) for block in contents.blocks)
        """In memory, packed."""
        self.is_damaged = False
        """Something that was asked for could not be unpacked."""
        first = anchors[0][0] if anchors else 0
        self._anchors = [(file_us - first, at_us) for file_us, at_us in anchors] or [(0, start_us)]
        self._lanes = [
            _Lane(source, [block for block in contents.blocks if block.source == number])
            for number, source in enumerate(self.header.sources)
        ]

    @property
    def is_exact(self) -> bool:
        """Whether pictures and boxes were stamped by one clock."""
        return all(lane.source.is_exact for lane in self._lanes)

    @property
    def zones(self) -> Sequence[ZoneShape]:
        """The shapes of the rules that were in force."""
        return tuple(chain.from_iterable(shapes for _source, shapes in self.header.zones))

    def boxes_at(
        self, position_us: int, trail_us: int, hides_while_moving: Callable[[str], bool]
    ) -> tuple[Sequence[TimedBox], bool]:
        """Where everything was in the picture at that place of the clip, and whether something is
        hidden because the camera moved. ``hides_while_moving`` is asked with a source's name."""
        clip_us = self._time_at(position_us)
        found: list[TimedBox] = []
        is_moving = False
        for lane in self._lanes:
            moment = clip_us + shift_at(lane.source, clip_us)
            if lane.moved_at(moment) and hides_while_moving(lane.source.source):
                is_moving = True
                continue
            try:
                found += lane.timeline(moment).boxes_at(moment, trail_us)
            except BoxesFileError:
                self.is_damaged = True
        return found, is_moving

    def gap_at(self, position_us: int) -> Gap | None:
        """Why boxes may be missing there; ``None``: what is not drawn was not seen."""
        clip_us = self._time_at(position_us)
        for source, first_us, last_us in self.header.silences:
            if first_us <= clip_us <= last_us:
                return Gap(GapKind.NOT_CONNECTED, source)
        begins_us = min((lane.begins_us for lane in self._lanes), default=clip_us)
        if clip_us < begins_us - _PATIENCE_US:
            return Gap(GapKind.NOT_YET)
        if clip_us > self.header.end_us + _PATIENCE_US:
            return Gap(GapKind.CUT_SHORT)
        return None

    def _time_at(self, position_us: int) -> int:
        """The clip's clock at a place in its file: by the key frame before it."""
        at = max(0, bisect_right(self._anchors, position_us, key=_place) - 1)
        file_us, at_us = self._anchors[at]
        return at_us + position_us - file_us


class _Lane:
    """The frames of one module."""

    def __init__(self, source: KeptSource, blocks: Sequence[Block]) -> None:
        self.source = source
        self._blocks = sorted(blocks, key=lambda block: block.first_us)
        self._longest_us = max((block.last_us - block.first_us for block in blocks), default=0)
        self._firsts = [block.first_us for block in self._blocks]
        self._unpacked: OrderedDict[int, list[DetectionFrame]] = OrderedDict()
        self._windows: OrderedDict[int, Timeline] = OrderedDict()

    @property
    def begins_us(self) -> int:
        """When the first frame came, on the clip's clock."""
        first_us = self._firsts[0] if self._firsts else 0
        return first_us - (self.source.shifts[0][1] if self.source.shifts else 0)

    def moved_at(self, moment: int) -> bool:
        moving = self.source.moving
        at = bisect_right(moving, moment, key=_place)
        return at > 0 and moving[at - 1][1]

    def timeline(self, moment: int) -> Timeline:
        """A timeline that knows what was around ``moment``. Raises ``BoxesFileError``."""
        number = moment // _STEP_US
        found = self._windows.get(number)
        if found is None:
            start = number * _STEP_US
            frames = self._frames(start - _BEFORE_US, start + _STEP_US + _AFTER_US)
            found = self._windows[number] = Timeline.of_past(frames, self.source.interval_us)
            if len(self._windows) > _MOST_WINDOWS:
                self._windows.popitem(last=False)
        return found

    def _frames(self, first_us: int, last_us: int) -> list[DetectionFrame]:
        """Those of a span, in the order of their times."""
        found: list[DetectionFrame] = []
        end = bisect_right(self._firsts, last_us)
        begin = bisect_right(self._firsts, first_us - self._longest_us - 1)
        for number in range(begin, end):
            if self._blocks[number].last_us >= first_us:
                found += [
                    frame for frame in self._block(number) if first_us <= frame.time_us <= last_us
                ]
        found.sort(key=_time_of)
        return found

    def _block(self, number: int) -> list[DetectionFrame]:
        frames = self._unpacked.get(number)
        if frames is None:
            frames = self._unpacked[number] = self._blocks[number].frames()
            if len(self._unpacked) > _MOST_BLOCKS:
                self._unpacked.popitem(last=False)
        else:
            self._unpacked.move_to_end(number)
        return frames


def read_boxes(data: bytes, anchors: _Anchors, start_us: int) -> KeptBoxes:
    """The boxes of a complete file. Raises ``BoxesFileError``."""
    contents = parse(data)
    if not contents.is_whole:
        raise BoxesFileError("its end is missing or damaged")
    return KeptBoxes(contents, anchors, start_us)


def _time_of(frame: DetectionFrame) -> int:
    return frame.time_us
