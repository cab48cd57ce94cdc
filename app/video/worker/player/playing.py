"""Plays one clip into its slot of the board, on a thread of its own."""

import gc
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from av.audio.frame import AudioFrame

from app.domain.geometry import Crop, Size
from app.domain.stream import PictureClock, Reason, StreamKind
from app.video.board import BoardWriter, PictureFacts, SlotSpace
from app.video.player_messages import (
    ClipClosed,
    ClipFailed,
    ClipMoved,
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
from app.video.worker.portions import Portions
from app.video.worker.scaling import ViewScaler

_LOOK_S = 0.5
"""It looks again at least so often while it plays."""
AHEAD_S = 0.4
"""So much of a stream is there before it is shown, that it neither stutters nor is silent."""
_READ_US = 200_000
"""So far ahead it is read: sound comes between the pictures."""
_LATE_US = 1_000_000
_SOUGHT_US = 1_000_000
_AT_A_TIME_S = 0.004
"""So long it decodes ahead before it looks whether something else is wished."""


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
        self._asked = 0.0
        self._published: int | None = None
        self._back: Portions[Still] | None = None
        self._back_us = 0
        self._is_sought = False
        self._was_seekable = True
        self.has_sound = self.is_stream = False
        self.begins_s, self.duration_us = 0.0, 0
        self.hear: Callable[[AudioFrame], None] | None = None
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
            self.begins_s, self.duration_us = reel.begins_s, reel.duration_us
            self.has_sound, self.is_stream = reel.has_sound, reel.is_stream
            self._is_sought = reel.is_stream
            reel.hear = self._hear
            self._tell(
                ClipOpened(
                    self._number,
                    reel.duration_us,
                    reel.pictures_us,
                    *reel.size,
                    is_seekable=reel.is_seekable,
                    is_stream=reel.is_stream,
                    has_sound=reel.has_sound,
                )
            )
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
            # Decoders, with threads and pictures of theirs, hang in a ring of references.
            reel = self._back = None
            gc.collect()
            self._tell(ClipClosed(self._number))

    def _wait_for_close(self) -> None:
        with self._came:
            while not any(isinstance(wish, _Close) for wish in self._wishes):
                self._wishes.clear()
                self._came.wait()

    def _play(self, reel: Reel) -> None:
        self._was_seekable = reel.is_seekable
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
            if self._was_seekable and not reel.is_seekable:
                self._was_seekable, self.is_stream = False, reel.is_stream
                shown_us = 0 if reel.current is None else reel.current.at_us
                self._move(reel, shown_us, time.monotonic())
                wait_s = 0.0

    @property
    def command(self) -> PlayCommand:
        """Where it is and how it goes on. Any thread."""
        return self._command

    def _obey(self, reel: Reel, wish: Go | ShowClip) -> None:
        if isinstance(wish, ShowClip):
            crop = Crop(wish.crop_x, wish.crop_y, wish.crop_width, wish.crop_height)
            size = Size(max(1, wish.width), max(1, wish.height))
            self._scaler = ViewScaler(size, crop, self._space.capacity)
            self._published = None
        elif not wish.step:
            if self._back is not None:
                self._back = reel.current = self._published = None
            self._is_sought |= self._is_away(reel, wish)
            self._asked = wish.since
            self._command = PlayCommand(
                wish.position_us,
                wish.speed,
                wish.since,
                wish.is_looping,
                begins_us=wish.begins_us,
                span_us=wish.span_us,
            )
        else:
            self._stand(reel)
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

    def _hear(self, frame: AudioFrame) -> None:
        hear = self.hear
        if hear is not None:
            hear(frame)

    def _is_away(self, reel: Reel, wish: Go) -> bool:
        """Whether it is asked to be somewhere else than it is, in a stream."""
        now = self._command.position_at(time.monotonic(), reel.duration_us)
        return abs(wish.position_us - now) > _SOUGHT_US

    def _go_on(self, reel: Reel) -> float | None:
        """Show what is due; how long until the next is."""
        command = self._command
        position = command.place_at(time.monotonic(), reel.duration_us)
        if reel.is_stream:
            return self._flow(reel, command, position)
        if command.speed < 0:
            return self._go_back(reel, command, position)
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

    def _flow(self, reel: Reel, command: PlayCommand, position: int) -> float | None:
        """Show what is due of a stream. Where it comes late its clock waits for it: a position
        that runs on while the picture stands would be a lie."""
        was_sought, self._is_sought = self._is_sought, False
        if was_sought and self._published is not None and reel.is_seekable:
            found = reel.find(position)
        else:
            found = reel.due(position)
        if found is not None and found.at_us != self._published:
            self._publish(found, reel.aspect)
        if command.speed <= 0:
            self._is_sought = was_sought
            return None
        due = reel.next_us()
        if due is None:
            return None
        now = time.monotonic()
        late_us = command.position_at(now, reel.duration_us) - due
        if was_sought or late_us > _LATE_US * command.speed:
            self._move(reel, due if found is None else found.at_us, now + AHEAD_S)
            return AHEAD_S
        reel.read_until(due + _READ_US)
        late_us = command.position_at(time.monotonic(), reel.duration_us) - due
        return min(max(0.001, -late_us / 1e6 / command.speed), _LOOK_S)

    def _move(self, reel: Reel, position_us: int, since: float) -> None:
        self._command = replace(self._command, position_us=position_us, since=since)
        self._tell(
            ClipMoved(self._number, position_us, since, self._asked, is_seekable=reel.is_seekable)
        )

    def _go_back(self, reel: Reel, command: PlayCommand, position: int) -> float | None:
        """The same backwards; what is shown next is decoded in the time between."""
        back = self._back
        if back is None or position > self._back_us:  # over the beginning it comes to the end
            # Every one up to 2×; beyond that nobody sees each, and there is not the time.
            back = self._back = reel.backwards(position + 1, max(1, round(-command.speed / 2)))
            back.begin()
            if command.speed >= -1.0 and not command.span_us:
                # None is left out because the first ones took a while.
                self._move(reel, position, time.monotonic())
                command = self._command
        self._back_us = position
        found = back.due(position)
        if found is not None:
            reel.current = found
            if found.at_us != self._published:
                self._publish(found, reel.aspect)
        if back.is_empty and not command.is_looping:
            return None
        due_us = 0 if back.is_empty else back.next_at_us
        now = time.monotonic()
        due = now + (command.place_at(now, reel.duration_us) - due_us) / 1e6 / -command.speed
        back.work(_AT_A_TIME_S)
        while back.has_work and not self._wishes and time.monotonic() < due:
            back.work(_AT_A_TIME_S)
        return min(max(0.001, due - time.monotonic()), _LOOK_S)

    def _stand(self, reel: Reel) -> None:
        """After going backwards: be at the picture that is shown, ready to step."""
        if self._back is None:
            return
        self._back = None
        shown, reel.current = reel.current, None
        reel.find(0 if shown is None else shown.at_us)

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
