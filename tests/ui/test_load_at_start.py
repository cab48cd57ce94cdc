"""Nothing is loaded before the wall stands that its first picture does not need."""

import subprocess
import sys
from pathlib import Path

LATER = (
    "qtawesome", "qtpy", "PySide6.QtSvg", "PySide6.QtNetwork", "alembic", "keyring", "av", "cv2",
    "vlc", "sqlalchemy.dialects.postgresql", "sqlalchemy.dialects.mysql", "app.demo.process",
    "ui.console.console_window", "ui.report",
)  # fmt: skip


def test_what_is_needed_later_is_loaded_later() -> None:
    code = f"import sys, ui.session; print([n for n in {LATER!r} if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "[]"
