"""From what the libraries raise to a reason that a person can act on.

FFmpeg tells apart the answers of a server, but not why it got none: an unreachable host, a reset,
a time-out and a bad certificate can all be "invalid data" or "input/output error". So after such
a failure, and only then, the network is asked once more with Python's own sockets.
"""

import errno
import ipaddress
import socket
import ssl
import threading
from urllib.parse import SplitResult, urlsplit

import av.error

from app.core.redaction import redact
from app.domain.stream import Reason

SCHEMES = frozenset({"rtsp", "rtsps", "http", "https", "file"})
SYSTEM_AUTHORITIES = ssl.get_default_verify_paths().cafile or "/etc/ssl/certs/ca-certificates.crt"
_PORTS = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}
_PROBE_S = 2.0
_ANSWERS: tuple[tuple[type[Exception], Reason, str], ...] = (
    (av.error.HTTPUnauthorizedError, Reason.WRONG_PASSWORD, "401 Unauthorized"),
    (av.error.HTTPForbiddenError, Reason.WRONG_PASSWORD, "403 Forbidden"),
    (av.error.HTTPNotFoundError, Reason.NOT_FOUND, "404 Not Found"),
    (av.error.HTTPBadRequestError, Reason.BAD_URL, "400 Bad Request"),
    (av.error.HTTPTooManyRequestsError, Reason.SERVER_BUSY, "429 Too Many Requests"),
    # Of the codes that are left, 453 Not Enough Bandwidth is what a full recorder answers.
    (av.error.HTTPOtherClientError, Reason.SERVER_BUSY, "The server answered with a 4XX code"),
    (av.error.HTTPServerError, Reason.SERVER_BUSY, "The server answered with a 5XX code"),
    (av.error.ProtocolNotFoundError, Reason.UNSUPPORTED, "Protocol not supported"),
    (av.error.DemuxerNotFoundError, Reason.UNSUPPORTED, "Format not supported"),
    (av.error.DecoderNotFoundError, Reason.UNSUPPORTED, "Codec not supported"),
    (av.error.PatchWelcomeError, Reason.UNSUPPORTED, "Codec feature not supported"),
    (av.error.ConnectionRefusedError, Reason.REFUSED, "Connection refused"),
    (av.error.ConnectionResetError, Reason.CONNECTION_LOST, "Connection reset by the camera"),
    (av.error.ConnectionAbortedError, Reason.CONNECTION_LOST, "Connection aborted"),
    (av.error.BrokenPipeError, Reason.CONNECTION_LOST, "The camera closed the connection"),
    (av.error.FileNotFoundError, Reason.NOT_FOUND, "No such file"),
    (av.error.IsADirectoryError, Reason.NOT_FOUND, "This is a folder"),
    (av.error.ArgumentError, Reason.BAD_URL, "FFmpeg does not understand the address"),
)
_UNREACHABLE = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN})


class StreamFailure(Exception):
    """A stream cannot go on. ``detail`` is one technical line, free of secrets."""

    def __init__(self, reason: Reason, detail: str) -> None:
        self.reason = reason
        self.detail = redact(detail)
        super().__init__(self.detail)


def check_url(url: str) -> SplitResult:
    """The parts of a URL that can be opened; raises ``StreamFailure`` for any other."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise StreamFailure(Reason.BAD_URL, str(error)) from None
    if not parts.scheme or "\x00" in url:
        raise StreamFailure(Reason.BAD_URL, "The address has no scheme such as rtsp://")
    if parts.scheme not in SCHEMES:
        raise StreamFailure(Reason.UNSUPPORTED, f"Addresses of the kind {parts.scheme}:")
    if parts.scheme != "file" and (not parts.hostname or port == 0):
        raise StreamFailure(Reason.BAD_URL, "The address names no host")
    return parts


def resolve(parts: SplitResult, timeout_s: float) -> None:
    """Look the host up beforehand: FFmpeg's own look-up cannot be interrupted.

    Raises ``StreamFailure`` when the name is unknown or no name server answers in time.
    """
    host = parts.hostname
    if host is None or _is_address(host):
        return
    outcome: list[OSError | None] = []

    def look_up() -> None:
        try:
            socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            outcome.append(error if isinstance(error, OSError) else OSError(str(error)))
        else:
            outcome.append(None)

    # Not joined when it hangs: the resolver gives up by itself after its own time-outs.
    thread = threading.Thread(target=look_up, name="resolve", daemon=True)
    thread.start()
    thread.join(timeout_s)
    if not outcome:
        raise StreamFailure(Reason.TIMED_OUT, f"No name server answered for {host}")
    if outcome[0] is not None:
        raise StreamFailure(Reason.UNKNOWN_HOST, f"{host}: {outcome[0].strerror or outcome[0]}")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def failure_of_open(
    error: Exception, parts: SplitResult, ca_file: str, *, took_s: float, timeout_s: float
) -> StreamFailure:
    """Why a stream could not be opened. May ask the network again, for up to two seconds."""
    if isinstance(error, StreamFailure):
        return error
    known = _known(error)
    if known is not None:
        return known
    number = getattr(error, "errno", None)
    if number == errno.EPROTONOSUPPORT:
        return StreamFailure(Reason.UNSUPPORTED, "The camera refuses this transport")
    if isinstance(error, av.error.TimeoutError | av.error.ExitError) or took_s >= 0.9 * timeout_s:
        return StreamFailure(Reason.TIMED_OUT, f"No proper answer within {timeout_s:g} seconds")
    if number in _UNREACHABLE:
        return StreamFailure(Reason.UNREACHABLE, _words(error))
    if parts.scheme != "file":
        found = _ask_network(parts, ca_file)
        if found is not None:
            return found
    if parts.scheme in ("rtsp", "rtsps"):
        return StreamFailure(
            Reason.CONNECTION_LOST, f"Closed before the video was described: {_words(error)}"
        )
    return StreamFailure(Reason.NOT_DECODABLE, _words(error))


def failure_of_read(
    error: Exception, scheme: str, *, waited_s: float, timeout_s: float
) -> StreamFailure:
    """Why an open stream was lost."""
    if isinstance(error, StreamFailure):
        return error
    if isinstance(error, av.error.TimeoutError) or waited_s >= 0.9 * timeout_s:
        return StreamFailure(Reason.SILENT, f"Nothing came for {timeout_s:g} seconds")
    known = _known(error)
    if known is not None:
        return known
    if isinstance(error, av.error.InvalidDataError) or not isinstance(error, OSError):
        return StreamFailure(Reason.NOT_DECODABLE, _words(error))
    lost = scheme != "file"
    return StreamFailure(Reason.CONNECTION_LOST if lost else Reason.ENDED, _words(error))


def _known(error: Exception) -> StreamFailure | None:
    for kind, reason, words in _ANSWERS:
        if isinstance(error, kind):
            return StreamFailure(reason, words)
    return None


def _words(error: Exception) -> str:
    """What went wrong without the URL, which may hold the password."""
    return str(getattr(error, "strerror", None) or f"{type(error).__name__}")


def _ask_network(parts: SplitResult, ca_file: str) -> StreamFailure | None:
    host = parts.hostname or ""
    try:
        address = (host, parts.port or _PORTS[parts.scheme])
        with socket.create_connection(address, timeout=_PROBE_S) as plain:
            if parts.scheme in ("rtsps", "https"):
                return _ask_tls(plain, host, ca_file)
    except TimeoutError:
        return StreamFailure(Reason.TIMED_OUT, "The host does not answer")
    except ConnectionRefusedError:
        return StreamFailure(Reason.REFUSED, "Connection refused")
    except socket.gaierror as error:
        return StreamFailure(Reason.UNKNOWN_HOST, f"{host}: {error.strerror}")
    except OSError as error:
        reason = Reason.UNREACHABLE if error.errno in _UNREACHABLE else Reason.CONNECTION_LOST
        return StreamFailure(reason, error.strerror or "The connection failed")
    return None


def _ask_tls(plain: socket.socket, host: str, ca_file: str) -> StreamFailure | None:
    try:
        context = ssl.create_default_context(cafile=ca_file or None)
    except OSError as error:
        return StreamFailure(Reason.CERTIFICATE, f"The file of authorities: {error.strerror}")
    try:
        with context.wrap_socket(plain, server_hostname=host):
            return None
    except ssl.SSLCertVerificationError as error:
        return StreamFailure(Reason.CERTIFICATE, error.verify_message)
    except ssl.SSLError as error:
        return StreamFailure(Reason.CONNECTION_LOST, f"No TLS: {error.reason or error}")
