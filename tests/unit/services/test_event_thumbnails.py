"""Small pictures of events: of the right moment or none, few at a time, in a bounded folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.analytics.messages import Snapshot
from app.domain.analytics_event import EventSeverity
from app.domain.camera import CameraCode
from app.domain.detection import SourceClock
from app.services.event_moment import moment_of
from app.settings.schema import SourceSettings
from app.storage.database import Database, sqlite_url
from app.video.engine_types import Moment
from tests.fakes.event_desk import CAMERA, NOON_US, SECOND_US, EventDesk, message
from tests.unit.storage.test_events import record

GATE = CameraCode(CAMERA)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[EventDesk]:
    database = Database(sqlite_url(tmp_path / "unused.db"))
    yield EventDesk(database, tmp_path)
    database.close()


def ready(desk: EventDesk) -> list[bytes]:
    heard: list[bytes] = []
    desk.thumbnails.ready.connect(heard.append)
    return heard


def test_the_picture_is_cut_from_the_ring_at_the_moment_of_the_event(desk: EventDesk) -> None:
    desk.engine.stills[GATE] = b"jpeg"
    heard = ready(desk)
    kept = record(message())
    desk.thumbnails.want(kept)
    desk.settle()
    assert desk.engine.stills_asked == [(GATE, Moment(NOON_US, by_camera=True), 320)]
    assert heard == [kept.key]
    assert desk.thumbnails.load(kept.key) == b"jpeg"


def test_without_a_ring_the_backend_is_asked(desk: EventDesk) -> None:
    desk.snapshots["s.jpg"] = Snapshot(1, b"theirs")
    kept = record(message(snapshot_ref="s.jpg"))
    desk.thumbnails.want(kept)
    desk.settle()
    assert desk.thumbnails.load(kept.key) == b"theirs"


def test_what_the_ring_has_forgotten_is_never_shown_by_another_picture(desk: EventDesk) -> None:
    desk.engine.stills[GATE] = b"of another moment"
    heard = ready(desk)
    kept = record(message(received_us=NOON_US - 61 * SECOND_US))
    desk.thumbnails.want(kept)
    desk.settle()
    assert desk.engine.stills_asked == []
    assert (heard, desk.thumbnails.load(kept.key)) == ([], None)


def test_two_are_cut_at_a_time_the_gravest_and_newest_first(desk: EventDesk) -> None:
    desk.engine.keeps_stills = True
    for at in range(100):
        severity = EventSeverity.ALARM if at == 20 else EventSeverity.INFORMATION
        desk.thumbnails.want(record(message(f"e{at}", time_us=NOON_US + at), severity))
    asked = desk.engine.stills_asked
    assert [moment.utc_us - NOON_US for _, moment, _ in asked] == [0, 1]
    desk.engine.answer_stills()
    desk.settle()
    assert [moment.utc_us - NOON_US for _, moment, _ in asked[2:]] == [20, 99]
    while len(asked) < 66:
        desk.engine.answer_stills()
        desk.settle()
    desk.engine.answer_stills()
    desk.settle()
    assert len(asked) == 66, "the oldest of too many go without"


def test_a_folder_that_is_too_full_loses_its_oldest_pictures(
    desk: EventDesk, tmp_path: Path
) -> None:
    desk.engine.stills[GATE] = bytes(1000)
    for at in range(30):
        desk.thumbnails.want(record(message(f"e{at}")))
        desk.settle()
    files = list((tmp_path / "thumbnails").rglob("*.jpg"))
    assert 8 <= len(files) <= 10
    assert sum(file.stat().st_size for file in files) <= 10_000


def test_a_folder_that_cannot_be_written_costs_pictures_only(
    desk: EventDesk, tmp_path: Path
) -> None:
    (tmp_path / "thumbnails").write_text("a file where the folder should be")
    desk.engine.stills[GATE] = b"jpeg"
    heard = ready(desk)
    for at in range(5):
        desk.thumbnails.want(record(message(f"e{at}")))
        desk.settle()
    assert heard == []
    assert len(desk.engine.stills_asked) == 5
    assert desk.thumbnails.load(record(message("e1")).key) is None


@pytest.mark.parametrize(
    ("clock", "time_us", "moment"),
    [
        (SourceClock.CAMERA, NOON_US - 3600 * SECOND_US, (NOON_US - 3600 * SECOND_US, True)),
        (SourceClock.BACKEND_CAPTURE, NOON_US - SECOND_US, (NOON_US - SECOND_US, False)),
        (SourceClock.BACKEND_EMIT, NOON_US - 3600 * SECOND_US, (NOON_US, False)),
        (SourceClock.ARRIVAL, NOON_US - SECOND_US, (NOON_US, False)),
    ],
)
def test_the_moment_is_told_on_the_clock_that_it_was_stamped_with(
    clock: SourceClock, time_us: int, moment: tuple[int, bool]
) -> None:
    kept = record(message(clock=clock, time_us=time_us, received_us=NOON_US))
    assert moment_of(kept, {}) == Moment(*moment)


def test_the_offset_of_the_source_counts() -> None:
    source = SourceSettings(name="city", adapter="frigate", offset_ms=-250)
    moment = moment_of(record(message()), {"city": source})
    assert moment == Moment(NOON_US - 250_000, by_camera=True)
