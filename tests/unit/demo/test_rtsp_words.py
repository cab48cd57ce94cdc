"""Requests, transports, session descriptions and authentication as text."""

import base64
from fractions import Fraction

import pytest

from app.demo import rtsp_messages
from app.demo.auth import Account, Challenge, Scheme, digest_response, parse_fields
from app.demo.bitstream import Codec
from app.demo.clips import Clip, ClipError, ClipFormat, read_clip, write_clip
from app.demo.rtsp_messages import RtspError, Transport, parse_request, parse_transport
from app.demo.sdp import describe

_SPS, _PPS = b"\x67\x42\xc0\x1f\x01", b"\x68\xce\x01"
_START = b"\x00\x00\x00\x01"
_KEY = _START + _SPS + _START + _PPS + _START + b"\x65key"
_NEXT = _START + b"\x41next"
_FORM = ClipFormat(Codec.H264, Fraction(15), 640, 360)


def test_a_request_is_taken_apart() -> None:
    request = parse_request(
        b"SETUP rtsp://h:1/BNU-41-3/sub/trackID=0 RTSP/1.0\r\nCSeq: 3\r\nX-a: b:c"
    )
    assert (request.method, request.path) == ("SETUP", "BNU-41-3/sub")
    assert request.headers == {"cseq": "3", "x-a": "b:c"}


@pytest.mark.parametrize("head", [b"", b"GET / HTTP/1.1", b"nonsense", b"\xff\xfe\x00"])
def test_what_is_no_request_is_refused(head: bytes) -> None:
    with pytest.raises(RtspError):
        parse_request(head)


@pytest.mark.parametrize("length", ["-1", "x", "99999999"])
def test_a_body_that_could_not_be_is_refused(length: str) -> None:
    with pytest.raises(RtspError):
        rtsp_messages.content_length(f"OPTIONS * RTSP/1.0\r\nContent-Length: {length}".encode())


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("RTP/AVP/TCP;unicast;interleaved=2-3", Transport(True, 2, 3)),
        ("RTP/AVP;unicast;client_port=5000-5001", Transport(False, 5000, 5001)),
        ("RTP/AVP/UDP;unicast;client_port=5000", Transport(False, 5000, 5001)),
        ("RTP/AVP;multicast;port=1-2,RTP/AVP/TCP;interleaved=0-1", Transport(True, 0, 1)),
        ("RTP/AVP;multicast", None),
        ("RTP/SAVP;unicast;client_port=1-2", None),
        ("RTP/AVP;unicast;client_port=a-b", None),
        ("", None),
    ],
)
def test_the_first_transport_that_can_be_served_is_taken(
    header: str, expected: Transport | None
) -> None:
    assert parse_transport(header) == expected


def test_a_response_says_how_long_its_body_is() -> None:
    answer = rtsp_messages.response(200, "4", {"Content-Type": "application/sdp"}, "v=0\r\n")
    head, body = answer.split(b"\r\n\r\n", 1)
    assert head.splitlines()[0] == b"RTSP/1.0 200 OK"
    assert b"Content-Length: 5" in head
    assert body == b"v=0\r\n"


def test_the_description_carries_the_parameter_sets() -> None:
    sdp = describe(Clip(_FORM, [_KEY, _NEXT]), "BNU-41-3/sub")
    sets = sdp.split("sprop-parameter-sets=")[1].split("\r\n")[0]
    assert [base64.b64decode(one) for one in sets.split(",")] == [_SPS, _PPS]
    assert "a=rtpmap:96 H264/90000\r\n" in sdp
    assert "profile-level-id=42C01F" in sdp


def test_a_clip_is_read_as_it_was_written(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "a" / "x.clip"
    write_clip(path, _FORM, [_KEY, _NEXT, _KEY])
    clip = read_clip(path)
    assert (clip.format, len(clip)) == (_FORM, 3)
    assert [clip.is_key(frame) for frame in range(6)] == [True, False, True, True, False, True]
    assert clip.key_at_or_before(4) == 3
    assert [one.name for one in path.parent.iterdir()] == ["x.clip"]


def test_a_cut_off_clip_is_refused(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "x.clip"
    write_clip(path, _FORM, [_KEY, _NEXT])
    path.write_bytes(path.read_bytes()[:-2])
    with pytest.raises(ClipError, match="not whole"):
        read_clip(path)


def test_a_clip_begins_with_a_key_frame() -> None:
    with pytest.raises(ClipError, match="key frame"):
        Clip(_FORM, [_NEXT, _KEY])


# --- authentication ---


def test_the_digest_of_the_rfc_is_right() -> None:
    """The example of RFC 2617 section 3.5."""
    fields = parse_fields(
        'username="Mufasa", realm="testrealm@host.com", uri="/dir/index.html", qop=auth, '
        'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", nc=00000001, cnonce="0a4f113b"'
    )
    account = Account("Mufasa", "Circle Of Life")
    assert digest_response(account, "GET", fields) == "6629fae49393a05397450978507c4ef1"


def _digest(account: Account, nonce: str, method: str = "DESCRIBE") -> str:
    fields = {"nonce": nonce, "uri": "rtsp://h/x"}
    given = digest_response(account, method, fields)
    return (
        f'Digest username="{account.user}", realm="Nigehban demo city", nonce="{nonce}", '
        f'uri="rtsp://h/x", response="{given}"'
    )


def test_the_right_password_opens_by_digest() -> None:
    account = Account("operator", "p:ä")
    assert Challenge("n1").accepts(account, "DESCRIBE", _digest(account, "n1"))


@pytest.mark.parametrize(
    ("given", "nonce", "method"),
    [
        (Account("operator", "wrong"), "n1", "DESCRIBE"),
        (Account("other", "right"), "n1", "DESCRIBE"),
        (Account("operator", "right"), "old", "DESCRIBE"),
        (Account("operator", "right"), "n1", "PLAY"),
    ],
)
def test_what_proves_nothing_does_not_open(given: Account, nonce: str, method: str) -> None:
    account = Account("operator", "right")
    header = _digest(given, nonce, method)
    assert not Challenge("n1").accepts(account, "DESCRIBE", header)


def test_basic_is_accepted_only_where_it_is_offered() -> None:
    header = "Basic " + base64.b64encode(b"operator:right").decode()
    challenge = Challenge("n")
    assert challenge.accepts(Account("operator", "right", Scheme.BASIC), "PLAY", header)
    assert challenge.accepts(Account("operator", "right", Scheme.BOTH), "PLAY", header)
    assert not challenge.accepts(Account("operator", "right", Scheme.DIGEST), "PLAY", header)
    assert not challenge.accepts(Account("operator", "right", Scheme.BASIC), "PLAY", "Basic !!!")


def test_a_password_is_not_shown() -> None:
    assert "right" not in repr(Account("operator", "right"))
