"""A player of its own for each test, and an output device."""

from collections.abc import Iterator

import pytest

from tests.fakes.pulse import Ear, Pulse
from tests.integration.player.cinema import Cinema


@pytest.fixture
def cinema() -> Iterator[Cinema]:
    cinema = Cinema()
    yield cinema
    cinema.link.end()


@pytest.fixture
def pulse(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pulse]:
    with Pulse() as pulse:
        for name, value in pulse.variables.items():
            monkeypatch.setenv(name, value)
        yield pulse


@pytest.fixture
def ear(pulse: Pulse) -> Iterator[Ear]:
    with pulse.listen() as ear:
        yield ear
