"""What the engine's side makes of holding, looking back, stills and picture faults."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.core.dispatch import ManualDispatcher
from app.domain.camera import CameraCode
from app.domain.geometry import WHOLE
from app.domain.picture_health import PictureFault
from app.domain.stream import PictureClock, Reason, StreamKind, StreamState
from app.video.board import BoardMemory, BoardPicture, PictureFacts, create_board
from app.video.engine import EngineSettings, VideoEngine
from app.video.engine_types import Moment, ReplayCommand, ViewKey, ViewSpec
from app.video.messages import (
    CutStill,
    LookBack,
    PictureHealth,
    SetHold,
    SetViews,
    Still,
    StreamFigures,
)
from app.video.stream_record import Phase
from app.video.tile_view import TileView, tile_status
from tests.fakes.directory import FakeDirectory
from tests.unit.video.connections_bench import SPACE, Bench, camera

MOMENT = Moment(1_700_000_000_000_000, by_camera=True)
KEY, CODE = ViewKey("0/1"), CameraCode("DIK-1-1")


@pytest.fixture
def memory() -> Iterator[BoardMemory]:
    board = create_board(1 << 20, slots=8, streams=8)
    yield board
    board.close()


@pytest.fixture
def bench(memory: BoardMemory) -> Bench:
    return Bench(memory)


# --- streams ------------------------------------------------------------------------------------


@pytest.mark.logs_errors
def test_a_hold_is_told_at_once_and_again_to_the_next_connection(bench: Bench) -> None:
    record = bench.wanted()
    bench.opened()
    before = len(bench.pool.commands(SetViews))
    bench.streams.set_hold(record, SPACE.slot, 300_000)
    assert bench.pool.commands(SetHold) == [SetHold(record.connection, SPACE.slot, 300_000)]
    # It asks for no new view, so nothing is made anew for it.
    assert len(bench.pool.commands(SetViews)) == before
    bench.ended(Reason.CONNECTION_LOST)
    bench.streams.set_hold(record, SPACE.slot, 200_000)
    assert len(bench.pool.commands(SetHold)) == 1
    bench.reopen(record)
    assert bench.pool.commands(SetViews)[-1].holds == {SPACE.slot: 200_000}


@pytest.mark.logs_errors
def test_looking_back_is_asked_of_the_connection_that_has_the_ring(bench: Bench) -> None:
    record = bench.wanted()
    bench.opened()
    bench.streams.replay(record, SPACE.slot, ReplayCommand(MOMENT, -2.0, 7.5))
    bench.streams.replay(record, SPACE.slot, None)
    assert bench.pool.commands(LookBack) == [
        LookBack(record.connection, SPACE.slot, MOMENT.utc_us, True, -2.0, 7.5),
        LookBack(record.connection, SPACE.slot, None),
    ]
    bench.ended(Reason.CONNECTION_LOST)
    bench.streams.replay(record, SPACE.slot, ReplayCommand(MOMENT))
    assert len(bench.pool.commands(LookBack)) == 2


def test_a_still_is_answered_once(bench: Bench) -> None:
    record = bench.wanted()
    bench.opened()
    answers: list[bytes | None] = []
    bench.streams.cut_still(record, MOMENT, 320, answers.append)
    asked = bench.pool.commands(CutStill)[-1]
    assert (asked.utc_us, asked.by_camera, asked.width) == (MOMENT.utc_us, True, 320)
    report = Still(record.connection, asked.request, b"jpeg")
    bench.streams.on_report(1, report)
    bench.streams.on_report(1, report)
    assert answers == [b"jpeg"]


@pytest.mark.logs_errors
@pytest.mark.parametrize("how", ["lost", "crashed", "closed", "empty"])
def test_a_still_that_cannot_be_cut_is_none(bench: Bench, how: str) -> None:
    record = bench.wanted()
    bench.opened()
    answers: list[bytes | None] = []
    bench.streams.cut_still(record, MOMENT, 320, answers.append)
    assert not answers
    match how:
        case "lost":
            bench.ended(Reason.CONNECTION_LOST)
        case "crashed":
            bench.crash(record)
        case "closed":
            record.views.clear()
            bench.streams.close(record)
            bench.ended(Reason.NONE)
        case _:
            request = bench.pool.commands(CutStill)[-1].request
            bench.streams.on_report(1, Still(record.connection, request, b""))
    bench.dispatcher.drain()
    assert answers == [None]
    assert not len(bench.stills)


@pytest.mark.logs_errors
def test_faults_of_a_picture_last_as_long_as_its_connection(bench: Bench) -> None:
    record = bench.wanted()
    bench.opened()
    bench.changed.clear()
    bench.streams.on_report(1, PictureHealth(record.connection, ["frozen", "blocky"]))
    assert record.faults == (PictureFault.FROZEN, PictureFault.BLOCKY)
    assert bench.changed == [record]
    bench.ended(Reason.CONNECTION_LOST)
    assert bench.streams.records[record.id].faults == ()


@pytest.mark.parametrize(
    ("age_s", "by_camera", "reaches"),
    [(20, False, True), (40, False, False), (20, True, True), (40, True, False)],
)
def test_a_ring_reaches_as_far_as_its_seconds(
    bench: Bench, age_s: float, by_camera: bool, reaches: bool
) -> None:
    record = bench.wanted()
    assert not record.reaches(MOMENT)
    hour_us = 3_600_000_000
    record.figures = StreamFigures(1, 1, 1, 1, 1, 0, 1, 0, -hour_us, True, 30.0, 1, 0.0)
    local_us = time.time_ns() // 1000 - int(age_s * 1e6)
    moment = Moment(local_us + hour_us if by_camera else local_us, by_camera=by_camera)
    assert record.reaches(moment) is reaches


# --- tiles --------------------------------------------------------------------------------------


def facts(age_s: float, *, is_replay: bool = False) -> PictureFacts:
    taken_us = time.time_ns() // 1000 - int(age_s * 1e6)
    return PictureFacts(
        width=4,
        height=2,
        stride=16,
        kind=StreamKind.MAIN,
        clock=PictureClock.CAMERA_APPROXIMATE,
        utc_us=taken_us,
        offset_us=0,
        arrival_us=taken_us,
        published_us=taken_us + 350_000,
        pts=9,
        crop=WHOLE,
        source_width=640,
        source_height=360,
        is_replay=is_replay,
    )


def tile_with(picture: PictureFacts, hold_us: int = 0) -> TileView:
    tile = TileView(camera(1), ViewSpec(CameraCode("C1"), 320, 180), time.monotonic())
    tile.hold_us = hold_us
    tile.note(BoardPicture(1, 1, 0, 0, memoryview(b""), picture))
    tile.shown = StreamKind.MAIN
    return tile


def test_waiting_on_purpose_is_said_and_is_not_lateness(bench: Bench) -> None:
    record = bench.wanted()
    bench.opened()
    tile = tile_with(facts(0.4), hold_us=300_000)
    status = tile_status(tile, record, record, time.monotonic())
    assert status.state is StreamState.LIVE
    assert status.hold_s == 0.3
    assert status.age_s == pytest.approx(0.4, abs=0.1)
    assert status.clock_offset_s == 0.0
    assert tile.late_s == pytest.approx(0.05)
    assert tile_with(facts(0.4), hold_us=500_000).late_s == 0.0


@pytest.mark.parametrize("age_s", [0.5, 12.0])
def test_a_replayed_picture_is_never_live(bench: Bench, age_s: float) -> None:
    record = bench.wanted()
    bench.opened()
    record.faults = (PictureFault.FROZEN,)
    tile = tile_with(facts(age_s, is_replay=True))
    status = tile_status(tile, record, record, time.monotonic())
    assert status.state is StreamState.REPLAY
    assert status.replay_s == pytest.approx(age_s, abs=0.1)
    assert status.faults == ()
    assert not tile.has_live_picture()
    assert not tile.ages_s
    # What is live again says so by itself.
    live = BoardPicture(1, 2, 0, 0, memoryview(b""), facts(0.1))
    tile.note(live)
    status = tile_status(tile, record, record, time.monotonic())
    assert (status.state, status.replay_s) == (StreamState.LIVE, None)
    assert status.faults == (PictureFault.FROZEN,)


@pytest.mark.logs_errors
def test_a_lost_stream_is_said_to_be_lost_though_a_replayed_picture_is_on_the_tile(
    bench: Bench,
) -> None:
    record = bench.wanted()
    bench.opened()
    tile = tile_with(facts(12, is_replay=True))
    bench.ended(Reason.CONNECTION_LOST)
    status = tile_status(tile, record, record, time.monotonic())
    assert status.state is StreamState.RECONNECTING
    assert status.replay_s is None


def test_a_replay_that_is_resized_goes_on_where_it_is() -> None:
    tile = tile_with(facts(0.1))
    tile.command = ReplayCommand(MOMENT)
    assert tile.command_from_here() == ReplayCommand(MOMENT)
    replayed = replace(facts(7, is_replay=True), clock=PictureClock.ARRIVAL)
    tile.note(BoardPicture(1, 2, 0, 0, memoryview(b""), replayed))
    here = Moment(replayed.utc_us, by_camera=False)
    assert tile.command_from_here() == ReplayCommand(here)
    tile.command = ReplayCommand(MOMENT, step=-1)
    assert tile.command_from_here() == ReplayCommand(here, speed=0.0)
    # What is in step stays on its line.
    tile.command = ReplayCommand(MOMENT, 2.0, 7.5)
    assert tile.command_from_here() == tile.command


def test_a_replay_says_how_fast_it_is_and_when_the_memory_ends(bench: Bench) -> None:
    record = bench.wanted()
    bench.opened()
    tile = tile_with(facts(12, is_replay=True))
    now, now_us = time.monotonic(), time.time_ns() // 1000
    for speed, behind_s, is_oldest in ((2.0, 12, False), (-1.0, 14, True), (0.0, 14, False)):
        moment = Moment(now_us - behind_s * 1_000_000, by_camera=False)
        tile.command = ReplayCommand(moment, speed, now)
        status = tile_status(tile, record, record, now)
        assert (status.replay_speed, status.is_oldest) == (speed, is_oldest)
    tile.command = ReplayCommand(MOMENT, step=1)
    assert tile_status(tile, record, record, now).replay_speed == 0.0


# --- the engine ---------------------------------------------------------------------------------


@pytest.fixture
def engine() -> Iterator[VideoEngine]:
    """Never started: every camera waits to be opened."""
    dispatcher = ManualDispatcher()
    settings = EngineSettings(board_bytes=64 << 20)
    engine = VideoEngine(FakeDirectory().camera, dispatcher, settings)
    engine.show({KEY: ViewSpec(CODE, 320, 180)}, ())
    yield engine
    engine.close()


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.3, 0.3), (0.304, 0.3), (0.306, 0.31), (0.9, 0.5), (-1.0, 0.0)]
)
def test_a_hold_is_kept_in_bounds_and_steps(
    engine: VideoEngine, seconds: float, said: float
) -> None:
    engine.hold(KEY, seconds)
    assert engine.status(KEY).hold_s == pytest.approx(said)
    engine.hold(ViewKey("nowhere"), seconds)


def test_a_hold_goes_to_every_feed_and_ends_with_the_view(engine: VideoEngine) -> None:
    engine.hold(KEY, 0.3)
    engine.show({KEY: ViewSpec(CODE, 1280, 720)}, ())
    for record in engine.records.values():
        assert set(record.holds.values()) <= {300_000}
        assert record.holds.keys() == record.views.keys()
    engine.show({}, ())
    assert not any(record.holds for record in engine.records.values())
    engine.show({KEY: ViewSpec(CODE, 320, 180)}, ())
    assert engine.status(KEY).hold_s == 0.0


def test_where_nothing_is_connected_looking_back_changes_nothing(engine: VideoEngine) -> None:
    engine.look_back(KEY, MOMENT)
    engine.look_back(ViewKey("nowhere"), MOMENT)
    status = engine.status(KEY)
    assert (status.state, status.replay_s) == (StreamState.CONNECTING, None)


def test_faults_are_told_of_cameras_that_somebody_looks_at(engine: VideoEngine) -> None:
    (record,) = engine.records.values()
    record.phase = Phase.OPEN
    record.faults = (PictureFault.BLACK,)
    assert engine.camera_faults(CODE) == (PictureFault.BLACK,)
    record.views.clear()
    assert engine.camera_faults(CODE) == ()
    assert engine.camera_faults(CameraCode("unknown")) == ()
