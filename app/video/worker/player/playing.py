"""Plays one clip into its slot of the board, on a thread of its own."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from app.domain.geometry import Crop, Size
from app.domain.stream import PictureClock, Reason, StreamKind
from app.video.board import BoardWriter, PictureFacts, SlotSpace
from app.video.player_messages import (
    ClipClosed,
    ClipFailed,
    ClipOpened,
    ClipStands,
    Go,
    OpenClip,
    Report,
    ShowClip,
)
from app.video.player_types import PlayCommand
from app.video.worker.failures import StreamFailure
from app.video.worker.player.reel import Reel, Still
from app.video.worker.scaling import ViewScaler

_LOOK_S = 0.5
"""It looks again at least so often while it plays."""


@dataclass(frozen=True, slots=True)
class _Close:
    """End the thread."""


class ClipThread:
    """``tell`` is called on the thread. Commands come from any thread and are obeyed in order."""

    def __init__(
        self, command: OpenClip, writer: BoardWriter, tell: Callable[[Report], None]
    ) -> None:
        self.location = command.location
        self._number = command.player
        self._taken_us = command.taken_us
        self._space = SlotSpace(command.slot, command.offset, command.capacity)
        self._writer = writer
        self._tell = tell
        self._wishes: deque[Go | ShowClip | _Close] = deque()
        self._came = threading.Condition()
        self._scaler: ViewScaler | None = None
        self._command = PlayCommand(speed=0.0)
        self._published: int | None = None
        self._thread = threading.Thread(target=self._run, name=f"clip-{command.player}")

    def start(self) -> None:
        self._thread.start()

    def ask(self, wish: Go | ShowClip) -> None:
        self._add(wish)

    def close(self) -> None:
        """``ClipClosed`` follows once it writes nothing more."""
        self._add(_Close())

    # --- the thread ---------------------------------------------------------------------------

    def _add(self, wish: Go | ShowClip | _Close) -> None:
        with self._came:
            self._wishes.append(wish)
            self._came.notify()

    def _run(self) -> None:
        reel: Reel | None = None
        try:
            reel = Reel(self.location)
            width, height = reel.size
            self._tell(ClipOpened(self._number, reel.duration_us, width, height))
            self._play(reel)
        except StreamFailure as failure:
            self._tell(ClipFailed(self._number, failure.reason.value, failure.detail))
            self._wait_for_close()
        except Exception as error:  # noqa: BLE001 - a door: one clip must not end the others
            detail = type(error).__name__
            self._tell(ClipFailed(self._number, Reason.INTERNAL.value, detail))
            self._wait_for_close()
        finally:
            if reel is not None:
                reel.close()
            self._tell(ClipClosed(self._number))

    def _wait_for_close(self) -> None:
        with self._came:
            while not any(isinstance(wish, _Close) for wish in self._wishes):
                self._wishes.clear()
                self._came.wait()

    def _play(self, reel: Reel) -> None:
        wait_s: float | None = None
        while True:
            with self._came:
                if not self._wishes:
                    self._came.wait(wait_s)
                wishes = list(self._wishes)
                self._wishes.clear()
            for wish in wishes:
                if isinstance(wish, _Close):
                    return
                self._obey(reel, wish)
            wait_s = self._go_on(reel)

    def _obey(self, reel: Reel, wish: Go | ShowClip) -> None:
        if isinstance(wish, ShowClip):
            crop = Crop(wish.crop_x, wish.crop_y, wish.crop_width, wish.crop_height)
            size = Size(max(1, wish.width), max(1, wish.height))
            self._scaler = ViewScaler(size, crop, self._space.capacity)
            self._published = None
        elif not wish.step:
            self._command = PlayCommand(
                wish.position_us,
                wish.speed,
                wish.since,
                wish.is_looping,
                begins_us=wish.begins_us,
                span_us=wish.span_us,
            )
        else:
            found = reel.following() if wish.step > 0 else reel.preceding()
            shown = found or reel.current
            if shown is not None:
                self._command = PlayCommand(
                    shown.at_us + wish.begins_us,
                    0.0,
                    0.0,
                    wish.is_looping,
                    begins_us=wish.begins_us,
                    span_us=wish.span_us,
                )
                self._publish(shown, reel.aspect)
                self._tell(ClipStands(self._number, shown.at_us))

    def _go_on(self, reel: Reel) -> float | None:
        """Show what is due; how long until the next is."""
        command = self._command
        position = command.place_at(time.monotonic(), reel.duration_us)
        has_begun = position >= 0
        found = reel.find(position) if has_begun else None
        if found is not None and found.at_us != self._published:
            self._publish(found, reel.aspect)
        if not command.speed:
            return None
        due = reel.next_us() if has_begun else 0
        if due is None:
            if not command.is_looping:
                return None
            due = (command.span_us - command.begins_us) or reel.duration_us
        now = command.place_at(time.monotonic(), reel.duration_us)
        return min(max(0.001, (due - now) / 1e6 / command.speed), _LOOK_S)

    def _publish(self, still: Still, aspect: float) -> None:
        scaler = self._scaler
        if scaler is None:
            return  # it is only prepared
        self._published = still.at_us
        plan = scaler.plan(still.frame, aspect)
        buffer, target = self._writer.begin(self._space)
        scaler.scale_into(still.frame, plan, target)
        now_us = time.time_ns() // 1000
        facts = PictureFacts(
            width=plan.scaled.width,
            height=plan.scaled.height,
            stride=plan.scaled.width * 4,
            kind=StreamKind.MAIN,
            clock=PictureClock.ARRIVAL,
            utc_us=now_us if self._taken_us is None else self._taken_us + still.at_us,
            offset_us=0,
            arrival_us=now_us,
            published_us=now_us,
            pts=still.at_us,
            crop=plan.crop,
            source_width=plan.width,
            source_height=plan.height,
            is_replay=True,
        )
        self._writer.publish(self._space.slot, buffer, facts)
