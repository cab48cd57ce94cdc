"""What happens to a stream's packets: kept in the ring, decoded when hot, shown in the views."""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from av.video.stream import VideoStream

from app.domain.picture_health import PictureFault
from app.domain.stream import STALE_AFTER_S, Effort, StreamKind
from app.video.board import BoardWriter
from app.video.messages import LookBack, OpenStream, SetHold, SetViews, View
from app.video.worker.backlog import Backlog
from app.video.worker.decoding import Decoder, Picture
from app.video.worker.health.look import HealthLook
from app.video.worker.past import Past
from app.video.worker.ring import PacketRing, RingBudget
from app.video.worker.ring_entry import RingEntry
from app.video.worker.rounds import Rounds
from app.video.worker.views import LiveView, Views

Wish = SetViews | SetHold | LookBack

_MUCH_SMALLER = 0.6
"""Below this linear size of a tile against its source the loop filter's work is invisible."""
_FEW = 6
"""So many pictures are decoded before anybody would notice."""
_MANY = 90
"""So many packets behind, the newest key frame is sooner there than the next picture."""
_STALE_US = int(STALE_AFTER_S * 0.75e6)
_WITH_ERRORS_S = 10.0
_WITHOUT_KEY_S = 30.0
_LOOK_EVERY_S = 1.0


class Pipeline:
    """Between a stream's thread, which feeds it, and the views, which any thread may change.

    The lock guards ring, decoder and views. The stream's thread does not hold it while it waits
    for the network, so a warm stream can be made hot from outside at any moment.
    """

    def __init__(
        self,
        command: OpenStream,
        writer: BoardWriter,
        budget: RingBudget,
        rounds: Rounds,
        health: HealthLook,
        tell_faults: Callable[[Sequence[PictureFault]], None],
    ) -> None:
        """``tell_faults`` hears what is wrong with the pictures, when that changes."""
        self.ring = PacketRing(command.ring_seconds, command.ring_bytes, budget)
        self.decoded = 0
        self.busy_ns = 0
        self.behind_us = 0
        self.queued = False
        self._rounds = rounds
        self._row = command.row
        self._writer = writer
        kind = StreamKind(command.kind)
        self._health = health
        self._tell_faults = tell_faults
        self._look_at = 0.0
        self._has_told = False
        self._looking = threading.Lock()
        self._lock = threading.Lock()
        self._views = Views(writer, kind)
        self.past = Past(self.ring, self._lock, writer, command.row, kind, rounds)
        self._decoder: Decoder | None = None
        self._aspect = 1.0
        self._effort = Effort.FULL
        self._last: Picture | None = None
        self._wishes: deque[Wish] = deque()
        self._wanted: Sequence[View] = ()
        self._holds: dict[int, int] = {}
        self._backlog = Backlog()
        self._timer_us = 0
        self._is_closed = False
        self._good_at = time.monotonic()

    @property
    def published(self) -> int:
        return self._views.published + self.past.published

    @property
    def errors(self) -> int:
        """Packets that could not be decoded."""
        decoder = self._decoder
        return decoder.errors if decoder is not None else 0

    def begin(
        self,
        new_decoder: Callable[[], Decoder] | None,
        aspect: float,
        video: VideoStream | None = None,
    ) -> None:
        """The stream is open; ``None`` when the source decodes by itself."""
        with self._lock:
            self.past.begin(new_decoder, aspect, video)
            self._decoder = new_decoder() if new_decoder is not None else None
            self._aspect = aspect
            self._good_at = time.monotonic()
            self._set_holds()
            self._choose_effort()

    def end(self) -> None:
        """Nothing is written any more once this returns; frees the ring and the decoder."""
        with self._lock:
            self._is_closed = True
            self._views.replace(())
            self._wanted = ()
            self.past.end()
            self._decoder = None
            self._last = None
            self._backlog.clear()
            self.ring.clear()

    def want(self, command: Wish) -> None:
        """Note what is wanted; ``apply`` makes it so. Any thread, in the order of the commands."""
        self._wishes.append(command)

    def apply(self) -> list[int]:
        """Make everything as it is wanted and show what there is; any thread.

        Returns the versions of the views that hold from now on.
        """
        with self._lock:
            versions: list[int] = []
            changed = False
            while self._wishes:
                wish = self._wishes.popleft()
                changed = True
                match wish:
                    case SetViews():
                        versions.append(wish.version)
                        self._wanted = wish.views
                        self.past.keep_only([view.slot for view in wish.views])
                        self._effort = Effort(wish.effort)
                        self._holds = dict(wish.holds)
                    case SetHold():
                        self._holds[wish.slot] = wish.hold_us
                    case LookBack():
                        self.past.look_back(wish)
            if changed and not self._is_closed:
                self._set_views()
                self._schedule()
            return versions

    def _set_views(self) -> None:
        was_hot = bool(self._views)
        fresh = self._views.replace(self.past.take_views(self._wanted))
        self._set_holds()
        self._choose_effort()
        if not self._views:
            self._last = None
            self._backlog.clear()
            return
        if not was_hot:
            self._good_at = time.monotonic()
            self._start_catching_up()
        elif fresh and self._last is not None:
            self._show(self._last, fresh)

    def _set_holds(self) -> None:
        self._views.wait(self._holds, decodes=self._decoder is not None)
        self._backlog.hold_us = self._views.soonest_us

    # --- decoding what is live ----------------------------------------------------------------

    def _choose_effort(self) -> None:
        decoder = self._decoder
        if decoder is None:
            return
        width, height = decoder.size
        sheds = self._effort >= Effort.NO_LOOP_FILTER
        only_keys = self._effort >= Effort.KEY_FRAMES
        if self._views:
            small = self._views.shrinks_much(width, height, _MUCH_SMALLER)
            decoder.ask(skip_loop_filter=small or sheds, only_keys=only_keys)
        self.past.ask((width, height), _MUCH_SMALLER, sheds=sheds, only_keys=only_keys)

    def _start_catching_up(self) -> None:
        """Show what the last key frame leads to.

        Where that takes a while the key frame itself is shown first, so that a whole page of
        tiles is live at once; its age is on the tile like any other's.
        """
        decoder, backlog = self._decoder, self._backlog
        backlog.clear()
        if decoder is None:
            return
        now_us = time.time_ns() // 1000
        place = self.ring.key_before(now_us - backlog.hold_us)
        if place is None:
            return
        backlog.replace(self.ring.since(place) if backlog.hold_us else self.ring.since_key())
        decoder.restart(in_a_hurry=True)
        if backlog.due(now_us) <= _FEW:
            self._catch_up(decoder)
            return
        key = backlog.pop()
        pictures = self._decode(decoder, key)
        if pictures and now_us - key.stamp.local_us - backlog.hold_us < _STALE_US:
            self._show(pictures[-1])

    def _catch_up(self, decoder: Decoder) -> None:
        """Decode what is due of the backlog and show only the newest picture."""
        backlog, views = self._backlog, self._views
        now_us = time.time_ns() // 1000
        due = backlog.due(now_us)
        if not due:
            return
        if due > _MANY:
            due -= self._skip_to_key(decoder, due)
        size = decoder.size
        newest: Picture | None = None
        ready_us = 0
        for _ in range(due):
            entry = backlog.pop()
            ready_us = max(entry.released_us, entry.stamp.local_us + backlog.hold_us)
            for picture in self._decode(decoder, entry):
                newest = picture
                views.keep(picture)
        if decoder.size != size:
            self._choose_effort()
        if newest is not None:
            self._show(newest)
            self.behind_us = max(0, time.time_ns() // 1000 - ready_us)

    def _skip_to_key(self, decoder: Decoder, due: int) -> int:
        """Too far behind to decode it all: go on at the newest key frame that is due, if that is
        further on; returns how many packets were skipped."""
        skipped = self._backlog.last_key(due)
        if skipped:
            for _ in range(skipped):
                self._backlog.pop()
            decoder.restart()
        return skipped

    @property
    def is_behind(self) -> bool:
        """Whether ``catch_up`` has something to do. Any thread."""
        return self._backlog.due(time.time_ns() // 1000) > 0

    def catch_up(self) -> None:
        """Decode what is due and not yet decoded, show what other views waited for. Any thread."""
        with self._lock:
            self._timer_us = 0
            if self._decoder is not None:
                self._catch_up(self._decoder)
            self._views.release(time.time_ns() // 1000, self._aspect)
            self._schedule()
        self._look()

    def _schedule(self) -> None:
        """Have the next held picture shown when it is due."""
        due_us = self._backlog.next_due_us if self._backlog.hold_us else None
        held_us = self._views.next_due_us
        if held_us is not None and (due_us is None or held_us < due_us):
            due_us = held_us
        if due_us is None or 0 < self._timer_us <= due_us:
            return
        self._timer_us = due_us
        wait_s = max(0.0, (due_us - time.time_ns() // 1000) / 1e6)
        self._rounds.submit(self, time.monotonic() + wait_s)

    def _look(self) -> None:
        """Once a second: is the picture in order?"""
        now = time.monotonic()
        last = self._last
        if last is None or now < self._look_at or not self._looking.acquire(blocking=False):
            return
        try:
            self._look_at = now + _LOOK_EVERY_S
            self._judge(last)
        finally:
            self._looking.release()

    def _judge(self, last: Picture) -> None:
        began = time.perf_counter_ns()
        faults = self._health.look(*last)
        self.busy_ns += time.perf_counter_ns() - began
        if faults is None and not self._has_told:
            # A new connection: what was known of the camera before still holds.
            faults = self._health.faults
        if faults is not None:
            if faults or self._has_told:
                self._tell_faults(faults)
            self._has_told = True

    def _decode(self, decoder: Decoder, entry: RingEntry) -> Sequence[Picture]:
        began = time.perf_counter_ns()
        self._writer.enter(self._row)
        pictures = decoder.decode(entry)
        self._writer.leave(self._row)
        self.busy_ns += time.perf_counter_ns() - began
        self.decoded += len(pictures)
        return pictures

    def _show(self, picture: Picture, only: Sequence[LiveView] | None = None) -> None:
        began = time.perf_counter_ns()
        self._writer.enter(self._row)
        self._views.publish(picture, self._aspect, only)
        self._writer.leave(self._row)
        self._last = picture
        self.busy_ns += time.perf_counter_ns() - began
        self._good_at = time.monotonic()

    def take(self, entry: RingEntry) -> None:
        """Keep a packet; the next round shows its picture to whoever looks. The stream's thread."""
        with self._lock:
            if self._is_closed:
                return
            self.ring.append(entry)
            self.past.take(entry)
            if self._decoder is None or not self._views:
                return
            self._backlog.append(entry)
            if self._backlog.hold_us:
                self._schedule()
                return
        self._rounds.submit(self)

    def show(self, picture: Picture) -> None:
        """Show a picture that the source decoded itself. The stream's thread."""
        with self._lock:
            if self._is_closed:
                return
            self.decoded += 1
            if self._views:
                self._views.keep(picture)
                self._show(picture)
                self._schedule()
        self._look()

    def stuck_s(self, patience_s: float) -> float:
        """For how long the decoder has not come back from a packet, 0 within ``patience_s``."""
        decoders = (self._decoder, *self.past.decoders)
        since = min((d.busy_since for d in decoders if d is not None and d.busy_since), default=0.0)
        waited = time.monotonic() - since if since else 0.0
        return waited if waited > patience_s else 0.0

    def undecodable_s(self) -> float:
        """For how long packets have come without a picture, once that is beyond patience, else 0.

        A camera with rare key frames gets more patience than one that sends errors.
        """
        if not self._views:
            return 0.0
        waited = time.monotonic() - self._good_at
        return waited if waited > (_WITH_ERRORS_S if self.errors else _WITHOUT_KEY_S) else 0.0
