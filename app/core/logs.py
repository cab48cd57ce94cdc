"""Where log lines go: a rotating file in the data folder, and standard error."""

import logging
import logging.handlers
import sys
from pathlib import Path

from app.core.redaction import RedactingFormatter

_FORMAT = "%(asctime)s %(levelname)s %(process)d %(threadName)s %(name)s: %(message)s"


def start_logging(folder: Path | None, *, to_stderr: bool = True) -> None:
    """Send the root logger to ``folder/nigehban.log`` (5 x 5 MB) and, if wanted, to stderr.

    Every line passes the redaction filter; a disk that refuses the file leaves stderr.
    """
    formatter = RedactingFormatter(_FORMAT)
    handlers: list[logging.Handler] = []
    if folder is not None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            handlers.append(
                logging.handlers.RotatingFileHandler(
                    folder / "nigehban.log", maxBytes=5_000_000, backupCount=5, encoding="utf-8"
                )
            )
        except OSError as error:
            print(f"No log file can be written: {error}", file=sys.stderr)  # noqa: T201 - no log yet
    if to_stderr or not handlers:
        handlers.append(logging.StreamHandler(sys.stderr))
    root = logging.getLogger()
    for handler in handlers:
        handler.setFormatter(formatter)
        root.addHandler(handler)
    root.setLevel(logging.INFO)
