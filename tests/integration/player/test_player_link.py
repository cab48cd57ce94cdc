"""Clips in the real player process, read by the numbers that are burnt into their pictures."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from app.domain.stream import Reason
from app.video.engine_types import ViewKey
from app.video.player_link import MOST
from app.video.player_types import PlayCommand, PlayerPhase
from tests.fakes.code_clip import FPS, code_clip
from tests.integration.player.cinema import KEY, SECOND_US, SIZE, Cinema

BESIDE = ViewKey("0/1")
FRAMES = 300
pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def clip() -> Path:
    return code_clip(3, frames=FRAMES).path


def test_every_picture_is_reached_by_steps_and_jumps(cinema: Cinema, clip: Path) -> None:
    player = cinema.open(clip)
    assert cinema.states[-1].duration_us == pytest.approx(FRAMES / FPS * SECOND_US, abs=1000)
    cinema.link.show(player, KEY, SIZE)
    cinema.until(lambda: bool(cinema.link.fresh()))
    for number in (150, 29, 30, 31, FRAMES - 1, 0):
        cinema.stand(player, number)
        assert abs(cinema.at_us() - number * SECOND_US / FPS) < 1000
    assert [cinema.step(player, 1) for _ in range(3)] == [1, 2, 3]
    assert [cinema.step(player, -1) for _ in range(4)] == [2, 1, 0, 0]


@pytest.mark.parametrize("speed", [0.5, 1.0, 4.0])
def test_it_plays_at_its_speed_and_leaves_nothing_out(
    cinema: Cinema, clip: Path, speed: float
) -> None:
    player = cinema.open(clip)
    cinema.link.show(player, KEY, SIZE)
    began = time.monotonic()
    cinema.link.go(player, PlayCommand(0, speed, began))
    cinema.until(lambda: cinema.link.picture(KEY) is not None and cinema.number() >= 30, 60)
    took = time.monotonic() - began
    assert took * speed == pytest.approx(30 / FPS, abs=0.25 * max(1.0, speed))


def test_it_begins_again_where_it_loops(cinema: Cinema, clip: Path) -> None:
    player = cinema.open(clip)
    cinema.link.show(player, KEY, SIZE)
    near_end = cinema.states[-1].duration_us - SECOND_US
    command = PlayCommand(near_end, 2.0, time.monotonic(), is_looping=True)
    cinema.link.go(player, command)
    cinema.until(lambda: cinema.link.picture(KEY) is not None and cinema.number() > FRAMES - 10)
    cinema.until(lambda: cinema.number() < 30)


def test_clips_on_one_line_are_each_at_its_time(cinema: Cinema, clip: Path) -> None:
    """The second begins a second later than the first and the line."""
    first, second = cinema.open(clip), cinema.open(clip)

    def go(line: PlayCommand) -> None:
        cinema.link.go(first, line)
        cinema.link.go(second, replace(line, begins_us=SECOND_US))

    line = PlayCommand(SECOND_US // 2, 0.0, is_looping=True, span_us=4 * SECOND_US)
    go(line)
    cinema.link.show(first, KEY, SIZE)
    cinema.link.show(second, BESIDE, SIZE)
    cinema.until(lambda: cinema.link.picture(KEY) is not None)
    assert cinema.number() == FPS // 2
    go(replace(line, position_us=3 * SECOND_US))
    cinema.until(lambda: cinema.number() == 3 * FPS)
    cinema.until(lambda: cinema.link.picture(BESIDE) is not None)
    assert cinema.number(BESIDE) == 2 * FPS  # nothing was shown of it before
    go(replace(line, position_us=3 * SECOND_US, speed=2.0, since=time.monotonic()))
    for key in (KEY, BESIDE):  # the line begins again
        cinema.until(lambda key=key: cinema.number(key) < FPS)  # type: ignore[misc]  # bound


def test_the_next_clip_is_there_soon(cinema: Cinema, clip: Path) -> None:
    cinema.open(clip)
    began = time.monotonic()
    player = cinema.open(clip)
    cinema.link.show(player, KEY, SIZE)
    cinema.until(lambda: bool(cinema.link.fresh()))
    assert time.monotonic() - began < 0.3


def test_a_still_is_a_jpeg_of_the_wanted_width(cinema: Cinema, clip: Path) -> None:
    player = cinema.open(clip)
    answers: list[bytes | None] = []
    cinema.link.still(player, SECOND_US, 160, answers.append)
    cinema.until(lambda: bool(answers))
    assert answers[0] is not None
    assert answers[0].startswith(b"\xff\xd8")


def test_a_snapshot_is_shown(cinema: Cinema, clip: Path, tmp_path: Path) -> None:
    answers: list[bytes | None] = []
    cinema.link.still(cinema.open(clip), SECOND_US, 640, answers.append)
    cinema.until(lambda: bool(answers))
    snapshot = tmp_path / "street.jpg"
    snapshot.write_bytes(answers[0] or b"")
    player = cinema.open(snapshot)
    cinema.link.show(player, KEY, SIZE)
    cinema.link.go(player, PlayCommand(0, 1.0, time.monotonic()))
    cinema.until(lambda: bool(cinema.link.fresh()))
    picture = cinema.link.picture(KEY)
    assert picture is not None
    assert (picture.facts.width, picture.facts.height) == SIZE


def test_what_cannot_be_played_says_why(cinema: Cinema, tmp_path: Path) -> None:
    words = tmp_path / "words.mp4"
    words.write_text("no video at all\n" * 100)
    assert cinema.fails(words) is Reason.NOT_DECODABLE
    assert cinema.fails(tmp_path / "nothing.mp4") is Reason.NOT_FOUND
    assert cinema.fails("gopher://recorder/3") is Reason.UNSUPPORTED
    assert cinema.fails("rtsp://guard:word@127.0.0.1:9/3") is Reason.REFUSED
    assert "word" not in cinema.states[-1].trouble


@contextmanager
def served(file: Path) -> Iterator[str]:
    """Its address at a web server that knows no ranges."""
    handler = partial(_Quiet, directory=str(file.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/{file.name}"
        finally:
            server.shutdown()
            thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    """A recorder's web server that writes no log."""

    def log_message(self, *_words: object) -> None:
        """Nothing: tests read the log."""


def test_a_recorders_address_plays_and_can_be_sought(cinema: Cinema, clip: Path) -> None:
    with served(clip) as url:
        player = cinema.show(url)
        cinema.stand(player, 77)
        cinema.link.end()


def test_a_server_that_sends_only_from_the_beginning_cannot_be_sought(
    cinema: Cinema, clip: Path
) -> None:
    with served(clip) as url:
        player = cinema.show(url)
        cinema.stand(player, 200)
        assert cinema.states[-1].is_seekable
        at_us = 30 * SECOND_US // FPS
        cinema.link.go(player, PlayCommand(at_us, 1.0, time.monotonic()))
        cinema.until(lambda: not cinema.states[-1].is_seekable)
        state = cinema.states[-1]
        assert state.phase is PlayerPhase.READY
        assert state.is_stream
        assert state.line is not None
        assert state.line.position_us == 0  # where it really is
        cinema.numbers(lambda number: 20 < number < 100)
        cinema.link.end()


def test_a_closed_clip_leaves_its_place(cinema: Cinema, clip: Path) -> None:
    for _ in range(MOST + 2):
        cinema.link.close(cinema.open(clip))
        assert cinema.states[-1].phase is PlayerPhase.READY


@pytest.mark.logs_errors
def test_a_lost_player_says_so_and_the_next_clip_plays(cinema: Cinema, clip: Path) -> None:
    cinema.open(clip)
    pid = cinema.link.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    cinema.until(lambda: cinema.states[-1].phase is PlayerPhase.FAILED)
    assert cinema.states[-1].reason is Reason.WORKER_CRASHED
    player = cinema.open(clip)
    cinema.link.show(player, KEY, SIZE)
    cinema.until(lambda: bool(cinema.link.fresh()))
    assert cinema.number() == 0
