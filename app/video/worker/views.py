"""The pictures that are wanted of one stream, on their way to the frame board."""

import time
from collections import deque
from collections.abc import Mapping, Sequence

from app.domain.geometry import Crop, Size
from app.domain.stream import PictureClock, StreamKind
from app.video.board import BoardWriter, PictureFacts, SlotSpace
from app.video.messages import View
from app.video.worker.backlog import is_due
from app.video.worker.clock import Stamp
from app.video.worker.decoding import Picture
from app.video.worker.scaling import ViewScaler

_MOST_HELD = 16
"""Half a second at 30 pictures a second; of faster streams a slow view shows fewer."""


class LiveView:
    """One slot of the board and how to fill it. One thread at a time."""

    def __init__(self, wanted: View) -> None:
        self.wanted = wanted
        self.space = SlotSpace(wanted.slot, wanted.offset, wanted.capacity)
        crop = Crop(wanted.crop_x, wanted.crop_y, wanted.crop_width, wanted.crop_height)
        self.scaler = ViewScaler(Size(wanted.box_width, wanted.box_height), crop, wanted.capacity)
        self.hold_us = 0
        self.held: deque[Picture] = deque()
        """Decoded for a view of the same stream that waits less."""

    def shrinks_much(self, width: int, height: int, limit: float) -> bool:
        """Whether it shows a source of that size at most at ``limit`` of it."""
        wanted = self.wanted
        across = wanted.box_width / max(1.0, width * wanted.crop_width)
        down = wanted.box_height / max(1.0, height * wanted.crop_height)
        return min(across, down) <= limit


def publish(
    writer: BoardWriter,
    view: LiveView,
    picture: Picture,
    aspect: float,
    kind: StreamKind,
    *,
    is_replay: bool = False,
) -> None:
    """Scale a picture for a view and put it on the board."""
    frame, stamp = picture
    space, scaler = view.space, view.scaler
    plan = scaler.plan(frame, aspect)
    buffer, target = writer.begin(space)
    scaler.scale_into(frame, plan, target)
    facts = PictureFacts(
        plan.scaled.width,
        plan.scaled.height,
        plan.scaled.width * 4,
        kind,
        _clock_of(stamp),
        stamp.arrival_us if stamp.utc_us is None else stamp.utc_us,
        stamp.offset_us,
        stamp.arrival_us,
        time.time_ns() // 1000,
        frame.pts or 0,
        plan.crop,
        plan.width,
        plan.height,
        is_replay,
    )
    writer.publish(space.slot, buffer, facts)


def _clock_of(stamp: Stamp) -> PictureClock:
    if stamp.utc_us is None:
        return PictureClock.ARRIVAL
    return PictureClock.CAMERA_APPROXIMATE if stamp.is_approximate else PictureClock.CAMERA


class Views:
    """The views of one stream that show what is live. One thread at a time.

    Pictures are decoded for the views that wait least (``soonest_us``); those that wait longer
    keep what was decoded until it is their turn.
    """

    def __init__(self, writer: BoardWriter, kind: StreamKind) -> None:
        self._writer = writer
        self._kind = kind
        self._live: list[LiveView] = []
        self._soon: list[LiveView] = []
        self._late: list[LiveView] = []
        self.soonest_us = 0
        self.published = 0

    def __bool__(self) -> bool:
        return bool(self._live)

    def replace(self, wanted: Sequence[View]) -> list[LiveView]:
        """Make ``wanted`` the views; returns those that have no picture of theirs yet."""
        before = {view.wanted: view for view in self._live}
        self._live = [before.get(view) or LiveView(view) for view in wanted]
        return [view for view in self._live if view.wanted not in before]

    def wait(self, holds: Mapping[int, int], *, decodes: bool) -> None:
        """How long each slot's pictures wait; without ``decodes`` no packets can be held, so all
        waiting is done with pictures."""
        for view in self._live:
            view.hold_us = holds.get(view.wanted.slot, 0)
        waits = [view.hold_us for view in self._live]
        self.soonest_us = min(waits, default=0) if decodes else 0
        self._soon = [view for view in self._live if view.hold_us == self.soonest_us]
        self._late = [view for view in self._live if view.hold_us != self.soonest_us]

    def shrinks_much(self, width: int, height: int, limit: float) -> bool:
        """Whether every view shows the source at most at ``limit`` of its size."""
        return all(view.shrinks_much(width, height, limit) for view in self._live)

    def keep(self, picture: Picture) -> None:
        """A picture was decoded: the views that wait longer will want it."""
        for view in self._late:
            if len(view.held) < _MOST_HELD:
                view.held.append(picture)

    def publish(
        self, picture: Picture, aspect: float, only: Sequence[LiveView] | None = None
    ) -> None:
        """Show a picture in the views that wait least (or ``only`` in these)."""
        for view in self._soon if only is None else only:
            # What it still holds is older.
            view.held.clear()
            publish(self._writer, view, picture, aspect, self._kind)
            self.published += 1

    def release(self, now_us: int, aspect: float) -> None:
        """Show what the other views have waited for long enough."""
        for view in self._live:
            due: Picture | None = None
            while view.held and is_due(view.held[0][1].local_us, view.hold_us, now_us):
                due = view.held.popleft()
            if due is not None:
                publish(self._writer, view, due, aspect, self._kind)
                self.published += 1

    @property
    def next_due_us(self) -> int | None:
        """When ``release`` has something to do next."""
        dues = (v.held[0][1].local_us + v.hold_us for v in self._live if v.held)
        return min(dues, default=None)
