"""What a spawned process starts with; finds the worker by name, so that nobody else loads it."""

import importlib
from multiprocessing.connection import Connection
from typing import Any

from app.video.board import BoardMemory


def run_worker(connection: "Connection[Any, Any]", memory: BoardMemory, name: str) -> None:
    """Be a worker until told to leave or until the GUI process is gone."""
    importlib.import_module("app.video.worker.process").run_worker(connection, memory, name)
