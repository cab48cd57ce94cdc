"""Clips of flags: again and again, at either speed, the next one ready."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import pytest

from app.domain.bookmark import Bookmark
from app.domain.camera import CameraCode
from app.domain.clip_record import Clip, ClipState
from app.domain.geometry import Size
from app.services.review_viewing import Viewing
from app.services.wall_screen import view_key
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
        self.beside_words: list[str] = []
        self.ended = 0
        self.playing_flags = ReviewPlaying(
            self.player,
            self,
            self.wall,
            lambda flag: self.replayed.append(flag.id),
            self.said.append,
        )
        self.playing_flags.beside_changed.connect(self.beside_words.append)
        self.playing_flags.ended.connect(self.end)

    def end(self, _nothing: None) -> None:
        self.ended += 1

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


# --- several cameras -----------------------------------------------------------------------------

BORROWED = [view_key(0, 0, "borrowed"), view_key(0, 1, "borrowed")]


def company(scene: Scene) -> Bookmark:
    """A flag whose time another camera saw too, from two seconds later on."""
    flag = scene.flag(file="own.mp4")
    scene.beside[flag.id] = [clip(2, camera=CameraCode("LKM-1-1"), file="beside.mp4")]
    return flag


def test_the_cameras_of_the_incident_play_side_by_side_in_step(scene: Scene) -> None:
    before = scene.wall.screen(0)
    scene.play(company(scene))
    scene.dispatcher.drain()
    tiles = scene.wall.screen(0).tiles
    assert [tile.key for tile in tiles] == BORROWED
    assert list(scene.players.opened.values()) == ["/clips/own.mp4", "/clips/beside.mp4"]
    for player in (1, 2):
        scene.players.ready(player)
    first, second = (command for _player, command in scene.players.commands[-2:])
    assert (first.since, first.span_us) == (second.since, 20_000_000)
    assert second.begins_us == 2_000_000
    labels = [getattr(scene.player.playing(key), "label", None) for key in BORROWED]
    assert labels == ["The flag", ""]
    assert "LKM-1-1" in scene.beside_words[-1]
    assert before.layout == "16"


def test_a_flag_without_company_gives_the_screen_back(scene: Scene) -> None:
    before = scene.wall.screen(0)
    scene.play(company(scene))
    scene.dispatcher.drain()
    scene.play(scene.flag())
    scene.dispatcher.drain()
    assert scene.wall.screen(0) == before
    assert scene.player.playing(KEY) is not None
    assert not any(scene.player.playing(key) for key in BORROWED)
    assert scene.beside_words[-1] == ""
    assert scene.ended == 0


def test_from_one_incident_to_the_next_the_screen_stays_borrowed(scene: Scene) -> None:
    scene.play(company(scene))
    scene.dispatcher.drain()
    scene.play(company(scene))
    scene.dispatcher.drain()
    for player in (3, 4):
        scene.players.ready(player)
    assert [tile.key for tile in scene.wall.screen(0).tiles] == BORROWED
    assert sorted(scene.players.shown.values()) == [3, 4]
    assert sorted(scene.players.closed) == [1, 2]
    assert scene.ended == 0


@pytest.mark.parametrize("how", ["leave", "finish", "end", "page", "moment"])
def test_everything_is_as_before_however_it_ends(scene: Scene, how: str) -> None:
    before = scene.wall.screen(0)
    scene.play(company(scene))
    scene.dispatcher.drain()
    if how == "leave":
        scene.playing_flags.leave()
    elif how == "finish":
        scene.playing_flags.finish()
    elif how == "end":
        scene.player.close(BORROWED[1])
    elif how == "page":
        scene.wall.turn_page(0, 1)
        scene.wall.turn_page(0, -1)
    else:
        scene.play(bookmark(clip=None))
    scene.dispatcher.drain()
    assert scene.wall.screen(0).layout == before.layout
    assert scene.wall.screen(0).tiles == before.tiles
    assert not scene.players.shown
    assert scene.ended == (how in ("leave", "end", "page"))


def test_s_shows_only_the_flag_or_all_from_now_on(scene: Scene) -> None:
    flag = company(scene)
    scene.play(flag)
    scene.playing_flags.toggle_side_by_side()
    scene.dispatcher.drain()
    assert scene.player.playing(KEY) is not None
    assert not scene.wall.is_borrowed(0)
    assert "S shows them" in scene.beside_words[-1]
    scene.play(company(scene))
    assert not scene.wall.is_borrowed(0)
    scene.playing_flags.toggle_side_by_side()
    assert scene.wall.is_borrowed(0)


def test_the_company_of_the_next_flag_is_opened_meanwhile(scene: Scene) -> None:
    first, second = scene.flag(), company(scene)
    scene.play(first, second)
    assert len(scene.players.opened) == 3
    for player in (2, 3):
        scene.players.ready(player)
    scene.playing_flags.play(second, None)
    assert len(scene.players.opened) == 3
    assert not scene.answers  # it was read before
    assert set(scene.players.shown) == set(BORROWED)


def test_twice_as_fast_is_for_all(scene: Scene) -> None:
    scene.play(company(scene))
    for player in (1, 2):
        scene.players.ready(player)
    scene.playing_flags.toggle_speed()
    assert [command.speed for _player, command in scene.players.commands[-2:]] == [2.0, 2.0]


def test_on_another_screen_the_first_one_is_given_back(scene: Scene) -> None:
    scene.wall.open_screen(1, Size(1920, 1080), 1.0)
    scene.play(company(scene))
    scene.wall.focus_screen(1)
    scene.play(company(scene))
    assert not scene.wall.is_borrowed(0)
    assert scene.wall.is_borrowed(1)
