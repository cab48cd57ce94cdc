"""The camera of an event in the selected tile: as it was then if we can, honest if we cannot."""

from pathlib import Path

import pytest

from app.domain.camera import CameraCode
from app.domain.event_record import EventGroup
from app.domain.geometry import Size
from app.domain.stream import StreamState
from app.services.event_showing import NOT_SHOWN, EventShowing
from app.services.wall import WallService
from app.storage.database import Database, sqlite_url
from app.video.engine_types import Moment, TileStatus, ViewKey
from tests.fakes.event_desk import NOON_US, SECOND_US, EventDesk, message
from tests.unit.storage.test_events import record

KEY = ViewKey("0/5")
pytestmark = pytest.mark.logs_errors  # notices are warnings in the log


class Stage(EventDesk):
    """A wall of sixteen tiles, the sixth selected, and an event on another page of it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(Database(sqlite_url(folder / "unused.db")), folder)
        self.wall = WallService(self.directory, self.engine, self.dispatcher)
        self.wall.open_screen(0, Size(1920, 1080), 1.0)
        self.wall.select(0, 5)
        self.showing = EventShowing(
            self.wall,
            self.engine,
            self.directory,
            dict,
            self.service.marks,
            self.notices,
            self.clock,
            ring_seconds=60.0,
        )
        self.settle()

    def tick_showing(self, seconds: float) -> None:
        self.clock.seconds += seconds
        self.showing.tick()

    @property
    def said(self) -> str:
        return " ".join(n.text for n in self.notices.current if n.key == NOT_SHOWN)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def event(age_s: float = 10, camera: str = "BNU-3-2") -> EventGroup:
    time_us = NOON_US - round(age_s * SECOND_US)
    return EventGroup.of(record(message(camera=camera, time_us=time_us, received_us=time_us)))


def test_the_selected_tile_plays_the_camera_from_that_moment(stage: Stage) -> None:
    stage.showing.show_moment(event())
    stage.settle()
    assert stage.engine.shown[KEY].camera == "BNU-3-2"
    assert stage.engine.look_backs == {KEY: Moment(NOON_US - 10 * SECOND_US, by_camera=True)}
    stage.engine.statuses[KEY] = TileStatus(StreamState.REPLAY, replay_s=9.8)
    stage.tick_showing(5)
    assert stage.said == ""


def test_live_is_one_key_away(stage: Stage) -> None:
    stage.showing.show_moment(event())
    stage.settle()
    stage.showing.show_live(event())
    stage.settle()
    assert stage.engine.look_backs == {}
    assert stage.engine.shown[KEY].camera == "BNU-3-2"


def test_what_is_older_than_the_ring_is_shown_live_and_said(stage: Stage) -> None:
    stage.showing.show_moment(event(age_s=61))
    stage.settle()
    assert stage.engine.look_backs == {}
    assert stage.engine.shown[KEY].camera == "BNU-3-2"
    assert "keeps the last 60 seconds only" in stage.said


def test_a_camera_that_nobody_watched_then_is_shown_live_and_said(stage: Stage) -> None:
    stage.showing.show_moment(event())
    stage.settle()
    stage.engine.statuses[KEY] = TileStatus(StreamState.LIVE)
    stage.tick_showing(1)
    assert stage.said == "", "it may still come"
    stage.tick_showing(4)
    assert "nobody watched the camera then" in stage.said
    assert "BNU-3-2 at " in stage.said


def test_a_ring_that_begins_later_is_said(stage: Stage) -> None:
    stage.showing.show_moment(event(age_s=40))
    stage.settle()
    stage.engine.statuses[KEY] = TileStatus(StreamState.REPLAY, replay_s=15.0)
    stage.tick_showing(5)
    assert "begins 25 seconds later" in stage.said


def test_the_words_go_after_a_while_and_with_the_next_event(stage: Stage) -> None:
    stage.showing.show_moment(event(age_s=100))
    assert stage.said
    stage.tick_showing(25)
    assert stage.said == ""
    stage.showing.show_moment(event(age_s=100))
    stage.showing.show_moment(event())
    assert stage.said == ""


def test_a_camera_that_left_the_registry_is_said(stage: Stage) -> None:
    stage.directory.drop(CameraCode("BNU-3-2"))
    stage.showing.show_moment(event())
    stage.settle()
    assert "no longer in the registry" in stage.said
    assert stage.engine.shown[KEY].camera == "DIK-2-1"


def test_opening_an_event_is_looking_at_its_tile(stage: Stage) -> None:
    stage.start()
    stage.send(message())
    assert stage.service.marks.marked
    stage.showing.show_moment(event(camera="BNU-1-1"))
    assert not stage.service.marks.marked


def test_a_tile_whose_view_is_gone_meanwhile_is_left_alone(stage: Stage) -> None:
    stage.showing.show_moment(event())
    stage.wall.close_screen(0)
    stage.settle()
    assert stage.engine.look_backs == {}
