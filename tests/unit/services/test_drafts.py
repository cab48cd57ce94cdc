"""Unfinished notes and what the database refused are there again after whatever happened."""

import errno
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest

from app.core.dispatch import ManualDispatcher
from app.domain.incident import Note
from app.services.drafts import DAMAGED, NOT_KEPT, Draft, Drafts, DraftState, Written
from app.services.notices import NoticeBoard
from tests.fakes.incident_desk import AMINA

DRAFT = Draft(
    key=UUID(int=1),
    incident=UUID(int=2),
    text="Bag at the gate\nگیٹ پر بیگ\nپه دروازه کې بیګ",
    changed_us=5,
    corrects=UUID(int=3),
)
NOTE = Note(UUID(int=4), UUID(int=2), AMINA, 6, "called")


class Bench:
    def __init__(self, folder: Path) -> None:
        self.file = folder / "drafts.json"
        self.dispatcher = ManualDispatcher()
        self.notices = NoticeBoard()
        self.drafts = self.opened()

    def opened(self) -> Drafts:
        drafts = Drafts(self.file, self.dispatcher, self.notices, settle_s=0.01, retry_s=0.02)
        drafts.load()
        return drafts

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
    bench.drafts.close()


def test_the_first_start_has_none(bench: Bench) -> None:
    assert bench.drafts.state == DraftState()
    assert bench.keys == []


def test_everything_comes_back(bench: Bench) -> None:
    state = bench.drafts.state
    state.current = DRAFT.incident
    state.drafts[DRAFT.incident] = DRAFT
    state.unsaved.append(Written(NOTE))
    bench.drafts.keep()
    bench.wait(bench.file.exists)
    assert bench.opened().state == state


@pytest.mark.logs_errors
def test_a_disk_that_refuses_is_told_and_tried_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, is_full = os.fsync, [True]

    def sync(descriptor: int) -> None:
        if is_full[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", sync)
    bench.drafts.state.drafts[DRAFT.incident] = DRAFT
    bench.drafts.keep()
    bench.wait(lambda: bench.keys == [NOT_KEPT])
    assert "the disk is full" in bench.notices.current[0].text
    assert not bench.file.exists()
    is_full[0] = False
    bench.wait(lambda: bench.keys == [])
    assert bench.opened().state.drafts == {DRAFT.incident: DRAFT}


@pytest.mark.logs_errors
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"version":1,"drafts":[', "was damaged"),
        (b"\xff\xfe\x00", "was damaged"),
        (b'{"version":1,"unsaved":[{"type":"written"}]}', "was damaged"),
        (b'{"version":99}', "another version"),
    ],
)
def test_a_damaged_file_is_kept_aside_and_told(bench: Bench, content: bytes, words: str) -> None:
    bench.file.write_bytes(content)
    assert bench.opened().state == DraftState()
    assert bench.keys == [DAMAGED]
    assert words in bench.notices.current[0].text
    kept = list(bench.file.parent.glob("drafts.json.damaged-*"))
    assert [file.read_bytes() for file in kept] == [content]
