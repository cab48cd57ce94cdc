"""Plays one view from the ring while the stream goes on filling it.

A replay has a decoder of its own, so the live pictures of other views go on undisturbed. Finding
a picture may take a whole group of pictures: that is a long errand (``seek``). From then on it is
paced in the decoding rounds like any other stream.
"""

import threading
import time
from collections import deque
from collections.abc import Callable

import msgspec

from app.video.messages import LookBack
from app.video.worker.backwards import Backwards
from app.video.worker.decoding import Decoder, Picture
from app.video.worker.pace import Pace
from app.video.worker.ring import Cursor, PacketRing
from app.video.worker.ring_entry import RingEntry
from app.video.worker.rounds import Rounds
from app.video.worker.views import LiveView

_AHEAD = 4
"""A packet is decoded when the first of so many is due: its picture may only come after theirs."""
_POLL_S = 0.1
"""How soon to look again when the ring has nothing newer."""
_MOST_LATE_US = 1_000_000
"""Later than this it goes on at the key frame before its position."""
_NEAR_US = 100_000
"""A position so little before the shown picture is where it is: a key was a moment under way."""
_AT_A_TIME_S = 0.004
"""So long backwards pictures are decoded in one turn."""
_SOON_S = 0.002


class Replay:
    """One view's way through the ring.

    ``ask`` and ``end`` on any thread, then ``seek`` on one where it may take long; ``catch_up`` on
    the rounds' thread. ``lock`` guards the ring; ``show`` gets the pictures, without the lock.
    """

    def __init__(
        self,
        ring: PacketRing,
        lock: threading.Lock,
        decoder: Decoder,
        rounds: Rounds,
        show: Callable[["Replay", Picture], None],
    ) -> None:
        self.view: LiveView | None = None
        """Where it is shown; changed by the pipeline, under the lock."""
        self.queued = False
        self.decoder = decoder
        self.only_keys = False
        """Whether it is too fast for every picture."""
        self._ring = ring
        self._lock = lock
        self._rounds = rounds
        self._show_picture = show
        self._asked: deque[LookBack] = deque()
        self._turn = threading.Lock()
        self._due_at = 0.0
        self._pace = Pace(0, by_camera=False, speed=0.0, since=0.0)
        self._waits_for_first = False
        self._cursor: Cursor | None = None
        self._pending: deque[Picture] = deque()
        self._shown: Picture | None = None
        self._back: Backwards | None = None
        self._is_over = False

    def ask(self, wish: LookBack) -> None:
        """Note another way to go; ``seek`` makes it so. In the order of the commands."""
        self.only_keys = Pace.of(wish, 0.0).only_keys
        self._asked.append(wish)

    def end(self) -> None:
        """Show nothing any more. Any thread."""
        self._is_over = True

    @property
    def is_over(self) -> bool:
        return self._is_over

    def seek(self) -> None:
        """Go where it was asked to: show that picture, or the oldest one, and go on from there."""
        with self._turn:
            while self._asked and not self._is_over:
                wish = self._asked.popleft()
                if wish.step:
                    self._step(self._with_those_after(wish))
                elif not self._asked or self._asked[0].step:
                    self._follow(wish)
            self._submit()

    def catch_up(self) -> None:
        """Show what is due now. The rounds' thread."""
        if self._is_over or time.monotonic() < self._due_at - 0.0005:
            # Over, or a turn that was asked for before there was a sooner one.
            return
        if not self._turn.acquire(blocking=False):
            return  # it is sought; that asks for the next turn
        try:
            self._go_on()
            self._submit()
        finally:
            self._turn.release()

    def _with_those_after(self, wish: LookBack) -> LookBack:
        """A held key asks faster than a group can be decoded: one step of all that it asked."""
        steps = wish.step
        while self._asked and self._asked[0].step * steps > 0:
            steps += self._asked.popleft().step
        return msgspec.structs.replace(wish, step=steps)

    # --- where to go --------------------------------------------------------------------------

    def _follow(self, wish: LookBack) -> None:
        """Play at another pace, from another position or from where it is."""
        now = time.monotonic()
        pace = Pace.of(wish, now)
        was_back = self._back is not None
        self._back = None
        before, self._pace = self._pace, pace
        is_same_line = (pace.by_camera, pace.only_keys) == (before.by_camera, before.only_keys)
        self._waits_for_first = wish.since is None
        position = pace.at(now)
        if pace.speed < 0:
            back = Backwards(self._ring, self._lock, self.decoder, pace, position + 1)
            back.begin()
            first = back.due(pace.at(time.monotonic()))
            if first is None:
                self._find(position)
            self._show(first)
            self._pending.clear()
            self._cursor = None
            self._back = back
        elif was_back or not is_same_line or not self._is_near(position):
            self._find(position)
        else:
            self._go_on()

    def _is_near(self, position_us: int) -> bool:
        """Whether the position is reached by going on from the shown picture."""
        if self._shown is None or self._cursor is None:
            return False
        ahead = self._ahead()
        if not ahead:
            return position_us >= self._at(self._shown) - _NEAR_US
        shown_us = self._at(self._shown)
        return shown_us - _NEAR_US <= position_us <= self._due_us(ahead) + _MOST_LATE_US // 2

    def _find(self, position_us: int) -> None:
        """Show the newest picture that is not after the position, else the oldest one."""
        self._pending.clear()
        with self._lock:
            by_camera = self._pace.by_camera
            self._cursor = self._ring.key_before(position_us, by_camera=by_camera)
        if self._cursor is None:
            return  # Nothing has come yet: what comes first is the oldest.
        self.decoder.restart()
        ahead = self._ahead()
        if ahead and position_us < (oldest_us := self._due_us(ahead)):
            # The ring does not reach so far: it goes on from its oldest picture.
            position_us = oldest_us
            self._pace = self._pace.from_now(oldest_us, time.monotonic())
        self._show(self._decode_until(position_us))
        if self._waits_for_first:
            self._pace = self._pace.from_now(position_us, time.monotonic())
            self._waits_for_first = False

    def _go_on(self) -> None:
        now = time.monotonic()
        back = self._back
        if back is not None:
            self._show(back.due(self._pace.at(now)))
            back.work(_AT_A_TIME_S)
            return
        if self._cursor is None:
            self._find(self._pace.at(now))
            return
        position = self._pace.at(now)
        ahead = self._ahead()
        if ahead and self._pace.speed > 0:
            due = self._due_us(ahead)
            if position - due > _MOST_LATE_US * max(1.0, self._pace.speed):
                self._skip(position)
            elif self._has_lost(ahead[0]) and position < due:
                self._pace = self._pace.from_now(due, now)
                position = due
        self._show(self._decode_until(position))

    def _skip(self, position_us: int) -> None:
        """Live pictures must not wait for its catching up: go on at the newest key frame."""
        with self._lock:
            key = self._ring.key_before(position_us, by_camera=self._pace.by_camera)
        if key is not None and self._cursor is not None and key.group > self._cursor.group:
            self._cursor = key
            self._pending.clear()
            self.decoder.restart()

    def _has_lost(self, following: RingEntry) -> bool:
        """Whether what should come next has fallen out of the ring."""
        cursor = self._cursor
        if cursor is None or not following.is_key:
            return False
        with self._lock:
            place = self._ring.read(cursor)
        return place is not None and place[1].group > cursor.group + 1

    # --- picture by picture -------------------------------------------------------------------

    def _step(self, wish: LookBack) -> None:
        """Show so many pictures on, or back, from the one that is shown, and stand there."""
        now = time.monotonic()
        if self._shown is None:
            self._pace = Pace.of(wish, now)
            self._find(self._pace.at(now))
        shown = self._shown
        if shown is None:
            return
        by_camera = shown[1].utc_us is not None
        self._pace = Pace(shown[1].at(by_camera=by_camera), by_camera, 0.0, now)
        self._waits_for_first = False
        if wish.step < 0 or self._back is not None or self._cursor is None:
            self._back = None
            self._stand_before(self._at(shown), max(0, -wish.step))
        for _ in range(max(0, wish.step)):
            self._show(self._following())
        self._pace = self._pace.from_now(self._at(self._shown or shown), now)

    def _stand_before(self, shown_us: int, count: int) -> None:
        """Show the picture that is ``count`` before one, with those after it ready."""
        by_camera = self._pace.by_camera
        bound = shown_us
        before: deque[Picture] = deque(maxlen=count + 1)
        with self._lock:
            place = self._ring.key_before(bound - 1 if count else bound, by_camera=by_camera)
        if place is None:
            return
        self._cursor = place
        self._pending.clear()
        self.decoder.restart()
        while not before or self._at(before[-1]) < shown_us:
            picture = self._following()
            if picture is None:
                break
            before.append(picture)
        if before and self._at(before[0]) < shown_us:
            self._show(before.popleft())
        elif before:
            before.popleft()
        self._pending.extendleft(reversed(before))

    def _following(self) -> Picture | None:
        """The picture after the last one taken; ``None`` where nothing newer has come."""
        while not self._pending and not self._is_over:
            entry = self._take()
            if entry is None:
                return None
            self._pending.extend(self.decoder.decode(entry))
        return self._pending.popleft() if self._pending else None

    # --- packets ------------------------------------------------------------------------------

    def _at(self, picture: Picture) -> int:
        return picture[1].at(by_camera=self._pace.by_camera)

    def _due_us(self, ahead: list[RingEntry]) -> int:
        return min(entry.stamp.at(by_camera=self._pace.by_camera) for entry in ahead)

    def _ahead(self) -> list[RingEntry]:
        """The packets that come next."""
        found: list[RingEntry] = []
        cursor = self._cursor
        with self._lock:
            while cursor is not None and len(found) < _AHEAD:
                place = self._ring.read(cursor)
                if place is None:
                    break
                found.append(place[0])
                cursor = place[1]
        return found

    def _take(self) -> RingEntry | None:
        """Take the next packet; after a gap the decoder starts afresh."""
        cursor = self._cursor
        if cursor is None:
            return None
        with self._lock:
            place = self._ring.read(cursor)
        if place is None:
            return None
        entry, self._cursor = place
        if self._cursor.group > cursor.group + 1:
            self.decoder.restart()
        return entry

    def _decode_until(self, position_us: int) -> Picture | None:
        """Decode what is due at a position; the newest picture of it."""
        newest: Picture | None = None
        while self._pending and self._at(self._pending[0]) <= position_us:
            newest = self._pending.popleft()
        while not self._pending and not self._is_over:
            ahead = self._ahead()
            if not ahead or self._due_us(ahead) > position_us:
                break
            entry = self._take()
            if entry is None:
                break
            for picture in self.decoder.decode(entry):
                newest = picture
        return newest

    def _show(self, picture: Picture | None) -> None:
        if picture is not None and not self._is_over:
            self._shown = picture
            self._show_picture(self, picture)

    # --- when ---------------------------------------------------------------------------------

    def _submit(self) -> None:
        """Ask for a turn when the next picture is due; none while it stands."""
        if self._is_over:
            return
        wait_s = self._wait_s()
        if wait_s is not None:
            self._due_at = time.monotonic() + min(max(wait_s, 0.001), 1.0)
            self._rounds.submit(self, self._due_at)

    def _wait_s(self) -> float | None:
        """How long until there is something to do."""
        position, speed = self._pace.at(time.monotonic()), self._pace.speed
        back = self._back
        if back is not None:
            if back.has_work:
                return _SOON_S
            return None if back.is_empty else (position - back.next_at_us) / 1e6 / -speed
        if self._cursor is None:
            return _POLL_S
        if not speed:
            return None
        if self._pending:
            due_us = self._at(self._pending[0])
        else:
            ahead = self._ahead()
            if not ahead:
                return _POLL_S
            due_us = self._due_us(ahead)
        return (due_us - position) / 1e6 / speed
