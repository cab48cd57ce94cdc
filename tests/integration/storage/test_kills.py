"""SIGKILL at any instant loses no record that was acknowledged, and leaves none half written."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from app.domain.bookmark import FlagState
from app.domain.incident import IncidentStatus
from app.storage.bookmarks import BookmarkRepository
from app.storage.clips import ClipRepository
from app.storage.database import Database, sqlite_url
from app.storage.health_check import Soundness, soundness
from app.storage.incidents import IncidentRepository

KILLS = 500
SECONDS = 60.0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows neither forks nor has SIGKILL")
def test_no_acknowledged_record_is_lost_and_none_is_half_written(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.integration.storage.killed_writer",
         str(tmp_path), str(KILLS), str(SECONDS)],
        stdout=subprocess.PIPE, text=True, timeout=SECONDS + 60, check=True,
    )  # fmt: skip
    result = json.loads(ran.stdout)
    told = [line.split() for line in result["told"]]
    # A slow machine has fewer in its time; it must be many all the same.
    assert result["kills"] >= KILLS // 5
    assert len(told) > result["kills"]
    file = tmp_path / "nigehban.db"
    assert soundness(file) is Soundness.SOUND
    with closing(Database(sqlite_url(file))) as database, database.reading() as session:
        bookmarks, clips = BookmarkRepository(session), ClipRepository(session)
        incidents = IncidentRepository(session)
        for what, name in told:
            key = UUID(name)
            if what == "clip":
                assert clips.get(key) is not None
            elif what == "incident":
                found = incidents.get(key)
                assert found is not None
                assert found.status is IncidentStatus.CLOSED
                assert [each.id for each in incidents.notes_of(key)] == [key]
            else:
                kept = bookmarks.get(key)
                assert kept is not None
                least = {"bookmark": 1, "change": 2, "decision": 3}[what]
                assert kept.revision >= least
                assert kept.title.startswith("title" if kept.revision == 1 else "changed")
                assert (kept.flag is FlagState.FALSE) == (kept.revision == 3)
    _no_half_records(file)


def _no_half_records(file: Path) -> None:
    with closing(sqlite3.connect(file)) as raw:

        def number(query: str) -> int:
            return int(raw.execute(query).fetchone()[0])

        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        for table in ("bookmark", "incident"):
            check = f"INSERT INTO {table}_text ({table}_text, rank) VALUES ('integrity-check', 1)"  # noqa: S608 - names of our own
            raw.execute(check)
        assert number("SELECT count(*) FROM bookmark") == number(
            "SELECT uses FROM tag WHERE name = 'car'"
        )
        assert number("SELECT count(*) FROM bookmark WHERE revision = 3") == number(
            "SELECT count(*) FROM decision"
        )
        assert number("SELECT count(*) FROM incident") == number("SELECT count(*) FROM note")
        assert number("SELECT count(*) FROM incident_link") == 7 * number(
            "SELECT count(*) FROM incident"
        )
