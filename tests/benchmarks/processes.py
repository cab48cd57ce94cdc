"""What a program and everything it started cost: CPU time, memory, descriptors, threads."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Footprint:
    """What the processes hold at one moment."""

    pss_mb: float
    rss_mb: float
    descriptors: int
    threads: int
    shared_memory: int
    processes: int


def family(roots: Iterable[int]) -> list[psutil.Process]:
    """The processes and all their descendants that live now."""
    found: dict[int, psutil.Process] = {}
    for root in roots:
        try:
            process = psutil.Process(root)
            for member in [process, *process.children(recursive=True)]:
                found[member.pid] = member
        except psutil.NoSuchProcess:
            continue
    return list(found.values())


def cpu_seconds(roots: Iterable[int]) -> float:
    """User and system time used so far by the processes and all their living descendants."""
    total = 0.0
    for process in family(roots):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total


def cpu_by_process(roots: Iterable[int]) -> dict[int, float]:
    """CPU seconds so far of each process, for a profile by process."""
    spent: dict[int, float] = {}
    for process in family(roots):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        spent[process.pid] = times.user + times.system
    return spent


def _rollup(pid: int) -> dict[str, int]:
    values: dict[str, int] = {}
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return values
    for line in text.splitlines()[1:]:
        key, _, rest = line.partition(":")
        values[key] = int(rest.split()[0])
    return values


def _own_share_kb() -> int:
    """What this measuring process takes over of pages it shares with others."""
    own = _rollup(psutil.Process().pid)
    private = own.get("Private_Clean", 0) + own.get("Private_Dirty", 0)
    return max(0, own.get("Pss", 0) - private)


def footprint(roots: Iterable[int]) -> Footprint:
    """Proportional memory and other holdings of the processes and their descendants.

    Pages that this measuring process shares with them (the C library, numpy) are charged to them
    in full, or measuring would make them look smaller.
    """
    pss = _own_share_kb()
    rss = descriptors = threads = shared = count = 0
    for process in family(roots):
        rollup = _rollup(process.pid)
        try:
            descriptors += process.num_fds()
            threads += process.num_threads()
            segments = {
                m for m in _mapped_files(process.pid) if m.startswith(("/dev/shm/", "/memfd:"))
            }
        except psutil.NoSuchProcess:
            continue
        pss += rollup.get("Pss", 0)
        rss += rollup.get("Rss", 0)
        shared += len(segments)
        count += 1
    return Footprint(pss / 1024, rss / 1024, descriptors, threads, shared, count)


def _mapped_files(pid: int) -> set[str]:
    try:
        lines = Path(f"/proc/{pid}/maps").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return set()
    return {line.split(maxsplit=5)[5] for line in lines if line.count(" ") >= 5 and "/" in line}
