"""A kill in the middle of a word loses two seconds of writing at most, and nothing that was saved.

The next start says in words what was restored.
"""

import random
import subprocess
import sys
import threading
import time
from pathlib import Path

from app.services.incidents import RESTORED
from app.storage.database import Database, sqlite_url
from app.storage.incidents import IncidentRepository
from tests.fakes.incident_desk import IncidentDesk
from tests.integration.incidents.driver import NOTE_OF

KILLS = 4
LOST_AT_MOST_S = 2.0


class Writer:
    """The driver, and what it has said when."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.incidents.driver", str(folder)],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.said: list[tuple[float, str]] = []
        self.has_typed = threading.Event()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append((time.monotonic(), line.strip()))
            self.has_typed.set()

    def kill(self) -> float:
        self.process.kill()
        killed_at = time.monotonic()
        self.process.wait(10)
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()
        return killed_at


def letters(said: str) -> int:
    """How much had been typed in all."""
    _, note, count = said.split()
    return int(note) * NOTE_OF + int(count)


def test_a_kill_while_writing_loses_two_seconds_at_most(tmp_path: Path) -> None:
    dice = random.Random(20261122)
    pause = threading.Event()
    for attempt in range(KILLS):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        writer = Writer(folder)
        assert writer.has_typed.wait(60)
        pause.wait(2.5 + dice.uniform(0.0, 1.5))
        killed_at = writer.kill()
        typed = [(at, letters(s)) for at, s in writer.said if s.startswith("typed")]
        safe = max(count for at, count in typed if at < killed_at - LOST_AT_MOST_S)
        saved = sum(s.startswith("saved") for _, s in writer.said)

        database = Database(sqlite_url(folder / "wall.db"))
        desk = IncidentDesk(database, folder)
        drafts = list(desk.drafts.state.drafts.values())
        desk.start()
        with database.reading() as session:
            repository = IncidentRepository(session)
            incident = desk.service.current
            assert incident is not None
            notes = [n for n in repository.notes_of(incident.id) if not n.is_automatic]
        assert len(notes) >= saved
        assert [note.text.split("\n")[0] for note in notes] == [
            f"note {number}" for number in range(len(notes))
        ]
        there = len(notes) * NOTE_OF
        if drafts and drafts[0].key not in {note.id for note in notes}:
            there += len(drafts[0].text) - len(f"note {len(notes)}")
            assert RESTORED in desk.notice_keys
        assert there >= safe, f"attempt {attempt}: {there} of {safe} letters are left"
        desk.close()
        database.close()
