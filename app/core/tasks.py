"""Blocking work off the owner thread, with its answer back on it."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import TypeVar

from app.core.dispatch import Dispatcher

T = TypeVar("T")


class Tasks:
    """The only way a service or a panel starts blocking work. Owner thread."""

    def __init__(
        self, executor: Executor, dispatcher: Dispatcher, on_error: Callable[[Exception], None]
    ) -> None:
        self._executor = executor
        self._dispatcher = dispatcher
        self._on_error = on_error

    def run(
        self,
        work: Callable[[], T],
        *,
        done: Callable[[T], None] = lambda _result: None,
        failed: Callable[[Exception], None] | None = None,
    ) -> Future[T]:
        """Start ``work``; exactly one of ``done`` and ``failed`` follows on the owner thread.

        Cancelling the returned future before it starts silences both.
        """
        report = failed or self._on_error

        def deliver(future: Future[T]) -> None:
            if future.cancelled():
                return
            error = future.exception()
            if error is None:
                done(future.result())
            elif isinstance(error, Exception):
                report(error)
            else:
                raise error

        future = self._executor.submit(work)
        future.add_done_callback(lambda done_: self._dispatcher.post(lambda: deliver(done_)))
        return future
