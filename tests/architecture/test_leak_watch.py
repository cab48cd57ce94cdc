"""The watch over leaks sees what is left, and only that."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from multiprocessing import shared_memory
from pathlib import Path

import pytest

from tests.fakes.leaks import Traces, leaks_since

_SHORT_S = 0.2


def test_nothing_left_is_nothing_found(tmp_path: Path) -> None:
    before = Traces.now()
    with (tmp_path / "note").open("w"), socket.create_server(("127.0.0.1", 0)):
        pass
    assert leaks_since(before) == {}


def test_a_thread_left_running_is_named() -> None:
    end = threading.Event()
    thread = threading.Thread(target=end.wait, name="left-behind")
    before = Traces.now()
    thread.start()
    try:
        found = leaks_since(before, settle_s=_SHORT_S)
    finally:
        end.set()
        thread.join()
    assert list(found) == ["threads"]
    assert "left-behind" in found["threads"][0]
    assert leaks_since(before) == {}


def test_a_child_left_running_is_named() -> None:
    before = Traces.now()
    child = subprocess.Popen([sys.executable, "-c", "input('left-behind')"], stdin=subprocess.PIPE)
    try:
        found = leaks_since(before, settle_s=_SHORT_S)
    finally:
        child.communicate(b"\n")
    assert list(found) == ["processes"]
    assert "left-behind" in found["processes"][0]


def test_a_file_and_a_socket_left_open_are_named(tmp_path: Path) -> None:
    before = Traces.now()
    with (tmp_path / "left-behind").open("w"), socket.create_server(("127.0.0.1", 0)) as server:
        found = leaks_since(before, settle_s=_SHORT_S)
        port = str(server.getsockname()[1])
    assert list(found) == ["descriptors"]
    assert any("left-behind" in name for name in found["descriptors"])
    assert any(port in name for name in found["descriptors"])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows shared memory as files")
def test_shared_memory_left_behind_is_named() -> None:
    before = Traces.now()
    block = shared_memory.SharedMemory(create=True, size=64)
    try:
        found = leaks_since(before, allowed=["descriptors"], settle_s=_SHORT_S)
    finally:
        block.close()
        block.unlink()
    assert block.name.lstrip("/") in found["shared_memory"]


@pytest.mark.skipif(sys.platform != "linux", reason="anonymous files exist on Linux only")
def test_a_block_of_anonymous_memory_left_open_is_named() -> None:
    before = Traces.now()
    descriptor = os.memfd_create("nigehban-left-behind")
    try:
        found = leaks_since(before, settle_s=_SHORT_S)
    finally:
        os.close(descriptor)
    assert list(found) == ["descriptors"]
    assert "nigehban-left-behind" in found["descriptors"][0]


def test_what_a_test_may_leave_is_not_named(tmp_path: Path) -> None:
    before = Traces.now()
    with (tmp_path / "left-behind").open("w"):
        assert leaks_since(before, allowed=["descriptors"], settle_s=_SHORT_S) == {}
