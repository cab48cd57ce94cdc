"""Replays that stand, step, go fast or backwards, and several that stay in step."""

from collections.abc import Iterator

import pytest

from app.video.messages import LookBack
from app.video.worker import backwards
from app.video.worker.portions import Room
from tests.integration.worker.media import Recipe
from tests.unit.video.worker.desk import BEGAN_US, FRAME_US, Clock, Desk

GOP = 30


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    desk = make_desk(monkeypatch)
    desk.show(0)
    desk.run_to(120.2)
    yield desk
    desk.close()


def make_desk(monkeypatch: pytest.MonkeyPatch, *, b_frames: int = 0) -> Desk:
    clock = Clock()
    clock.put_into(monkeypatch, "pipeline", "replay", "portions")
    return Desk(Recipe(frames=240, gop=GOP, b_frames=b_frames), clock)


def now_s(desk: Desk) -> float:
    assert desk.clock is not None
    return (desk.clock.now_us - BEGAN_US) / 1e6 + 1000


def play(desk: Desk, frame: float, *, speed: float = 1.0, slot: int = 0) -> None:
    """From now on, and at ``frame`` now."""
    ask(desk, LookBack(1, slot, at(frame), speed=speed, since=now_s(desk)))


def step(desk: Desk, by: int) -> None:
    assert desk.clock is not None
    ask(desk, LookBack(1, 0, desk.clock.now_us, step=by))


def ask(desk: Desk, wish: LookBack) -> None:
    desk.pipeline.want(wish)
    desk.pipeline.apply()
    desk.pipeline.past.seek()


def at(frame: float) -> int:
    return BEGAN_US + round(frame * FRAME_US)


def played(desk: Desk, frames: int, slot: int = 0) -> list[float | None]:
    """What is new on the slot while so many frames' time passes."""
    assert desk.clock is not None
    began = (desk.clock.now_us - BEGAN_US) / FRAME_US
    shown: list[float | None] = [desk.frame(slot)]
    for tick in range(frames * 5 - 3):
        desk.run_to(began + tick / 5)
        if desk.frame(slot) != shown[-1]:
            shown.append(desk.frame(slot))
    return shown


def test_every_picture_is_shown_once_forwards(desk: Desk) -> None:
    play(desk, 40.5)
    assert played(desk, 60) == list(range(40, 100))


def test_every_picture_is_shown_once_backwards_over_key_frames(desk: Desk) -> None:
    play(desk, 100.5, speed=-1)
    assert played(desk, 80) == list(range(100, 20, -1))


def test_a_group_larger_than_a_portion_is_shown_whole_backwards(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backwards, "ROOM", Room(7, backwards.ROOM.bytes))
    play(desk, 100.5, speed=-1)
    assert played(desk, 80) == list(range(100, 20, -1))


def test_backwards_with_pictures_that_are_sent_in_another_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = make_desk(monkeypatch, b_frames=2)
    desk.show(0)
    desk.run_to(120.2)
    play(desk, 100.5, speed=-1)
    shown = [frame or 0.0 for frame in played(desk, 70)]
    assert shown == sorted(shown, reverse=True)
    assert len(shown) >= 60
    desk.close()


def test_backwards_ends_at_the_oldest_picture(desk: Desk) -> None:
    play(desk, 10.5, speed=-1)
    assert played(desk, 30) == list(range(10, -1, -1))
    play(desk, -20, speed=-1)
    assert desk.frame(0) == 0
    play(desk, 0.5)
    assert played(desk, 5) == list(range(5))


@pytest.mark.parametrize("speed", [2, 4, -2])
def test_faster_it_keeps_to_its_line(desk: Desk, speed: int) -> None:
    play(desk, 60.5, speed=speed)
    began = 120.2
    for passed in range(1, 14):
        desk.run_to(began + passed)
        shown = desk.frame(0)
        assert shown is not None
        assert abs(shown - (60.5 + speed * passed)) <= abs(speed)


@pytest.mark.parametrize("speed", [8, -8, -4])
def test_much_faster_only_key_frames_are_shown(desk: Desk, speed: int) -> None:
    play(desk, 10.5 if speed > 0 else 110.5, speed=speed)
    shown = played(desk, 11 if speed > 0 else 12)
    assert len(shown) >= 2
    assert all(frame is not None and frame % GOP == 0 for frame in shown)
    assert shown == sorted(shown, key=lambda frame: (frame or 0) * speed)


def test_a_pause_keeps_its_picture_and_play_goes_on_after_it(desk: Desk) -> None:
    play(desk, 40.5)
    desk.run_to(130.2)
    assert desk.frame(0) == 50
    play(desk, 50.3, speed=0)
    desk.run_to(160.2)
    assert desk.frame(0) == 50
    assert not desk.rounds.later, "nothing is done while it stands"
    play(desk, 50.3)
    assert played(desk, 10) == list(range(50, 60))


def test_a_pause_at_another_place_goes_there(desk: Desk) -> None:
    play(desk, 40.5, speed=0)
    assert desk.frame(0) == 40
    play(desk, 90.5, speed=0)
    assert desk.frame(0) == 90
    play(desk, 70.5, speed=0)
    assert desk.frame(0) == 70


def test_picture_by_picture_over_a_key_frame_both_ways(desk: Desk) -> None:
    play(desk, 58.5, speed=0)
    for frame in (59, 60, 61, 62):
        step(desk, 1)
        assert desk.frame(0) == frame
    for frame in (61, 60, 59, 58):
        step(desk, -1)
        assert desk.frame(0) == frame
    step(desk, 1)
    assert desk.frame(0) == 59
    desk.run_to(150)
    assert desk.frame(0) == 59
    play(desk, 59.5)
    assert played(desk, 6) == list(range(59, 65))


def test_a_step_stops_what_plays_and_stops_going_backwards(desk: Desk) -> None:
    play(desk, 80.5, speed=-1)
    desk.run_to(125.2)
    assert desk.frame(0) == 75
    step(desk, 1)
    assert desk.frame(0) == 76
    desk.run_to(130)
    assert desk.frame(0) == 76


def test_a_held_key_makes_several_steps_at_once(desk: Desk) -> None:
    play(desk, 85.5, speed=0)
    sequence = desk.reader.sequence(0)
    for _ in range(4):
        desk.pipeline.want(LookBack(1, 0, at(0), step=-1))
    desk.pipeline.apply()
    desk.pipeline.past.seek()
    assert desk.frame(0) == 81
    assert desk.reader.sequence(0) == sequence + 1


def test_steps_end_with_the_ring(desk: Desk) -> None:
    play(desk, 0.5, speed=0)
    step(desk, -1)
    assert desk.frame(0) == 0
    play(desk, 119.5, speed=0)
    step(desk, 1)
    step(desk, 1)
    assert desk.frame(0) == 120


def test_the_first_step_of_a_live_picture_stops_it(desk: Desk) -> None:
    step(desk, -1)
    assert desk.frame(0) == 119


def test_two_slots_on_one_line_show_the_same(desk: Desk) -> None:
    desk.show(0, 1, version=2)
    play(desk, 40.5)
    desk.run_to(126)
    ask(desk, LookBack(1, 1, at(40.5), speed=1.0, since=now_s(desk) - 5.8 * FRAME_US / 1e6))
    for frame in range(127, 150):
        desk.run_to(frame + 0.2)
        assert desk.frame(0) == desk.frame(1)
    assert desk.frame(0) == 69


def test_what_falls_out_of_the_ring_is_left_out(desk: Desk) -> None:
    play(desk, 10.5)
    desk.run_to(121.2)
    assert desk.frame(0) == 11
    ring = desk.pipeline.ring
    ring._limit = ring.size // 2
    desk.run_to(124.2)
    first = desk.frame(0)
    assert first is not None
    assert first in range(60, 124)
    assert played(desk, 8) == list(range(int(first), int(first) + 8))
