"""A screen and a demo city for a module's tests of the running program."""

from collections.abc import Iterator

import pytest

from app.demo.process import DemoCity
from tests.fakes.xvfb import VirtualScreen

_FIRST_ENCODING_S = 240


@pytest.fixture(scope="module")
def wide_screen() -> Iterator[VirtualScreen]:
    """Full HD, as an operator's monitor."""
    with VirtualScreen(1920, 1080) as screen:
        yield screen


@pytest.fixture(scope="module")
def city(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[DemoCity]:
    """A demo city that the test owns and can damage; its scenes are encoded once for all tests."""
    cache = pytestconfig.cache.mkdir("user-cache") / "demo"
    city = DemoCity.start(cache, tmp_path_factory.mktemp("city"), prepare="first-page")
    try:
        city.wait_ready(_FIRST_ENCODING_S)
        yield city
    finally:
        city.close()
