"""Each way to fail has its sentence."""

import socket
import ssl

import pytest

from app.analytics.messages import BrokerConfig, ConnectionState
from app.analytics.worker import mqtt_failures

CONFIG = BrokerConfig("bannu", "mqtt.test", 8883, tls_name="gate.test", password="Lg5-secret")


def certificate(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code, error.verify_message = code, "some reason"
    return error


def tls(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, reason)
    error.reason = reason
    return error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (certificate(62), "not for the name gate.test"),
        (certificate(10), "has expired"),
        (certificate(9), "not valid yet"),
        (certificate(18), "authority that is not trusted"),
        (certificate(20), "authority that is not trusted"),
        (certificate(26), "not accepted: some reason"),
        (tls("WRONG_VERSION_NUMBER"), "does not speak TLS"),
        (tls("TLSV13_ALERT_CERTIFICATE_REQUIRED"), "wants a client certificate"),
        (tls("TLSV1_ALERT_UNKNOWN_CA"), "refuses our client certificate"),
        (tls("SSLV3_ALERT_CERTIFICATE_REVOKED"), "refuses our client certificate"),
        (tls("BAD_LENGTH"), "TLS failed: bad length"),
        (ssl.SSLEOFError(8, "EOF"), "closes the connection"),
        (socket.gaierror(-2, "x"), "The name mqtt.test is not known"),
        (TimeoutError(), "accepts connections and does not answer"),
        (ConnectionRefusedError(), "Nobody listens at mqtt.test:8883"),
        (ConnectionResetError(), "closes the connection at once"),
        (OSError(113, "No route to host"), "cannot be reached: No route to host"),
        (RuntimeError("Lg5-secret"), "failed (RuntimeError)"),
    ],
)
def test_what_an_attempt_met(error: Exception, words: str) -> None:
    failure = mqtt_failures.of_error(error, CONFIG, has_socket=True)
    assert words in failure.sentence
    assert "Lg5" not in failure.sentence


def test_an_address_that_does_not_answer_is_another_thing() -> None:
    failure = mqtt_failures.of_error(TimeoutError(), CONFIG, has_socket=False)
    assert failure.sentence == "mqtt.test:8883 does not answer"


def test_refusals_are_told_from_trouble_that_passes() -> None:
    refused = mqtt_failures.of_connack("Not authorized", CONFIG)
    busy = mqtt_failures.of_connack("Server busy", CONFIG)
    lost = mqtt_failures.of_disconnect("Server shutting down", None, CONFIG)
    assert refused.state(was_connected=True) is ConnectionState.REFUSED
    assert busy.state(was_connected=True) is ConnectionState.WAITING
    assert busy.state(was_connected=False) is ConnectionState.CONNECTING
    assert (lost.sentence, lost.is_refusal) == ("It is shutting down", False)
    assert "MQTT 5" in mqtt_failures.of_connack("Unsupported protocol version", CONFIG).sentence
    assert "Quota" not in mqtt_failures.of_connack("Quota exceeded", CONFIG).sentence
    assert "new words" in mqtt_failures.of_connack("new words", CONFIG).sentence


def test_an_alert_after_the_handshake_is_told() -> None:
    error = tls("TLSV13_ALERT_CERTIFICATE_REQUIRED")
    assert "client certificate" in mqtt_failures.of_end_before_answer(error, CONFIG).sentence
    assert "client certificate" in mqtt_failures.of_disconnect("x", error, CONFIG).sentence
    assert mqtt_failures.of_disconnect("Unspecified error", None, CONFIG).sentence == (
        mqtt_failures.LOST
    )
