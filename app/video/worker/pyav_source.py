"""The live engine: opens a URL with FFmpeg (PyAV) and gives its video packets."""

import struct
import threading
import time
from collections.abc import Iterator
from typing import Any, cast

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from app.core.redaction import SECRETS, split_credentials
from app.domain.stream import Reason
from app.video.messages import OpenStream
from app.video.worker.clock import PictureTime, Stamp
from app.video.worker.failures import (
    SYSTEM_AUTHORITIES,
    StreamFailure,
    check_url,
    failure_of_open,
    resolve,
)
from app.video.worker.interruption import Interrupter
from app.video.worker.ring_entry import RingEntry

# What a URL may lead to; a playlist from the network must not name local files.
_PROTOCOLS = {
    "rtsp": "rtsp,rtp,srtp,tcp,udp,crypto",
    "rtsps": "rtsp,rtsps,rtp,srtp,tcp,udp,tls,crypto",
    "http": "http,https,httpproxy,tcp,tls,crypto",
    "https": "http,https,httpproxy,tcp,tls,crypto",
    "file": "file,crypto",
}
# RTSP describes itself, so nothing needs to be read ahead. Never fflags=nobuffer: it throws away
# what was read, the first key frame included.
_QUICK = {"probesize": "32", "analyzeduration": "0"}
_THOROUGH = {"probesize": "500000", "analyzeduration": "1000000"}
# Their parser holds each picture until the next one begins to arrive.
_HELD_BACK = frozenset({"h264", "hevc"})
_PRFT = struct.Struct("=q")
"""FFmpeg's ``AVProducerReferenceTime`` begins with the microseconds of Unix time."""


def options_for(command: OpenStream, scheme: str, media: str = "video") -> dict[str, str]:
    """FFmpeg's options for opening the stream; the URL and its secrets are not among them.

    ``media``: what a camera is asked for, ``video`` or ``audio``.
    """
    options = {"protocol_whitelist": _PROTOCOLS[scheme]}
    if scheme == "file":
        return options | _THOROUGH
    shortest = min(command.open_timeout_s, command.read_timeout_s)
    options["timeout"] = str(int(shortest * 1e6))
    if scheme in ("rtsp", "rtsps"):
        options |= _QUICK
        options["allowed_media_types"] = media
        options["rtsp_transport"] = "udp" if command.transport == "udp" else "tcp"
    else:
        options |= _THOROUGH
    if scheme in ("rtsps", "https"):
        options["tls_verify"] = "1"
        options["ca_file"] = command.ca_file or SYSTEM_AUTHORITIES
    return options


def packet_time(packet: "Packet[VideoStream]") -> float:
    """When a packet is to be decoded, in seconds of its stream."""
    ticks = packet.dts if packet.dts is not None else packet.pts
    return float((ticks or 0) * packet.time_base)


def stamp_of(packet: "Packet[Any]", clock: PictureTime, arrival_us: int) -> Stamp:
    """When what is in the packet was taken, by the time that FFmpeg gave it."""
    if not packet.has_sidedata("prft"):
        return clock.stamp(None, packet.pts, arrival_us, is_new_report=False)
    utc_us = _PRFT.unpack_from(cast("bytes", packet.get_sidedata("prft")))[0]
    is_new_report = packet.has_sidedata("rtcp_sr")
    return clock.stamp(utc_us, packet.pts, arrival_us, is_new_report=is_new_report)


def open_container(
    command: OpenStream,
    interrupter: Interrupter,
    media: str = "video",
    *,
    only_asks: bool = False,
) -> tuple[str, InputContainer]:
    """Connect; the scheme and what FFmpeg has opened. Blocking; raises ``StreamFailure``.

    ``only_asks`` lets the camera describe what it has and send none of it.
    """
    parts = check_url(command.url)
    _bare, user, password = split_credentials(command.url)
    if password:
        SECRETS.add(password, user or "")
    resolve(parts, command.open_timeout_s)
    began = time.monotonic()
    read_s = None if interrupter.works else command.read_timeout_s
    options = options_for(command, parts.scheme, media)
    if only_asks:
        options["initial_pause"] = "1"
    try:
        return parts.scheme, av.open(
            command.url,
            "r",
            options=options,
            timeout=(command.open_timeout_s, read_s),
            metadata_errors="replace",
        )
    except Exception as error:  # noqa: BLE001 - a door: corrupt input raises anything
        raise failure_of_open(
            error,
            parts,
            command.ca_file,
            took_s=time.monotonic() - began,
            timeout_s=min(command.open_timeout_s, command.read_timeout_s),
        ) from None


class PyavSource:
    """One connection. Made, read and closed by the stream's thread; ``stop`` by any."""

    engine = "ffmpeg"

    def __init__(self, command: OpenStream, interrupter: Interrupter) -> None:
        """Connect; raises ``StreamFailure``."""
        self._interrupter = interrupter
        self._stopping = threading.Event()
        self._file_began: float | None = None
        self.scheme, self._container = open_container(command, interrupter)
        try:
            self.video = self._choose()
        except BaseException:
            self._container.close()
            raise
        base = self.video.time_base
        self.time = PictureTime(float(1 / base) if base else 90_000.0)

    def _choose(self) -> VideoStream:
        videos = self._container.streams.video
        if not videos:
            raise StreamFailure(Reason.NO_VIDEO, "The stream has no video track")
        video = videos[0]
        context: Any = video.codec_context
        if context is None:
            raise StreamFailure(Reason.UNSUPPORTED, "No decoder for the video track")
        return video

    def entries(self) -> Iterator[RingEntry]:
        """The packets as they come; ends with the stream, raises what PyAV raises."""
        now = time.time_ns
        is_held_back = self.video.codec_context.name in _HELD_BACK and self.scheme != "file"
        begun_us = 0
        for video_packet in self._container.demux(self.video):
            released_us = now() // 1000
            size = video_packet.size
            if not size:
                continue
            # The parser let go of the picture before this one when this one began to arrive.
            arrival_us = begun_us if is_held_back and begun_us else released_us
            begun_us = released_us
            taken = stamp_of(video_packet, self.time, arrival_us)
            if self.scheme == "file":
                self._pace(packet_time(video_packet))
            packet = cast("Packet[Stream]", video_packet)
            # Once, and before anybody else knows it: see ``RingEntry``.
            packet.opaque = taken
            yield RingEntry(packet, packet.is_keyframe, taken, released_us, packet.pts or 0, size)

    def _pace(self, due_s: float) -> None:
        """Wait until a file's packet is due, counted from its first one."""
        if self._file_began is None:
            self._file_began = time.monotonic() - due_s
        self._stopping.wait(self._file_began + due_s - time.monotonic())

    def stop(self) -> None:
        """End a read that is under way. Any thread."""
        self._stopping.set()
        self._interrupter.interrupt(self._container)

    def close(self) -> None:
        self._container.close()

    def describe(self) -> tuple[str, int, int]:
        """Codec, width and height as announced; 0 where the camera did not say."""
        context = self.video.codec_context
        return context.name, context.width or 0, context.height or 0

    def pixel_aspect(self) -> float:
        """Width of a pixel divided by its height, as announced."""
        aspect = self.video.sample_aspect_ratio or self.video.codec_context.sample_aspect_ratio
        return float(aspect) if aspect else 1.0
