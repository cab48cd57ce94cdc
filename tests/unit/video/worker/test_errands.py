"""Short jobs before long ones."""

import threading

import pytest

from app.video.worker.errands import Errands


@pytest.mark.leaves("threads")
def test_short_jobs_overtake_long_ones() -> None:
    errands = Errands()
    gate = threading.Event()
    done: list[str] = []
    finished = threading.Semaphore(0)

    def note(name: str) -> None:
        done.append(name)
        finished.release()

    def hold_up() -> None:
        gate.wait(5)

    for _ in range(2):
        errands.soon(hold_up)
    errands.later(lambda: note("long"))
    errands.soon(lambda: note("short 1"))
    errands.soon(lambda: note("short 2"))
    gate.set()
    for _ in range(3):
        assert finished.acquire(timeout=5)
    assert done[-1] == "long"


@pytest.mark.logs_errors
@pytest.mark.leaves("threads")
def test_a_job_that_fails_does_not_end_the_others() -> None:
    errands = Errands()
    came = threading.Event()

    def fail() -> None:
        raise ValueError("as the test wants it")

    for _ in range(4):
        errands.soon(fail)
    errands.later(came.set)
    assert came.wait(5)
