"""A real mosquitto for a test: TLS, users, rights, free ports, stopped by process id."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Self

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from tests.fakes.certificates import Authority

_BROKER = "/usr/sbin/mosquitto"
_PATIENCE_S = 10.0
_ITERATIONS = 101
_ATTEMPTS = 4
BACKEND = ("backend", "Publishes-7")
WALL = ("wall", "Watches-41")


def _free_ports(number: int) -> list[int]:
    """Different ones, because all are held until the last is found."""
    with contextlib.ExitStack() as held:
        probes = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(number)]
        return [int(probe.getsockname()[1]) for probe in probes]


class Mosquitto:
    """Listens on loopback: ``port`` plain, ``tls_port`` for the name ``localhost``,
    ``other_port`` with a certificate for another name, ``expired_port`` with one that is out of
    date and ``mutual_port``, which wants a client certificate and takes its name for the user.

    ``rights`` maps users to what their access file says, as in ``read city/#``. A context manager.
    """

    def __init__(
        self,
        users: Mapping[str, str] | None = None,
        rights: Mapping[str, Collection[str]] | None = None,
        *,
        options: Collection[str] = (),
        denies_subscriptions_to: str = "",
    ) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="nigehban-mosquitto-"))
        self._process: subprocess.Popen[bytes] | None = None
        self._users = dict(users or dict((WALL, BACKEND)))
        self._rights = dict(rights or {})
        self._options = options
        self._publisher: Client | None = None
        self.authority = Authority.shared()
        self._choose_ports()
        self._denied = denies_subscriptions_to

    @property
    def ca_file(self) -> str:
        return str(self.authority.ca_file)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it, again too, and wait until it answers."""
        is_new = not (self._folder / "log").exists()
        for _ in range(_ATTEMPTS):
            self._write_configuration()
            if self._is_running():
                return
            if is_new:  # somebody else took one of the ports
                self._choose_ports()
        raise RuntimeError(f"mosquitto did not start: {self.log()[-600:]}")

    def _choose_ports(self) -> None:
        ports = _free_ports(5)
        self.port, self.tls_port, self.other_port, self.expired_port, self.mutual_port = ports

    def _is_running(self) -> bool:
        log = self._folder / "log"
        said = log.stat().st_size if log.exists() else 0
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [_BROKER, "-c", str(self._folder / "mosquitto.conf")],
                stdout=output,
                stderr=output,
                cwd="/",
            )
        deadline = time.monotonic() + _PATIENCE_S
        while time.monotonic() < deadline:
            if b"running" in log.read_bytes()[said:]:
                return True
            try:
                self._process.wait(0.02)
            except subprocess.TimeoutExpired:
                continue
            return False
        return False

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the process; sessions and retained messages survive all but a kill."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(how)
            process.wait(_PATIENCE_S)

    def freeze(self) -> None:
        """It takes connections from now on (the kernel does) and never answers."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def set_users(self, users: Mapping[str, str]) -> None:
        """Who may connect from now on; who may not any more is thrown out."""
        self._users = dict(users)
        self._write_users()
        os.kill(self.pid, signal.SIGHUP)

    def publish(
        self, topic: str, payload: bytes | dict[str, Any], *, qos: int = 1, retain: bool = False
    ) -> None:
        """Publish as the backend, and wait until the broker has it."""
        data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        told = self.publisher().publish(topic, data, qos, retain)
        told.wait_for_publish(_PATIENCE_S)

    def publisher(self) -> Client:
        """The backend's connection."""
        if self._publisher is None:
            self._publisher = connect_client(self.port, *BACKEND)
        return self._publisher

    def forget_publisher(self) -> None:
        """End the backend's connection; the next message makes a new one."""
        if self._publisher is not None:
            end_client(self._publisher)
            self._publisher = None

    def log(self) -> str:
        """What it has said."""
        return (self._folder / "log").read_text(errors="replace")

    def close(self) -> None:
        self.forget_publisher()
        if self._process is not None:
            self.thaw()
        self.stop(signal.SIGKILL)
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def _write_configuration(self) -> None:
        self._write_users()
        good, other = self.authority.server("localhost"), self.authority.server("elsewhere.test")
        expired = self.authority.server("localhost", expired=True)

        def tls(port: int, name: Path, *more: str) -> list[str]:
            return [
                f"listener {port} 127.0.0.1",
                f"cafile {self.ca_file}",
                f"certfile {name}.pem",
                f"keyfile {name}.key",
                *more,
            ]

        lines = [
            f"user {pwd.getpwuid(os.getuid()).pw_name}",
            "log_type all",
            "connection_messages true",
            "set_tcp_nodelay true",
            "allow_anonymous false",
            f"persistence_location {self._folder}/",
            "persistence true",
            *self._options,
        ]
        if self._denied:
            (plugin,) = Path("/usr/lib").glob("*/mosquitto_dynamic_security.so")
            lines.append(f"plugin {plugin}")
            lines.append(f"plugin_opt_config_file {self._folder}/security.json")
            self._write_security()
        else:
            lines.append(f"password_file {self._folder}/passwords")
            if self._rights:
                lines.append(f"acl_file {self._folder}/rights")
        lines += [f"listener {self.port} 127.0.0.1"]
        lines += tls(self.tls_port, good)
        lines += tls(self.other_port, other)
        lines += tls(self.expired_port, expired)
        mutual = ("require_certificate true", "use_identity_as_username true")
        lines += tls(self.mutual_port, good, *mutual)
        (self._folder / "mosquitto.conf").write_text("\n".join(lines) + "\n")

    def _write_users(self) -> None:
        file = self._folder / "passwords"
        new = self._folder / "passwords.new"
        new.write_text("".join(f"{user}:{word}\n" for user, word in self._users.items()))
        subprocess.run(["mosquitto_passwd", "-U", str(new)], check=True, capture_output=True)
        new.replace(file)
        rights = [
            line
            for user, granted in self._rights.items()
            for line in (f"user {user}", *(f"topic {right}" for right in granted))
        ]
        (self._folder / "rights").write_text("\n".join(rights) + "\n")

    def _write_security(self) -> None:
        """The only way in which this broker says no to a subscription."""
        subprocess.run(
            ["mosquitto_ctrl", "dynsec", "init", str(self._folder / "security.json"), "admin", "x"],
            check=True,
            capture_output=True,
        )
        file = self._folder / "security.json"
        known = json.loads(file.read_text())
        # Rights of everybody: the names are those of the plugin's documentation.
        known["defaultACLAccess"] = dict.fromkeys(
            ("publishClientSend", "publishClientReceive", "subscribe", "unsubscribe"), True
        )
        denial = {
            "acltype": "subscribePattern",
            "topic": self._denied,
            "priority": 9,
            "allow": False,
        }
        known["roles"].append({"rolename": "watcher", "acls": [denial]})
        for user, password in self._users.items():
            salt = os.urandom(12)
            digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ITERATIONS)
            known["clients"].append(
                {
                    "username": user,
                    "password": base64.b64encode(digest).decode(),
                    "salt": base64.b64encode(salt).decode(),
                    "iterations": _ITERATIONS,
                    "roles": [{"rolename": "watcher"}],
                }
            )
        file.write_text(json.dumps(known))


def connect_client(
    port: int, user: str, password: str, *, client_id: str = "", is_v5: bool = False
) -> Client:
    """A client with its own thread, connected."""
    client = Client(
        CallbackAPIVersion.VERSION2,
        client_id=client_id,
        protocol=MQTTProtocolVersion.MQTTv5 if is_v5 else MQTTProtocolVersion.MQTTv311,
    )
    client.username_pw_set(user, password)
    client.max_queued_messages_set(0)
    client.max_inflight_messages_set(1000)
    connected = threading.Event()
    client.on_connect = lambda *_what: connected.set()
    client.connect("127.0.0.1", port)
    client.loop_start()
    if not connected.wait(_PATIENCE_S):
        raise RuntimeError("mosquitto did not let the backend in")
    return client


def end_client(client: Client) -> None:
    client.disconnect()
    client.loop_stop()
