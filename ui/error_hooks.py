"""The last place where an exception, a Qt message or a crash can be noticed."""

import faulthandler
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from app.core.dispatch import Dispatcher
from app.services.notices import Notice, NoticeBoard, Severity

_log = logging.getLogger(__name__)
_qt_log = logging.getLogger("qt")
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


@contextmanager
def error_hooks(
    board: NoticeBoard, dispatcher: Dispatcher, interrupt: Callable[[], None]
) -> Iterator[None]:
    """Log every uncaught exception and Qt message and tell the operator; never quit.

    ``interrupt`` is called on Ctrl+C. On leaving the context the hooks of before are back.
    """

    def report(error: BaseException | None) -> None:
        if isinstance(error, Exception):
            dispatcher.post(lambda: board.report(error, key="internal"))

    def from_main(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if isinstance(error, KeyboardInterrupt):
            interrupt()
        elif isinstance(error, Exception):
            report(error)
        else:
            sys.__excepthook__(kind, error, trace)

    def from_thread(args: threading.ExceptHookArgs) -> None:
        report(args.exc_value)

    def from_nowhere(args: "sys.UnraisableHookArgs") -> None:
        error = args.exc_value
        _log.error("Ignored in %r", args.object, exc_info=error)

    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    sys.excepthook, threading.excepthook, sys.unraisablehook = from_main, from_thread, from_nowhere
    earlier_handler = qInstallMessageHandler(log_qt_message)
    try:
        yield
    finally:
        sys.excepthook, threading.excepthook, sys.unraisablehook = before
        qInstallMessageHandler(earlier_handler)


def log_qt_message(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    """Send what Qt has to say where our own lines go. Any thread."""
    category = getattr(context, "category", None) or "default"
    _qt_log.log(_LEVELS.get(kind, logging.WARNING), "%s: %s", category, text)


@contextmanager
def crash_log(folder: Path, board: NoticeBoard) -> Iterator[None]:
    """Have the interpreter write its stacks to ``folder/crash.log`` if it dies; owner thread.

    What an earlier run left there is kept under a name with the time and becomes a notice. A
    disk that refuses the file costs the file only.
    """
    path = folder / "crash.log"
    try:
        _tell_of_earlier_crash(path, board)
        file = path.open("w", encoding="utf-8")
    except OSError as error:
        _log.warning("No crash log can be written: %s", error)
        yield
        return
    faulthandler.enable(file, all_threads=True)
    try:
        yield
    finally:
        faulthandler.disable()
        file.close()
        path.unlink(missing_ok=True)


def _tell_of_earlier_crash(path: Path, board: NoticeBoard) -> None:
    if not path.exists() or path.stat().st_size == 0:
        return
    when = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    kept = path.with_name(f"crash-{when:%Y%m%d-%H%M%S}.log")
    path.replace(kept)
    board.post(
        Notice(
            "crash",
            Severity.WARNING,
            "The program crashed when it last ran",
            f"Send {kept} to support.",
        )
    )
