"""SIGTERM, SIGINT and SIGHUP end the program in order, from inside the event loop."""

import logging
import signal
import socket
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier, Signal, Slot

_log = logging.getLogger(__name__)
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


class Interruption(QObject):
    """Wakes Qt's event loop when a signal came, so that Python's handler gets its turn.

    Without it the interpreter would run the handler only after the next Qt event. Main thread.

    Signals:
        asked: The system or the person at the terminal wants the program to end.
    """

    asked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_asked = False
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        self._earlier_fd = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_woken)
        self._earlier = {
            number: signal.signal(number, self._on_signal)
            for name in _NAMES
            if (number := getattr(signal, name, None)) is not None
        }

    @property
    def was_asked(self) -> bool:
        """Whether a signal has come already."""
        return self._was_asked

    def close(self) -> None:
        """Put the handlers of before back."""
        for number, handler in self._earlier.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._earlier_fd)
        self._notifier.setEnabled(False)
        self._reader.close()
        self._writer.close()

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        _log.info("Asked to end by %s", signal.Signals(number).name)
        self._was_asked = True
        self.asked.emit()

    @Slot()
    def _on_woken(self) -> None:
        # Reading is all: the interpreter runs the handler between two of these lines.
        try:
            self._reader.recv(64)
        except BlockingIOError:
            return
