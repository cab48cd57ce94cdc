"""The entry of the analytics process."""

import faulthandler
import os
import signal
import sys
from multiprocessing.connection import Connection
from typing import Any

from app.core.child_process import die_with_parent, share_heaps


def run_analytics(connection: "Connection[Any, Any]", name: str) -> None:
    """Hold connections as told over ``connection`` until it closes; target of a spawned process.

    The process dies with its parent. Never returns: it leaves by ``os._exit``, so a native call
    that hangs in some thread cannot keep it.
    """
    faulthandler.enable(sys.stderr)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with_parent(name)
    share_heaps()
    status = 1
    try:
        from app.analytics.worker.control import serve

        status = serve(connection)
    finally:
        sys.stderr.flush()
        os._exit(status)
