"""Which faults apply where, and what they do to bytes."""

import random

import pytest

from app.demo.faults import NO_FAULTS, FaultError, FaultTable, corrupt


def test_the_nearer_setting_wins_value_by_value() -> None:
    table = FaultTable()
    table.set("*", {"stall": True, "corrupt": 0.1})
    table.set("BNU-41-3", {"corrupt": 0.2})
    table.set("BNU-41-3/main", {"stall": False})
    assert (table.of("BNU-41-3/main").stall, table.of("BNU-41-3/main").corrupt) == (False, 0.2)
    assert (table.of("BNU-41-3/sub").stall, table.of("BNU-41-3/sub").corrupt) == (True, 0.2)
    assert (table.of("DIK-1-1/sub").stall, table.of("DIK-1-1/sub").corrupt) == (True, 0.1)


def test_clearing_a_camera_leaves_the_others() -> None:
    table = FaultTable()
    table.set("A-1-1", {"stall": True})
    table.set("A-1-2", {"stall": True})
    table.clear("A-1-1")
    assert table.of("A-1-1/sub") == NO_FAULTS
    assert table.of("A-1-2/sub").stall
    table.clear("*")
    assert table.of("A-1-2/sub") == NO_FAULTS


@pytest.mark.parametrize(
    "values", [{"melt": True}, {"stall": 1}, {"status": "401"}, {"corrupt": "x"}, {"corrupt": True}]
)
def test_what_is_no_fault_is_refused_and_changes_nothing(values: dict[str, object]) -> None:
    table = FaultTable()
    with pytest.raises(FaultError):
        table.set("*", values)
    assert table.of("A-1-1/sub") == NO_FAULTS


def test_corruption_is_repeatable_and_spares_the_start() -> None:
    one, two = bytearray(1000), bytearray(1000)
    corrupt(one, 0.05, random.Random(3), start=100)
    corrupt(two, 0.05, random.Random(3), start=100)
    assert one == two
    assert not any(one[:100])
    assert 30 <= sum(byte != 0 for byte in one) <= 51
