"""What happens to a stream's packets: kept in the ring, decoded when hot, shown in the views."""

import threading
import time
from collections import deque
from collections.abc import Sequence

from app.domain.stream import STALE_AFTER_S, Effort, StreamKind
from app.video.board import BoardWriter
from app.video.messages import OpenStream, SetViews, View
from app.video.worker.decoding import Decoder, Picture
from app.video.worker.ring import PacketRing, RingBudget, RingEntry
from app.video.worker.rounds import Rounds
from app.video.worker.views import LiveView, Views

_MUCH_SMALLER = 0.6
"""Below this linear size of a tile against its source the loop filter's work is invisible."""
_FEW = 6
"""So many pictures are decoded before anybody would notice."""
_MANY = 90
"""So many packets behind, the newest key frame is sooner there than the next picture."""
_STALE_US = int(STALE_AFTER_S * 0.75e6)
_WITH_ERRORS_S = 10.0
_WITHOUT_KEY_S = 30.0


class Pipeline:
    """Between a stream's thread, which feeds it, and the views, which any thread may change.

    The lock guards ring, decoder and views. The stream's thread does not hold it while it waits
    for the network, so a warm stream can be made hot from outside at any moment.
    """

    def __init__(
        self, command: OpenStream, writer: BoardWriter, budget: RingBudget, rounds: Rounds
    ) -> None:
        self.ring = PacketRing(command.ring_seconds, command.ring_bytes, budget)
        self.decoded = 0
        self.busy_ns = 0
        self.behind_us = 0
        self.queued = False
        self._rounds = rounds
        self._decoding_since = 0.0
        self._row = command.row
        self._writer = writer
        self._lock = threading.Lock()
        self._views = Views(writer, StreamKind(command.kind))
        self._decoder: Decoder | None = None
        self._aspect = 1.0
        self._effort = Effort.FULL
        self._last: Picture | None = None
        self._wanted: deque[SetViews] = deque()
        self._backlog: deque[RingEntry] = deque()
        self._is_closed = False
        self._good_at = time.monotonic()

    @property
    def published(self) -> int:
        return self._views.published

    @property
    def errors(self) -> int:
        """Packets that could not be decoded."""
        decoder = self._decoder
        return decoder.errors if decoder is not None else 0

    def begin(self, decoder: Decoder | None, aspect: float) -> None:
        """The stream is open; ``None`` when the source decodes by itself."""
        with self._lock:
            self._decoder = decoder
            self._aspect = aspect
            self._good_at = time.monotonic()
            self._choose_effort()

    def end(self) -> None:
        """Nothing is written any more once this returns; frees the ring and the decoder."""
        with self._lock:
            self._is_closed = True
            self._views.replace(())
            self._decoder = None
            self._last = None
            self._backlog.clear()
            self.ring.clear()

    def want(self, command: SetViews) -> None:
        """Note the views that are wanted; ``apply`` makes them so. Any thread."""
        self._wanted.append(command)

    def apply(self) -> list[int]:
        """Make the views the wanted ones and show what there is; any thread.

        Returns the versions that hold from now on.
        """
        with self._lock:
            versions: list[int] = []
            newest: SetViews | None = None
            while self._wanted:
                newest = self._wanted.popleft()
                versions.append(newest.version)
            if newest is not None and not self._is_closed:
                self._set_views(newest.views, Effort(newest.effort))
            return versions

    def _set_views(self, wanted: Sequence[View], effort: Effort) -> None:
        was_hot = bool(self._views)
        fresh = self._views.replace(wanted)
        self._effort = effort
        if not self._views:
            self._last = None
            self._backlog.clear()
            return
        self._choose_effort()
        if not was_hot:
            self._good_at = time.monotonic()
            self._start_catching_up()
        elif fresh and self._last is not None:
            self._show(self._last, fresh)

    def _choose_effort(self) -> None:
        decoder = self._decoder
        if decoder is None or not self._views:
            return
        width, height = decoder.size
        small = self._views.shrinks_much(width, height, _MUCH_SMALLER)
        decoder.ask(
            skip_loop_filter=small or self._effort >= Effort.NO_LOOP_FILTER,
            only_keys=self._effort >= Effort.KEY_FRAMES,
        )

    def _start_catching_up(self) -> None:
        """Show what the last key frame leads to.

        Where that takes a while the key frame itself is shown first, so that a whole page of
        tiles is live at once; its age is on the tile like any other's.
        """
        decoder = self._decoder
        self._backlog.clear()
        if decoder is None:
            return
        self._backlog.extend(self.ring.since_key())
        decoder.restart(in_a_hurry=True)
        if len(self._backlog) <= _FEW:
            self._catch_up(decoder)
            return
        key = self._backlog.popleft()
        pictures = self._decode(decoder, key)
        if pictures and time.time_ns() // 1000 - key.stamp.arrival_us < _STALE_US:
            self._show(pictures[-1])

    def _catch_up(self, decoder: Decoder) -> None:
        """Decode the backlog and show only the newest picture."""
        backlog = self._backlog
        if not backlog:
            return
        if len(backlog) > _MANY:
            self._skip_to_key(decoder)
        released_us = backlog[-1].released_us
        size = decoder.size
        newest: Picture | None = None
        while backlog:
            pictures = self._decode(decoder, backlog.popleft())
            if pictures:
                newest = pictures[-1]
        if decoder.size != size:
            self._choose_effort()
        if newest is not None:
            self._show(newest)
            self.behind_us = time.time_ns() // 1000 - released_us

    def _skip_to_key(self, decoder: Decoder) -> None:
        """Too far behind to decode it all: go on at the newest key frame, if that is further on."""
        backlog = self._backlog
        newest = next((i for i in range(len(backlog) - 1, 0, -1) if backlog[i].is_key), 0)
        if newest:
            for _ in range(newest):
                backlog.popleft()
            decoder.restart()

    @property
    def is_behind(self) -> bool:
        """Whether ``catch_up`` has something to do. Any thread."""
        return bool(self._backlog)

    def catch_up(self) -> None:
        """Decode up to the newest packet, unless the stream's thread has done so. Any thread."""
        with self._lock:
            if self._decoder is not None:
                self._catch_up(self._decoder)

    def _decode(self, decoder: Decoder, entry: RingEntry) -> Sequence[Picture]:
        began = time.perf_counter_ns()
        self._decoding_since = time.monotonic()
        self._writer.enter(self._row)
        pictures = decoder.decode(entry)
        self._writer.leave(self._row)
        self._decoding_since = 0.0
        self.busy_ns += time.perf_counter_ns() - began
        self.decoded += len(pictures)
        return pictures

    def _show(self, picture: Picture, only: Sequence[LiveView] | None = None) -> None:
        began = time.perf_counter_ns()
        self._writer.enter(self._row)
        self._views.publish(picture[0], picture[1], self._aspect, only)
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
            if self._decoder is None or not self._views:
                return
            self._backlog.append(entry)
        self._rounds.submit(self)

    def show(self, picture: Picture) -> None:
        """Show a picture that the source decoded itself. The stream's thread."""
        with self._lock:
            if self._is_closed:
                return
            self.decoded += 1
            if self._views:
                self._show(picture)

    def stuck_s(self, patience_s: float) -> float:
        """For how long the decoder has not come back from a packet, 0 within ``patience_s``."""
        since = self._decoding_since
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
