"""One stream of a worker: connect, read, keep, decode for whoever looks."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from app.core.redaction import redact
from app.domain.stream import Effort, Reason, StreamKind
from app.video.board import BoardWriter
from app.video.messages import (
    Ended,
    Opened,
    OpenStream,
    Report,
    SetViews,
    StreamFigures,
    ViewsApplied,
)
from app.video.worker.decoding import Decoder, Picture
from app.video.worker.failures import StreamFailure, diagnose
from app.video.worker.interruption import Interrupter
from app.video.worker.pyav_source import PyavSource
from app.video.worker.ring import PacketRing, RingBudget, RingEntry
from app.video.worker.views import Views

_log = logging.getLogger(__name__)
_MUCH_SMALLER = 0.6
"""Below this linear size of a tile against its source the loop filter's work is invisible."""
_UNDECODABLE_AFTER_S = 10.0
_GRACE_S = 3.0


class Stream:
    """Runs on a thread of its own; commands and figures come from other threads.

    The lock guards ring, decoder and views. The stream's thread does not hold it while it waits
    for the network, so a warm stream can be made hot from outside at any moment.
    """

    def __init__(
        self,
        command: OpenStream,
        report: Callable[[Report], None],
        writer: BoardWriter,
        budget: RingBudget,
        interrupter: Interrupter,
    ) -> None:
        self.number = command.stream
        self._command = command
        self._report = report
        self._writer = writer
        self._interrupter = interrupter
        self._lock = threading.Lock()
        self._ring = PacketRing(command.ring_seconds, command.ring_bytes, budget)
        self._views = Views(writer, StreamKind(command.kind))
        self._decoder: Decoder | None = None
        self._source: PyavSource | None = None
        self._aspect = 1.0
        self._effort = Effort.FULL
        self._last: Picture | None = None
        self._wanted: deque[SetViews] = deque()
        self._closing = threading.Event()
        self._silent = False
        self._waiting_since = 0.0
        self._limit_s = 0.0
        self._packets = 0
        self._bytes = 0
        self._decoded = 0
        self._decode_ns = 0
        self._behind_us = 0
        self._hot_since = 0.0
        self._good_at = 0.0
        self._thread = threading.Thread(
            target=self._run, name=f"stream-{command.stream}", daemon=True
        )

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """End the stream; ``Ended`` with reason ``none`` follows. Any thread, returns at once."""
        self._closing.set()
        self._stop_reading()

    def want(self, command: SetViews) -> None:
        """Note the views that are wanted; ``apply`` makes them so. Any thread."""
        self._wanted.append(command)

    def apply(self) -> None:
        """Make the views the ones that are wanted and show what there is. Any thread."""
        with self._lock:
            answers: list[SetViews] = []
            while self._wanted:
                answers.append(self._wanted.popleft())
            if not answers:
                return
            if not self._closing.is_set():
                self._set_views(answers[-1])
        for answer in answers:
            self._report(ViewsApplied(self.number, answer.version))

    def _set_views(self, command: SetViews) -> None:
        was_hot = bool(self._views)
        fresh = self._views.replace(command.views)
        self._effort = Effort(command.effort)
        decoder = self._decoder
        if decoder is None:
            return
        if not self._views:
            self._last = None
            return
        self._choose_effort(decoder)
        if not was_hot:
            self._hot_since = self._good_at = time.monotonic()
            self._catch_up(decoder)
        elif fresh and self._last is not None:
            frame, stamp = self._last
            self._views.publish(frame, stamp, self._aspect, fresh)

    def _choose_effort(self, decoder: Decoder) -> None:
        width, height = decoder.size
        small = self._views.shrinks_much(width, height, _MUCH_SMALLER)
        decoder.ask(
            skip_loop_filter=small or self._effort >= Effort.NO_LOOP_FILTER,
            only_keys=self._effort >= Effort.KEY_FRAMES,
        )

    def _catch_up(self, decoder: Decoder) -> None:
        """Decode from the last key frame on and show only the newest picture."""
        decoder.restart()
        newest: Picture | None = None
        for entry in self._ring.since_key():
            pictures = self._decode(decoder, entry)
            if pictures:
                newest = pictures[-1]
        if newest is not None:
            self._show(newest)

    def _decode(self, decoder: Decoder, entry: RingEntry) -> Sequence[Picture]:
        began = time.perf_counter_ns()
        self._writer.enter(self._command.row)
        pictures = decoder.decode(entry)
        self._writer.leave(self._command.row)
        self._decode_ns += time.perf_counter_ns() - began
        self._decoded += len(pictures)
        return pictures

    def _show(self, picture: Picture) -> None:
        began = time.perf_counter_ns()
        frame, stamp = picture
        self._writer.enter(self._command.row)
        self._views.publish(frame, stamp, self._aspect)
        self._writer.leave(self._command.row)
        self._last = picture
        ended = time.perf_counter_ns()
        self._decode_ns += ended - began
        self._good_at = time.monotonic()

    def _run(self) -> None:
        reason, detail = Reason.INTERNAL, ""
        try:
            self._read()
            reason, detail = Reason.ENDED, "The stream came to its end"
        except StreamFailure as failure:
            reason, detail = failure.reason, failure.detail
        except Exception as error:  # noqa: BLE001 - a door: corrupt input raises anything
            reason, detail = diagnose(error, is_open=self._packets > 0)
        finally:
            self._waiting_since = 0.0
            if self._closing.is_set():
                reason, detail = Reason.NONE, ""
            elif self._silent:
                reason, detail = Reason.SILENT, "No picture came within the read time-out"
            self._end(reason, redact(detail))

    def _end(self, reason: Reason, detail: str) -> None:
        with self._lock:
            self._closing.set()
            self._views.replace(())
            self._decoder = None
            self._last = None
            self._ring.clear()
            source, self._source = self._source, None
        if source is not None:
            source.close()
        self._report(Ended(self.number, reason.value, detail))

    def _read(self) -> None:
        command = self._command
        began = time.monotonic()
        self._limit_s = 2 * command.open_timeout_s
        self._waiting_since = began
        source = PyavSource(command, self._interrupter)
        codec, width, height = source.describe()
        with self._lock:
            self._source = source
            self._decoder = decoder = Decoder(source.video)
            self._aspect = source.pixel_aspect()
            if self._views:
                self._choose_effort(decoder)
                self._hot_since = self._good_at = time.monotonic()
        self._limit_s = command.read_timeout_s
        took_ms = (time.monotonic() - began) * 1e3
        self._report(Opened(self.number, took_ms, codec, width, height, "ffmpeg"))
        self._waiting_since = time.monotonic()
        for entry in source.entries():
            self._take(decoder, entry)
            if self._closing.is_set():
                return

    def _take(self, decoder: Decoder, entry: RingEntry) -> None:
        self._packets += 1
        self._bytes += entry.size
        with self._lock:
            self._ring.append(entry)
            if self._views:
                for picture in self._decode(decoder, entry):
                    self._show(picture)
                    self._behind_us = time.time_ns() // 1000 - picture[1].arrival_us
        now = time.monotonic()
        self._waiting_since = now
        if self._views and now - self._good_at > _UNDECODABLE_AFTER_S:
            self._check_decodable(decoder, now)

    def _check_decodable(self, decoder: Decoder, now: float) -> None:
        patience = _UNDECODABLE_AFTER_S * (1 if decoder.errors else 3)
        if now - max(self._good_at, self._hot_since) > patience:
            raise StreamFailure(
                Reason.NOT_DECODABLE, f"No picture could be decoded for {patience:.0f} seconds"
            )

    def watch(self) -> float:
        """End a read that brings nothing; returns for how long a call has been stuck. Any thread.

        To be called about once a second.
        """
        since = self._waiting_since
        if not since:
            return 0.0
        waited = time.monotonic() - since
        if waited > self._limit_s and not self._silent and not self._closing.is_set():
            self._silent = self._source is not None
            self._stop_reading()
        over = waited - self._limit_s - _GRACE_S
        return waited if over > 0 else 0.0

    def _stop_reading(self) -> None:
        source = self._source
        if source is not None:
            source.stop()

    def figures(self) -> StreamFigures:
        """Any thread; the numbers may be of slightly different moments."""
        source, decoder = self._source, self._decoder
        return StreamFigures(
            stream=self.number,
            packets=self._packets,
            bytes=self._bytes,
            decoded=self._decoded,
            published=self._views.published,
            errors=decoder.errors if decoder is not None else 0,
            decode_us=self._decode_ns // 1000,
            behind_us=self._behind_us,
            offset_us=source.time.offset.offset_us if source is not None else 0,
            has_camera_clock=source is not None and source.time.has_camera_clock,
            ring_seconds=self._ring.seconds,
            ring_bytes=self._ring.size,
            stuck_s=self.watch(),
        )
