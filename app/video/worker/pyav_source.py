"""The live engine: opens a URL with FFmpeg (PyAV) and gives its video packets."""

import struct
import time
from collections.abc import Iterator
from typing import Any

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from app.core.redaction import SECRETS, split_credentials
from app.domain.stream import Reason
from app.video.messages import OpenStream
from app.video.worker.clock import PictureTime
from app.video.worker.failures import StreamFailure
from app.video.worker.interruption import Interrupter
from app.video.worker.ring import RingEntry

_PROTOCOLS = "file,http,https,httpproxy,tcp,udp,rtp,srtp,rtsp,rtsps,tls,crypto,subfile,concat,data"
_QUICK = {"probesize": "32", "analyzeduration": "0"}
_THOROUGH = {"probesize": "500000", "analyzeduration": "1000000"}
_SYSTEM_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
_PRFT = struct.Struct("=q")


def options_for(command: OpenStream) -> dict[str, str]:
    """FFmpeg's options for opening the stream; the URL and its secrets are not among them."""
    scheme = command.url.partition(":")[0].lower()
    options = {
        "protocol_whitelist": _PROTOCOLS,
        "timeout": str(int(command.read_timeout_s * 1e6)),
    }
    if scheme in ("rtsp", "rtsps"):
        # Describes itself in its SDP, so nothing needs to be read ahead. Never fflags=nobuffer:
        # it throws away what was read, the first key frame included.
        options |= _QUICK
        options["allowed_media_types"] = "video"
        options["rtsp_transport"] = "udp" if command.transport == "udp" else "tcp"
        if scheme == "rtsps":
            options["tls_verify"] = "1"
            options["ca_file"] = command.ca_file or _SYSTEM_AUTHORITIES
    else:
        options |= _THOROUGH
    return options


class PyavSource:
    """One connection. Made, read and closed by the stream's thread; ``stop`` by any."""

    def __init__(self, command: OpenStream, interrupter: Interrupter) -> None:
        """Connect; raises whatever PyAV raises, and ``StreamFailure`` when there is no video."""
        self._interrupter = interrupter
        _bare, user, password = split_credentials(command.url)
        if password:
            SECRETS.add(password, user or "")
        read_timeout = None if interrupter.works else command.read_timeout_s
        self._container: InputContainer = av.open(
            command.url,
            "r",
            options=options_for(command),
            timeout=(command.open_timeout_s, read_timeout),
            metadata_errors="replace",
        )
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
        if video.codec_context is None:
            raise StreamFailure(Reason.UNSUPPORTED, "No decoder for the video track")
        return video

    def entries(self) -> Iterator[RingEntry]:
        """The packets as they come; ends with the stream, raises what PyAV raises."""
        stamp = self.time.stamp
        now = time.time_ns
        for packet in self._container.demux(self.video):
            arrival_us = now() // 1000
            size = packet.size
            if not size:
                continue
            pts = packet.pts
            utc_us: int | None = None
            is_new_report = False
            if packet.has_sidedata("prft"):
                utc_us = _PRFT.unpack_from(packet.get_sidedata("prft"))[0]
                is_new_report = packet.has_sidedata("rtcp_sr")
            taken = stamp(utc_us, pts, arrival_us, is_new_report=is_new_report)
            yield RingEntry(packet, packet.is_keyframe, taken, pts or 0, size)

    def stop(self) -> None:
        """End a read that is under way. Any thread."""
        self._interrupter.interrupt(self._container)

    def close(self) -> None:
        self._container.close()

    def describe(self) -> tuple[str, int, int]:
        """Codec, width and height as announced; 0 where the camera did not say."""
        context: Any = self.video.codec_context
        return context.name, context.width or 0, context.height or 0

    def pixel_aspect(self) -> float:
        """Width of a pixel divided by its height, as announced."""
        aspect = self.video.sample_aspect_ratio or self.video.codec_context.sample_aspect_ratio
        return float(aspect) if aspect else 1.0
