"""A thread that may hang does its work in order and never keeps the program from ending."""

import threading
import time

import pytest

from app.core.expendable_thread import ExpendableThread


def test_work_is_done_in_order_and_answers() -> None:
    done: list[int] = []
    with ExpendableThread("share") as thread:
        futures = [thread.submit(done.append, number) for number in range(50)]
        assert thread.submit(lambda: 7).result(5) == 7
    assert done == list(range(50))
    assert all(future.done() for future in futures)


def test_what_fails_belongs_to_who_asked() -> None:
    def fail() -> None:
        raise OSError("the share is gone")

    with ExpendableThread("share") as thread:
        failed, next_one = thread.submit(fail), thread.submit(lambda: 7)
        with pytest.raises(OSError, match="gone"):
            failed.result(5)
        assert next_one.result(5) == 7


def test_what_hangs_is_given_up_at_the_end() -> None:
    has_begun, goes_on = threading.Event(), threading.Event()

    def hang() -> bool:
        has_begun.set()
        return goes_on.wait()

    thread = ExpendableThread("share")
    hanging, waiting = thread.submit(hang), thread.submit(lambda: 7)
    assert has_begun.wait(5)
    began = time.monotonic()
    thread.shutdown()
    assert 1.5 < time.monotonic() - began < 4
    assert waiting.cancelled()
    assert not hanging.done()
    with pytest.raises(RuntimeError):
        thread.submit(lambda: 7)
    goes_on.set()
    assert hanging.result(5)
