"""The data folder survives a kill, a full disk and a second instance."""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import msgspec
import pytest

from app.services.instance_lock import EXIT_BUSY
from app.services.wall_memory import WallState

KILLS = 8


@contextmanager
def started(
    verb: str, data: Path, *, before: tuple[str, ...] = ()
) -> Iterator[subprocess.Popen[str]]:
    """The driver as a child process, killed at the end if it still runs."""
    command = [sys.executable, "-m", "tests.integration.registry.driver", verb, str(data)]
    process = subprocess.Popen(
        [*before, *command],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=30)


def line(stream: IO[str] | None) -> str:
    assert stream is not None
    return stream.readline().strip()


def test_a_kill_while_saving_leaves_a_whole_state(tmp_path: Path) -> None:
    dice = random.Random(20261122)
    file = tmp_path / "wall-state.json"
    reached = 0
    for _ in range(KILLS):
        with started("scribble", tmp_path) as process:
            assert line(process.stdout) == f"start {reached}"
            for _ in range(dice.randrange(300, 1500)):
                assert line(process.stdout).startswith("page ")
            while not file.exists():  # the first one may wait for a busy disk
                assert line(process.stdout).startswith("page ")
            process.kill()
            process.wait(10)
        state = msgspec.json.decode(file.read_bytes(), type=WallState)
        assert len(state.screens) == 6
        assert all(screen.overrides[63] == f"BNU-{screen.page}-63" for screen in state.screens)
        assert state.screens[0].page >= reached
        reached = state.screens[0].page
    assert reached > 0
    assert not list(tmp_path.glob("*.damaged-*"))


def _mounts_of_its_own() -> tuple[str, ...]:
    """How to run a program that may mount a small disk, without being root."""
    return ("unshare", "--map-root-user", "--mount")


def _can_mount() -> bool:
    if sys.platform != "linux" or shutil.which("unshare") is None:
        return False
    tried = subprocess.run(
        [*_mounts_of_its_own(), "mount", "-t", "tmpfs", "none", "/mnt"],
        capture_output=True, check=False,
    )  # fmt: skip
    return tried.returncode == 0


@pytest.mark.skipif(not _can_mount(), reason="This system lets no user mount a small disk")
def test_a_full_disk_while_saving_loses_nothing_and_is_made_up_for(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = f'mount -t tmpfs -o size=1m none "{disk}" && exec "$@"'
    with started("fill", disk, before=(*_mounts_of_its_own(), "sh", "-c", mount, "sh")) as process:
        assert _save(process, "1 saved") == "1 saved"
        # The disk lies in the name space of the child; its folder under /proc leads there.
        inside = Path(f"/proc/{process.pid}/root{disk}")
        _fill(inside / "ballast")
        assert _save(process, "2 refused") == "2 refused"
        kept = msgspec.json.decode((inside / "wall-state.json").read_bytes(), type=WallState)
        assert kept.screens[0].page == 1
        assert not list(inside.glob(".wall-state.json-*"))
        (inside / "ballast").unlink()
        assert _save(process, "3 saved") == "3 saved"


def _save(process: subprocess.Popen[str], page: str) -> str:
    assert process.stdin is not None
    process.stdin.write(page + "\n")
    process.stdin.flush()
    return line(process.stdout)


def _fill(file: Path) -> None:
    with file.open("wb", buffering=0) as ballast:

        def write_on() -> None:
            while True:
                ballast.write(b"\0" * 4096)

        with pytest.raises(OSError, match="No space left"):
            write_on()


def test_a_second_instance_says_so_and_leaves_the_first_alone(tmp_path: Path) -> None:
    with started("hold", tmp_path) as first:
        assert line(first.stdout) == "running"
        with started("hold", tmp_path) as second:
            said = line(second.stdout)
            assert second.wait(30) == EXIT_BUSY
        assert "already runs on the data folder" in said
        assert f"(process {first.pid})" in said
        assert "--data-dir" in said
        assert first.poll() is None


def test_two_data_folders_are_two_instances(tmp_path: Path) -> None:
    with started("hold", tmp_path / "a") as first, started("hold", tmp_path / "b") as second:
        assert (line(first.stdout), line(second.stdout)) == ("running", "running")


def test_a_kill_frees_the_data_folder(tmp_path: Path) -> None:
    with started("hold", tmp_path) as first:
        assert line(first.stdout) == "running"
        first.kill()
        first.wait(10)
    with started("hold", tmp_path) as second:
        assert line(second.stdout) == "running"


def test_a_damaged_state_and_damaged_settings_do_not_keep_the_wall_from_starting(
    tmp_path: Path,
) -> None:
    (tmp_path / "wall-state.json").write_bytes(b"\0" * 100)
    settings = Path(os.environ["XDG_CONFIG_HOME"]) / "nigehban/settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_bytes(b"[video\n")
    with started("hold", tmp_path) as process:
        assert line(process.stdout) == "running"
    assert len(list(tmp_path.glob("wall-state.json.damaged-*"))) == 1
    assert len(list(settings.parent.glob("settings.toml.damaged-*"))) == 1
