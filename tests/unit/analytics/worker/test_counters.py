"""Counts, and one line in the log for many bad messages."""

import logging

import pytest

from app.analytics.worker.counters import SourceCounters


@pytest.mark.logs_errors
def test_many_bad_messages_are_one_line(caplog: pytest.LogCaptureFixture) -> None:
    counters = SourceCounters("city")
    with caplog.at_level(logging.WARNING):
        for _ in range(500):
            counters.bad("It is no JSON")
    assert counters.now().bad == 500
    (line,) = [record.getMessage() for record in caplog.records]
    assert line == "A message of 'city' is left out: It is no JSON"


def test_the_lag_is_that_of_the_newest() -> None:
    counters = SourceCounters("city")
    counters.came()
    counters.understood(1_000_000, 1_250_000)
    counters.understood(2_000_000, 2_500_000)
    now = counters.now()
    assert (now.messages, now.newest_us, now.lag_s) == (1, 2_000_000, 0.5)
