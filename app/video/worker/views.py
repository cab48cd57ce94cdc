"""The pictures that are wanted of one stream, on their way to the frame board."""

import time
from collections.abc import Sequence

from av.video.frame import VideoFrame

from app.domain.geometry import Crop, Size
from app.domain.stream import PictureClock, StreamKind
from app.video.board import BoardWriter, PictureFacts, SlotSpace
from app.video.messages import View
from app.video.worker.clock import Stamp
from app.video.worker.scaling import ViewScaler


class LiveView:
    """One slot of the board and how to fill it. One thread at a time."""

    def __init__(self, wanted: View) -> None:
        self.wanted = wanted
        self.space = SlotSpace(wanted.slot, wanted.offset, wanted.capacity)
        crop = Crop(wanted.crop_x, wanted.crop_y, wanted.crop_width, wanted.crop_height)
        self.scaler = ViewScaler(Size(wanted.box_width, wanted.box_height), crop, wanted.capacity)


class Views:
    """The views of one stream. One thread at a time."""

    def __init__(self, writer: BoardWriter, kind: StreamKind) -> None:
        self._writer = writer
        self._kind = kind
        self._live: list[LiveView] = []
        self.published = 0

    def __bool__(self) -> bool:
        return bool(self._live)

    def replace(self, wanted: Sequence[View]) -> list[LiveView]:
        """Make ``wanted`` the views; returns those that have no picture of theirs yet."""
        before = {view.wanted: view for view in self._live}
        self._live = [before.get(view) or LiveView(view) for view in wanted]
        return [view for view in self._live if view.wanted not in before]

    def shrinks_much(self, width: int, height: int, limit: float) -> bool:
        """Whether every view shows the source at most at ``limit`` of its size."""
        for view in self._live:
            wanted = view.wanted
            across = wanted.box_width / max(1.0, width * wanted.crop_width)
            down = wanted.box_height / max(1.0, height * wanted.crop_height)
            if min(across, down) > limit:
                return False
        return True

    def publish(
        self,
        frame: VideoFrame,
        stamp: Stamp,
        aspect: float,
        only: Sequence[LiveView] | None = None,
    ) -> None:
        """Scale ``frame`` for every view (or ``only`` these) and put it on the board."""
        writer = self._writer
        for view in self._live if only is None else only:
            space = view.space
            scaler = view.scaler
            plan = scaler.plan(frame, aspect)
            buffer, target = writer.begin(space)
            scaler.scale_into(frame, plan, target)
            has_camera_clock = stamp.utc_us is not None
            facts = PictureFacts(
                plan.scaled.width,
                plan.scaled.height,
                plan.scaled.width * 4,
                self._kind,
                PictureClock.CAMERA if has_camera_clock else PictureClock.ARRIVAL,
                stamp.arrival_us if stamp.utc_us is None else stamp.utc_us,
                stamp.offset_us,
                stamp.arrival_us,
                time.time_ns() // 1000,
                frame.pts or 0,
                plan.crop,
                plan.width,
                plan.height,
            )
            writer.publish(space.slot, buffer, facts)
            self.published += 1
