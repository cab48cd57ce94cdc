"""One camera's sound: connects, keeps what comes, connects again."""

import logging
import random
import threading
import time
from typing import Any

from av.container import InputContainer

from app.core.backoff import Backoff
from app.domain.stream import Reason
from app.video.messages import OpenStream
from app.video.worker.clock import PictureTime
from app.video.worker.failures import StreamFailure
from app.video.worker.interruption import Interrupter
from app.video.worker.pyav_source import open_container, stamp_of
from app.video.worker.sound.ring import SoundPacket, SoundRing
from app.video.worker.sound.template import SoundTemplate

_SPARE_S = 15.0
"""A clip begins at the key frame before its start: so much more is kept than of pictures."""
_RETRIES = Backoff(shortest=2.0, longest=60.0)
_SETTLED_S = 30.0
_FRESH_US = 1_000_000
_NOT_AGAIN = frozenset({Reason.WRONG_PASSWORD, Reason.NOT_FOUND, Reason.UNSUPPORTED})
"""What another try would not change, and could lock the account."""
NONE_SENT = "the camera sends no sound"
_NOT_YET = "its connection for sound is not open yet"
_log = logging.getLogger(__name__)


class SoundFeed:
    """A thread of its own, which no picture waits for. ``start`` and ``close`` from any."""

    def __init__(self, command: OpenStream, interrupter: Interrupter) -> None:
        self.ring = SoundRing(command.ring_seconds + _SPARE_S)
        self.trouble = _NOT_YET
        """Why there is no sound, as the end of a sentence; of no meaning while there is."""
        self._command = command
        self._interrupter = interrupter
        self._leaving = threading.Event()
        self._container: InputContainer | None = None
        self._thread = threading.Thread(
            target=self._run, name=f"sound-{command.stream}", daemon=True
        )

    def start(self) -> None:
        self._thread.start()

    def close(self, wait_s: float = 0.0) -> None:
        """End; waits no longer than that for the farewell to the camera."""
        self._leaving.set()
        container = self._container
        if container is not None:
            self._interrupter.interrupt(container)
        if wait_s and self._thread.ident is not None:
            self._thread.join(wait_s)

    @property
    def template(self) -> SoundTemplate | None:
        """Of what came last; ``None`` where nothing has within the span of the ring."""
        newest, span_us = self.ring.newest, int(self._command.ring_seconds * 1e6)
        return newest.template if newest is not None and self._age_us < span_us else None

    @property
    def is_heard(self) -> bool:
        """Whether sound comes now."""
        return self._age_us < _FRESH_US

    @property
    def _age_us(self) -> int:
        newest = self.ring.newest
        return time.time_ns() // 1000 - (0 if newest is None else newest.stamp.arrival_us)

    # --- the thread ---------------------------------------------------------------------------

    def _run(self) -> None:
        dice = random.Random()
        attempt = 0
        while not self._leaving.is_set():
            began = time.monotonic()
            try:
                self._listen()
                self.trouble = "the camera ended its connection for sound"
            except StreamFailure as failure:
                is_known = failure.detail == NONE_SENT
                words = f"its connection for sound failed ({failure.detail})"
                self.trouble = NONE_SENT if is_known else words
                if failure.reason in _NOT_AGAIN:
                    break
            except Exception as error:  # noqa: BLE001 - a door: corrupt input raises anything
                self.trouble = f"its connection for sound broke off ({type(error).__name__})"
            attempt = 1 if time.monotonic() - began > _SETTLED_S else attempt + 1
            self._leaving.wait(_RETRIES.delay(attempt, dice))
        if not self._leaving.is_set():
            _log.info("No sound of stream %s: %s", self._command.stream, self.trouble)

    def _listen(self) -> None:
        """Keep what one connection brings, until it ends; raises what PyAV raises."""
        try:
            container = self._open()
        except StreamFailure as failure:
            # A camera that was asked to play nothing answers so, too.
            if failure.reason is Reason.SERVER_BUSY and not self._has_any():
                raise StreamFailure(Reason.UNSUPPORTED, NONE_SENT) from None
            raise
        self._container = container
        try:
            streams = container.streams.audio
            if not streams:
                raise StreamFailure(Reason.UNSUPPORTED, NONE_SENT)
            if not self._leaving.is_set():
                self._take(container, streams[0])
        finally:
            self._container = None
            container.close()

    def _open(self, *, only_asks: bool = False) -> InputContainer:
        command = self._command
        return open_container(command, self._interrupter, "audio", only_asks=only_asks)[1]

    def _has_any(self) -> bool:
        """Whether the camera describes any sound."""
        with self._open(only_asks=True) as container:
            return bool(container.streams.audio)

    def _take(self, container: InputContainer, stream: Any) -> None:
        template = SoundTemplate(stream)
        clock = PictureTime(float(1 / template.tick))
        for packet in container.demux(stream):
            if self._leaving.is_set():
                return
            if packet.size and packet.pts is not None:
                stamp = stamp_of(packet, clock, time.time_ns() // 1000)
                self.ring.append(SoundPacket(bytes(packet), packet.pts, stamp, template))
