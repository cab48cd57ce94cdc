"""What the keys of a call-up number become."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.camera import CallUp
from app.services.call_up import CallUpEntry, CallUpProblem


def typed(keys: str) -> CallUpEntry:
    entry = CallUpEntry()
    for key in keys:
        entry = entry.typed(key)
    return entry


def test_a_complete_number_is_a_call_up() -> None:
    assert typed("2.41.3").call_up(None) == CallUp(2, 41, 3)


def test_two_parts_mean_the_district_on_the_screen() -> None:
    assert typed("41.3").call_up(2) == CallUp(2, 41, 3)
    assert typed("41.3").call_up(None) is None


@pytest.mark.parametrize("keys", ["", "2", "2.", "2.41."])
def test_an_unfinished_number_is_none(keys: str) -> None:
    assert typed(keys).call_up(2) is None


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (".", ""),
        ("2..41", "2.41"),
        ("2.41.3.9", "2.41.39"),
        ("123456.1", "12345.1"),
        ("2x", "2"),
        ("²", ""),
    ],
)
def test_a_key_that_leads_to_no_number_changes_nothing(keys: str, text: str) -> None:
    assert typed(keys).text == text


def test_backspace_takes_the_last_key_back() -> None:
    assert typed("2.4").erased().text == "2."
    assert typed("").erased().is_empty


def test_after_a_refusal_a_key_begins_anew_and_backspace_corrects() -> None:
    refused = typed("2.41.9").refused(CallUpProblem.UNKNOWN)
    assert refused.text == "2.41.9"
    assert refused.typed("7") == CallUpEntry("7")
    assert refused.erased() == CallUpEntry("2.41.")


@given(st.text(alphabet="0123456789.", max_size=24))
def test_whatever_is_typed_can_still_become_a_number(keys: str) -> None:
    entry = typed(keys)
    ending = "1" if entry.is_empty or entry.text.endswith(".") else ""
    missing = 2 - entry.text.count(".")
    assert (typed(entry.text + ending + ".1" * missing)).call_up(None) is not None
