"""Addresses that cannot be opened, and failures in words."""

import av.error
import pytest

from app.core.redaction import SECRETS
from app.domain.stream import Reason
from app.video.worker.failures import StreamFailure, check_url, failure_of_open, failure_of_read


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", Reason.BAD_URL),
        ("camera 7", Reason.BAD_URL),
        ("rtsp://", Reason.BAD_URL),
        ("rtsp://host:0/x", Reason.BAD_URL),
        ("rtsp://host:99999/x", Reason.BAD_URL),
        ("rtsp://[::1/x", Reason.BAD_URL),
        ("rtsp://host/\x00", Reason.BAD_URL),
        ("concat:file:///etc/passwd", Reason.UNSUPPORTED),
        ("srt://host:9", Reason.UNSUPPORTED),
    ],
)
def test_what_is_no_address(url: str, reason: Reason) -> None:
    with pytest.raises(StreamFailure) as caught:
        check_url(url)
    assert caught.value.reason is reason


@pytest.mark.parametrize(
    "url", ["rtsp://u:p@host/x", "rtsps://host:322/", "http://[::1]:80/a", "file:///x.ts"]
)
def test_what_is_one(url: str) -> None:
    assert check_url(url).scheme in url


def test_a_slow_failure_is_a_time_out_whatever_ffmpeg_calls_it() -> None:
    error = av.error.InvalidDataError(1, "Invalid data found when processing input")
    parts = check_url("rtsp://127.0.0.1:9/x")
    failure = failure_of_open(error, parts, "", took_s=4.9, timeout_s=5.0)
    assert failure.reason is Reason.TIMED_OUT


@pytest.mark.parametrize(
    ("error", "waited_s", "reason"),
    [
        (av.error.TimeoutError(110, "Connection timed out"), 0.0, Reason.SILENT),
        (av.error.OSError(5, "Input/output error"), 4.8, Reason.SILENT),
        (av.error.OSError(5, "Input/output error"), 0.1, Reason.CONNECTION_LOST),
        (
            av.error.ConnectionResetError(104, "Connection reset by peer"),
            0.1,
            Reason.CONNECTION_LOST,
        ),
        (IndexError("pop from empty list"), 0.1, Reason.NOT_DECODABLE),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid"), 0.1, Reason.NOT_DECODABLE),
    ],
)
def test_why_an_open_stream_was_lost(error: Exception, waited_s: float, reason: Reason) -> None:
    assert failure_of_read(error, "rtsp", waited_s=waited_s, timeout_s=5).reason is reason


def test_details_carry_no_secret() -> None:
    SECRETS.add("hunter2-hunter2", "operator")
    failure = StreamFailure(Reason.INTERNAL, "rtsp://operator:hunter2-hunter2@10.0.0.1/x failed")
    assert "hunter2" not in failure.detail
