"""TLS as a broker's configuration wants it: always with a check of the certificate."""

import os
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.analytics.messages import BrokerConfig
from app.analytics.worker.mqtt_socket import GateContext


class Unusable(Exception):
    """What the configuration names cannot be used; the text is a sentence without secrets."""


def make_context(config: BrokerConfig, limit: int) -> GateContext:
    """The context of one connection; ``limit`` is the largest packet in bytes. Blocking (files).

    Raises ``Unusable``.
    """
    context = GateContext(ssl.PROTOCOL_TLS_CLIENT)
    context.limit = limit
    context.is_plain = not config.tls
    context.is_v5 = config.protocol == "5"
    context.tls_name = config.tls_name or config.host
    if config.tls:
        _load_authorities(context, config)
        _load_client_certificate(context, config)
    return context


def _load_authorities(context: ssl.SSLContext, config: BrokerConfig) -> None:
    if not config.ca_file:
        context.load_default_certs()
        return
    try:
        context.load_verify_locations(config.ca_file)
    except ssl.SSLError:
        raise Unusable(f"The file {config.ca_file} holds no certificate authority") from None
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise Unusable(f"The file {config.ca_file} cannot be read: {reason}") from None


def _load_client_certificate(context: ssl.SSLContext, config: BrokerConfig) -> None:
    if not config.certificate:
        return
    try:
        with _as_file(f"{config.certificate}\n{config.private_key}\n") as path:
            # An empty password: a key that wants one must not ask for it at a terminal.
            context.load_cert_chain(path, password="")
    except (ssl.SSLError, OSError, ValueError):
        raise Unusable("The client certificate and its key cannot be used together") from None


@contextmanager
def _as_file(text: str) -> Iterator[str]:
    """A file for as long as OpenSSL needs one; on Linux it lives in memory only."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("nigehban-certificate")
        try:
            os.write(descriptor, text.encode())
            yield f"/proc/self/fd/{descriptor}"
        finally:
            os.close(descriptor)
        return
    descriptor, name = tempfile.mkstemp()  # readable by this user only
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        yield name
    finally:
        Path(name).unlink()
