"""Writes records in child processes and kills each at a random instant; tells what was saved.

A program of its own, because a child is only safely forked from a process with one thread. Each
child writes a line into a pipe right after each commit: the record is *acknowledged*.
"""

import itertools
import json
import os
import random
import select
import signal
import sys
import time
import uuid
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from app.domain.bookmark import Bookmark, FlagState
from app.domain.incident import Incident, IncidentStatus
from app.storage.bookmarks import BookmarkRepository
from app.storage.clips import ClipRepository
from app.storage.database import Database, sqlite_url
from app.storage.incidents import IncidentRepository
from app.storage.migration import bring_up_to_date
from app.storage.reviews import ReviewRepository
from tests.fakes.records import bookmark, clip, decision, incident, note

LONGEST_S = 0.04
"""A child lives for up to this long after it began to write."""


def write(database: Database, tell: Callable[[str], None]) -> None:
    """Write records until the process is killed; ``tell`` what is committed."""
    dice = random.Random()
    for at in itertools.count():
        one = bookmark(at, id=_key(dice), title=f"title {at} گاڑی", flag=FlagState.RAISED)
        for line in (
            lambda one=one: _bookmark(database, one),
            lambda one=one, at=at: _change(database, replace(one, title=f"changed {at}")),
            lambda one=one: _decision(database, one, dice),
            lambda at=at: _clip(database, at, dice),
            lambda at=at: _incident(database, incident(at, id=_key(dice), number=str(_key(dice)))),
        ):
            tell(line())


def _key(dice: random.Random) -> uuid.UUID:
    return uuid.UUID(int=dice.getrandbits(128))


def _bookmark(database: Database, one: Bookmark) -> str:
    with database.transaction() as session:
        BookmarkRepository(session).add(one)
    return f"bookmark {one.id}"


def _change(database: Database, one: Bookmark) -> str:
    with database.transaction() as session:
        BookmarkRepository(session).change(one)
    return f"change {one.id}"


def _decision(database: Database, one: Bookmark, dice: random.Random) -> str:
    made = decision(one, FlagState.FALSE, id=_key(dice))
    with database.transaction() as session:
        ReviewRepository(session).decide(made, 2)
    return f"decision {one.id}"


def _clip(database: Database, at: int, dice: random.Random) -> str:
    one = clip(at, id=_key(dice))
    with database.transaction() as session:
        ClipRepository(session).add(one)
    return f"clip {one.id}"


def _incident(database: Database, one: Incident) -> str:
    """With a note, and changed, in one transaction: all of it or nothing."""
    with database.transaction() as session:
        repository = IncidentRepository(session)
        repository.add(one)
        repository.change(replace(one, status=IncidentStatus.CLOSED))
        repository.add_note(note(one, "یہ نوٹ", id=one.id))
    return f"incident {one.id}"


def kill_one(file: Path, dice: random.Random) -> list[str]:
    """Let a child write and kill it; what it acknowledged."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reading)
        with closing(Database(sqlite_url(file))) as database:
            write(database, lambda line: _say(writing, line))
        os._exit(1)
    os.close(writing)
    told = bytearray()
    deadline = time.monotonic() + 10  # for its first line
    while (left := deadline - time.monotonic()) > 0:
        if select.select([reading], [], [], left)[0]:
            if not told:
                deadline = time.monotonic() + dice.random() * LONGEST_S
            told += os.read(reading, 65_536)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    while more := os.read(reading, 65_536):
        told += more
    os.close(reading)
    return told.decode().splitlines()


def _say(pipe: int, line: str) -> None:
    os.write(pipe, f"{line}\n".encode())


def main(folder: Path, kills: int, seconds: float) -> None:
    """Kill ``kills`` writers, for at most ``seconds``; print the number and what they told."""
    file = folder / "nigehban.db"
    with closing(Database(sqlite_url(file))) as database:
        bring_up_to_date(database, folder / "backups")
    dice = random.Random(20261122)
    deadline = time.monotonic() + seconds
    told: list[str] = []
    done = 0
    while done < kills and time.monotonic() < deadline:
        told += kill_one(file, dice)
        done += 1
    json.dump({"kills": done, "told": told}, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
