"""A worker for a module's tests: starting one takes a second."""

from collections.abc import Iterator

import pytest

from tests.integration.worker.driver import Driver


@pytest.fixture
def worker() -> Iterator[Driver]:
    with Driver() as driver:
        yield driver
