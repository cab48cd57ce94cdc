"""A thread for work that may never come back, as on a network share that has died."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from queue import SimpleQueue
from threading import Thread
from typing import Any, ParamSpec, TypeVar

_ENDS_IN_S = 2.0
P = ParamSpec("P")
T = TypeVar("T")


class ExpendableThread(Executor):
    """One job after the other. Unlike a pool's thread it does not keep the program from ending:
    what hangs when that ends is given up."""

    def __init__(self, name: str) -> None:
        self._jobs: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._is_over = False
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        if self._is_over:
            raise RuntimeError("The thread has been told to end")
        future: Future[T] = Future()
        self._jobs.put((future, lambda: fn(*args, **kwargs)))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = True) -> None:
        """End after the job under way, or without it if that takes longer than two seconds."""
        self._is_over = True
        while cancel_futures and not self._jobs.empty():
            job = self._jobs.get()
            if job is not None:
                job[0].cancel()
        self._jobs.put(None)
        if wait:
            self._thread.join(_ENDS_IN_S)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            future, work = job
            if not future.set_running_or_notify_cancel():
                continue
            try:
                result = work()
            except BaseException as error:  # noqa: BLE001 - a door: it belongs to who asked
                future.set_exception(error)
            else:
                future.set_result(result)
