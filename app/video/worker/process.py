"""The entry of a worker process. Imports no codec: the parent only needs the function's name."""

import ctypes
import faulthandler
import os
import signal
import sys
from multiprocessing.connection import Connection
from typing import Any

from app.video.board import BoardMemory

_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15
_M_ARENA_MAX = -8


def run_worker(connection: "Connection[Any, Any]", memory: BoardMemory, name: str) -> None:
    """Decode streams as told over ``connection`` until it closes; the target of a spawned process.

    The process dies with its parent. Never returns: it leaves by ``os._exit``, so a native call
    that hangs in some thread cannot keep it.
    """
    faulthandler.enable(sys.stderr)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with_parent(name)
    _share_heaps()
    status = 1
    try:
        from app.video.worker.control import serve

        status = serve(connection, memory)
    finally:
        sys.stderr.flush()
        os._exit(status)


def _die_with_parent(name: str) -> None:
    """Ask Linux to end this process when the parent ends; elsewhere the closed pipe does."""
    if not sys.platform.startswith("linux"):
        return
    parent = os.getppid()
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    libc.prctl(_PR_SET_NAME, name.encode()[:15], 0, 0, 0)
    # The parent may have died before the request was in force.
    if os.getppid() != parent:
        os._exit(1)


def _share_heaps() -> None:
    """Keep glibc from giving each of dozens of threads a heap that it hardly ever gives back."""
    if sys.platform.startswith("linux"):
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(_M_ARENA_MAX, 2)
