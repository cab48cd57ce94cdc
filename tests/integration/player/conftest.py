"""A player of its own for each test."""

from collections.abc import Iterator

import pytest

from tests.integration.player.cinema import Cinema


@pytest.fixture
def cinema() -> Iterator[Cinema]:
    cinema = Cinema()
    yield cinema
    cinema.link.end()
