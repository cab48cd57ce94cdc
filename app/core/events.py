"""Announcements of services to whoever displays them, without Qt."""

import logging
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Connection:
    """One listener's subscription; ``close`` ends it and may be called twice."""

    def __init__(self, end: Callable[[], None]) -> None:
        self._end: Callable[[], None] | None = end

    def close(self) -> None:
        end, self._end = self._end, None
        if end is not None:
            end()


class Event(Generic[T]):
    """Something that became true. Owner thread only.

    A listener that raises is logged and does not keep the others from hearing.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._listeners: list[Callable[[T], None]] = []

    def connect(self, listener: Callable[[T], None]) -> Connection:
        self._listeners.append(listener)

        def end() -> None:
            self._listeners.remove(listener)

        return Connection(end)

    def emit(self, payload: T) -> None:
        for listener in tuple(self._listeners):
            try:
                listener(payload)
            except Exception:  # noqa: BLE001 - a door: one broken view must not silence the rest
                _log.exception("A listener of %s failed", self._name)
