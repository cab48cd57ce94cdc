"""Who loads what, seen in a fresh interpreter: the static contracts cannot see lazy imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

_CODECS = ("av", "cv2", "vlc")
_BACKENDS = ("paho", "lxml", "httpx", "amqtt")
_LOADER = """
import importlib, sys
for name in sys.argv[1].split(","):
    importlib.import_module(name)
loaded = [name for name in sys.argv[2].split(",") if name in sys.modules]
print(",".join(loaded))
"""


def _modules(folder: str, *without: str) -> list[str]:
    left_out = tuple(f"{ROOT / name}/" for name in without)
    return [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if not str(path).startswith(left_out) and not path.name.endswith("__main__.py")
    ]


def _loaded_after(modules: list[str], suspects: tuple[str, ...]) -> str:
    """Import the modules in a new interpreter; return which suspects came along."""
    finished = subprocess.run(
        [sys.executable, "-c", _LOADER, ",".join(modules), ",".join(suspects)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout.strip()


def test_the_application_loads_no_qt() -> None:
    # Alembic's scripts run only inside Alembic.
    modules = _modules("app", "app/storage/migrations")
    assert _loaded_after(modules, ("PySide6", "shiboken6", "qtpy", "ui")) == ""


def test_the_gui_process_loads_neither_codecs_nor_the_libraries_of_backends() -> None:
    not_its_own = ("app/video/worker", "app/analytics/worker", "app/analytics/adapters", "app/demo")
    modules = _modules("app", "app/storage/migrations", *not_its_own)
    assert _loaded_after([*modules, *_modules("ui")], (*_CODECS, *_BACKENDS)) == ""


def test_a_worker_loads_neither_qt_nor_sql() -> None:
    suspects = ("PySide6", "shiboken6", "sqlalchemy", "alembic", "app.services", "app.storage")
    assert _loaded_after(_modules("app/video/worker"), suspects) == ""


def test_the_analytics_process_loads_neither_qt_nor_sql_nor_pictures() -> None:
    suspects = ("PySide6", "shiboken6", "sqlalchemy", "cv2", "app.services", "app.storage")
    modules = [*_modules("app/analytics/worker"), *_modules("app/analytics/adapters")]
    assert _loaded_after(modules, suspects) == ""


def test_the_analytics_process_begins_without_what_it_may_never_need() -> None:
    assert _loaded_after(["app.analytics.worker.control"], ("lxml", "httpx", "av", "numpy")) == ""


def test_unit_tests_load_no_qt() -> None:
    assert _loaded_after(_modules("tests/unit"), ("PySide6", "shiboken6")) == ""


@pytest.mark.parametrize("module", ["colorsys", "wave"])
def test_the_look_into_a_fresh_interpreter_sees_what_was_loaded(module: str) -> None:
    assert _loaded_after([module], (module, "PySide6")) == module


def test_modules_are_named_as_python_imports_them(tmp_path: Path) -> None:
    assert "app.core" in _modules("app")
    assert not [name for name in _modules("app", "app/core") if name.startswith("app.core")]
