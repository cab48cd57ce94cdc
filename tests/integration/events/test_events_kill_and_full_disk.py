"""Events survive a kill and a full disk: what was told as kept is there, once."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

KILLS = 4
PER_ORDER = 150
OWN_MOUNTS = ("unshare", "--map-root-user", "--mount")


class Driver:
    """A process that keeps events."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def order(self, count: int) -> tuple[int, int, str]:
        """Let so many events come; how many are kept in all, how many wait, what is said."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{count}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        assert answer[0] == "KEPT"
        return int(answer[1]), int(answer[2]), answer[3]


@contextmanager
def started(folder: Path, first: int, *, before: tuple[str, ...] = ()) -> Iterator[Driver]:
    command = [sys.executable, "-m", "tests.integration.events.driver", str(folder), str(first)]
    process = subprocess.Popen(
        [*before, *command],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield Driver(process)
    finally:
        process.kill()
        process.communicate(timeout=30)


def kept_in(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as raw:
        return [row[0] for row in raw.execute("SELECT event_id FROM event")]


def test_after_kills_everything_that_was_told_as_kept_is_there_once(tmp_path: Path) -> None:
    first = 0
    for _ in range(KILLS):
        # The broker repeats what it does not know to be kept: the last orders come again.
        with started(tmp_path, max(0, first - PER_ORDER)) as driver:
            for _ in range(3):
                first, waiting, said = driver.order(PER_ORDER)
                assert (waiting, said) == (0, "-")
            assert driver.process.stdin is not None
            driver.process.stdin.write("500\n")  # killed in the middle of it
            driver.process.stdin.flush()
            driver.process.kill()
    kept = kept_in(tmp_path / "wall.db")
    assert len(kept) == len(set(kept))
    assert set(kept) >= {f"e{at}" for at in range(first)}
    with closing(sqlite3.connect(tmp_path / "wall.db")) as raw:
        (count,) = raw.execute("SELECT sum(count) FROM event WHERE group_key IS NULL").fetchone()
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert count >= len(kept) - 500, "rows count what stands in them"


def _can_mount() -> bool:
    if sys.platform != "linux" or shutil.which("unshare") is None:
        return False
    tried = subprocess.run(
        [*OWN_MOUNTS, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False
    )
    return tried.returncode == 0


@pytest.mark.skipif(not _can_mount(), reason="This system lets no user mount a small disk")
def test_on_a_full_disk_events_wait_and_are_kept_once_there_is_room(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = f'mount -t tmpfs -o size=3m none "{disk}" && exec "$@"'
    with started(disk, 0, before=(*OWN_MOUNTS, "sh", "-c", mount, "sh")) as driver:
        assert driver.order(PER_ORDER) == (PER_ORDER, 0, "-")
        # The disk lies in the name space of the child; its folder under /proc leads there.
        inside = Path(f"/proc/{driver.process.pid}/root{disk}")
        _fill(inside / "ballast")
        sent, kept, waiting, said = PER_ORDER, 0, 0, "-"
        while "events-not-saved" not in said:
            kept, waiting, said = driver.order(PER_ORDER)
            sent += PER_ORDER
            assert kept + waiting == sent, "nothing is lost"
        (inside / "ballast").unlink()
        tries = 0
        while said != "-" and tries < 10:
            kept, waiting, said = driver.order(1)
            sent, tries = sent + 1, tries + 1
        assert (kept, waiting, said) == (sent, 0, "-")
        # Copied: SQLite would follow the path to the folder of the same name outside.
        for file in inside.glob("wall.db*"):
            shutil.copy(file, tmp_path)
        assert sorted(kept_in(tmp_path / "wall.db")) == sorted(f"e{at}" for at in range(sent))


def _fill(file: Path) -> None:
    with file.open("wb", buffering=0) as ballast:

        def write_on() -> None:
            while True:
                ballast.write(b"\0" * 4096)

        with pytest.raises(OSError, match="No space left"):
            write_on()
