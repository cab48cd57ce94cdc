"""No password gets through, in whatever form a library echoes it."""

import base64
import logging
import string
import time
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.core.redaction import (
    PASSWORD_MARK,
    RedactingFormatter,
    SecretRegister,
    split_credentials,
    with_credentials,
)

passwords = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="*"), min_size=3, max_size=30
)
users = st.text(string.ascii_letters + string.digits + "@:/ ", min_size=1, max_size=12)
around = st.text(max_size=40)


@given(password=passwords, before=around, after=around)
def test_a_known_secret_never_gets_through(password: str, before: str, after: str) -> None:
    register = SecretRegister()
    register.add(password, "admin")
    assert password not in register.redact(before + password + after)


@given(user=users, password=passwords)
def test_no_form_in_which_libraries_write_a_secret_gets_through(user: str, password: str) -> None:
    assume(len(password.encode()) > 3)
    register = SecretRegister()
    register.add(password, user)
    url = with_credentials("rtsp://10.0.0.1:554/live", user, password)
    basic = base64.b64encode(f"{user}:{password}".encode()).decode()
    line = f"could not open {url!r} Authorization: Basic {basic} {password.lower()} {password!r}"
    clean = register.redact(line)
    for form in (quote(password, safe=""), basic, repr(password)[1:-1], password.lower()):
        assert form not in clean


@given(user=users, password=passwords)
def test_a_login_put_into_a_url_comes_out_again(user: str, password: str) -> None:
    url = with_credentials("rtsp://10.0.0.1:554/live?x=1", user, password)
    assert split_credentials(url) == ("rtsp://10.0.0.1:554/live?x=1", user, password)


@pytest.mark.parametrize(
    "line",
    [
        "rtsp://admin:S3cret@10.0.0.1/live",
        "rtsp://admin:S3cret@ss@10.0.0.1/live",
        "RTSP://admin:S3cret@10.0.0.1",
        "rtsp://:S3cret@10.0.0.1/live",
        "Did you mean file:rtsp://admin:S3cret@10.0.0.1/live",
        "a rtsp://10.0.0.1/x, b rtsp://admin:S3cret@10.0.0.1/live",
        "rtsp://admin:S3cret/1@10.0.0.1/live",
        "http://10.0.0.1/mjpg?user=admin&pwd=S3cret&x=1",
        "http://10.0.0.1/mjpg?PASSWORD=S3cret",
        "rtsp://10.0.0.1/user=admin_password=S3cret_channel=1_stream=0.sdp",
        "rtsp://10.0.0.1:554/user=admin&password=S3cret&channel=1",
        "Authorization: Basic S3cret==",
        "{'Authorization': 'Bearer S3cret'}",
    ],
)
def test_a_password_in_its_usual_place_is_masked_unknown(line: str) -> None:
    assert "S3cret" not in SecretRegister().redact(line)


@pytest.mark.parametrize(
    "line",
    [
        "rtsp://10.0.0.1:554/live and mail to a@b.example",
        "BNU-41-3 live after 0.08 s at rtsp://10.0.0.1/live",
        "compass=north, 3 passes",
    ],
)
def test_a_line_without_a_secret_stays_as_it_is(line: str) -> None:
    assert SecretRegister().redact(line) == line


def test_only_the_login_is_masked() -> None:
    line = "lost rtsp://admin:S3cret@10.0.0.1:554/live, retry"
    assert SecretRegister().redact(line) == "lost rtsp://***@10.0.0.1:554/live, retry"


def test_a_very_short_secret_does_not_mask_half_the_log() -> None:
    register = SecretRegister()
    register.add("1a", "x")
    assert register.redact("1a 1a") == "1a 1a"


def test_ten_thousand_secrets_do_not_slow_the_log_down() -> None:
    register = SecretRegister()
    for number in range(10_000):
        register.add(f"s3cret-{number:05d}", "admin")
    line = "camera BNU-41-3 reconnecting: connection refused " * 4
    started = time.perf_counter()
    for _ in range(100):
        register.redact(line)
    assert (time.perf_counter() - started) / 100 < 0.005
    assert register.redact("x s3cret-09999 y") == "x *** y"


@pytest.mark.parametrize(
    ("url", "split"),
    [
        ("rtsp://h/p", ("rtsp://h/p", None, None)),
        ("rtsp://admin@h/p", ("rtsp://admin@h/p", "admin", None)),
        ("rtsp://admin:@h/p", ("rtsp://h/p", "admin", "")),
        ("rtsp://a%40b:p%2Fq@h:1/p?q#f", ("rtsp://h:1/p?q#f", "a@b", "p/q")),
        ("rtsp://:pw@h/p", ("rtsp://h/p", None, "pw")),
        (
            "http://h/v.cgi?user=admin&pwd=p%26w&x=1",
            (f"http://h/v.cgi?user=admin&pwd={PASSWORD_MARK}&x=1", "admin", "p&w"),
        ),
        (
            "rtsp://h/user=admin_password=abc_channel=1",
            (f"rtsp://h/user=admin_password={PASSWORD_MARK}_channel=1", "admin", "abc"),
        ),
    ],
)
def test_urls_are_split(url: str, split: tuple[str, str | None, str | None]) -> None:
    assert split_credentials(url) == split


def test_two_different_passwords_in_one_url_are_refused_without_repeating_them() -> None:
    with pytest.raises(ValueError, match="two different passwords") as caught:
        split_credentials("http://admin:one-S3cret@h/?pwd=other-S3cret")
    assert "S3cret" not in str(caught.value)


def test_a_password_given_as_a_parameter_goes_back_to_its_place() -> None:
    bare, user, password = split_credentials("http://h/v.cgi?user=admin&pwd=p%26w")
    assert with_credentials(bare, user or "", password or "") == (
        "http://h/v.cgi?user=admin&pwd=p%26w"
    )


def _line(message: str, *arguments: object, error: BaseException | None = None) -> str:
    record = logging.LogRecord(
        "app", logging.INFO, __file__, 1, message, arguments,
        (type(error), error, error.__traceback__) if error else None,
    )  # fmt: skip
    return RedactingFormatter("%(levelname)s %(message)s").format(record)


def test_a_message_cannot_forge_a_second_log_line() -> None:
    assert _line("name %s", "x\r\nINFO all is well\0") == "INFO name x\\r\\nINFO all is well\\0"


def test_the_traceback_is_redacted_too() -> None:
    text = _line("failed", error=OSError("rtsp://admin:S3cret@h refused"))
    assert "S3cret" not in text
    assert "OSError" in text


def test_the_record_itself_is_left_alone() -> None:
    record = logging.LogRecord("app", logging.INFO, __file__, 1, "a\n%s", ("b",), None)
    RedactingFormatter("%(message)s").format(record)
    assert (record.msg, record.args) == ("a\n%s", ("b",))
