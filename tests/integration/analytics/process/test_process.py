"""The process behind the link: it leaves when it should, and is replaced when it must be."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from functools import partial
from pathlib import Path

import psutil
import pytest

from app.analytics.messages import ConnectionState, Snapshot
from tests.fakes.mosquitto import Mosquitto
from tests.integration.analytics.listening import (
    Listening,
    boxes,
    boxes_topic,
    broker,
    source,
)

ROOT = Path(__file__).parents[4]


def _gone(pid: int, seconds: float) -> bool:
    try:
        psutil.Process(pid).wait(seconds)
    except psutil.NoSuchProcess:
        return True
    except psutil.TimeoutExpired:
        return False
    return True


def _is_replaced(wall: Listening, pid: int) -> bool:
    return wall.link.pid not in (pid, None)


def test_no_process_runs_while_nothing_is_configured() -> None:
    with Listening() as wall:
        wall.listen([], [])
        answers: list[Snapshot] = []
        wall.link.fetch_snapshot("city", "1", answers.append)
        wall.wait(lambda: answers)
        assert "No analytics source is configured" in answers[0].trouble
        assert wall.link.pid is None


def test_the_program_ends_in_a_moment_also_while_a_broker_does_not_answer() -> None:
    with Mosquitto() as server:
        server.freeze()
        with Listening() as wall:
            wall.listen([broker(server)], [source()])
            pid = wall.pid
            began = time.monotonic()
        assert time.monotonic() - began < 5.0
        assert _gone(pid, 0)


@pytest.mark.logs_errors
def test_a_process_that_is_stuck_is_replaced_and_told_everything_again() -> None:
    with Mosquitto() as server, Listening(silence_s=2.0) as wall:
        wall.link.want_boxes(["BNU-1-1"])
        wall.listen([broker(server)], [source()])
        wall.connected()
        first = wall.pid
        os.kill(first, signal.SIGSTOP)
        wall.state(ConnectionState.CONNECTING, "started anew")
        assert _gone(first, 0)
        wall.connected()
        assert wall.pid != first

        def came() -> bool:
            server.publish(boxes_topic(), boxes(), qos=0)
            return bool(wall.frames)

        wall.wait(came)


@pytest.mark.logs_errors
def test_a_question_gets_an_answer_also_when_the_process_is_lost() -> None:
    with Mosquitto() as server, Listening() as wall:
        wall.listen([broker(server)], [source()])
        wall.connected()
        answers: list[Snapshot] = []
        wall.link.fetch_snapshot("city", "1", answers.append)
        wall.wait(lambda: answers)
        assert "offers no pictures" in answers[0].trouble
        os.kill(wall.pid, signal.SIGSTOP)
        wall.link.fetch_snapshot("city", "2", answers.append)
        os.kill(wall.pid, signal.SIGKILL)
        wall.wait(lambda: len(answers) == 2)
        assert "started anew" in answers[1].trouble


@pytest.mark.logs_errors
def test_a_process_that_dies_young_is_started_after_a_pause() -> None:
    with Mosquitto() as server, Listening() as wall:
        wall.listen([broker(server)], [source()])
        for _ in range(3):
            killed = wall.pid
            os.kill(killed, signal.SIGKILL)
            wall.wait(partial(_is_replaced, wall, killed))
        assert wall.link.restarts == 3
        wall.connected()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks Linux's kernel for it")
def test_dies_with_a_program_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        textwrap.dedent(
            f"""
            import sys, threading
            sys.path.insert(0, {str(ROOT)!r})
            from tests.integration.analytics.listening import Listening, broker, source
            from app.analytics.messages import BrokerConfig
            if __name__ == "__main__":
                with Listening() as wall:
                    wall.listen([BrokerConfig("district", "127.0.0.1", 9)], [source()])
                    wall.wait(lambda: wall.states)
                    print(wall.pid, flush=True)
                    threading.Event().wait()
            """
        )
    )
    parent = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    os.kill(pid, signal.SIGSTOP)  # even one that cannot notice the closed pipe
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert _gone(pid, 5)


def test_ignores_an_interrupt_from_the_keyboard() -> None:
    with Mosquitto() as server, Listening() as wall:
        wall.listen([broker(server)], [source()])
        wall.connected()
        os.kill(wall.pid, signal.SIGINT)
        told = wall.told
        wall.wait(lambda: wall.told > told + 1)
        assert wall.link.restarts == 0


def test_no_secret_is_seen_from_outside() -> None:
    with Mosquitto() as server, Listening() as wall:
        wall.listen([broker(server)], [source()])
        wall.connected()
        process = psutil.Process(wall.pid)
        seen = [*process.cmdline(), *process.environ().values()]
        assert not [text for text in seen if "Watches-41" in text]
