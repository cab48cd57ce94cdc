"""What holds of every timeline, whatever comes in whatever order."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from app.analytics.placement import EXTRAPOLATE_US, FADE_US
from app.analytics.timeline import MOST_TRACKS, Timeline
from app.analytics.track import JUMP, MAX_GAP_US, TimedBox
from app.domain.detection import DetectionFrame, ObjectSample, ObjectState
from tests.unit.analytics.frames import at, frame, thing

places = st.floats(0.0, 1.0)
moments = st.integers(0, 60).map(lambda step: step / 20)  # 3 s in steps of 50 ms
names = st.sampled_from(["1", "2", "3"])


@st.composite
def histories(draw: st.DrawFn) -> list[DetectionFrame]:
    """Frames of up to three seconds, no moment twice, all come in one go."""
    times = sorted(draw(st.sets(moments, min_size=1, max_size=20)))
    return [
        frame(
            time,
            *(thing(name, draw(places), draw(places)) for name in sorted(draw(st.sets(names)))),
            is_complete=False,
            late_s=3.0 - time,
        )
        for time in times
    ]


@st.composite
def shuffled(draw: st.DrawFn) -> tuple[list[DetectionFrame], list[DetectionFrame]]:
    ordered = draw(histories())
    return ordered, draw(st.permutations(ordered))


def filled(frames: list[DetectionFrame]) -> Timeline:
    timeline = Timeline()
    for each in frames:
        timeline.add(each)
    timeline.arrivals.assume(200_000)  # the rhythm does depend on the order
    return timeline


def centre(box: TimedBox) -> tuple[float, float]:
    return ((box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2)


def samples_of(frames: list[DetectionFrame], name: str) -> list[tuple[int, ObjectSample]]:
    return [
        (each.time_us, sample)
        for each in frames
        for sample in each.objects
        if sample.track_id == name
    ]


def by_name(timeline: Timeline, time_us: int) -> dict[str | None, TimedBox]:
    return {box.sample.track_id: box for box in timeline.boxes_at(time_us)}


@given(shuffled(), st.floats(0, 4.5))
def test_the_order_of_arrival_does_not_matter(
    both: tuple[list[DetectionFrame], list[DetectionFrame]], seconds: float
) -> None:
    ordered, mixed = both
    assert by_name(filled(ordered), at(seconds)) == by_name(filled(mixed), at(seconds))


@given(histories())
def test_at_the_moment_of_a_sample_the_object_is_exactly_there(
    frames: list[DetectionFrame],
) -> None:
    timeline = filled(frames)
    for each in frames:
        found = by_name(timeline, each.time_us)
        for sample in each.objects:
            box = found[sample.track_id]
            assert (box.x1, box.y1, box.x2, box.y2) == (
                sample.box.x1,
                sample.box.y1,
                sample.box.x2,
                sample.box.y2,
            )
            assert box.alpha == 1.0
            assert box.age_us == 0


@given(histories(), st.floats(0, 1), names)
def test_between_two_samples_it_is_on_the_straight_way_or_waits(
    frames: list[DetectionFrame], part: float, name: str
) -> None:
    timeline = filled(frames)
    hold = timeline.hold_us()
    for (before_us, before), (after_us, after) in pairwise(samples_of(frames, name)):
        time_us = before_us + round(part * (after_us - before_us - 1))
        box = by_name(timeline, time_us).get(name)
        jumps = max(
            abs(after.box.x1 + after.box.x2 - before.box.x1 - before.box.x2),
            abs(after.box.y1 + after.box.y2 - before.box.y1 - before.box.y2),
        )
        if jumps > 2 * JUMP or after_us - before_us > MAX_GAP_US:
            assert box is None or (box.x1, box.y1) == (before.box.x1, before.box.y1)
            assert (box is None) == (time_us - before_us >= hold + FADE_US)
        else:
            assert box is not None
            low, high = sorted((before.box.x1, after.box.x1))
            assert low - 1e-9 <= box.x1 <= high + 1e-9
            share = (time_us - before_us) / (after_us - before_us)
            assert abs(box.x1 - before.box.x1 - share * (after.box.x1 - before.box.x1)) < 1e-9


@given(histories(), st.integers(0, 5_000_000), names)
def test_beyond_the_last_sample_nothing_goes_far_or_stays_long(
    frames: list[DetectionFrame], beyond_us: int, name: str
) -> None:
    timeline = filled(frames)
    samples = samples_of(frames, name)
    if not samples:
        assert name not in by_name(timeline, frames[-1].time_us + beyond_us)
        return
    last_us, last = samples[-1]
    box = by_name(timeline, last_us + beyond_us).get(name)
    assert (box is None) == (beyond_us >= timeline.hold_us() + FADE_US)
    if box is not None:
        assert 0 < box.alpha <= 1
        assert box.age_us == beyond_us
        moved = abs(centre(box)[0] - (last.box.x1 + last.box.x2) / 2)
        # No object of these histories is faster than a jump in one step of 50 ms.
        assert moved <= JUMP / 50_000 * min(beyond_us, EXTRAPOLATE_US) + 1e-9
        assert abs((box.x2 - box.x1) - (last.box.x2 - last.box.x1)) < 1e-9


@given(histories(), st.floats(0, 4))
def test_never_a_box_before_the_first_word_of_it(
    frames: list[DetectionFrame], seconds: float
) -> None:
    timeline = filled(frames)
    for name in by_name(timeline, at(seconds)):
        assert name is not None
        assert samples_of(frames, name)[0][0] <= at(seconds)


@st.composite
def anything(draw: st.DrawFn) -> DetectionFrame:
    """Frames as only a broken backend would send them."""
    objects = draw(
        st.lists(
            st.builds(
                thing,
                st.none() | st.text(max_size=3),
                places,
                places,
                state=st.sampled_from(ObjectState),
            ),
            max_size=8,
        )
    )
    ids = st.tuples(st.text(max_size=3))
    return frame(
        draw(st.floats(-1e9, 1e9)) if draw(st.integers(0, 9)) == 0 else draw(st.floats(0, 20)),
        *objects,
        is_complete=draw(st.booleans()),
        ended=draw(ids | st.just(())),
        renamed=draw(st.tuples(st.tuples(st.text(max_size=3), st.text(max_size=3))) | st.just(())),
        ptz_moving=draw(st.none() | st.booleans()),
        late_s=draw(st.floats(-10, 10)),
    )


@settings(max_examples=60)
@given(st.lists(anything(), max_size=40), st.lists(st.floats(-5, 25), max_size=5))
def test_nothing_that_comes_breaks_a_timeline(
    frames: list[DetectionFrame], asked: list[float]
) -> None:
    timeline = Timeline()
    for each in frames:
        timeline.add(each)
        assert timeline.moving_at(each.time_us) in (True, False)
        assert all(0 < box.alpha <= 1 for box in timeline.boxes_at(each.time_us, 2_000_000))
    for seconds in asked:
        assert len(timeline.boxes_at(at(seconds))) <= MOST_TRACKS + 256
