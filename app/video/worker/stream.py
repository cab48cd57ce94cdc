"""One stream of a worker: connects once, feeds its pipeline, says how it ended."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial

from app.domain.picture_health import PictureFault
from app.domain.stream import Reason
from app.video.board import BoardWriter
from app.video.messages import (
    CutClip,
    CutStill,
    Ended,
    Opened,
    OpenStream,
    PictureHealth,
    Report,
    Still,
    StreamFigures,
    ViewsApplied,
)
from app.video.worker.clip_writer import ClipEnding, no_clip
from app.video.worker.decoding import Decoder
from app.video.worker.engines import Engines, Source
from app.video.worker.failures import StreamFailure, failure_of_read
from app.video.worker.health.look import HealthLook
from app.video.worker.pipeline import Pipeline, Wish
from app.video.worker.pyav_source import PyavSource
from app.video.worker.ring import RingBudget
from app.video.worker.rounds import Rounds
from app.video.worker.sound.feed import SoundFeed

_log = logging.getLogger(__name__)
_GRACE_S = 3.0
"""An interrupted call is expected back after this; beyond it is stuck."""
_DIAGNOSIS_S = 5.0
_LIVE_SCHEMES = ("rtsp", "rtsps")
_RTSP = ("rtsp:", "rtsps:")
_FAREWELL_S = 0.2


class Stream:
    """Runs on a thread of its own; commands and figures come from other threads.

    ``Ended`` is sent exactly once, after which no slot is written any more.
    """

    def __init__(
        self,
        command: OpenStream,
        report: Callable[[Report], None],
        writer: BoardWriter,
        budget: RingBudget,
        engines: Engines,
        rounds: Rounds,
        health: HealthLook,
    ) -> None:
        self.number = command.stream
        self._command = command
        self._report = report
        self._engines = engines
        # No method of this object: a circle of references would keep ring and decoder for a while.
        tell_faults = partial(_tell_faults, report, command.stream)
        self._pipeline = Pipeline(command, writer, budget, rounds, health, tell_faults)
        self._source: Source | None = None
        has_sound = command.has_sound and command.url.lower().startswith(_RTSP)
        self._sound = SoundFeed(command, engines.interrupter) if has_sound else None
        self._ending = threading.Lock()
        self._has_ended = False
        self._is_closing = False
        self._is_silent = False
        self._waiting_since = 0.0
        self._limit_s = 0.0
        self._packets = 0
        self._bytes = 0
        self._thread = threading.Thread(
            target=self._run, name=f"stream-{command.stream}", daemon=True
        )

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """End the stream; ``Ended`` with reason ``none`` follows. Any thread, returns at once.

        A connection that is still being opened cannot be interrupted: it is left to its time-out.
        """
        self._is_closing = True
        source = self._source
        if source is not None:
            source.stop()
        else:
            self._end(Reason.NONE, "")

    def want(self, command: Wish) -> None:
        """Note what is wanted; ``apply`` makes it so. Any thread."""
        self._pipeline.want(command)

    def apply(self) -> None:
        """Make everything as it is wanted, show something, answer. Any thread."""
        versions = self._pipeline.apply()
        for version in versions:
            self._report(ViewsApplied(self.number, version))

    @property
    def is_behind(self) -> bool:
        """Whether ``catch_up`` has something to do."""
        return self._pipeline.is_behind

    def catch_up(self) -> None:
        """Bring a stream that was just looked at up to its newest picture. Any thread."""
        self._pipeline.catch_up()

    @property
    def has_to_seek(self) -> bool:
        """Whether ``seek`` has something to do."""
        return self._pipeline.past.has_to_seek

    def seek(self) -> None:
        """Find the first picture of what is played from the ring. May take long; any thread."""
        self._pipeline.past.seek()

    def cut(self, command: CutStill) -> None:
        """Answer with a still, or with none. May take long; any thread."""
        jpeg = b""
        try:
            jpeg = self._pipeline.past.cut(command)
        finally:
            self._report(Still(self.number, command.request, jpeg))

    def cut_clip(self, command: CutClip, ending: ClipEnding) -> None:
        """Begin a clip, or say that there is nothing to make it of. Any thread."""
        if not self._pipeline.past.cut_clip(command, ending, self._report, self._sound):
            self._report(no_clip(command.job, "nothing of the camera is in memory yet"))
            ending.is_done.set()

    def _run(self) -> None:
        failure = StreamFailure(Reason.INTERNAL, "")
        try:
            failure = self._open_and_read()
        except StreamFailure as known:
            failure = known
        except Exception as error:  # noqa: BLE001 - a door: what happens to one stream stays in it
            _log.exception("Stream %s failed in a way that nobody foresaw", self.number)
            failure = StreamFailure(Reason.INTERNAL, type(error).__name__)
        finally:
            self._finish(failure)

    def _open_and_read(self) -> StreamFailure:
        """Connect and feed the pipeline until it is over; returns why it is."""
        command = self._command
        began = time.monotonic()
        # Name look-up, connection and first packets have each the whole time-out, and finding out
        # why it failed takes a moment more.
        self._limit_s = 3 * command.open_timeout_s + _DIAGNOSIS_S
        self._waiting_since = began
        source = self._engines.open(command)
        self._source = source
        self._waiting_since = 0.0
        video = source.video if isinstance(source, PyavSource) else None
        decoder = partial(Decoder, video) if video is not None else None
        self._pipeline.begin(decoder, source.pixel_aspect(), video)
        took_ms = (time.monotonic() - began) * 1e3
        codec, width, height = source.describe()
        self._report(Opened(self.number, took_ms, codec, width, height, source.engine))
        if self._sound is not None:
            self._sound.start()
        self._limit_s = command.read_timeout_s
        self._waiting_since = time.monotonic()
        if not isinstance(source, PyavSource):
            for picture in source.pictures():
                self._packets += 1
                self._pipeline.show(picture)
                self._waiting_since = time.monotonic()
            return StreamFailure(Reason.ENDED, "The stream came to its end")
        try:
            self._pump(source)
        except Exception as error:  # noqa: BLE001 - a door: corrupt input raises anything
            waited_s = time.monotonic() - self._waiting_since
            return failure_of_read(
                error, source.scheme, waited_s=waited_s, timeout_s=command.read_timeout_s
            )
        if source.scheme in _LIVE_SCHEMES:
            return StreamFailure(Reason.CONNECTION_LOST, "The camera closed the connection")
        return StreamFailure(Reason.ENDED, "The stream came to its end")

    def _pump(self, source: PyavSource) -> None:
        take = self._pipeline.take
        monotonic = time.monotonic
        check_at = monotonic() + 1.0
        for entry in source.entries():
            if self._is_closing:
                return
            self._packets += 1
            self._bytes += entry.size
            take(entry)
            self._waiting_since = now = monotonic()
            if now > check_at:
                check_at = now + 1.0
                undecodable_s = self._pipeline.undecodable_s()
                if undecodable_s:
                    raise StreamFailure(
                        Reason.NOT_DECODABLE,
                        f"No picture could be decoded for {undecodable_s:.0f} seconds",
                    )

    def _finish(self, failure: StreamFailure) -> None:
        self._pipeline.end()
        source = self._source
        if self._sound is not None:
            self._sound.close(_FAREWELL_S)
        if source is not None:
            # Until this is back the stream counts as running, and as stuck if it takes too long.
            self._waiting_since = time.monotonic()
            if not self._is_closing:
                # There is nobody left to say farewell to: do not wait for it.
                source.stop()
            source.close()
        self._waiting_since = 0.0
        self._source = None
        if self._is_closing:
            self._end(Reason.NONE, "")
        elif self._is_silent:
            seconds = self._command.read_timeout_s
            self._end(Reason.SILENT, f"No picture came for {seconds:g} seconds")
        else:
            self._end(failure.reason, failure.detail)

    def _end(self, reason: Reason, detail: str) -> None:
        with self._ending:
            if self._has_ended:
                return
            self._has_ended = True
        self._pipeline.end()
        self._report(Ended(self.number, reason.value, detail))

    def watch(self) -> float:
        """End a read that brings nothing; returns for how long a call has been stuck. Any thread.

        To be called a few times a second. A byte now and then keeps FFmpeg's own time-out from
        running out, so this one counts from the last whole packet.
        """
        since = self._waiting_since
        if not since:
            return 0.0
        waited = time.monotonic() - since
        source = self._source
        if waited > self._limit_s and source is not None and not self._is_closing:
            self._is_silent = True
            source.stop()
        return waited if waited > self._limit_s + _GRACE_S else 0.0

    def figures(self) -> StreamFigures:
        """Any thread; the numbers may be of slightly different moments."""
        source, pipeline = self._source, self._pipeline
        clock = source.time if isinstance(source, PyavSource) else None
        return StreamFigures(
            stream=self.number,
            packets=self._packets,
            bytes=self._bytes,
            decoded=pipeline.decoded,
            published=pipeline.published,
            errors=pipeline.errors,
            decode_us=pipeline.busy_ns // 1000,
            behind_us=pipeline.behind_us,
            offset_us=clock.offset.offset_us if clock is not None else 0,
            has_camera_clock=clock is not None and clock.has_camera_clock,
            ring_seconds=pipeline.ring.seconds,
            ring_bytes=pipeline.ring.size,
            stuck_s=max(self.watch(), pipeline.stuck_s(_GRACE_S)),
        )


def _tell_faults(
    report: Callable[[Report], None], stream: int, faults: Sequence[PictureFault]
) -> None:
    report(PictureHealth(stream, [fault.value for fault in faults]))
