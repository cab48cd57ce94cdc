"""A real PostgreSQL server for a test: its own cluster, a free port, stopped by process id."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

_BINARIES = Path("/usr/lib/postgresql")
_ACCOUNT = "postgres"
"""PostgreSQL refuses to run as root; Debian's package brings this account."""


def _program(name: str) -> str:
    found = sorted(_BINARIES.glob(f"*/bin/{name}"))
    path = str(found[-1]) if found else shutil.which(name)
    if path is None:
        raise RuntimeError(f"PostgreSQL's {name} is not installed")
    return path


def _locale() -> tuple[str, ...]:
    """One that sorts as people do, where the server is new enough (15): what relies on the order
    of bytes must say so."""
    said = subprocess.run([_program("initdb"), "--help"], check=True, capture_output=True, cwd="/")
    if b"--locale-provider" not in said.stdout:
        return ()
    return ("--locale-provider=icu", "--icu-locale=ur", "--locale=C.UTF-8")


def _is_complete(process: int) -> bool:
    """Whether the server has all its own processes: this one is started last, after a while."""
    try:
        children = [" ".join(child.cmdline()) for child in psutil.Process(process).children()]
    except psutil.Error:  # one of them ended just now
        return False
    return any("logical replication launcher" in child for child in children)


class PostgresServer:
    """Listens on loopback with trust for everybody; a context manager."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="nigehban-pg-"))
        self._process: subprocess.Popen[bytes] | None = None
        self._user = pwd.getpwuid(os.getuid()).pw_name
        if os.getuid() == 0:
            self._user = _ACCOUNT
            shutil.chown(self._folder, _ACCOUNT)
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = int(probe.getsockname()[1])

    @property
    def url(self) -> str:
        """For SQLAlchemy."""
        return f"postgresql+psycopg://{self._user}@127.0.0.1:{self.port}/postgres"

    def _run_as(self) -> str | None:
        return self._user if os.getuid() == 0 else None

    def start(self) -> None:
        """Make the cluster and wait until it takes connections."""
        data = self._folder / "data"
        subprocess.run(
            [
                _program("initdb"),
                "-D",
                str(data),
                "-A",
                "trust",
                "-E",
                "UTF8",
                *_locale(),
                "--no-sync",
            ],
            check=True,
            capture_output=True,
            user=self._run_as(),
            cwd="/",
        )
        sockets = ["-c", f"unix_socket_directories={self._folder}", "-c", "fsync=off"]
        # No process of its own comes and goes while a test counts processes.
        sockets += ["-c", "autovacuum=off"]
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [_program("postgres"), "-D", str(data), "-p", str(self.port), *sockets],
                stdout=subprocess.DEVNULL,
                stderr=log,
                user=self._run_as(),
                cwd="/",
            )
        ready = [_program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            is_ready = subprocess.run([*ready, "-t", "1"], check=False).returncode == 0
            if is_ready and _is_complete(self._process.pid):
                return
            if self._process.poll() is not None:
                break
        said = (self._folder / "log").read_text(errors="replace")[-500:]
        raise RuntimeError(f"PostgreSQL did not start: {said}")

    def close(self) -> None:
        """A fast shutdown, and the cluster is gone."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGINT)
            process.wait(20)
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
