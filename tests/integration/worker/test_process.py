"""The worker as a process: it leaves when it should, and one stream does not hold up another."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import psutil
import pytest

from app.domain.stream import Reason
from app.video.messages import CloseStream, Ended, Heartbeat, ViewsApplied
from tests.integration.worker.driver import Driver
from tests.integration.worker.media import Recipe, encode
from tests.integration.worker.servers import Camera, Server

ROOT = Path(__file__).parents[3]


def gone(pid: int, seconds: float) -> bool:
    try:
        psutil.Process(pid).wait(seconds)
    except psutil.NoSuchProcess:
        return True
    except psutil.TimeoutExpired:
        return False
    return True


def test_says_what_it_can_and_beats_each_second(worker: Driver) -> None:
    assert worker.ready.pid == worker.pid
    assert "FFmpeg" in worker.ready.decoder
    worker.wait(lambda: sum(isinstance(r, Heartbeat) for r in worker.said) >= 3, seconds=5)


def test_gives_way_to_what_the_operator_does(worker: Driver) -> None:
    assert worker.ready.pid == worker.pid
    assert psutil.Process(worker.pid).nice() > psutil.Process().nice()


def test_leaves_when_the_pipe_closes(worker: Driver) -> None:
    with Server(Camera(encode(Recipe()))) as server:
        worker.open(1, f"rtsp://127.0.0.1:{server.port}/x")
        worker.opened(1)
        worker.pipe.close()
        worker.process.join(3)
        assert worker.process.exitcode == 0


def test_ignores_an_interrupt_from_the_keyboard(worker: Driver) -> None:
    os.kill(worker.pid, signal.SIGINT)
    worker.expect(Heartbeat)
    assert worker.process.is_alive()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks Linux's kernel for it")
def test_dies_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        textwrap.dedent(
            f"""
            import sys, time
            sys.path.insert(0, {str(ROOT)!r})
            from tests.integration.worker.driver import Driver
            if __name__ == "__main__":
                driver = Driver()
                print(driver.pid, flush=True)
                driver.process.join()
            """
        )
    )
    parent = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    worker_pid = int(parent.stdout.readline())
    os.kill(worker_pid, signal.SIGSTOP)  # Even one that cannot notice the closed pipe.
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert gone(worker_pid, 5)


def test_a_stalled_camera_is_closed_at_once(worker: Driver) -> None:
    clip = encode(Recipe())
    with Server(Camera(clip, on_unit=lambda index, _client: index < 5)) as server:
        worker.open(1, f"rtsp://127.0.0.1:{server.port}/x", read_timeout_s=15.0)
        worker.opened(1)
        began = time.monotonic()
        assert worker.close_stream(1).reason == Reason.NONE.value
        assert time.monotonic() - began < 1.0


def test_closing_while_opening_is_answered_at_once(worker: Driver) -> None:
    def say_nothing(_client: object, leaving: threading.Event) -> None:
        leaving.wait()

    with Server(say_nothing) as server:
        worker.open(1, f"rtsp://127.0.0.1:{server.port}/x", open_timeout_s=2.0)
        worker.show(1, worker.view(0))
        worker.expect(ViewsApplied, 1)
        began = time.monotonic()
        assert worker.close_stream(1).reason == Reason.NONE.value
        assert time.monotonic() - began < 0.5
        worker.figures_gone(1)
    assert sum(isinstance(r, Ended) for r in worker.said) == 1


def test_the_unknown_is_answered_or_ignored(worker: Driver) -> None:
    worker.send(CloseStream(77))
    version = worker.show(77, worker.view(0))
    assert worker.expect(ViewsApplied, 77).version == version


def test_sixty_connections_leave_nothing_behind(worker: Driver) -> None:
    process = psutil.Process(worker.pid)
    with Server(Camera(encode(Recipe()))) as server:
        url = f"rtsp://127.0.0.1:{server.port}/x"

        def round_of(first: int) -> tuple[int, int, int]:
            for number in range(first, first + 6):
                worker.open(number, url)
                worker.show(number, worker.view(number % 6))
            for number in range(first, first + 6):
                worker.picture(number % 6, beyond=worker.reader.sequence(number % 6))
                worker.close_stream(number)
            worker.figures_gone(first)
            return process.num_fds(), process.num_threads(), process.memory_info().rss

        for start in (0, 6, 12):
            round_of(start)
        before = round_of(18)
        for start in (24, 30, 36, 42, 48):
            round_of(start)
        after = round_of(54)
    assert after[0] <= before[0]
    assert after[1] <= before[1]
    assert after[2] - before[2] < 8_000_000
