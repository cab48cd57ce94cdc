"""A session bus and a GNOME Keyring of a test's own, with their own folders; ended by process."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import secretstorage

_PASSWORD = b"the key ring of a test"
_DEADLINE_S = 20.0
_BUS_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


@dataclass(frozen=True)
class SecretService:
    """A running key store; ``environment`` leads a program to it and to no other."""

    environment: Mapping[str, str]
    key_rings: Path
    """Where the encrypted key rings lie."""
    process_id: int

    def lock(self) -> None:
        """Lock the key ring, as a session does that was left alone."""
        with self._connected() as connection:
            secretstorage.get_default_collection(connection).lock()

    def is_locked(self) -> bool:
        with self._connected() as connection:
            return secretstorage.get_default_collection(connection).is_locked()

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        from jeepney.io import blocking  # type: ignore[import-untyped]  # it ships no types

        connection = blocking.open_dbus_connection(self.environment["DBUS_SESSION_BUS_ADDRESS"])
        try:
            yield connection
        finally:
            connection.close()


@contextmanager
def session_bus(folder: Path) -> Iterator[dict[str, str]]:
    """A session bus without any service; yields the environment that leads to it.

    No service is started on demand, so that nobody's real key store answers.
    """
    socket, config = folder / "bus", folder / "bus.conf"
    for name in ("data", "config", "run"):
        (folder / name).mkdir(mode=0o700)
    config.write_text(_BUS_CONFIG.format(socket=socket), encoding="utf-8")
    environment = {
        **{name: text for name, text in os.environ.items() if name != "PYTHON_KEYRING_BACKEND"},
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={socket}",
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_RUNTIME_DIR": str(folder / "run"),
    }
    bus = subprocess.Popen(
        ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile", "--print-address"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert bus.stdout is not None
        assert bus.stdout.readline().startswith(b"unix:path="), "the session bus did not start"
        yield environment
    finally:
        _end(bus)


@contextmanager
def secret_service(folder: Path) -> Iterator[SecretService]:
    """An unlocked GNOME Keyring on a bus of its own."""
    with session_bus(folder) as environment:
        daemon = subprocess.Popen(
            ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
            env=environment, stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            assert daemon.stdin is not None
            daemon.stdin.write(_PASSWORD)
            daemon.stdin.close()
            service = SecretService(environment, folder / "data" / "keyrings", daemon.pid)
            _wait_until_unlocked(service, daemon)
            yield service
        finally:
            _end(daemon)


def _wait_until_unlocked(service: SecretService, daemon: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _DEADLINE_S
    while True:
        try:
            if not service.is_locked():
                return
        except (secretstorage.SecretStorageException, OSError):
            pass
        assert daemon.poll() is None, "the key store ended by itself"
        assert time.monotonic() < deadline, "the key store did not answer"
        try:
            daemon.wait(0.05)
        except subprocess.TimeoutExpired:
            continue


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
