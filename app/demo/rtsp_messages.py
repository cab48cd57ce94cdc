"""RTSP/1.0 requests and responses as text (RFC 2326 sections 6 and 7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from app.demo.sdp import METADATA_TRACK, SOUND_TRACK, TRACK

REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    453: "Not Enough Bandwidth",
    454: "Session Not Found",
    455: "Method Not Valid in This State",
    459: "Aggregate Operation Not Allowed",
    461: "Unsupported Transport",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
}


class RtspError(Exception):
    """What was received is no RTSP request."""


TRACKS = (TRACK, METADATA_TRACK, SOUND_TRACK)


@dataclass(frozen=True, slots=True)
class Request:
    """One request; header names are in lower case."""

    method: str
    url: str
    headers: Mapping[str, str]

    @property
    def path(self) -> str:
        """The camera's path, ``BNU-41-3/main``, without slashes around and without the track."""
        path = unquote(urlsplit(self.url).path).strip("/")
        for track in TRACKS:
            path = path.removesuffix(track)
        return path.strip("/")

    @property
    def track(self) -> str:
        """Which of the camera's tracks the URL is that of; the video where it names none."""
        path = unquote(urlsplit(self.url).path).rstrip("/")
        return next((track for track in TRACKS if path.endswith("/" + track)), TRACK)


def parse_request(head: bytes) -> Request:
    """Parse the lines before the body; raises `RtspError`."""
    lines = head.decode("utf-8", "replace").split("\r\n")
    parts = lines[0].split(" ")
    if len(parts) != 3 or not parts[2].startswith("RTSP/"):
        raise RtspError("no RTSP request line")
    headers = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    return Request(parts[0], parts[1], headers)


def content_length(head: bytes) -> int:
    """Return the length of the body that follows these lines; raises `RtspError`."""
    value = parse_request(head).headers.get("content-length", "0")
    if not value.isdecimal() or int(value) > 65536:
        raise RtspError("no content length that would do")
    return int(value)


def response(
    status: int, cseq: str, headers: Mapping[str, str] | None = None, body: str = ""
) -> bytes:
    """Return a response as bytes."""
    lines = [f"RTSP/1.0 {status} {REASONS.get(status, 'Error')}", f"CSeq: {cseq}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    data = body.encode()
    if data:
        lines.append(f"Content-Length: {len(data)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + data


@dataclass(frozen=True, slots=True)
class Transport:
    """What a client asked for in its Transport header: channels, or UDP ports."""

    is_tcp: bool
    rtp: int
    rtcp: int


def parse_transport(header: str) -> Transport | None:
    """Return the first offer that can be served, or None."""
    for offer in header.split(","):
        first, *rest = [part.strip() for part in offer.split(";")]
        values = dict(part.partition("=")[::2] for part in rest)
        if "multicast" in values:
            continue
        if first == "RTP/AVP/TCP":
            pair = _pair(values.get("interleaved", "0-1"))
            is_tcp = True
        elif first in ("RTP/AVP", "RTP/AVP/UDP"):
            pair = _pair(values.get("client_port", ""))
            is_tcp = False
        else:
            continue
        if pair is not None:
            return Transport(is_tcp, *pair)
    return None


def _pair(text: str) -> tuple[int, int] | None:
    first, _, second = text.partition("-")
    if not first.isdecimal() or (second and not second.isdecimal()):
        return None
    return int(first), int(second) if second else int(first) + 1
