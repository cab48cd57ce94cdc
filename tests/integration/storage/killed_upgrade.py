"""Kills upgrades of the oldest database at random instants; tells the version that was left."""

import json
import os
import random
import select
import shutil
import signal
import sys
import time
from contextlib import closing
from pathlib import Path

from app.storage.backup import backups_of
from app.storage.database import Database, sqlite_url
from app.storage.health_check import Soundness, soundness
from app.storage.migration import REVISIONS, bring_up_to_date, schema_version
from tests.integration.storage.older_schemas import content, expected, make_old


def kill_one(folder: Path, after_s: float) -> str:
    """Kill an upgrade ``after_s``; the version that is there then, whole."""
    file = folder / "nigehban.db"
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        with closing(Database(sqlite_url(file))) as database:
            bring_up_to_date(database, folder / "backups")
        os.write(writing, b"done")
        os._exit(0)
    select.select([reading], [], [], after_s)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    os.close(reading)
    os.close(writing)
    assert soundness(file) is Soundness.SOUND
    with closing(Database(sqlite_url(file))) as database:
        found = schema_version(database)
        assert content(database, REVISIONS[0]) == expected(REVISIONS[0])
        # The next start goes on, whatever was left.
        bring_up_to_date(database, folder / "backups")
        assert content(database, REVISIONS[0]) == expected(REVISIONS[0])
    for copy in backups_of(file, folder / "backups"):
        assert soundness(copy.file, is_copy=True) is Soundness.SOUND
    return str(found)


def main(folder: Path, kills: int) -> None:
    old = folder / "old.db"
    with closing(Database(sqlite_url(old))) as database:
        make_old(database, REVISIONS[0])
    # How long an upgrade takes here: kills come until a little after its end.
    started = time.monotonic()
    shutil.copy(old, folder / "nigehban.db")
    with closing(Database(sqlite_url(folder / "nigehban.db"))) as database:
        bring_up_to_date(database, folder / "backups")
    whole_s = time.monotonic() - started
    dice = random.Random(20261122)
    versions = []
    for _ in range(kills):
        for left in folder.glob("nigehban.db*"):
            left.unlink()
        shutil.rmtree(folder / "backups", ignore_errors=True)
        shutil.copy(old, folder / "nigehban.db")
        versions.append(kill_one(folder, dice.random() * whole_s * 1.2))
    json.dump(versions, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
