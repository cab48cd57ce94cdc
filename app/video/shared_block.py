"""A block of memory shared by the GUI process and its workers, with no name to leave behind.

On Linux it is an anonymous file (``memfd_create``, else an unlinked temporary file): the kernel
frees it with the last process, however that one dies. On Windows it is a mapping backed by the
paging file, which lives as long as a handle does. Pages take memory once they are written.
"""

import mmap
import os
import sys
import tempfile
import uuid
from multiprocessing import reduction
from typing import Any


class SharedBlock:
    """Create in the GUI process, pass to a spawned process as an argument, close in both."""

    def __init__(self, size: int, *, fd: int = -1, tag: str = "") -> None:
        self.size = size
        self._fd = fd
        self._tag = tag
        self.memory = _map(size, fd, tag)

    @classmethod
    def create(cls, size: int) -> "SharedBlock":
        """``size`` is in bytes and is rounded up to whole pages by the system."""
        if sys.platform == "win32":
            return cls(size, tag=f"nigehban-{uuid.uuid4()}")
        fd = _anonymous_file()
        os.ftruncate(fd, size)
        return cls(size, fd=fd)

    def __reduce__(self) -> tuple[Any, ...]:
        if sys.platform == "win32":
            return _attach_tag, (self.size, self._tag)
        return _attach_fd, (self.size, reduction.DupFd(self._fd))

    def forget(self, offset: int, length: int) -> None:
        """Give the memory of these bytes back to the system; they read as zero afterwards.

        Both numbers are multiples of the page size.
        """
        remove = getattr(mmap, "MADV_REMOVE", None)
        if remove is not None and length:
            self.memory.madvise(remove, offset, length)

    def close(self) -> None:
        """Unmap. Views of ``memory`` must be gone, else the mapping ends with the process."""
        try:
            self.memory.close()
        except BufferError:
            return
        finally:
            if self._fd >= 0:
                os.close(self._fd)
                self._fd = -1


def _anonymous_file() -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("nigehban-board", os.MFD_CLOEXEC)
    fd, path = tempfile.mkstemp(prefix="nigehban-board-")
    os.unlink(path)  # noqa: PTH108 - the descriptor is what counts
    return fd


def _map(size: int, fd: int, tag: str) -> mmap.mmap:
    if sys.platform == "win32":
        return mmap.mmap(-1, size, tagname=tag)
    return mmap.mmap(fd, size, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE)


def _attach_tag(size: int, tag: str) -> SharedBlock:
    return SharedBlock(size, tag=tag)


def _attach_fd(size: int, duplicate: Any) -> SharedBlock:
    return SharedBlock(size, fd=duplicate.detach())
