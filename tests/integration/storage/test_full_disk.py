"""A full disk is a sentence; what was saved is there, what was refused can be saved later."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

OWN_MOUNTS = ("unshare", "--map-root-user", "--mount")


def _can_mount() -> bool:
    if sys.platform != "linux" or shutil.which("unshare") is None:
        return False
    tried = subprocess.run(
        [*OWN_MOUNTS, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False
    )
    return tried.returncode == 0


@pytest.mark.skipif(not _can_mount(), reason="This system lets no user mount a small disk")
def test_a_full_disk_refuses_in_words_and_loses_nothing(tmp_path: Path) -> None:
    mount = f'mount -t tmpfs -o size=4m none "{tmp_path}" && exec "$@"'
    ran = subprocess.run(
        [*OWN_MOUNTS, "sh", "-c", mount, "sh", sys.executable, "-m",
         "tests.integration.storage.full_disk_writer", str(tmp_path)],
        stdout=subprocess.PIPE, text=True, timeout=60, check=True,
    )  # fmt: skip
    result = json.loads(ran.stdout)
    assert result["said"].startswith("The disk is full: nothing can be saved")
    assert "nothing that was saved before is lost" in result["said"]
    assert result["readable"] == result["kept"]
    assert result["after"] == result["kept"] + 1
    assert result["soundness"] == "sound"
    assert "are needed and" in result["about_copy"]
    assert result["left"] == []
