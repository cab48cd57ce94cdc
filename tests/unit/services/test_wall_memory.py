"""The screens come back as they were; a disk that refuses loses nothing that was saved."""

import errno
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.dispatch import ManualDispatcher
from app.services.notices import NoticeBoard
from app.services.wall_memory import DAMAGED, NOT_SAVED, ScreenState, WallMemory, WallState
from app.settings import settled_file

TWO_SCREENS = WallState(
    screens=(
        ScreenState(layout="16", district="BNU", page=2, overrides={3: "DIK-1-1"}, selected=5),
        ScreenState(layout="1+5", district=None, enlarged=0),
    )
)


class Bench:
    def __init__(self, folder: Path) -> None:
        self.file = folder / "wall-state.json"
        self.dispatcher = ManualDispatcher()
        self.notices = NoticeBoard()
        self.memory = self.opened()

    def opened(self) -> WallMemory:
        return WallMemory(self.file, self.dispatcher, self.notices, settle_s=0.01, retry_s=0.02)

    def loaded(self) -> WallState:
        with closing(self.opened()) as memory:
            return memory.load()

    def wait(self, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 10
        while not is_so():
            assert time.monotonic() < deadline
            self.dispatcher.wait(0.01)
            self.dispatcher.drain()

    @property
    def keys(self) -> list[str]:
        return [notice.key for notice in self.notices.current]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.memory.close()
    assert not list(tmp_path.glob(".*.part"))


def test_the_first_start_remembers_nothing(bench: Bench) -> None:
    assert bench.memory.load() == WallState()
    assert bench.notices.current == ()


def test_the_screens_come_back(bench: Bench) -> None:
    bench.memory.remember(TWO_SCREENS)
    bench.memory.close()
    assert bench.loaded() == TWO_SCREENS


def test_a_state_is_written_while_the_program_runs(bench: Bench) -> None:
    bench.memory.remember(TWO_SCREENS)
    bench.wait(bench.file.exists)
    assert bench.loaded() == TWO_SCREENS


def test_remembering_does_not_wait_for_the_disk(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    monkeypatch.setattr(settled_file, "write_atomically", lambda *_: gate.wait(10))
    started = time.monotonic()
    bench.memory.remember(TWO_SCREENS)
    assert time.monotonic() - started < 1
    gate.set()


def test_the_newest_of_many_states_is_kept_with_few_writes(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes: list[bytes] = []
    monkeypatch.setattr(
        settled_file, "write_atomically", lambda _file, content: writes.append(content)
    )
    for page in range(500):
        bench.memory.remember(WallState(screens=(ScreenState(page=page),)))
    bench.memory.close()
    assert b'"page": 499' in writes[-1]
    assert len(writes) < 100


def test_the_same_state_is_not_written_again(bench: Bench) -> None:
    bench.memory.remember(TWO_SCREENS)
    bench.memory.close()
    bench.memory = bench.opened()
    bench.memory.load()
    before = bench.file.stat().st_mtime_ns
    bench.memory.remember(TWO_SCREENS)
    bench.memory.close()
    assert bench.file.stat().st_mtime_ns == before


def test_nothing_is_remembered_after_closing(bench: Bench) -> None:
    bench.memory.close()
    bench.memory.remember(TWO_SCREENS)
    assert not bench.file.exists()


@pytest.mark.logs_errors
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe\x00garbage",
        b'{"version":1,"screens":[{"page":-3}]}',
        b'{"version":1,"screens":[{"overrides":{"x":"BNU"}}]}',
        b'{"version":99,"screens":[]}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_file_is_kept_aside_and_reported(bench: Bench, content: bytes) -> None:
    bench.file.write_bytes(content)
    assert bench.memory.load() == WallState()
    assert bench.keys == [DAMAGED]
    (kept,) = bench.file.parent.glob("wall-state.json.damaged-*")
    assert kept.read_bytes() == content
    assert kept.name in bench.notices.current[0].text


@pytest.mark.logs_errors
def test_a_file_that_cannot_be_read_does_not_stop_the_wall(bench: Bench) -> None:
    bench.file.mkdir()
    assert bench.memory.load() == WallState()
    assert bench.keys == [DAMAGED]


@pytest.mark.logs_errors
def test_a_full_disk_is_reported_and_saving_tried_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.memory.remember(WallState(screens=(ScreenState(page=1),)))
    bench.wait(bench.file.exists)
    is_full = threading.Event()
    is_full.set()
    sync = os.fsync

    def refuse(descriptor: int) -> None:
        if is_full.is_set():
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", refuse)
    bench.memory.remember(TWO_SCREENS)
    bench.wait(lambda: bench.keys == [NOT_SAVED])
    assert "the disk is full" in bench.notices.current[0].text
    assert bench.loaded().screens[0].page == 1
    is_full.clear()
    bench.wait(lambda: bench.keys == [])
    assert bench.loaded() == TWO_SCREENS


@pytest.mark.logs_errors
def test_closing_on_a_full_disk_ends(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", refuse)
    bench.memory.remember(TWO_SCREENS)
    bench.memory.close()
    bench.dispatcher.drain()
    assert "Input/output error" in bench.notices.current[0].text


screens = st.builds(
    ScreenState,
    layout=st.sampled_from(["1", "16", "1+5", "3x5"]),
    district=st.none() | st.text(max_size=64),
    page=st.integers(0, 100_000),
    overrides=st.dictionaries(st.integers(0, 63), st.text(max_size=64), max_size=8),
    selected=st.integers(0, 63),
    enlarged=st.none() | st.integers(0, 63),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(state=st.builds(WallState, screens=st.lists(screens, max_size=6).map(tuple)))
def test_every_state_comes_back_the_same(tmp_path: Path, state: WallState) -> None:
    bench = Bench(tmp_path)
    bench.memory.remember(state)
    bench.memory.close()
    assert bench.loaded() == state
