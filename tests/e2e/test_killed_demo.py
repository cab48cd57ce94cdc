"""The demo, with its own server and encoders, is killed: nothing of it goes on."""

import logging
from pathlib import Path

import pytest

from tests.e2e.program import Program, until
from tests.fakes.xvfb import VirtualScreen

_log = logging.getLogger(__name__)


@pytest.mark.timeout(300)
def test_a_killed_demo_leaves_no_process_and_no_shared_memory(
    tmp_path: Path, wide_screen: VirtualScreen
) -> None:
    def shared() -> set[str]:
        return {path.name for path in Path("/dev/shm").iterdir()}

    before = shared()
    with Program(tmp_path / "wall", wide_screen) as wall:
        wall.start("--demo", "--kiosk", "--layout", "16", is_demo=True)
        # The first start draws its films; the later ones find them.
        took = wall.wait_live(wall.reader("16"), 240)
        family = wall.family()
        assert any("app.demo" in " ".join(one.cmdline()) for one in family.values())
        assert len(family) >= 4, "windows, two workers and the server"
        wall.kill()
        gone = until(lambda: not wall.survivors(), 10, "every process is gone")
        _log.info("Live after %.1f s; %d processes gone after %.2f s", took, len(family), gone)
    ours = {name for name in shared() - before if name.startswith(("psm_", "nigehban", "sem.mp-"))}
    assert not ours
