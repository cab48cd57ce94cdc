"""Clips of flags: again and again, at either speed, the next one ready."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import pytest

from app.domain.bookmark import Bookmark
from app.domain.clip_record import Clip, ClipState
from app.services.review_viewing import Viewing
from app.video.engine_types import ViewKey
from app.video.player_types import PlayerId
from tests.fakes.records import bookmark, clip
from tests.unit.services.test_clip_player import KEY, Stage
from ui.review.playing import ReviewPlaying


class Scene(Stage):
    """Clips on record are found at once, unless they are asked to wait."""

    def __init__(self) -> None:
        super().__init__()
        self.clips: dict[UUID, Clip] = {}
        self.beside: dict[UUID, Sequence[Clip]] = {}
        self.replayed: list[UUID] = []
        self.said: list[str] = []
        self.answers: list[Callable[[], None]] = []
        self.playing_flags = ReviewPlaying(
            self.player,
            self,
            self.wall,
            lambda flag: self.replayed.append(flag.id),
            self.said.append,
        )

    def viewing(self, bookmark: Bookmark, done: Callable[[Viewing], None]) -> None:
        clip = None if bookmark.clip is None else self.clips.get(bookmark.clip)
        beside = self.beside.get(bookmark.id, ())
        self.answers.append(lambda: done(Viewing(bookmark, clip, beside)))

    def answer(self) -> None:
        while self.answers:
            self.answers.pop(0)()

    def flag(self, **changes: Any) -> Bookmark:
        made = clip(**changes)
        self.clips[made.id] = made
        return bookmark(clip=made.id)

    def play(self, flag: Bookmark, following: Bookmark | None = None) -> None:
        self.playing_flags.play(flag, following)
        self.answer()


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_it_loops_in_the_selected_tile_and_the_next_one_is_opened_meanwhile(scene: Scene) -> None:
    first, second = scene.flag(file="one.mp4"), scene.flag(file="two.mp4")
    scene.play(first, second)
    scene.players.ready(1)
    assert scene.playing.is_looping
    assert scene.command.speed == 1.0
    assert list(scene.players.opened.values()) == ["/clips/one.mp4", "/clips/two.mp4"]
    scene.players.ready(2)
    scene.play(second)
    assert len(scene.players.opened) == 2
    assert scene.players.shown[KEY] == PlayerId(2)
    assert scene.players.closed == [PlayerId(1)]


def test_twice_as_fast_holds_for_the_next_ones(scene: Scene) -> None:
    scene.play(scene.flag())
    scene.players.ready(1)
    scene.playing_flags.toggle_speed()
    assert scene.command.speed == 2.0
    assert scene.said == ["Clips play at 2×"]
    scene.play(scene.flag())
    scene.players.ready(2)
    assert scene.command.speed == 2.0
    scene.playing_flags.toggle_speed()
    assert scene.command.speed == 1.0


@pytest.mark.parametrize("state", [ClipState.WRITING, None])
def test_without_a_whole_clip_the_moment_is_replayed(scene: Scene, state: ClipState | None) -> None:
    scene.play(scene.flag())
    flag = bookmark() if state is None else scene.flag(state=state)
    scene.play(flag)
    assert scene.replayed == [flag.id]
    assert scene.player.playing(KEY) is None


def test_who_goes_on_fast_sees_the_last_one_only(scene: Scene) -> None:
    first, second = scene.flag(file="one.mp4"), scene.flag(file="two.mp4")
    scene.playing_flags.play(first, None)
    scene.playing_flags.play(second, None)
    scene.answer()
    assert list(scene.players.opened.values()) == ["/clips/two.mp4"]


def test_a_clip_in_a_tile_that_was_left_ends(scene: Scene) -> None:
    scene.play(scene.flag())
    scene.wall.select(0, 6)
    scene.dispatcher.drain()
    scene.play(scene.flag())
    assert scene.player.playing(KEY) is None
    assert scene.player.playing(ViewKey("0/6")) is not None
