"""Decoding processes that crash or stop, and a GUI process that is killed."""

import logging
import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.demo.process import DemoCity
from tests.e2e.program import Program, first_cameras, until
from tests.e2e.watcher import BlinkWatch
from tests.fakes.xvfb import VirtualScreen

TILES = 16
CAMERAS = first_cameras(TILES)
MARKED_WITHIN_S = 2.5
WORKERS = 2
SILENCE_S = 10.0
_log = logging.getLogger(__name__)
pytestmark = [
    pytest.mark.timeout(300),
    # Workers that take the place of others outlive the test that made them; the last test counts.
    pytest.mark.leaves("processes"),
]


@pytest.fixture(scope="module")
def wall(
    tmp_path_factory: pytest.TempPathFactory, wide_screen: VirtualScreen, city: DemoCity
) -> Iterator[Program]:
    """Sixteen live tiles in two workers."""
    with Program(tmp_path_factory.mktemp("wall"), wide_screen) as program:
        program.add_cameras(CAMERAS, lambda camera: f"{city.base_url}/{camera.code}/sub")
        settings = program.folder / "settings.toml"
        settings.write_text(f"[video]\nworkers = {WORKERS}\n")
        program.start("--kiosk", "--layout", "16", "--config", str(settings))
        program.wait_live(program.reader("16"))
        program.family()
        yield program


def lost_tiles(wall: Program, since: int) -> set[int]:
    """The tiles whose streams ran in a worker that was lost, from the log."""
    lost = re.findall(r"(\S+)/\w+ is lost: worker-", wall.said.read_text()[since:])
    return {[camera.code for camera in CAMERAS].index(code) for code in lost}


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSEGV], ids=lambda how: how.name)
def test_a_worker_that_dies_is_replaced_and_the_other_tiles_do_not_blink(
    wall: Program, how: signal.Signals
) -> None:
    watch = BlinkWatch(wall.reader("16"))
    victim = wall.workers()[0]
    said = len(wall.said.read_text())
    os.kill(victim, how)
    noticed = until(lambda: not watch.are_live(range(TILES)) and bool(watch.blinked), 5, "noticed")
    back = until(lambda: watch.are_live(range(TILES)), 20, "all live again")
    _log.info("Noticed after %.2f s, all live %.2f s later", noticed, back)
    assert watch.blinked == lost_tiles(wall, said)
    assert 0 < len(watch.blinked) < TILES
    until(lambda: len(wall.workers()) == WORKERS, 5, "as many workers as before")
    assert victim not in wall.workers()
    wall.family()


def test_a_worker_that_stops_is_replaced_after_ten_seconds_of_silence(wall: Program) -> None:
    watch = BlinkWatch(wall.reader("16"))
    victim = wall.workers()[0]
    said = len(wall.said.read_text())
    os.kill(victim, signal.SIGSTOP)
    began = time.monotonic()
    until(lambda: watch.look() is not None and victim not in wall.workers(), 20, "it is replaced")
    assert time.monotonic() - began >= SILENCE_S - 1.5
    back = until(lambda: watch.are_live(range(TILES)), 20, "all live again")
    _log.info("All live %.2f s after it was replaced", back)
    hit = lost_tiles(wall, said)
    assert 0 < len(hit) < TILES
    assert watch.blinked == hit
    stale = [moment - began for tile, moment in watch.since.items() if tile in hit]
    _log.info("%d tiles marked between %.2f and %.2f s", len(hit), min(stale), max(stale))
    assert max(stale) <= MARKED_WITHIN_S
    wall.family()


def test_a_killed_gui_process_leaves_nothing_even_with_a_stopped_worker(wall: Program) -> None:
    shared = set(Path("/dev/shm").iterdir())
    family = wall.family()
    workers = wall.workers()
    assert len(workers) == WORKERS
    assert len(family) >= 1 + WORKERS
    os.kill(workers[0], signal.SIGSTOP)
    wall.kill()
    gone = until(lambda: not wall.survivors(), 5, f"nothing is left, not {wall.survivors()}")
    _log.info("All %d processes gone after %.2f s", len(family), gone)
    ours = {path.name for path in set(Path("/dev/shm").iterdir()) if "nigehban" in path.name}
    assert not ours
    assert not {path for path in Path("/dev/shm").iterdir() if path not in shared and _ours(path)}


def _ours(path: Path) -> bool:
    return path.name.startswith(("psm_", "nigehban", "sem.mp-"))
