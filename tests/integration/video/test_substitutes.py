"""When the other encoding of a camera helps out, and when it must not even be asked for."""

from collections.abc import Iterator

import pytest

from app.demo.process import DemoCity
from app.domain.camera import CameraCode
from app.domain.stream import Reason, StreamKind, StreamState
from tests.fakes.demo_city import demo_city
from tests.integration.video.rtsp_wall import HeadlessWall, camera

HIGHWAY = "DIK-1-1"
CODE = CameraCode("C0")
pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoCity]:
    with demo_city(tmp_path_factory.mktemp("city")) as city:
        yield city


def wall_of(city: DemoCity) -> HeadlessWall:
    """One tile that wants the sub stream; both paths show the same small film."""
    base = f"{city.base_url}/{HIGHWAY}"
    city.control.set_faults(f"{HIGHWAY}/main", encoding="sub")
    return HeadlessWall([camera(0, f"{base}/main", f"{base}/sub")])


def asked(city: DemoCity, path: str) -> int:
    found = city.control.stats()["paths"].get(f"{HIGHWAY}/{path}")
    return int(found["connections"]) if found else 0


@pytest.mark.logs_errors
def test_the_other_encoding_stands_in_for_one_that_does_not_exist(city: DemoCity) -> None:
    city.control.set_faults(f"{HIGHWAY}/sub", status=404)
    with wall_of(city) as wall:
        wall.show_all()
        wall.until(wall.is_live, seconds=120, what="live by the other encoding")
        assert wall.status(CODE).kind is StreamKind.MAIN


@pytest.mark.logs_errors
def test_a_refused_password_is_not_tried_on_the_other_encoding_too(city: DemoCity) -> None:
    city.control.set_account(HIGHWAY, "operator", "made up")
    with wall_of(city) as wall:
        wall.show_all()
        wall.until(lambda: wall.status(CODE).state is StreamState.UNAUTHORISED, what="unauthorised")
        looks = iter(range(150))  # three seconds: three looks of the engine at its tiles
        wall.until(lambda: next(looks) == 149, what="some looks later")
        assert asked(city, "sub") == 1
        assert asked(city, "main") == 0


@pytest.mark.logs_errors
def test_a_host_that_refuses_everything_is_asked_for_one_encoding_only(city: DemoCity) -> None:
    with wall_of(city) as wall:
        wall.show_all()
        wall.until(wall.is_live, seconds=120, what="live")
        city.control.refuse()
        wall.until(lambda: wall.status(CODE).reason is Reason.REFUSED, what="refused")
        wall.until(lambda: wall.status(CODE).attempt > 2, what="refused again")
        city.control.listen()
        wall.until(wall.is_live, seconds=40, what="live again")
        assert asked(city, "main") == 0


@pytest.mark.logs_errors
def test_a_large_tile_shows_the_small_stream_while_the_large_one_takes_its_time(
    city: DemoCity,
) -> None:
    with wall_of(city) as wall:
        city.control.set_faults(f"{HIGHWAY}/main", silent=True)
        wall.show({CODE: (1280, 720)})
        took = wall.until(
            lambda: wall.is_live(CODE) and wall.status(CODE).kind is StreamKind.SUB,
            seconds=60,
            what="live by the small stream",
        )
        assert took > 2.0
        city.control.clear_faults(f"{HIGHWAY}/main")
        city.control.set_faults(f"{HIGHWAY}/main", encoding="sub")
        wall.until(
            lambda: wall.status(CODE).kind is StreamKind.MAIN, seconds=60, what="the large stream"
        )
