"""Every state and reason has words, and none of them claims too much."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.camera import CallUp, Camera, CameraCode, DistrictCode, SiteCode
from app.domain.picture_health import PictureFault
from app.domain.stream import Effort, PictureClock, Reason, StreamKind, StreamState
from app.video.engine_types import TileStatus
from ui.wall.wording import (
    EMPTY_FACE,
    clock_time,
    detail_lines,
    duration,
    face_of,
    reason_sentence,
    shown_state,
    state_word,
)

CAMERA = Camera(
    CameraCode("BNU-41-3"),
    "Court road",
    CallUp(2, 41, 3),
    SiteCode("BNU-41"),
    DistrictCode("BNU"),
    "rtsp://10.1.2.3/main",
)
NOON_US = 1_763_812_800_000_000  # 2025-11-22 12:00:00 UTC
PKT = timezone(timedelta(hours=5))


def live(age_s: float | None) -> TileStatus:
    return TileStatus(StreamState.LIVE, age_s=age_s, kind=StreamKind.SUB)


def with_clock(offset_s: float | None) -> TileStatus:
    return replace(
        live(0.1), taken_utc_us=NOON_US, clock=PictureClock.CAMERA, clock_offset_s=offset_s
    )


def test_every_reason_has_its_own_sentence() -> None:
    sentences = [reason_sentence(reason) for reason in Reason if reason is not Reason.NONE]
    assert all(len(sentence) > 12 for sentence in sentences)
    assert len(set(sentences)) == len(sentences)
    assert reason_sentence(Reason.NONE) == ""


def test_every_state_has_its_own_word() -> None:
    assert len({state_word(state) for state in StreamState}) == len(StreamState)


@given(st.floats(0, 1e6), st.sampled_from(StreamState))
def test_nothing_older_than_two_seconds_is_called_live(age: float, state: StreamState) -> None:
    shown = shown_state(TileStatus(state, age_s=age))
    assert (shown is StreamState.LIVE) == (state is StreamState.LIVE and age <= 2.0)


def test_live_without_a_picture_is_not_called_live() -> None:
    face = face_of(CAMERA, live(None))
    assert not face.is_live
    assert face.headline == "Waiting for the first picture"


@pytest.mark.parametrize(
    ("age", "words", "dot"),
    [
        (0.08, "", StreamState.LIVE),
        (1.0, "", StreamState.LIVE),
        (1.04, "1.0 s", StreamState.STALE),
        (1.49, "1.4 s", StreamState.STALE),
        (2.0, "2.0 s", StreamState.STALE),
        (2.01, "2.0 s", None),
    ],
)
def test_the_age_is_said_beyond_a_second(age: float, words: str, dot: StreamState | None) -> None:
    face = face_of(CAMERA, live(age))
    assert (face.age, face.dot) == (words, dot)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        *[(9.99, "9.9 s"), (12.7, "12 s"), (119, "119 s")],
        *[(120, "2 min"), (7200, "2 h"), (172_800, "2 days")],
    ],
)
def test_ages_are_said_as_short_as_they_can_be(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_a_live_tile_says_nothing_over_its_picture() -> None:
    face = face_of(CAMERA, live(0.1))
    assert (face.headline, face.reason, face.last_picture) == ("", "", "")
    assert (face.code, face.name, face.stream) == ("BNU-41-3", "Court road", "sub")


def test_a_stale_tile_says_for_how_long() -> None:
    status = TileStatus(StreamState.STALE, Reason.SILENT, age_s=3.9, taken_utc_us=NOON_US)
    face = face_of(CAMERA, status, now_us=NOON_US)
    assert face.headline == "No new picture for 3 s"
    assert face.reason == "The camera is connected but sends nothing"


def test_reconnecting_counts_down() -> None:
    status = TileStatus(StreamState.RECONNECTING, Reason.REFUSED, retry_in_s=4.2)
    assert face_of(CAMERA, status).headline == "Reconnecting in 4 s"
    now = TileStatus(StreamState.RECONNECTING, Reason.REFUSED, retry_in_s=0.1)
    assert face_of(CAMERA, now).headline == "Reconnecting"


def test_unauthorised_says_when_it_tries_again() -> None:
    status = TileStatus(StreamState.UNAUTHORISED, Reason.WRONG_PASSWORD, retry_in_s=58)
    face = face_of(CAMERA, status)
    assert face.headline == "Unauthorised"
    assert face.last_picture == "Next attempt in 58 s"
    patient = replace(status, retry_in_s=309.0)
    assert face_of(CAMERA, patient).last_picture == "Next attempt in 5 min"


def test_the_last_picture_has_its_time_on_the_workstation() -> None:
    assert clock_time(NOON_US, NOON_US, PKT) == "17:00:00"
    assert clock_time(NOON_US, NOON_US, UTC) == "12:00:00"
    tomorrow = NOON_US + 86_400_000_000
    assert clock_time(NOON_US, tomorrow, PKT) == "22.11.2025 17:00:00"


@pytest.mark.parametrize("effort", [effort for effort in Effort if effort])
def test_reduced_decoding_is_said_in_words(effort: Effort) -> None:
    assert face_of(CAMERA, replace(live(0.1), effort=effort)).effort
    details = detail_lines(CAMERA, replace(live(0.1), effort=effort), now_us=NOON_US)
    assert any("busy" in line for line in details)
    assert face_of(CAMERA, live(0.1)).effort == ""


def test_a_cell_without_camera_says_nothing() -> None:
    assert face_of(None, live(0.1)) == EMPTY_FACE
    assert EMPTY_FACE.is_empty


def test_the_zoom_is_said_only_when_there_is_one() -> None:
    assert face_of(CAMERA, live(0.1), zoom=3.21).zoom == "zoom 3.2×"
    assert face_of(CAMERA, live(0.1)).zoom == ""


def test_the_detail_tells_of_the_cameras_clock() -> None:
    lines = detail_lines(CAMERA, replace(with_clock(3600.2), attempt=2), now_us=NOON_US)
    assert "The camera's clock is 3600.2 s ahead of ours" in lines
    assert "Attempts without success: 2" in lines
    assert not [line for line in lines if "10.1.2.3" in line]


@pytest.mark.parametrize(
    ("status", "line"),
    [
        (with_clock(-0.24), "The camera's clock is 0.2 s behind ours"),
        (with_clock(None), "Time by the camera's clock"),
        (
            replace(live(0.1), taken_utc_us=NOON_US),
            "Time of arrival here; the camera gives no clock",
        ),
    ],
)
def test_the_detail_tells_where_the_time_comes_from(status: TileStatus, line: str) -> None:
    assert line in detail_lines(CAMERA, status, now_us=NOON_US)


@pytest.mark.parametrize("state", StreamState)
@pytest.mark.parametrize("paused_age_s", [None, 0.1, 40.0])
def test_only_a_live_picture_that_nobody_stopped_is_called_live(
    state: StreamState, paused_age_s: float | None
) -> None:
    face = face_of(CAMERA, TileStatus(state, age_s=0.1), paused_age_s=paused_age_s)
    assert face.is_live == (state is StreamState.LIVE and paused_age_s is None)
    assert (face.dot is not None) == face.is_live


def test_a_replayed_picture_says_how_far_back_it_is() -> None:
    status = TileStatus(StreamState.REPLAY, age_s=12.44, replay_s=12.44, kind=StreamKind.SUB)
    face = face_of(CAMERA, status)
    assert (face.state_word, face.age) == ("Replay −12.4 s", "")
    assert not face.covers_picture
    assert "Replay −12.4 s" in detail_lines(CAMERA, status, now_us=NOON_US)


@pytest.mark.parametrize(
    ("speed", "is_oldest", "words"),
    [
        (1.0, False, "Replay −12.4 s"),
        (4.0, False, "Replay −12.4 s · 4×"),
        (0.0, False, "Replay −12.4 s · paused"),
        (-1.0, False, "Replay −12.4 s · backwards 1×"),
        (-8.0, False, "Replay −12.4 s · backwards 8×"),
        (1.0, True, "Replay −12.4 s · oldest picture"),
    ],
)
def test_a_replayed_picture_says_how_it_goes_on(speed: float, is_oldest: bool, words: str) -> None:
    status = TileStatus(
        StreamState.REPLAY,
        age_s=12.44,
        replay_s=12.44,
        kind=StreamKind.SUB,
        replay_speed=speed,
        is_oldest=is_oldest,
    )
    assert face_of(CAMERA, status).state_word == words


def test_the_plate_of_a_replay_that_stands_grows_old_with_its_strip() -> None:
    earlier, later = (
        face_of(CAMERA, TileStatus(StreamState.REPLAY, replay_s=age_s, replay_speed=0.0))
        for age_s in (12.4, 13.4)
    )
    assert earlier.place_words != later.place_words


def test_a_paused_picture_says_its_age_and_is_not_covered() -> None:
    face = face_of(CAMERA, live(0.1), paused_age_s=12.0)
    assert (face.state_word, face.age, face.covers_picture) == ("Paused", "12 s", False)


def test_picture_faults_are_said_where_there_is_a_picture() -> None:
    status = replace(live(0.1), faults=(PictureFault.BLURRED, PictureFault.FROZEN))
    assert face_of(CAMERA, status).faults == "frozen +1"
    lines = detail_lines(CAMERA, status, now_us=NOON_US)
    assert "The camera is out of focus or covered" in lines
    assert "The camera sends the same picture again and again" in lines
    assert face_of(CAMERA, replace(status, state=StreamState.OFFLINE)).faults == ""
    assert face_of(CAMERA, live(0.1)).faults == ""


def test_a_camera_clock_that_is_not_sure_is_called_approximate() -> None:
    status = replace(with_clock(0.2), clock=PictureClock.CAMERA_APPROXIMATE)
    assert any("approximate" in line for line in detail_lines(CAMERA, status, now_us=NOON_US))
    sure = detail_lines(CAMERA, with_clock(0.2), now_us=NOON_US)
    assert not any("approximate" in line for line in sure)
