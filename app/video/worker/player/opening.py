"""Opens what is to be played: a file, or a recorder's address."""

import time
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from app.core.redaction import SECRETS, split_credentials
from app.domain.stream import Reason
from app.video.worker.failures import (
    SYSTEM_AUTHORITIES,
    StreamFailure,
    check_url,
    failure_of_open,
    resolve,
)

OPEN_S = 8.0
_READ_S = 8.0
_MOST_SCANNED = 400_000_000
"""A larger file is not read through beforehand."""
_ANALYSED_US = "1000000"
"""Of a stream, which comes no faster than it is played."""
_NETWORK = "rtsp,rtsps,rtp,srtp,http,https,httpproxy,tcp,udp,tls,crypto"


def is_address(location: str) -> bool:
    """Whether it is no file."""
    return "://" in location


def is_stream(location: str, duration_us: int) -> bool:
    """Whether it comes as it is sent."""
    return location.startswith(("rtsp://", "rtsps://")) or (
        is_address(location) and duration_us <= 0
    )


def open_clip(location: str) -> InputContainer:
    """Raises ``StreamFailure``. Blocking, for seconds where it is an address."""
    if not is_address(location):
        parts = SplitResult("file", "", location, "", "")
        if not Path(location).exists():
            raise StreamFailure(Reason.NOT_FOUND, "There is no such file")
        options = {"protocol_whitelist": "file,crypto"}
    else:
        parts = check_url(location)
        if parts.scheme == "file":
            raise StreamFailure(Reason.UNSUPPORTED, "Give the file's path instead of an address")
        _bare, user, password = split_credentials(location)
        if password:
            SECRETS.add(password, user or "")
        resolve(parts, OPEN_S)
        options = {"protocol_whitelist": _NETWORK, "timeout": str(int(OPEN_S * 1e6))}
        if parts.scheme in ("rtsp", "rtsps"):
            options |= {"rtsp_transport": "tcp", "analyzeduration": _ANALYSED_US}
        if parts.scheme in ("rtsps", "https"):
            options |= {"tls_verify": "1", "ca_file": SYSTEM_AUTHORITIES}
    began = time.monotonic()
    try:
        return av.open(
            location, "r", options=options, timeout=(OPEN_S, _READ_S), metadata_errors="replace"
        )
    except Exception as error:  # noqa: BLE001 - a door: corrupt input raises anything
        took = time.monotonic() - began
        raise failure_of_open(error, parts, "", took_s=took, timeout_s=OPEN_S) from None


def video_of(container: InputContainer) -> VideoStream:
    """What is to be shown; a cover of a record is no video. Raises ``StreamFailure``."""
    videos = [
        video
        for video in container.streams.video
        if not video.disposition & Disposition.attached_pic
    ]
    if not videos:
        raise StreamFailure(Reason.NO_VIDEO, "There is no video in it")
    context: Any = videos[0].codec_context
    if context is None:
        raise StreamFailure(Reason.UNSUPPORTED, "No decoder for the video")
    videos[0].thread_type = "AUTO"
    context.thread_count = 2
    return videos[0]


def sound_of(container: InputContainer) -> AudioStream | None:
    """What is to be heard, where it can be decoded."""
    return next((each for each in container.streams.audio if _can_be_decoded(each)), None)


def _can_be_decoded(stream: AudioStream) -> bool:
    context: Any = stream.codec_context
    return context is not None


def can_be_scanned(container: InputContainer, location: str) -> bool:
    """Whether a file may be read through beforehand. A single picture (a snapshot) can be read
    only once."""
    is_picture = container.format.name.endswith(("image2", "_pipe"))
    return (
        not is_address(location)
        and not is_picture
        and Path(location).stat().st_size <= _MOST_SCANNED
    )


def failure_of_read(error: Exception) -> StreamFailure:
    """Why it cannot be read on."""
    parts = urlsplit("")._replace(scheme="file")
    return failure_of_open(error, parts, "", took_s=0.0, timeout_s=_READ_S)
