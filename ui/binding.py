"""Ties an application event to the life of a widget."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject

from app.core.events import Event

T = TypeVar("T")


def bind(owner: QObject, event: Event[T], slot: Callable[[T], None]) -> None:
    """Connect ``slot`` to ``event`` until ``owner`` is destroyed."""
    connection = event.connect(slot)
    # A lambda, because PySide holds bound methods weakly: connecting `connection.close`
    # itself would be collected and never called.
    owner.destroyed.connect(lambda: connection.close())  # noqa: PLW0108 - see above
