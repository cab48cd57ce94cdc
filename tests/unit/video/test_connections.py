"""How streams are opened, lost, blamed and freed, without any process."""

from collections.abc import Iterator

import pytest

from app.core.redaction import redact
from app.domain.stream import Reason, StreamState
from app.video.board import BoardMemory, create_board
from app.video.messages import (
    CloseStream,
    Ended,
    Heartbeat,
    OpenStream,
    SetViews,
    StreamFigures,
    ViewsApplied,
)
from app.video.secrets_port import Login, LoginAnswer
from app.video.stream_record import Phase
from app.video.worker_pool import WorkerLoss
from tests.unit.video.connections_bench import PASSWORD, SPACE, Bench


@pytest.fixture
def memory() -> Iterator[BoardMemory]:
    board = create_board(1 << 20, slots=8, streams=8)
    yield board
    board.close()


@pytest.fixture
def bench(memory: BoardMemory) -> Bench:
    return Bench(memory)


def test_opening_sends_the_views_along(bench: Bench) -> None:
    record = bench.wanted()
    phases = [record.phase]
    assert bench.pool.commands(SetViews)[-1].views == list(record.views.values())
    bench.opened()
    phases.append(record.phase)
    assert phases == [Phase.OPENING, Phase.OPEN]


def test_streams_are_spread_over_the_workers(bench: Bench) -> None:
    assert {bench.wanted(n).worker for n in (1, 2, 3, 4)} == {1, 2}


@pytest.mark.logs_errors
def test_a_lost_stream_reconnects_and_says_why(bench: Bench) -> None:
    record = bench.wanted()
    bench.opened()
    bench.ended(Reason.CONNECTION_LOST)
    status = record.status(0.0)
    assert status.state is StreamState.RECONNECTING
    assert status.reason is Reason.CONNECTION_LOST
    assert status.retry_at is not None
    bench.reopen(record)
    assert len(bench.pool.commands(OpenStream)) == 2


@pytest.mark.logs_errors
@pytest.mark.parametrize(
    ("reason", "state"),
    [
        (Reason.NOT_FOUND, StreamState.RECONNECTING),
        (Reason.REFUSED, StreamState.RECONNECTING),
        (Reason.WRONG_PASSWORD, StreamState.UNAUTHORISED),
        (Reason.BAD_URL, StreamState.OFFLINE),
    ],
)
def test_the_state_follows_from_the_reason_and_none_is_final(
    bench: Bench, reason: Reason, state: StreamState
) -> None:
    record = bench.wanted()
    bench.ended(reason)
    assert record.status(0.0).state is state
    bench.reopen(record)
    assert record.phase is Phase.OPENING


@pytest.mark.logs_errors
def test_a_camera_away_for_long_is_offline_and_still_tried(bench: Bench) -> None:
    record = bench.wanted()
    for _ in range(6):
        bench.ended(Reason.TIMED_OUT)
        bench.reopen(record)
    bench.ended(Reason.TIMED_OUT)
    assert record.failing_since is not None
    assert record.status(record.failing_since + 60).state is StreamState.OFFLINE
    assert record.retry_at is not None


def test_the_password_comes_from_the_key_store_and_only_the_worker_gets_it(bench: Bench) -> None:
    record = bench.wanted(credential="bannu")
    assert not bench.pool.commands(OpenStream)
    name, answer = bench.keys.asked[0]
    assert name == "bannu"
    answer(LoginAnswer(Login("viewer", PASSWORD)))
    url = bench.pool.last_open()[1].url
    assert "viewer:" in url
    assert PASSWORD not in repr(record)
    assert PASSWORD not in redact(f"said {PASSWORD} and {url}")


@pytest.mark.logs_errors
def test_a_login_that_is_missing_is_said_on_the_tile(bench: Bench) -> None:
    record = bench.wanted(credential="bannu")
    bench.keys.asked[0][1](LoginAnswer(None, Reason.NO_CREDENTIAL, "none"))
    assert record.status(0.0).state is StreamState.UNAUTHORISED
    assert not bench.pool.commands(OpenStream)


@pytest.mark.logs_errors
def test_a_wrong_password_is_asked_for_again_next_time(bench: Bench) -> None:
    record = bench.wanted(credential="bannu")
    bench.keys.asked[0][1](LoginAnswer(Login("viewer", PASSWORD)))
    bench.ended(Reason.WRONG_PASSWORD)
    bench.reopen(record)
    assert len(bench.keys.asked) == 2


@pytest.mark.logs_errors
def test_a_camera_that_crashes_three_workers_gets_one_of_its_own_then_is_given_up(
    bench: Bench,
) -> None:
    guilty, neighbour = bench.wanted(1), bench.wanted(3)
    for _ in range(3):
        bench.crash(guilty)
        bench.reopen(guilty)
    alone = guilty.worker
    assert alone not in (neighbour.worker, 1, 2)
    reasons = []
    for _ in range(3):
        bench.crash(guilty)
        reasons.append(guilty.reason)
        bench.reopen(guilty)
    assert reasons[-1] is Reason.CRASHES_DECODER
    assert bench.streams.restarts == 6


@pytest.mark.logs_errors
def test_a_stream_stuck_in_native_code_ends_its_worker(bench: Bench) -> None:
    stuck = bench.wanted(1)
    figures = StreamFigures(stuck.connection, 1, 1, 0, 0, 0, 0, 0, 0, False, 0.0, 0, 16.0)
    bench.streams.on_report(stuck.worker, Heartbeat(0.1, 1, 1, [figures]))
    assert bench.pool.ended == [(stuck.worker, True)]


@pytest.mark.logs_errors
def test_a_worker_that_hung_is_named_on_its_tiles(bench: Bench) -> None:
    record = bench.wanted()
    bench.opened()
    bench.streams.on_worker_lost(record.worker, WorkerLoss.HUNG, "ended by SIGKILL")
    status = record.status(0.0)
    assert status.state is StreamState.RECONNECTING
    assert status.reason is Reason.WORKER_HUNG


@pytest.mark.logs_errors
def test_workers_that_die_young_are_replaced_with_growing_pauses(bench: Bench) -> None:
    for worker in (1, 2):
        bench.streams.on_worker_lost(worker, WorkerLoss.CRASHED, "ended with status 1")
    assert bench.pool.started == 4
    for worker in (3, 4):
        bench.streams.on_worker_lost(worker, WorkerLoss.CRASHED, "ended with status 1")
    assert bench.pool.started == 4
    record = bench.wanted()
    assert record.phase is Phase.WAITING
    bench.streams.open_due(float("inf"))
    assert bench.pool.started == 6
    assert bench.pool.commands(OpenStream)


def test_slots_are_free_only_when_the_worker_has_understood(bench: Bench) -> None:
    record = bench.wanted()
    bench.opened()
    record.views.clear()
    bench.streams.apply_views(record, [SPACE])
    assert bench.freed == []
    bench.streams.on_report(1, ViewsApplied(record.connection, record.version - 1))
    assert bench.freed == []
    bench.streams.on_report(1, ViewsApplied(record.connection, record.version))
    assert bench.freed == [SPACE]


@pytest.mark.logs_errors
def test_slots_of_a_dead_worker_are_free_at_once(bench: Bench) -> None:
    record = bench.wanted()
    bench.opened()
    record.warm = True
    record.views.clear()
    bench.streams.apply_views(record, [SPACE])
    bench.crash(record)
    assert bench.freed == [SPACE]


def test_a_stream_that_is_wanted_again_while_it_closes_opens_anew(bench: Bench) -> None:
    record = bench.wanted()
    bench.opened()
    views = dict(record.views)
    record.views.clear()
    bench.streams.close(record)
    assert bench.pool.commands(CloseStream)
    record.views.update(views)
    bench.ended(Reason.NONE)
    bench.streams.open_due(float("inf"))
    assert record.phase is Phase.OPENING


def test_a_stream_that_nobody_wants_is_forgotten(bench: Bench) -> None:
    record = bench.wanted()
    bench.opened()
    record.views.clear()
    bench.streams.close(record)
    bench.ended(Reason.NONE)
    assert not bench.streams.records


def test_reports_of_earlier_connections_change_nothing(bench: Bench) -> None:
    record = bench.wanted()
    bench.opened()
    bench.streams.on_report(1, Ended(999, Reason.REFUSED.value, ""))
    assert record.phase is Phase.OPEN
