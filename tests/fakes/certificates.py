"""Certificates for tests, made by OpenSSL: an authority, servers and clients."""

from __future__ import annotations

import functools
import subprocess
import tempfile
import weakref
from pathlib import Path


def _openssl(*words: str) -> None:
    subprocess.run(["openssl", *words], check=True, capture_output=True, timeout=60)


class Authority:
    """An authority and what it has signed; its folder goes with it."""

    def __init__(self) -> None:
        self._kept = tempfile.TemporaryDirectory(prefix="nigehban-certificates-")
        self._folder = Path(self._kept.name)
        weakref.finalize(self, self._kept.cleanup)
        self._made: dict[str, Path] = {}
        self.ca_file = self._folder / "ca.pem"
        _openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-keyout", str(self._folder / "ca.key"), "-out", str(self.ca_file), "-days", "30",
            "-subj", "/CN=An authority for tests",
            "-addext", "basicConstraints=critical,CA:TRUE",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign",
        )  # fmt: skip

    @staticmethod
    @functools.cache
    def shared() -> Authority:
        """One for all tests of this process: keys take a while."""
        return Authority()

    def server(self, name: str, *, expired: bool = False) -> Path:
        """The path of a server's files without ``.pem`` and ``.key``."""
        return self._sign(f"server-{name}{'-expired' * expired}", name, expired=expired)

    def client(self, user: str) -> tuple[str, str]:
        """Certificate and key of a client, as PEM texts."""
        path = self._sign(f"client-{user}", user)
        return Path(f"{path}.pem").read_text(), Path(f"{path}.key").read_text()

    def _sign(self, file: str, name: str, *, expired: bool = False) -> Path:
        path = self._folder / file
        if file in self._made:
            return path
        self._made[file] = path
        request = f"{path}.csr"
        extensions = Path(f"{path}.ext")
        extensions.write_text(f"subjectAltName=DNS:{name}\n")
        _openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-keyout", f"{path}.key", "-out", request, "-subj", f"/CN={name}",
        )  # fmt: skip
        _openssl(
            "x509", "-req", "-in", request, "-CA", str(self.ca_file),
            "-CAkey", str(self._folder / "ca.key"), "-CAcreateserial",
            "-out", f"{path}.pem", "-extfile", str(extensions),
            "-days", "-1" if expired else "20",
        )  # fmt: skip
        return path
