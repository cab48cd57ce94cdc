"""Passwords of an imported registry and a real Secret Service, in processes of their own."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from tests.fakes.secret_service import SecretService, secret_service, session_bus

CANARY = "Xw4-canary-pass"
HEADER = "district,district_number,site,site_number,camera,camera_number,main_url"
ROWS = (
    f"BNU,2,BNU-41,41,BNU-41-3,3,rtsp://admin:{CANARY}@10.0.0.3:554/main",
    f"BNU,2,BNU-41,41,BNU-41-4,4,http://10.0.0.4/v?user=admin&password={CANARY}",
    "BNU,2,BNU-41,41,BNU-41-5,5,rtsp://10.0.0.5:554/main",
)

pytestmark = [
    pytest.mark.real_keyring,
    pytest.mark.skipif(sys.platform != "linux", reason="The Secret Service is Linux's key store"),
]


@pytest.fixture
def registry_file(tmp_path: Path) -> Path:
    file = tmp_path / "cameras.csv"
    file.write_text("\n".join((HEADER, *ROWS)) + "\n", encoding="utf-8")
    return file


@pytest.fixture
def service(tmp_path: Path) -> Iterator[SecretService]:
    for program in ("gnome-keyring-daemon", "dbus-daemon"):
        assert shutil.which(program), f"{program} is missing; packaging/dev.py test installs it"
    # A short path: the name of a socket has at most 107 characters.
    folder = tmp_path / "s"
    folder.mkdir()
    with secret_service(folder) as service:
        yield service


def run(environment: Mapping[str, str], *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.integration.registry.driver", *map(str, arguments)],
        env=environment, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def ask(environment: Mapping[str, str], name: str) -> list[str]:
    answered = run(environment, "ask", name)
    assert answered.returncode == 0, answered.stderr
    found: list[str] = json.loads(answered.stdout)
    return found


def assert_nowhere(secret: str, data: Path, *said: str) -> None:
    """No file of the data folder, no row of the database and no output holds the secret."""
    with closing(sqlite3.connect(data / "nigehban.db")) as raw:
        dump = "\n".join(raw.iterdump())
    assert "BNU-41-3" in dump
    for text in (dump, *said):
        assert secret not in text
    for file in data.rglob("*"):
        assert not file.is_file() or secret.encode() not in file.read_bytes(), file


def test_passwords_go_into_the_key_ring_and_nowhere_else(
    service: SecretService, registry_file: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    done = run(service.environment, "import", data, registry_file)
    assert (done.returncode, done.stderr.count("Traceback")) == (0, 0), done.stderr
    assert "Passwords stored in the key store: 2" in done.stdout
    assert ask(service.environment, "camera:BNU-41-3") == ["USABLE", "admin"]
    assert ask(service.environment, "camera:BNU-41-5") == ["USABLE", None]
    assert_nowhere(CANARY, data, done.stdout, done.stderr)
    for key_ring in service.key_rings.iterdir():
        assert CANARY.encode() not in key_ring.read_bytes()


def test_importing_again_stores_nothing_again(
    service: SecretService, registry_file: Path, tmp_path: Path
) -> None:
    run(service.environment, "import", tmp_path / "data", registry_file)
    again = run(service.environment, "import", tmp_path / "data", registry_file)
    assert again.returncode == 0
    assert "Cameras unchanged: 3" in again.stdout
    assert "Passwords stored in the key store: 0" in again.stdout


def test_a_locked_key_ring_refuses_the_passwords_and_keeps_the_cameras(
    service: SecretService, registry_file: Path, tmp_path: Path
) -> None:
    service.lock()
    data = tmp_path / "data"
    done = run(service.environment, "import", data, registry_file)
    assert done.returncode == 2, done.stderr
    assert "Cameras added: 3" in done.stdout
    assert "line 2: the password was not kept: The key store is locked" in done.stdout
    assert_nowhere(CANARY, data, done.stdout, done.stderr)
    assert ask(service.environment, "camera:BNU-41-3")[0] == "LOCKED"


def test_a_key_store_that_hangs_is_given_up_in_time(service: SecretService) -> None:
    os.kill(service.process_id, signal.SIGSTOP)
    try:
        started = time.monotonic()
        state, sentence, advice = ask(service.environment, "camera:BNU-41-3")
        taken = time.monotonic() - started
    finally:
        os.kill(service.process_id, signal.SIGCONT)
    assert state == "NOT_ANSWERING"
    assert "does not answer" in sentence
    assert advice
    assert taken < 15  # two limits of 2 s and the start of a program on a busy machine


@pytest.mark.parametrize("has_bus", [True, False])
def test_without_a_key_store_the_import_says_so(
    has_bus: bool, registry_file: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    if has_bus:
        (tmp_path / "s").mkdir()
        with session_bus(tmp_path / "s") as environment:
            done = run(environment, "import", data, registry_file)
    else:
        nowhere = {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/none"}
        done = run({**os.environ, **nowhere}, "import", data, registry_file)
    assert done.returncode == 2, done.stderr
    assert "no key store that keeps passwords safely" in done.stdout
    assert "Passwords refused: 2" in done.stdout
    assert "Cameras added: 3" in done.stdout
    assert_nowhere(CANARY, data, done.stdout, done.stderr)
