"""Where log lines go: a rotating file in the data folder, and standard error."""

import logging
import logging.handlers
import sys
from collections.abc import Callable
from pathlib import Path

from app.core.redaction import RedactingFormatter

_FORMAT = "%(asctime)s %(levelname)s %(process)d %(threadName)s %(name)s: %(message)s"


class _LogFile(logging.handlers.RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Drop the line: logging would print its raw arguments, secrets included, on stderr."""


class _StandardError(logging.StreamHandler):  # type: ignore[type-arg]  # generic for mypy only
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Drop the line, as above; a closed terminal must not stop the wall."""


def start_logging(
    folder: Path | None, *, to_stderr: bool = True, level: int = logging.INFO
) -> Callable[[], None]:
    """Send the root logger to ``folder/nigehban.log`` (5 x 5 MB) and, if wanted, to stderr.

    Every line passes the redaction filter; a disk that refuses the file leaves stderr. The
    answer ends it again and closes the file.
    """
    formatter = RedactingFormatter(_FORMAT)
    handlers: list[logging.Handler] = []
    if folder is not None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            handlers.append(
                _LogFile(
                    folder / "nigehban.log", maxBytes=5_000_000, backupCount=5, encoding="utf-8"
                )
            )
        except OSError as error:
            print(f"No log file can be written: {error}", file=sys.stderr)  # noqa: T201 - no log yet
    # A program without a console on Windows has no stderr.
    if (to_stderr or not handlers) and sys.stderr is not None:
        handlers.append(_StandardError(sys.stderr))
    root = logging.getLogger()
    before = root.level
    for handler in handlers:
        handler.setFormatter(formatter)
        root.addHandler(handler)
    root.setLevel(level)

    def stop() -> None:
        root.setLevel(before)
        for handler in handlers:
            root.removeHandler(handler)
            handler.close()

    return stop
