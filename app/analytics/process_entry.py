"""What the analytics process starts with; finds its code by name, so that nobody else loads it."""

import importlib
from multiprocessing.connection import Connection
from typing import Any


def run_analytics(connection: "Connection[Any, Any]", name: str) -> None:
    """Hold the connections to backends until told to leave or until the program is gone."""
    importlib.import_module("app.analytics.worker.process").run_analytics(connection, name)
