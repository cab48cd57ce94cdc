"""Frigate's HTTP interface: TLS, cookies that expire, a limit on log-ins, bad answers."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from app.analytics.adapters.errors import BackendTrouble
from app.analytics.messages import SourceConfig
from app.analytics.worker.frigate_api import FrigateApi
from tests.fakes.frigate_server import CLIP, EVENT, JPEG, FrigateServer

_SNAPSHOT = f"/api/events/{EVENT}/snapshot.jpg"
_LOGIN = "/api/login"


class _Clock:
    """Seconds that a test lets pass."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@contextmanager
def _api(
    server: FrigateServer,
    *,
    user: str = "wall",
    password: str = "right",
    url: str = "",
    ca_file: str | None = None,
    clock: Callable[[], float] | None = None,
) -> Iterator[FrigateApi]:
    config = SourceConfig(
        "bannu",
        "frigate",
        cameras={"front_door": "BNU-1", "garage": "BNU-2"},
        url=url or server.url,
        ca_file=server.ca_file if ca_file is None else ca_file,
        user=user,
        password=password,
    )
    with FrigateApi(config, clock=clock or _Clock()) as api:
        yield api


def _trouble(ask: Callable[[], object]) -> str:
    with pytest.raises(BackendTrouble) as caught:
        ask()
    return str(caught.value)


def test_sizes_and_zones_come_from_the_configuration() -> None:
    with FrigateServer() as server, _api(server) as api:
        known = api.cameras()
    assert known.sizes == {"front_door": (1280, 720)}
    zones = {zones.camera: zones for zones in known.zones}
    assert zones.keys() == {"BNU-1", "BNU-2"}
    assert zones["BNU-1"].source == "bannu"
    assert {shape.name: shape.points for shape in zones["BNU-1"].shapes} == {
        "yard": ((0.1, 0.2), (0.5, 0.2), (0.5, 0.8), (0.1, 0.8)),
        "road": ((0.0, 0.9), (1.0, 0.9), (1.0, 1.0), (0.0, 1.0)),
        "old": ((0.0, 0.0), (0.5, 0.0), (0.5, 0.5)),
    }


def test_snapshots_and_clips_are_fetched_with_one_login() -> None:
    with FrigateServer() as server, _api(server) as api:
        assert api.fetch(EVENT) == JPEG
        assert api.fetch(EVENT, clip=True) == CLIP
        assert server.requests[_LOGIN] == 1


def test_a_session_that_is_over_is_renewed() -> None:
    with FrigateServer() as server, _api(server) as api:
        for _ in range(3):
            assert api.fetch(EVENT) == JPEG
            server.expire()
        assert server.requests[_LOGIN] == 3


def test_many_questions_at_once_share_one_login() -> None:
    with FrigateServer() as server, _api(server) as api, ThreadPoolExecutor(8) as pool:
        assert set(pool.map(api.fetch, [EVENT] * 16)) == {JPEG}
        # Who asked before the first cookie came may log in once more, but not each of them.
        assert server.requests[_LOGIN] <= 2


def test_a_port_that_wants_nothing_is_asked_without_a_login() -> None:
    with FrigateServer(user="") as server, _api(server, user="", password="") as api:
        assert api.fetch(EVENT) == JPEG
        assert server.requests[_LOGIN] == 0


def test_a_wrong_password_is_tried_once_a_minute() -> None:
    clock = _Clock()
    sentence = "Frigate refuses the user or the password"
    with FrigateServer() as server, _api(server, password="guessed", clock=clock) as api:
        for _ in range(5):
            assert _trouble(lambda: api.fetch(EVENT)) == sentence
        assert server.requests[_LOGIN] == 1
        clock.now += 61
        server.password = "guessed"
        assert api.fetch(EVENT) == JPEG


def test_too_many_logins_are_waited_for() -> None:
    clock = _Clock()
    with FrigateServer() as server, _api(server, clock=clock) as api:
        server.allowed_logins = 0
        assert _trouble(lambda: api.fetch(EVENT)).startswith("Frigate lets nobody log in")
        server.allowed_logins = 5
        assert _trouble(lambda: api.fetch(EVENT)).startswith("Frigate lets nobody log in")
        assert server.requests[_LOGIN] == 1
        clock.now += 61
        assert api.fetch(EVENT) == JPEG


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (403, "Frigate's user may not see this camera"),
        (404, "Frigate has nothing of this event any more"),
        (429, "Frigate is asked too often"),
        (500, "Frigate answered with an error (500)"),
        (302, "Frigate answered with an error (302)"),
    ],
)
def test_refusals_have_a_sentence(status: int, sentence: str) -> None:
    with FrigateServer() as server, _api(server) as api:
        server.statuses[_SNAPSHOT] = status
        assert _trouble(lambda: api.fetch(EVENT)) == sentence


def test_without_a_user_it_says_that_one_is_wanted() -> None:
    with FrigateServer() as server, _api(server, user="", password="") as api:
        assert _trouble(api.cameras) == "Frigate wants a user and a password"


def test_a_certificate_of_somebody_else_is_refused() -> None:
    with FrigateServer(name="elsewhere") as server, _api(server) as api:
        assert _trouble(api.cameras).startswith("Frigate's certificate is not trusted")
    with FrigateServer() as server, _api(server, ca_file="") as api:
        assert _trouble(api.cameras).startswith("Frigate's certificate is not trusted")
        assert not server.requests


def test_where_nobody_listens_it_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with FrigateServer() as server, _api(server, url=f"https://localhost:{port}") as api:
        assert _trouble(api.cameras) == "Frigate cannot be reached"


@pytest.mark.parametrize("url", ["frigate.local:8971", "ftp://frigate", "https://", "https://[1"])
def test_addresses_that_are_none_have_a_sentence(url: str) -> None:
    with FrigateServer() as server, _api(server, url=url) as api:
        assert _trouble(api.cameras)


def test_a_file_of_authorities_that_is_missing_has_a_sentence() -> None:
    with FrigateServer() as server, _api(server, ca_file="/nowhere.pem") as api:
        assert "'/nowhere.pem' cannot be read" in _trouble(api.cameras)


@pytest.mark.parametrize("ref", ["", "..", "../../config", "a/b", "a?x=1", "x" * 200, "a\nb"])
def test_names_of_events_cannot_lead_elsewhere(ref: str) -> None:
    with FrigateServer() as server, _api(server) as api:
        assert _trouble(lambda: api.fetch(ref)) == "The event has no name that Frigate could know"
        assert not server.requests


def test_an_answer_that_is_too_large_is_dropped() -> None:
    with FrigateServer() as server, _api(server) as api:
        server.pictures[_SNAPSHOT] = JPEG + bytes(9 * 1024 * 1024)
        assert _trouble(lambda: api.fetch(EVENT)) == "Frigate's answer is too large"
        server.pictures[_SNAPSHOT] = JPEG
        assert api.fetch(EVENT) == JPEG


def test_an_answer_that_takes_for_ever_is_dropped() -> None:
    class Hurrying(_Clock):
        def __call__(self) -> float:
            self.now += 1.0
            return self.now

    with FrigateServer() as server, _api(server, clock=Hurrying()) as api:
        server.slow.add(_SNAPSHOT)
        assert _trouble(lambda: api.fetch(EVENT)) == "Frigate's answer took more than 30 seconds"


@pytest.mark.parametrize("config", [[], {"cameras": []}, {"cameras": {"a": {"zones": 3}}}, None])
def test_a_configuration_without_sense_has_a_sentence(config: object) -> None:
    with FrigateServer() as server, _api(server) as api:
        server.config = config
        assert _trouble(api.cameras) == "Frigate's configuration could not be understood"


def test_what_is_no_picture_is_not_handed_on() -> None:
    with FrigateServer() as server, _api(server) as api:
        server.pictures[_SNAPSHOT] = b"<html>login</html>"
        assert _trouble(lambda: api.fetch(EVENT)) == "Frigate did not answer with a picture"
        server.pictures[f"/api/events/{EVENT}/clip.mp4"] = JPEG
        assert _trouble(lambda: api.fetch(EVENT, clip=True)) == "Frigate did not answer with a clip"


def test_a_fetch_under_way_ends_when_the_interface_is_closed() -> None:
    with FrigateServer() as server, _api(server) as api:
        api.fetch(EVENT)
        server.slow.add(_SNAPSHOT)
        troubles: list[str] = []
        fetching = threading.Thread(
            target=lambda: troubles.append(_trouble(lambda: api.fetch(EVENT)))
        )
        asked = server.requests[_SNAPSHOT]
        fetching.start()
        while server.requests[_SNAPSHOT] == asked:
            server.wait(0.01)
        api.close()
        assert _trouble(lambda: api.fetch(EVENT)) == "The connection to Frigate was closed"
        fetching.join(30)
        assert len(troubles) == 1


def test_the_password_is_in_no_log_and_no_sentence(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with FrigateServer() as server:
        url = server.url.replace("//", "//wall:s3cret-pass@")
        with _api(server, user="", password="", url=url) as api:
            sentence = _trouble(api.cameras)
    assert sentence == "Frigate refuses the user or the password"
    assert "s3cret-pass" not in caplog.text
