"""The entry of a worker process. Imports no codec: the parent only needs the function's name."""

import faulthandler
import os
import signal
import sys
from multiprocessing.connection import Connection
from typing import Any

from app.core.child_process import die_with_parent, give_way, share_heaps
from app.video.board import BoardMemory


def run_worker(connection: "Connection[Any, Any]", memory: BoardMemory, name: str) -> None:
    """Decode streams as told over ``connection`` until it closes; the target of a spawned process.

    The process dies with its parent. Never returns: it leaves by ``os._exit``, so a native call
    that hangs in some thread cannot keep it.
    """
    faulthandler.enable(sys.stderr)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with_parent(name)
    share_heaps()
    give_way()
    status = 1
    try:
        from app.video.worker.control import serve

        status = serve(connection, memory)
    finally:
        sys.stderr.flush()
        os._exit(status)
