"""What two people change of one incident goes together, and is told in words."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from app.domain.author import Author
from app.domain.camera import CameraCode
from app.domain.incident import Incident, IncidentStatus, PersonCalled
from app.domain.incident_changes import ChangesCollide, change_words, joined

FIRST = Incident(
    id=UUID(int=1),
    number="20261122-desk-4-001",
    type="",
    status=IncidentStatus.NEW,
    severity=0,
    district="BNU",
    site="BNU-1",
    place="Main bazaar",
    opened_us=1_000,
    author=Author("Amina Khan", "desk-4"),
    holder="Amina Khan",
    cameras=(CameraCode("BNU-1-1"),),
)


def made(**changes: Any) -> Incident:
    return replace(FIRST, **changes)


def test_changes_of_different_fields_go_together() -> None:
    theirs = made(type="Fire or smoke", revision=2)
    mine = made(place="Main bazaar, behind the mosque")
    both = joined(theirs, FIRST, mine)
    assert both.type == "Fire or smoke"
    assert both.place == "Main bazaar, behind the mosque"
    assert both.revision == 2


def test_the_same_change_twice_changes_nothing() -> None:
    theirs = made(status=IncidentStatus.ON_HOLD, cameras=("BNU-1-1", "BNU-1-2"), revision=2)
    mine = made(status=IncidentStatus.ON_HOLD, cameras=("BNU-1-1", "BNU-1-2"))
    assert joined(theirs, FIRST, mine) == theirs


def test_two_answers_to_one_question_collide() -> None:
    theirs = made(status=IncidentStatus.IN_PROGRESS)
    with pytest.raises(ChangesCollide, match="Status is in progress by now"):
        joined(theirs, FIRST, made(status=IncidentStatus.CLOSED))


def test_what_several_people_add_is_all_there_in_order() -> None:
    theirs = made(cameras=("BNU-1-1", "BNU-1-2"))
    mine = made(cameras=("BNU-1-1", "BNU-1-3"))
    assert joined(theirs, FIRST, mine).cameras == ("BNU-1-1", "BNU-1-2", "BNU-1-3")


def test_what_one_person_takes_away_stays_away() -> None:
    theirs = made(cameras=("BNU-1-1", "BNU-1-2"))
    assert joined(theirs, FIRST, made(cameras=())).cameras == ("BNU-1-2",)


def test_closing_brings_its_time_and_opening_again_takes_it_away() -> None:
    closed = joined(FIRST, FIRST, made(status=IncidentStatus.CLOSED, closed_us=5_000))
    assert closed.closed_us == 5_000
    again = joined(closed, closed, replace(closed, status=IncidentStatus.NEW))
    assert again.closed_us is None


def test_changes_are_told_in_words() -> None:
    after = made(
        type="Theft",
        status=IncidentStatus.IN_PROGRESS,
        severity=3,
        holder="",
        people=(PersonCalled("Rescue 1122", "ambulance", 9), PersonCalled("SHO Bannu", "", 10)),
        cameras=(CameraCode("BNU-1-2"), CameraCode("BNU-1-3")),
        bookmarks=(UUID(int=7), UUID(int=8)),
        clips=(UUID(int=9),),
        snapshots=("a.png",),
    )
    assert change_words(FIRST, after).splitlines() == [
        "Type: – → Theft",
        "Status: new → in progress",
        "Severity: information → alarm",
        "Held by: Amina Khan → –",
        "Called: Rescue 1122 (ambulance)",
        "Called: SHO Bannu",
        "Cameras added: BNU-1-2, BNU-1-3",
        "Camera removed: BNU-1-1",
        "2 bookmarks added",
        "Clip added",
        "Snapshot added: a.png",
    ]
    assert "No longer listed as called: SHO Bannu" in change_words(after, FIRST)
    assert change_words(FIRST, FIRST) == ""
