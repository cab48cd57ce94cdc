"""The metadata track of one camera: an RTSP session of its own that carries no pictures."""

import errno
import functools
import logging
import random
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import av
import av.error
import av.logging

from app.analytics.adapters.adapter import Reading
from app.analytics.adapters.errors import BadMessage
from app.analytics.adapters.metadata_packets import MetadataPackets, UnreadableTrack
from app.analytics.adapters.onvif_xml import OnvifXml
from app.analytics.messages import ConnectionState, SourceConfig
from app.core.backoff import Backoff
from app.core.interruption import Interrupter
from app.core.redaction import SECRETS, redact, split_credentials

_OPEN_S = 8.0
_SILENCE_S = 40.0
"""A camera without an object may say nothing for a while, but a session that lasts a minute without
a word is over for many of them."""
_INTERRUPT_EVERY_S = 0.1
_PROTOCOLS = {
    "rtsp": "rtsp,rtp,tcp",
    "rtsps": "rtsp,rtsps,rtp,tls,tcp",
}
_BACKOFF = Backoff(1.0, 30.0)
_RARELY = Backoff(120.0, 300.0)
"""Cameras lock accounts that knock with a wrong password."""
_ANSWERS: tuple[tuple[type[Exception], str], ...] = (
    (av.error.HTTPUnauthorizedError, "The camera refuses the user or the password"),
    (av.error.HTTPForbiddenError, "The camera refuses the user or the password"),
    (av.error.HTTPNotFoundError, "The camera has no stream of metadata at this address"),
    (av.error.HTTPBadRequestError, "The camera does not understand the address"),
    (av.error.HTTPOtherClientError, "The camera refuses another session"),
    (av.error.HTTPServerError, "The camera reports an error of its own"),
    (av.error.ConnectionRefusedError, "The camera refuses the connection"),
    (av.error.ConnectionResetError, "The camera closed the connection"),
    (av.error.BrokenPipeError, "The camera closed the connection"),
    (av.error.TimeoutError, "The camera does not answer"),
    (av.error.ExitError, "The camera does not answer"),
    (av.error.ProtocolNotFoundError, "The address is not RTSP"),
)
_NUMBERS = {
    errno.EHOSTUNREACH: "The camera cannot be reached",
    errno.ENETUNREACH: "The camera's network cannot be reached",
    errno.EIO: "The camera cannot be reached, or its certificate is not trusted",
}
_log = logging.getLogger(__name__)


class _Refused(Exception):
    """Trying again soon would not help; the text is a sentence."""


class MetadataTrack:
    """Connects to ``config.metadata_urls[camera]`` and reads it until closed.

    A thread of its own; all three functions are called on it. ``deliver`` gets what was read,
    ``bad`` the sentence about a message that could not be understood, ``tell`` the state and a
    sentence (empty when all is well). Connects again without end.
    """

    def __init__(
        self,
        config: SourceConfig,
        camera: str,
        *,
        deliver: Callable[[Reading], None],
        bad: Callable[[str], None],
        tell: Callable[[ConnectionState, str], None],
        backoff: Backoff = _BACKOFF,
        silence_s: float = _SILENCE_S,
    ) -> None:
        self._url = config.metadata_urls[camera]
        self._ca_file = config.ca_file
        self._camera = camera
        self._adapter = OnvifXml(config)
        self._deliver = deliver
        self._bad = bad
        self._tell = tell
        self._backoff = backoff
        self._silence_s = silence_s
        self._dice = random.Random()
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._container: Any = None
        self._thread = threading.Thread(target=self._run, name=f"metadata {camera}", daemon=True)

    def start(self) -> None:
        """Begin to connect; returns at once."""
        self._thread.start()

    def close(self, timeout_s: float = 3.0) -> None:
        """Disconnect and wait for the thread.

        A read under way is ended; an attempt to connect is not, and may outlast this call.
        """
        self._closing.set()
        give_up = time.monotonic() + timeout_s
        # Again and again: an interruption between two reads has no effect.
        while self._thread.is_alive() and time.monotonic() < give_up:
            with self._lock:
                if self._container is not None:
                    _interrupter().interrupt(self._container)
            self._thread.join(_INTERRUPT_EVERY_S)

    def _run(self) -> None:
        attempt = 0
        while not self._closing.is_set():
            self._tell(ConnectionState.CONNECTING, "")
            state, backoff = ConnectionState.WAITING, self._backoff
            try:
                has_spoken, sentence = self._session()
            except _Refused as refusal:
                has_spoken, sentence = False, str(refusal)
                state, backoff = ConnectionState.REFUSED, _RARELY
            if self._closing.is_set():
                return
            attempt = 1 if has_spoken else attempt + 1
            _log.debug("Metadata of %s: %s", self._camera, sentence)
            self._tell(state, sentence)
            self._closing.wait(backoff.delay(attempt, self._dice))

    def _session(self) -> tuple[bool, str]:
        """One connection: whether anything came, and why it is over. Raises ``_Refused``."""
        try:
            container = self._open()
        except _Refused:
            raise
        except Exception as error:  # noqa: BLE001 - a door: corrupt input raises anything
            return False, _sentence(error)
        with self._lock:
            self._container = container
        packets = MetadataPackets(self._adapter.stream(self._camera))
        has_spoken = False
        try:
            if self._closing.is_set():
                return False, ""
            if not container.streams.data:
                return False, "The camera sends no metadata at this address"
            self._tell(ConnectionState.CONNECTED, "")
            for packet in container.demux(container.streams.data[0]):
                if packet.size:
                    has_spoken = True
                    self._feed(packets, bytes(packet))
                if self._closing.is_set():
                    return has_spoken, ""
        except _Refused:
            raise
        except Exception as error:  # noqa: BLE001 - a door: corrupt input raises anything
            return has_spoken, self._why_lost(error)
        finally:
            with self._lock:
                self._container = None
            container.close()
        return has_spoken, "The camera ended the stream of metadata"

    def _open(self) -> Any:
        try:
            _bare, user, password = split_credentials(self._url)
            scheme = urlsplit(self._url).scheme
        except ValueError as error:
            raise _Refused(redact(str(error))) from None
        if scheme not in _PROTOCOLS:
            raise _Refused("The address of the metadata is not RTSP")
        if password:
            SECRETS.add(password, user or "")
        options = {
            "protocol_whitelist": _PROTOCOLS[scheme],
            "rtsp_transport": "tcp",
            "allowed_media_types": "data",
            "probesize": "32",
            "analyzeduration": "0",
            "timeout": str(int(max(_OPEN_S, self._silence_s) * 1e6)),
        }
        if scheme == "rtsps":
            options["tls_verify"] = "1"
            if self._ca_file:
                options["ca_file"] = self._ca_file
        return av.open(
            self._url,
            "r",
            options=options,
            timeout=(_OPEN_S, None if _interrupter().works else self._silence_s),
            metadata_errors="replace",
        )

    def _feed(self, packets: MetadataPackets, data: bytes) -> None:
        try:
            reading = packets.feed(data, time.time_ns() // 1000)
        except UnreadableTrack as refusal:
            raise _Refused(str(refusal)) from None
        except BadMessage as error:
            self._bad(str(error))
            return
        for fault in reading.faults:
            self._bad(fault)
        if reading.frames or reading.events:
            self._deliver(reading)

    def _why_lost(self, error: Exception) -> str:
        if isinstance(error, av.error.TimeoutError | av.error.ExitError):
            return f"No metadata came for {self._silence_s:g} seconds"
        return _sentence(error)


@functools.cache
def _interrupter() -> Interrupter:
    """Ends reads; asked for before anything is opened."""
    av.logging.set_level(None)  # FFmpeg's own lines hold the address with the password.
    return Interrupter(av)


def _sentence(error: Exception) -> str:
    """What went wrong, without FFmpeg's words: they hold the address with the password.

    Raises ``_Refused`` where the camera does not want us.
    """
    for kind, sentence in _ANSWERS:
        if isinstance(error, kind):
            if isinstance(error, av.error.HTTPUnauthorizedError | av.error.HTTPForbiddenError):
                raise _Refused(sentence) from None
            return sentence
    number = getattr(error, "errno", None)
    return _NUMBERS.get(number or 0, "The connection to the camera failed")
