"""The words of a tile that plays a clip: where it is, and never that it is live."""

from dataclasses import replace

import pytest

from app.domain.stream import Reason, StreamState
from app.services.clip_playing import Playing
from app.services.overlay_types import OverlayStatus, Sync
from app.video.player_types import PlayerPhase, PlayerState, SoundState
from tests.fakes.records import clip
from ui.wall.clip_wording import clip_face, clip_words, minutes, speed_words, trouble_sentence
from ui.wall.sound_wording import is_troubled, volume_words

SECOND_US = 1_000_000
READY = PlayerState(PlayerPhase.READY, 60 * SECOND_US, 640, 360)
PLAYING = Playing("street.mp4", None, READY, 12 * SECOND_US, None, 1.0, False, None)


def test_it_says_where_it_is() -> None:
    assert clip_words(PLAYING, 0) == "Clip · 00:12 / 01:00"


def test_it_says_when_it_was_taken() -> None:
    taken = replace(PLAYING, taken_us=SECOND_US)
    assert clip_words(taken, SECOND_US).count("·") == 2


@pytest.mark.parametrize(
    ("speed", "words"),
    [(0.0, "paused"), (2.0, "2×"), (0.125, "1/8×"), (8.0, "8×"), (-2.0, "−2×"), (-0.25, "−1/4×")],
)
def test_it_says_how_it_goes_on(speed: float, words: str) -> None:
    assert clip_words(replace(PLAYING, speed=speed), 0).endswith(f" · {words}")


def test_the_end_and_the_loop_are_said() -> None:
    ended = replace(PLAYING, position_us=60 * SECOND_US)
    assert clip_words(ended, 0).endswith("at its end")
    begun = replace(PLAYING, position_us=0, speed=-2.0)
    assert clip_words(begun, 0).endswith("at its beginning")
    assert clip_words(replace(ended, is_looping=True), 0).endswith("again and again")


def test_an_hour_is_said() -> None:
    assert minutes(3_723 * SECOND_US) == "1:02:03"


def test_slow_speeds_are_fractions() -> None:
    assert [speed_words(speed) for speed in (0.5, 0.25, 1.0)] == ["1/2×", "1/4×", "1×"]


@pytest.mark.parametrize("phase", list(PlayerPhase))
def test_a_clip_never_looks_live(phase: PlayerPhase) -> None:
    face = clip_face(replace(PLAYING, state=replace(READY, phase=phase)), zoom=1.0, now_us=0)
    assert not face.is_live
    assert face.is_clip
    assert face.dot is None
    assert face.headline


def test_what_cannot_be_played_is_a_sentence() -> None:
    failed = PlayerState(PlayerPhase.FAILED, reason=Reason.NOT_FOUND)
    face = clip_face(replace(PLAYING, state=failed), zoom=1.0, now_us=0)
    assert face.state is StreamState.OFFLINE
    assert face.covers_picture
    assert face.reason == "There is nothing at this place"


def test_a_clip_of_another_workstation_says_so() -> None:
    failed = PlayerState(PlayerPhase.FAILED, reason=Reason.NOT_FOUND)
    playing = replace(PLAYING, state=failed, elsewhere="desk-3")
    assert clip_face(playing, zoom=1.0, now_us=0).reason == (
        "This clip lies at the workstation desk-3"
    )


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_words(reason: Reason) -> None:
    assert trouble_sentence(reason)


def test_only_sound_is_left_of_it() -> None:
    longer = replace(READY, pictures_us=10 * SECOND_US)
    words = clip_words(replace(PLAYING, state=longer), 0)
    assert words.endswith("last picture, only sound goes on")


@pytest.mark.parametrize(
    ("volume", "changes", "words"),
    [
        (0, {}, "muted"),
        (50, {}, "sound 50 %"),
        (0, {"has_sound": False}, "no sound in this clip"),
        (50, {"sound": SoundState.NO_DEVICE}, "no sound: no output device"),
    ],
)
def test_the_sound_is_told(volume: int, changes: dict[str, object], words: str) -> None:
    state = replace(READY, has_sound=True)
    playing = replace(PLAYING, volume=volume, state=replace(state, **changes))  # type: ignore[arg-type]  # any field
    assert volume_words(playing) == words
    assert is_troubled(playing) == words.startswith("no sound:")
    assert clip_words(playing, 0).endswith(words.split(":", maxsplit=1)[0]) == (volume > 0)


def test_it_is_silent_at_other_speeds_and_beside_the_selection() -> None:
    heard = replace(PLAYING, volume=50, state=replace(READY, has_sound=True))
    assert volume_words(replace(heard, speed=2.0)) == "silent at this speed"
    assert volume_words(replace(heard, speed=-1.0)) == "silent at this speed"
    assert "another tile" in volume_words(replace(heard, is_selected=False))
    for changed in (replace(heard, speed=2.0), replace(heard, is_selected=False)):
        assert clip_words(changed, 0).endswith("silent")


@pytest.mark.parametrize("state", list(SoundState))
def test_every_trouble_with_sound_has_words(state: SoundState) -> None:
    heard = replace(PLAYING, volume=50, state=replace(READY, has_sound=True, sound=state))
    is_fine = state in (SoundState.SILENT, SoundState.HEARD)
    assert volume_words(heard).startswith("no sound: ") != is_fine


def test_of_clips_in_step_who_has_no_picture_says_so_over_its_place() -> None:
    late = replace(PLAYING, position_us=-3_200_000, end_us=20 * SECOND_US)
    face = clip_face(late, zoom=1.0, now_us=0)
    assert (face.headline, face.covers_picture) == ("The clip begins in 4 s", True)
    over = replace(PLAYING, position_us=61 * SECOND_US, end_us=70 * SECOND_US)
    assert clip_face(over, zoom=1.0, now_us=0).headline == "The clip has ended"
    shown = replace(PLAYING, end_us=70 * SECOND_US, label="The flag")
    face = clip_face(shown, zoom=1.0, now_us=0)
    assert (face.headline, face.covers_picture) == ("The flag · 00:12 / 01:00", False)


def test_where_nothing_was_recorded_the_still_does_not_look_like_playing() -> None:
    kept = clip()  # with a gap of a second in its middle
    gap = replace(PLAYING, clip=kept, position_us=10_400_000)
    face = clip_face(gap, zoom=1.0, now_us=0)
    assert (face.headline, face.covers_picture) == ("Nothing was recorded here for 1 s", True)
    after = clip_face(replace(gap, position_us=11_000_000), zoom=1.0, now_us=0)
    assert not after.covers_picture


@pytest.mark.parametrize(
    ("boxes", "sign", "note"),
    [
        (None, "", ""),
        (OverlayStatus(), "", ""),
        (OverlayStatus(is_on=True, sync=Sync.EXACT), "", ""),
        (OverlayStatus(is_on=True, sync=Sync.APPROXIMATE), "boxes ≈", ""),
        (OverlayStatus(is_on=True, sync=Sync.EXACT, hidden_while_moving=True), "moving", ""),
        (OverlayStatus(is_on=True, sentence="None were kept"), "no boxes", "None were kept"),
        (OverlayStatus(is_on=True), "", ""),
    ],
)
def test_it_says_what_is_wrong_with_its_boxes(
    boxes: OverlayStatus | None, sign: str, note: str
) -> None:
    face = clip_face(PLAYING, zoom=1.0, now_us=0, boxes=boxes)
    assert (face.boxes, face.note) == (sign, note)


def test_boxes_are_no_matter_while_nothing_is_seen() -> None:
    opening = replace(PLAYING, state=PlayerState())
    face = clip_face(opening, zoom=1.0, now_us=0, boxes=OverlayStatus(is_on=True, sentence="No"))
    assert (face.boxes, face.note) == ("", "")
