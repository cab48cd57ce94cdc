"""Why a broker cannot be used, in a state and a sentence."""

import socket
import ssl
from typing import NamedTuple

from app.analytics.messages import BrokerConfig, ConnectionState

# X509_V_ERR_*, of OpenSSL's x509_vfy.h.
_NOT_YET_VALID = 9
_EXPIRED = 10
_SELF_SIGNED = 18
_UNKNOWN_AUTHORITY = (2, 19, 20, 21)
_WRONG_NAME = (62, 64)

_CONNACK = {
    "Unsupported protocol version": "It does not speak MQTT {protocol}",
    "Client identifier not valid": "It does not accept this workstation's client id",
    "Bad user name or password": "It refuses the user or the password",
    "Not authorized": "It refuses the user or the password",
    "Bad authentication method": "It wants another way to log in",
    "Banned": "It has banned this workstation",
    "Server moved": "It has moved to another address",
    "Use another server": "It wants another broker to be used",
}
_BUSY = {
    "Server unavailable": "It says that it is not available",
    "Server busy": "It says that it is busy",
    "Quota exceeded": "It says that a quota is used up",
    "Connection rate exceeded": "It says that too many connect at once",
}
_DISCONNECT = {
    "Not authorized": "It has withdrawn this user's right to be connected",
    "Administrative action": "An administrator ended the connection",
    "Session taken over": "Another program connected with this workstation's client id",
    "Server shutting down": "It is shutting down",
    "Keep alive timeout": "It heard nothing from this workstation for too long",
    "Packet too large": "It refuses what this workstation sends",
    "Malformed Packet": "It does not understand what this workstation sends",
    "Protocol error": "It does not understand what this workstation sends",
}
SILENT = "It accepts connections and does not answer"
LOST = "The connection was lost"


class Failure(NamedTuple):
    """``is_refusal``: trying again at once would not help."""

    sentence: str
    is_refusal: bool = False

    def state(self, *, was_connected: bool) -> ConnectionState:
        if self.is_refusal:
            return ConnectionState.REFUSED
        return ConnectionState.WAITING if was_connected else ConnectionState.CONNECTING


def of_error(
    error: Exception, config: BrokerConfig, *, has_socket: bool, is_secured: bool = True
) -> Failure:
    """An attempt to connect that raised; ``has_socket``: it was accepted before, ``is_secured``:
    and TLS had begun."""
    match error:
        case ssl.SSLCertVerificationError():
            return _of_certificate(error, config)
        case ssl.SSLError():
            return _of_tls(error)
        case socket.gaierror():
            return Failure(f"The name {config.host} is not known")
        case TimeoutError():
            return Failure(SILENT if has_socket else f"{_where(config)} does not answer")
        case ConnectionRefusedError():
            return Failure(f"Nobody listens at {_where(config)}")
        case ConnectionResetError() | BrokenPipeError() | ConnectionAbortedError():
            end = "" if is_secured else "; it may not speak TLS on this port"
            return Failure(f"It closes the connection at once{end}")
        case OSError():
            reason = error.strerror or "the network failed"
            return Failure(f"{_where(config)} cannot be reached: {reason}")
    return Failure(f"The connection failed ({type(error).__name__})")


def of_connack(reason: str, config: BrokerConfig) -> Failure:
    """A broker that answered no; ``reason`` as MQTT 5 names it."""
    if reason in _CONNACK:
        return Failure(_CONNACK[reason].format(protocol=config.protocol), is_refusal=True)
    return Failure(_BUSY.get(reason, f"It refuses the connection: {reason}"))


def of_disconnect(reason: str, error: OSError | None, config: BrokerConfig) -> Failure:
    """A connection that ended; ``error`` is what the socket said, if it did."""
    if isinstance(error, ssl.SSLError):
        return of_error(error, config, has_socket=True)
    known = _DISCONNECT.get(reason)
    if known is not None:
        return Failure(known, is_refusal=reason == "Not authorized")
    return Failure(LOST)


def of_end_before_answer(error: OSError | None, config: BrokerConfig) -> Failure:
    """A connection that ended before the broker said anything."""
    if isinstance(error, ssl.SSLError):
        return of_error(error, config, has_socket=True)
    if config.tls:
        return Failure("It closes the connection without a word")
    return Failure("It closes the connection without a word; it may want TLS")


def _of_certificate(error: ssl.SSLCertVerificationError, config: BrokerConfig) -> Failure:
    code = error.verify_code
    if code in _WRONG_NAME:
        name = config.tls_name or config.host
        sentence = f"Its certificate is not for the name {name}"
    elif code == _EXPIRED:
        sentence = "Its certificate has expired"
    elif code == _NOT_YET_VALID:
        sentence = "Its certificate is not valid yet; is this workstation's clock right?"
    elif code == _SELF_SIGNED or code in _UNKNOWN_AUTHORITY:
        sentence = "Its certificate comes from an authority that is not trusted here"
    else:
        sentence = f"Its certificate is not accepted: {error.verify_message}"
    return Failure(sentence, is_refusal=True)


def _of_tls(error: ssl.SSLError) -> Failure:
    reason = getattr(error, "reason", None) or ""  # not every one has it
    if reason in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST"):
        return Failure("It does not speak TLS on this port", is_refusal=True)
    if "CERTIFICATE_REQUIRED" in reason or "HANDSHAKE_FAILURE" in reason:
        return Failure("It wants a client certificate", is_refusal=True)
    if "ALERT" in reason and ("CERTIFICATE" in reason or "UNKNOWN_CA" in reason):
        return Failure("It refuses our client certificate", is_refusal=True)
    if isinstance(error, ssl.SSLEOFError):
        return Failure("It closes the connection without a word")
    return Failure(f"TLS failed: {reason.replace('_', ' ').lower() or 'no reason given'}")


def _where(config: BrokerConfig) -> str:
    return f"{config.host}:{config.port}"
