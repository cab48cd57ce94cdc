"""Each import contract of pyproject.toml fails when its border is crossed, and only then."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

_SKELETON = (
    "app", "app/core", "app/domain", "app/settings", "app/storage", "app/video",
    "app/video/worker", "app/analytics", "app/analytics/worker", "app/analytics/adapters",
    "app/services", "app/demo", "ui",
)  # fmt: skip
_CROSSINGS = [
    ("app/core/clock.py", "import PySide6", "The application knows no Qt and no windows"),
    ("app/services/wall.py", "import ui", "The application knows no Qt and no windows"),
    ("app/domain/layout.py", "import app.settings", "The application is layered"),
    ("app/storage/tables.py", "import app.video", "The application is layered"),
    ("app/services/wall.py", "import app.bootstrap", "The application is layered"),
    ("ui/wall.py", "import app.storage", "Windows see neither SQL nor codecs nor workers"),
    ("ui/wall.py", "import sqlalchemy", "Windows see neither SQL nor codecs nor workers"),
    ("ui/wall.py", "import cv2", "Windows see neither SQL nor codecs nor workers"),
    ("app/video/engine.py", "import av", "Only workers and the demo city know codecs"),
    ("app/services/review.py", "import vlc", "Only workers and the demo city know codecs"),
    (
        "app/analytics/link.py",
        "import paho",
        "Only the analytics process and the demo city speak to brokers and backends",
    ),
    (
        "app/services/events.py",
        "import httpx",
        "Only the analytics process and the demo city speak to brokers and backends",
    ),
    ("app/analytics/adapters/axis.py", "import av", "Only workers and the demo city know codecs"),
    ("app/services/registry.py", "import sqlalchemy", "Only the storage knows SQL"),
    (
        "app/analytics/link.py",
        "def start():\n    import app.analytics.worker",
        "The GUI process does not load the worker",
    ),
    (
        "app/analytics/timelines.py",
        "import app.analytics.adapters",
        "Only the analytics process reads what backends send",
    ),
    (
        "app/analytics/worker/main.py",
        "import app.services",
        "The analytics process stays on its side of the pipe",
    ),
    (
        "app/video/engine.py",
        "def start():\n    import app.video.worker",
        "The GUI process does not load the worker",
    ),
    (
        "app/video/worker/main.py",
        "import app.storage",
        "The worker stays on its side of the pipe",
    ),
    ("app/demo/city.py", "import app.video", "The demo city stands beside the product"),
    ("app/services/wall.py", "import app.demo", "Nobody leans on the demo city"),
]


def _lint(house: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=house,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Build the folders of the program with nothing in them but what contracts allow."""
    for folder in _SKELETON:
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "__init__.py").touch()
    (tmp_path / "app/bootstrap.py").write_text("import app.services, app.storage, app.demo\n")
    (tmp_path / "app/storage/database.py").write_text("import sqlalchemy, app.domain\n")
    (tmp_path / "app/video/worker/decoding.py").write_text("import av, vlc, cv2, app.core\n")
    (tmp_path / "app/analytics/worker/control.py").write_text(
        "import av, paho, httpx, app.analytics.adapters, app.analytics.messages, app.core\n"
    )
    (tmp_path / "app/analytics/messages.py").write_text("import app.domain\n")
    (tmp_path / "app/analytics/adapters/scene.py").write_text("import lxml, app.domain\n")
    (tmp_path / "app/demo/scenes.py").write_text("import av, cv2, amqtt, app.domain\n")
    (tmp_path / "ui/application.py").write_text("import PySide6, app.bootstrap, app.services\n")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_what_the_contracts_allow_passes(house: Path) -> None:
    checked = _lint(house)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(("module", "crossing", "contract"), _CROSSINGS)
def test_a_crossing_breaks_its_contract(
    house: Path, module: str, crossing: str, contract: str
) -> None:
    (house / module).write_text(crossing + "\n")
    checked = _lint(house)
    assert checked.returncode != 0
    assert f"{contract} BROKEN" in checked.stdout
