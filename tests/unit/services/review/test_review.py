"""Deciding, taking back, and what comes back to the operator."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.domain.bookmark import FlagState
from app.domain.camera import CameraCode
from app.domain.clip_record import Clip
from app.domain.incident import Incident
from app.domain.review import FalseAlarms
from app.services.review import ANSWERS, NoteMissing, Result
from app.services.review_viewing import MOST_BESIDE, Viewing
from app.storage.bookmarks import BookmarkRepository
from app.storage.clips import ClipRepository
from app.storage.database import Database, sqlite_url
from app.storage.incidents import IncidentRepository
from app.storage.migration import bring_up_to_date
from tests.fakes.records import bookmark, clip, incident
from tests.fakes.review_desk import OPERATOR, SUPERVISOR, ReviewDesk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ReviewDesk]:
    database = Database(sqlite_url(tmp_path / "wall.db"))
    bring_up_to_date(database, tmp_path / "backups")
    desk = ReviewDesk(database, tmp_path)
    yield desk
    desk.refuses = ""
    desk.service.close()
    database.close()


def titles(desk: ReviewDesk) -> list[str]:
    return [row.title for row in desk.supervisor.rows]


def notice(desk: ReviewDesk, key: str) -> str:
    return next((each.text for each in desk.notices.current if each.key == key), "")


def test_flags_wait_oldest_first_until_they_are_decided(desk: ReviewDesk) -> None:
    first, second = desk.flag("first"), desk.flag("second")
    desk.mark()  # without a flag
    desk.look()
    assert titles(desk) == ["first", "second"]
    assert sum(desk.supervisor.waiting.values()) == 2
    outcome = desk.decide(first, FlagState.CONFIRMED)
    assert outcome.result is Result.KEPT
    assert titles(desk) == ["second"]
    assert desk.supervisor.today == {"Zarin": 1}
    kept = desk.supervisor.decided[0]
    assert (kept.decision.verdict, kept.decision.supervisor) == (
        FlagState.CONFIRMED,
        SUPERVISOR.author,
    )
    assert kept.bookmark is not None
    assert kept.bookmark.flag is FlagState.CONFIRMED
    desk.decide(second, FlagState.FALSE)
    assert titles(desk) == []


def test_who_needs_more_must_say_what(desk: ReviewDesk) -> None:
    flag = desk.flag()
    with pytest.raises(NoteMissing):
        desk.supervisor.decide(flag, FlagState.NEEDS_MORE, "  ", desk.told.append)
    desk.decide(flag, FlagState.NEEDS_MORE, " نمبر پلیٹ؟ ")
    assert desk.supervisor.decided[0].decision.note == "نمبر پلیٹ؟"


def test_an_operator_decides_nothing(desk: ReviewDesk) -> None:
    flag = desk.flag()
    assert not desk.operator.decide(flag, FlagState.CONFIRMED, "", desk.told.append)
    assert desk.told == []


def test_a_decision_can_be_taken_back_for_ten_seconds(desk: ReviewDesk) -> None:
    flag = desk.flag()
    desk.decide(flag, FlagState.FALSE)
    desk.clock.seconds += 9.9
    assert desk.supervisor.undo(desk.told.append)
    desk.settle()
    assert desk.told[-1].result is Result.UNDONE
    assert titles(desk) == ["white car"]
    assert desk.supervisor.decided[0].decision.undone_us is not None
    assert desk.supervisor.today == {}
    assert not desk.supervisor.undo(desk.told.append)
    desk.decide(desk.supervisor.rows[0], FlagState.CONFIRMED)
    desk.clock.seconds += 10.1
    assert not desk.supervisor.undo(desk.told.append)
    decisions: list[FlagState] = []
    desk.supervisor.history(flag, lambda found: decisions.extend(each.verdict for each in found))
    desk.settle()
    assert decisions == [FlagState.FALSE, FlagState.CONFIRMED]


def test_what_the_database_refuses_is_said_and_waits(desk: ReviewDesk) -> None:
    flag = desk.flag()
    desk.look()
    desk.refuses = "The disk is full"
    outcome = desk.decide(flag, FlagState.CONFIRMED)
    assert outcome.result is Result.REFUSED
    assert outcome.problem == "The disk is full. Free space on the disk."
    assert titles(desk) == ["white car"]
    desk.refuses = ""
    assert desk.decide(flag, FlagState.CONFIRMED).result is Result.KEPT


def test_a_flag_that_somebody_else_has_changed_is_looked_at_again(desk: ReviewDesk) -> None:
    flag = desk.flag()
    desk.look()
    desk.service.change(flag, desk.answers.append, title="grey car")
    desk.settle()
    outcome = desk.decide(flag, FlagState.CONFIRMED)
    assert outcome.result is Result.REFUSED
    assert "changed" in outcome.problem
    assert titles(desk) == ["grey car"]


def test_one_decision_at_a_time(desk: ReviewDesk) -> None:
    first, second = desk.flag("first"), desk.flag("second")
    assert desk.supervisor.decide(first, FlagState.CONFIRMED, "", desk.told.append)
    assert not desk.supervisor.decide(second, FlagState.CONFIRMED, "", desk.told.append)
    desk.settle()
    assert [each.bookmark.title for each in desk.told] == ["first"]


def test_the_operator_is_told_what_came_back_until_it_was_looked_at(desk: ReviewDesk) -> None:
    desk.look()
    assert notice(desk, ANSWERS) == ""
    desk.decide(desk.flag("red car"), FlagState.NEEDS_MORE, "who?")
    desk.look()
    assert notice(desk, ANSWERS) == ("One answer to your flags. Needs more “red car”: who? (Zarin)")
    desk.decide(desk.flag("blue car"), FlagState.CONFIRMED)
    desk.look()
    assert notice(desk, ANSWERS).startswith("2 answers to your flags. Confirmed “blue car”")
    desk.operator.saw_answers()
    desk.settle()
    assert notice(desk, ANSWERS) == ""
    assert len(desk.operator.answers) == 2
    assert desk.kept_as_seen() == {each.decision.id for each in desk.operator.answers}

    again = desk.review(OPERATOR)
    again.start()
    desk.settle()
    assert notice(desk, ANSWERS) == ""
    assert [each.bookmark.title for each in again.answers if each.bookmark] == [
        "blue car",
        "red car",
    ]


def test_a_damaged_file_of_what_was_seen_tells_all_once_more(desk: ReviewDesk) -> None:
    desk.decide(desk.flag(), FlagState.CONFIRMED)
    desk.seen.write_text('{"what": 1}', encoding="utf-8")
    desk.operator.start()
    desk.settle()
    assert notice(desk, ANSWERS).startswith("One answer")


def test_both_look_again_by_themselves(desk: ReviewDesk) -> None:
    desk.supervisor.start()
    desk.settle()
    desk.flag()
    desk.supervisor.tick()
    desk.settle()
    assert titles(desk) == []
    desk.clock.seconds += 10
    desk.supervisor.tick()
    desk.settle()
    assert titles(desk) == ["white car"]


def test_false_alarms_by_camera_rule_and_hour(desk: ReviewDesk) -> None:
    for verdict in (FlagState.FALSE, FlagState.FALSE, FlagState.CONFIRMED):
        desk.decide(desk.flag(), verdict)
    found: list[FalseAlarms] = []
    desk.supervisor.false_alarms(30, found.extend)
    desk.settle()
    assert [(each.rule, each.false, each.confirmed) for each in found] == [("", 2, 1)]
    assert 0 <= found[0].hour <= 23


# --- what belongs to a flag ----------------------------------------------------------------------


class Case:
    """A flag with a clip, in an incident together with a second camera."""

    def __init__(self, desk: ReviewDesk) -> None:
        self.desk = desk
        self.own = clip()
        flag = desk.flag()
        self.flag = replace(flag, clip=self.own.id)
        self.add(self.own)

    def add(self, *clips: Clip) -> None:
        with self.desk.database.transaction() as session:
            for each in clips:
                ClipRepository(session).add(each)

    def open_incident(self, **links: Any) -> Incident:
        made = incident(**({"bookmarks": (), "clips": ()} | links))
        with self.desk.database.transaction() as session:
            IncidentRepository(session).add(made)
        return made

    def viewing(self) -> Viewing:
        found: list[Viewing] = []
        self.desk.supervisor.viewing(self.flag, found.append)
        self.desk.settle()
        return found[0]


@pytest.fixture
def case(desk: ReviewDesk) -> Case:
    return Case(desk)


SECOND = CameraCode("BNU-41-1")


def test_the_clips_of_its_incident_are_seen_beside_a_flag(case: Case) -> None:
    second = clip(3, camera=SECOND)
    case.add(second)
    held = case.open_incident(bookmarks=(case.flag.id,), clips=(second.id,))
    viewing = case.viewing()
    assert (viewing.clip, viewing.beside) == (case.own, (second,))
    assert [each.number for each in viewing.incidents] == [held.number]


def test_so_are_those_of_bookmarks_noted_in_it(case: Case) -> None:
    held = case.open_incident(clips=(case.own.id,))
    linked, named = clip(3, camera=SECOND), clip(-2, camera=CameraCode("BNU-41-2"))
    case.add(linked, named)
    marks = [
        bookmark(3, camera=SECOND, clip=linked.id, incident=held.id),
        bookmark(-2, clip=named.id, incident=None),
    ]
    with case.desk.database.transaction() as session:
        for each in marks:
            BookmarkRepository(session).add(each)
        IncidentRepository(session).change(replace(held, bookmarks=(marks[1].id,)))
    assert set(case.viewing().beside) == {linked, named}


def test_a_flag_in_no_incident_is_alone(case: Case) -> None:
    case.add(clip(camera=SECOND))
    viewing = case.viewing()
    assert (viewing.clip, viewing.beside, viewing.incidents) == (case.own, (), ())


def test_without_a_clip_nothing_is_beside_it(case: Case) -> None:
    case.flag = replace(case.flag, clip=None)
    case.open_incident(bookmarks=(case.flag.id,), clips=(case.own.id,))
    assert case.viewing() == Viewing(case.flag)


def test_for_more_cameras_than_a_screen_has_room_it_is_said_how_many(case: Case) -> None:
    clips = [clip(camera=CameraCode(f"BNU-42-{number}")) for number in range(MOST_BESIDE + 3)]
    case.add(*clips)
    case.open_incident(clips=(case.own.id, *(each.id for each in clips)))
    viewing = case.viewing()
    assert (len(viewing.beside), viewing.more) == (MOST_BESIDE, 3)
