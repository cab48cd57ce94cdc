"""What a test may have left running or open, seen from its own process."""

from __future__ import annotations

import gc
import multiprocessing
import sys
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

SETTLE_S = 5.0
"""How long threads and processes that were told to end may take."""

_SHARED_MEMORY = Path("/dev/shm")
_OUR_SHARED_MEMORY = ("nigehban", "psm_")
_ANONYMOUS_MEMORY = ("/memfd:nigehban", "/dev/shm/")
# Libraries open these once and keep them: fonts, key maps, icons, their own modules.
_KEPT_OPEN = ("/usr/", "/var/cache/", "/etc/", "/proc/", "/dev/", "/sys/", sys.prefix)


@dataclass(frozen=True)
class Traces:
    """Threads, child processes, open files and sockets, and shared memory at one moment."""

    threads: frozenset[str] = frozenset()
    processes: frozenset[str] = frozenset()
    descriptors: frozenset[str] = frozenset()
    shared_memory: frozenset[str] = frozenset()

    @classmethod
    def now(cls) -> Self:
        """Look at this process. Takes some milliseconds."""
        return cls(
            threads=_threads(),
            processes=_processes(),
            descriptors=_descriptors(),
            shared_memory=_shared_memory(),
        )

    def beyond(self, before: Traces, allowed: Collection[str] = ()) -> dict[str, list[str]]:
        """Return by kind what was not there before and is not allowed to stay."""
        added = {
            "threads": self.threads - before.threads,
            "processes": self.processes - before.processes,
            "descriptors": self.descriptors - before.descriptors,
            "shared_memory": self.shared_memory - before.shared_memory,
        }
        return {
            kind: sorted(names) for kind, names in added.items() if names and kind not in allowed
        }


def leaks_since(
    before: Traces, allowed: Collection[str] = (), *, settle_s: float = SETTLE_S
) -> dict[str, list[str]]:
    """Return what stays behind although it had `settle_s` to end."""
    deadline = time.monotonic() + settle_s
    left = Traces.now().beyond(before, allowed)
    pause = threading.Event()
    while left and time.monotonic() < deadline:
        gc.collect()
        pause.wait(0.05)
        left = Traces.now().beyond(before, allowed)
    return left


def _threads() -> frozenset[str]:
    # A thread that C code started gets a dummy object that outlives it.
    return frozenset(
        f"{thread.name} ({thread.ident})"
        for thread in threading.enumerate()
        if not isinstance(thread, threading._DummyThread)
    )


def _processes() -> frozenset[str]:
    multiprocessing.active_children()  # collects those that have ended
    found = set()
    for child in psutil.Process().children(recursive=True):
        try:
            command = child.cmdline()
            zombie = " (ended, never waited for)" if child.status() == psutil.STATUS_ZOMBIE else ""
        except psutil.NoSuchProcess:
            continue
        # Python starts one a session and keeps it.
        if any("multiprocessing.resource_tracker" in part for part in command):
            continue
        found.add(f"{child.pid}: {' '.join(command)[:120]}{zombie}")
    return frozenset(found)


def _descriptors() -> frozenset[str]:
    process = psutil.Process()
    files = {
        f"{file.fd}: {file.path}"
        for file in process.open_files()
        if not file.path.startswith(_KEPT_OPEN)
    }
    sockets = {
        f"{socket.fd}: {socket.laddr} to {socket.raddr or 'nobody'} {socket.status}"
        for socket in process.net_connections(kind="inet")
    }
    return frozenset(files | sockets | _anonymous_memory())


def _anonymous_memory() -> set[str]:
    """Blocks of shared memory that have no name in any folder, such as the frame board's."""
    found = set()
    for descriptor in Path("/proc/self/fd").glob("*"):
        try:
            target = str(descriptor.readlink())
        except OSError:  # closed meanwhile
            continue
        if target.startswith(_ANONYMOUS_MEMORY):
            found.add(f"{descriptor.name}: {target}")
    return found


def _shared_memory() -> frozenset[str]:
    if not _SHARED_MEMORY.is_dir():
        return frozenset()
    return frozenset(
        path.name for path in _SHARED_MEMORY.iterdir() if path.name.startswith(_OUR_SHARED_MEMORY)
    )
