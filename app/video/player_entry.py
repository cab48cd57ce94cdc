"""What the player process starts with; finds the player by name, so that nobody else loads it."""

import importlib
from multiprocessing.connection import Connection
from typing import Any

from app.video.board import BoardMemory


def run_player(connection: "Connection[Any, Any]", memory: BoardMemory, name: str) -> None:
    """Play clips until the GUI process is gone or has closed the pipe."""
    importlib.import_module("app.video.worker.player.process").run_player(connection, memory, name)
