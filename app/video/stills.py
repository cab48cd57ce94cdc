"""Stills that were asked of workers: each is answered once, whatever becomes of the worker.

Owner thread only.
"""

from collections.abc import Callable
from itertools import count

from app.core.dispatch import Dispatcher
from app.video.messages import Still

Answer = Callable[[bytes | None], None]


class Stills:
    """Who waits for which still."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher
        self._numbers = count(1)
        self._waiting: dict[int, tuple[int, Answer]] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def ask(self, connection: int, answer: Answer) -> int:
        """Note who asks; returns the number of the request."""
        request = next(self._numbers)
        self._waiting[request] = (connection, answer)
        return request

    def refuse(self, answer: Answer) -> None:
        """There is no ring to cut it from."""
        self._dispatcher.post(lambda: answer(None))

    def on_still(self, report: Still) -> None:
        """A worker answered."""
        _connection, answer = self._waiting.pop(report.request, (0, None))
        if answer is not None:
            answer(report.jpeg or None)

    def lose(self, connection: int) -> None:
        """The connection is over, and its ring with it."""
        lost = [number for number, (of, _) in self._waiting.items() if of == connection]
        for number in lost:
            self.refuse(self._waiting.pop(number)[1])

    def forget(self) -> None:
        """Answer nobody any more."""
        self._waiting.clear()
