"""What a bookmark holds, what is said of it, and what becomes of spans."""

from dataclasses import replace

import pytest

from app.domain.analytics_event import EventSeverity
from app.domain.bookmark import DrawnBox, FlagState
from app.domain.camera import CameraCode
from app.domain.detection import Box
from app.domain.event_record import EventRecord
from app.domain.stream import PictureClock, StreamKind
from app.services.bookmark_changes import Answer, Outcome
from app.services.bookmarks import AROUND_US, Shown, SpanNotEnded, tidy_tags
from app.services.clips import EndedClip
from tests.fakes.bookmark_desk import AUTHOR, BookmarkDesk, shown
from tests.fakes.event_desk import FULL, NOON_US, SECOND_US


def silent(_answer: Answer) -> None:
    """Nobody asks."""


def test_a_mark_holds_what_was_seen(desk: BookmarkDesk) -> None:
    box = DrawnBox(Box(0.1, 0.2, 0.3, 0.4), "person", 0.9, "17")
    desk.service.mark(replace(shown(desk.camera()), drawn=(box,)), desk.answers.append)
    desk.settle()
    (kept,) = desk.stored()
    camera = desk.camera()
    assert (kept.camera, kept.site, kept.district) == (camera.code, camera.site, camera.district)
    assert kept.start_us + kept.offset_us == NOON_US - 100_000
    assert (kept.clock, kept.kind) == (PictureClock.CAMERA, StreamKind.SUB)
    assert (kept.picture_age_ms, kept.author, kept.drawn) == (100, AUTHOR, (box,))
    assert kept.title.startswith(camera.name)
    assert desk.pictures.load(kept.id.bytes) == b"jpeg"
    assert kept.clip is not None
    asked = desk.clips.kept[kept.clip]
    assert asked == (camera.code, kept.start_us - AROUND_US, kept.start_us + AROUND_US, True)
    assert [answer.outcome for answer in desk.answers] == [Outcome.SAVED]


def test_nothing_is_said_to_be_saved_before_it_is(desk: BookmarkDesk) -> None:
    desk.service.mark(shown(desk.camera()), desk.answers.append)
    assert desk.answers == []
    desk.settle()
    assert len(desk.stored()) == len(desk.answers) == 1


def test_a_tile_without_a_picture_is_marked_by_our_clock(desk: BookmarkDesk) -> None:
    desk.service.mark(Shown(desk.camera()), desk.answers.append)
    desk.settle()
    (kept,) = desk.stored()
    assert (kept.start_us, kept.clock, kept.picture_age_ms) == (NOON_US, PictureClock.ARRIVAL, None)
    assert (kept.clip, kept.thumbnail, kept.kind) == (None, "", None)


def test_what_was_replayed_is_marked_by_its_own_time(desk: BookmarkDesk) -> None:
    taken = NOON_US - 20 * SECOND_US
    desk.mark(utc_us=taken, offset_us=0, arrival_us=taken, is_replay=True)
    (kept,) = desk.stored()
    assert (kept.start_us, kept.picture_age_ms) == (taken, 20_000)


def test_where_no_picture_can_be_kept_the_bookmark_names_none(desk: BookmarkDesk) -> None:
    def refused() -> bytes:
        raise OSError(28, "No space left on device")

    desk.service.mark(replace(shown(desk.camera()), picture=refused), desk.answers.append)
    desk.settle()
    (kept,) = desk.stored()
    assert kept.thumbnail == ""
    assert kept.title


def test_where_no_clip_was_kept_the_bookmark_names_none(desk: BookmarkDesk) -> None:
    kept = desk.mark()
    assert kept.clip is not None
    desk.clips.ended.emit(EndedClip(kept.clip, kept.camera, None, "no ring"))
    desk.settle()
    assert desk.stored()[0].clip is None


def test_a_span_begins_and_ends(desk: BookmarkDesk) -> None:
    told: list[frozenset[CameraCode]] = []
    desk.service.spans_changed.connect(told.append)
    camera = desk.camera()
    begun = desk.service.begin_span(shown(camera), silent)
    desk.settle()
    assert desk.stored()[0].end_us is None
    assert desk.service.span(camera.code) is not None
    desk.later(5)
    later = shown(camera, utc_us=begun.start_us + 5 * SECOND_US)
    desk.service.end_span(later, desk.answers.append)
    desk.settle()
    (kept,) = desk.stored()
    assert kept.end_us == begun.start_us + 5 * SECOND_US
    assert desk.service.span(camera.code) is None
    assert told == [frozenset({camera.code})] * 2
    assert desk.clips.stopped == []
    desk.later(10)
    assert desk.clips.stopped == [begun.clip]


def test_a_span_in_replay_keeps_just_what_was_marked(desk: BookmarkDesk) -> None:
    camera = desk.camera()
    start = NOON_US - 30 * SECOND_US
    begun = desk.service.begin_span(shown(camera, utc_us=start, is_replay=True), silent)
    end = start + 4 * SECOND_US
    ended = desk.service.end_span(shown(camera, utc_us=end, is_replay=True), silent)
    desk.settle()
    assert desk.clips.cancelled == [begun.clip]
    assert ended.clip is not None
    assert desk.clips.kept[ended.clip][1:3] == (start - AROUND_US, end + AROUND_US)
    assert begun.clip is not None
    desk.clips.ended.emit(EndedClip(begun.clip, camera.code, None))
    desk.settle()
    assert desk.stored()[0].clip == ended.clip


def test_a_span_does_not_end_before_it_begins(desk: BookmarkDesk) -> None:
    camera = desk.camera()
    begun = desk.service.begin_span(shown(camera), silent)
    with pytest.raises(SpanNotEnded):
        desk.service.end_span(shown(camera, utc_us=begun.start_us - 1), silent)
    assert desk.service.span(camera.code) is not None
    desk.settle()


def test_an_event_is_marked_with_its_box_and_severity(desk: BookmarkDesk) -> None:
    camera = desk.camera()
    record = EventRecord(
        b"k" * 16, FULL, EventSeverity.ALARM, camera.district, camera.site, b"k" * 16
    )
    desk.service.mark_event(record, camera, lambda: b"picture", desk.answers.append)
    desk.settle()
    (kept,) = desk.stored()
    assert (kept.event_key, kept.severity) == (record.key, int(EventSeverity.ALARM))
    assert kept.start_us == FULL.time_us
    assert kept.end_us == FULL.end_us
    assert kept.drawn == (DrawnBox(Box(0.125, 0.25, 0.375, 0.5), "person", 0.87, "17"),)
    assert kept.title.startswith("Gate line")
    assert kept.clip in desk.clips.kept


def test_an_old_event_is_marked_without_a_clip(desk: BookmarkDesk) -> None:
    desk.clock.seconds += 3600
    camera = desk.camera()
    record = EventRecord(b"k" * 16, FULL, EventSeverity.ALARM, camera.district, camera.site, b"")
    assert desk.service.mark_event(record, camera, lambda: b"p", silent).clip is None
    desk.settle()


def test_words_tags_and_flag_are_added_later(desk: BookmarkDesk) -> None:
    made = desk.mark()
    desk.service.change(
        made,
        desk.answers.append,
        title=" سفید  گاڑی at the gate ",
        tags=["#car", "car", " gate "],
        flag=FlagState.RAISED,
    )
    desk.settle()
    (kept,) = desk.stored()
    assert (kept.title, kept.tags) == ("سفید گاڑی at the gate", ("car", "gate"))
    assert kept.flag is FlagState.RAISED
    assert kept.revision == 2


def test_without_a_change_nothing_is_written(desk: BookmarkDesk) -> None:
    made = desk.mark()
    assert desk.service.change(made, desk.answers.append, title="  ", tags=[]) == made
    desk.settle()
    assert desk.stored()[0].revision == 1


def test_tags_are_tidied() -> None:
    assert tidy_tags(["# car", "", "#", "white  van", "car"]) == ("car", "white van")
