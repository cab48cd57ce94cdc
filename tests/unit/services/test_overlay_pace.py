"""How late boxes are, how long the picture waits for them, and what the tile says."""

import pytest

from app.analytics.messages import ConnectionState, SourceState
from app.domain.detection import SourceClock
from app.domain.stream import PictureClock
from app.services.overlay_types import OverlayStatus, Sync
from app.settings.schema import AnalyticsSettings, SourceSettings
from tests.unit.analytics.frames import frame, standing, thing
from tests.unit.services.overlay_bench import CAMERA, KEY, SOURCE, Bench

RHYTHM_S = 0.2


class Street(Bench):
    """A camera whose boxes come five times a second, and whose pictures are painted."""

    def __init__(
        self,
        *sources: SourceSettings,
        settings: AnalyticsSettings | None = None,
        clock: PictureClock = PictureClock.CAMERA,
        stamps: SourceClock = SourceClock.CAMERA,
    ) -> None:
        super().__init__(*sources, settings=settings)
        self.picture_clock = clock
        self.stamps = stamps

    def run(self, seconds: float, *, late_s: float, clock_ahead_s: float = 0.0) -> None:
        """``late_s`` is by how much boxes come after their picture could be shown (0.04 s after
        it was taken)."""
        start = self.clock.seconds
        steps = round(seconds / RHYTHM_S)
        for step in range(1, steps + 1):
            now = start + step * RHYTHM_S
            self.timelines.add(
                [
                    frame(
                        now - late_s - 0.04 + clock_ahead_s,
                        thing("7"),
                        camera=CAMERA,
                        clock=self.stamps,
                        late_s=late_s + 0.04 - clock_ahead_s,
                    )
                ]
            )
            self.paint(now - 0.05, clock=self.picture_clock)
            if step % 5 == 0:
                self.clock.seconds = now
                self.overlays.tick()

    @property
    def status(self) -> OverlayStatus:
        return self.overlays.status(KEY)

    @property
    def held(self) -> float:
        return self.engine.holds[KEY]


def test_the_picture_waits_for_nearly_all_boxes_and_one_sample() -> None:
    street = Street()
    street.run(3, late_s=0.1)
    assert street.held == pytest.approx(0.3, abs=0.002)
    assert street.status.hold_s == street.held
    assert street.status.lag_s == pytest.approx(0.1, abs=0.001)
    assert street.status.sync is Sync.EXACT
    assert street.status.sentence == ""


def test_in_fastest_timing_nothing_waits() -> None:
    street = Street(settings=AnalyticsSettings(in_step=False))
    street.run(3, late_s=0.1)
    assert street.held == 0.0
    street.overlays.toggle_timing(0, 0)
    assert street.held == pytest.approx(0.3, abs=0.002)  # set at once
    street.overlays.toggle_timing(0, 0)
    assert street.held == 0.0


def test_a_tile_without_boxes_does_not_wait() -> None:
    street = Street()
    street.run(3, late_s=0.1)
    street.overlays.toggle_tile(0, 0)
    assert street.held == 0.0
    assert not street.status.is_on


def test_the_wait_follows_a_growing_lateness_slowly() -> None:
    street = Street()
    street.run(5, late_s=0.05)
    first = street.held
    street.run(5, late_s=0.2)
    assert first < street.held <= first + 0.101
    street.run(30, late_s=0.2)
    assert street.held == pytest.approx(0.4, abs=0.02)


def test_the_wait_ends_at_the_limit_of_the_settings() -> None:
    street = Street(settings=AnalyticsSettings(hold_ms=250))
    street.run(3, late_s=0.4)
    assert street.held == 0.25
    assert street.status.sentence == "Boxes come 0.4 s after the picture"


def test_boxes_that_come_too_late_for_any_wait_make_no_picture_wait() -> None:
    street = Street()
    street.run(3, late_s=2.0)
    assert street.held == 0.0
    assert street.status.sentence == "Boxes come 2.0 s after the picture: too late to be drawn"
    assert street.status.lag_s == pytest.approx(2.0, abs=0.001)


def test_a_camera_that_was_here_before_begins_with_its_wait() -> None:
    street = Street()
    street.run(3, late_s=0.1)
    street.wall.turn_page(0, 1)
    street.settle()
    street.engine.holds.clear()
    street.wall.turn_page(0, -1)
    street.settle()
    assert street.held == pytest.approx(0.3, abs=0.002)


def test_offsets_count_for_the_wait() -> None:
    street = Street()
    street.offsets.stored[CAMERA] = 100  # its boxes belong to later pictures
    street.run(3, late_s=0.15)
    assert street.held == pytest.approx(0.25, abs=0.002)


@pytest.mark.parametrize(
    ("clock", "stamps", "sync", "words"),
    [
        (PictureClock.CAMERA, SourceClock.CAMERA, Sync.EXACT, ""),
        (PictureClock.CAMERA, SourceClock.BACKEND_EMIT, Sync.APPROXIMATE, ""),
        (PictureClock.CAMERA_APPROXIMATE, SourceClock.CAMERA, Sync.APPROXIMATE, "for a while"),
        (PictureClock.ARRIVAL, SourceClock.CAMERA, Sync.APPROXIMATE, "does not tell when"),
    ],
)
def test_how_well_boxes_and_picture_go_together_is_told(
    clock: PictureClock, stamps: SourceClock, sync: Sync, words: str
) -> None:
    street = Street(clock=clock, stamps=stamps)
    street.run(3, late_s=0.1)
    assert street.status.sync is sync
    assert words in street.status.sentence


def test_a_backend_whose_clock_runs_ahead_is_told() -> None:
    street = Street(stamps=SourceClock.BACKEND_EMIT)
    street.run(3, late_s=0.1, clock_ahead_s=37.0)
    assert street.status.sync is Sync.APPROXIMATE
    assert street.status.sentence == "The clock of the boxes runs 30 s ahead of this workstation"


@pytest.mark.parametrize(
    ("years", "words"), [(-56, "55 years before the pictures"), (74, "73 years after the pictures")]
)
def test_boxes_from_1970_or_2100_are_told(years: int, words: str) -> None:
    street = Street()
    street.run(5, late_s=0.1, clock_ahead_s=years * 365 * 86400.0)
    assert street.paint(4.8) is None
    assert street.held == 0.0
    assert (street.status.sync, street.status.lag_s) == (Sync.NONE, None)
    assert street.status.sentence == (f"The boxes are stamped {words}: their clocks do not agree")


def test_boxes_whose_times_go_hither_and_thither_are_told() -> None:
    street = Street()
    street.run(2, late_s=0.1)
    for number in range(1, 26):
        wild = 3600.0 * number * (-1) ** number
        street.run(0.2, late_s=0.1, clock_ahead_s=wild)
        street.clock.seconds += 0.2
    street.overlays.tick()
    assert street.status.sync is Sync.NONE
    said = "Boxes come from 'bannu' with times that cannot be right"
    assert street.status.sentence == said


# --- when none come --------------------------------------------------------------------------


def test_no_boxes_at_first_are_waited_for_then_missed() -> None:
    street = Street()
    street.paint(0.0)
    street.wait(1)
    assert (street.status.sync, street.status.sentence) == (Sync.NONE, "Waiting for boxes")
    street.wait(5)
    assert street.status.sentence == "No boxes come from 'bannu'"


def test_a_source_in_trouble_says_why() -> None:
    street = Street()
    street.sources.say(
        SourceState("bannu", ConnectionState.REFUSED, "The broker does not know the user")
    )
    street.wait(1)
    said = "No boxes come from 'bannu': The broker does not know the user"
    assert street.status.sentence == said
    street.sources.say(SourceState("bannu", ConnectionState.WAITING))
    street.wait(1)
    assert street.status.sentence == "No boxes come from 'bannu': the connection is lost"


def test_a_source_that_is_lost_is_missed_at_once_and_takes_what_stood_along() -> None:
    street = Street()
    street.run(3, late_s=0.1)
    street.timelines.add([frame(3.0, standing("8"), camera=CAMERA)])
    street.sources.say(SourceState("bannu", ConnectionState.WAITING, "The broker went away"))
    street.wait(1)
    before = street.status
    assert before.sync is Sync.EXACT
    street.wait(2)
    after = street.status
    assert after.sync is Sync.NONE
    assert after.sentence == "No boxes come from 'bannu': The broker went away"
    assert street.paint(4.0) is None
    street.timelines.add([frame(6.0, standing("8"), camera=CAMERA)])
    assert street.paint(6.0) is not None


def test_a_source_that_has_trouble_elsewhere_goes_on_here() -> None:
    street = Street()
    street.sources.say(SourceState("bannu", ConnectionState.WAITING, "BNU-2-1 does not answer"))
    street.run(5, late_s=0.1)
    assert (street.status.sync, street.status.sentence) == (Sync.EXACT, "")


def test_boxes_that_stop_are_missed_and_the_wait_ends_slowly() -> None:
    street = Street()
    street.run(5, late_s=0.1)
    street.wait(30)  # an empty street
    empty = street.status
    assert empty.sync is Sync.EXACT
    assert street.held == pytest.approx(0.3, abs=0.002)
    street.wait(60)
    silent = street.status
    assert silent.sync is Sync.NONE
    assert silent.sentence == "No boxes have come from 'bannu' for 90 s"
    street.wait(300)
    assert street.status.sentence == "No boxes have come from 'bannu' for 6 min"
    assert street.held == 0.0


def test_a_camera_that_no_source_serves_says_so() -> None:
    street = Street(SourceSettings(name="other", adapter="axis", districts=["BNU"]))
    street.wait(1)
    assert street.status.sentence == "No analytics source is set up for this camera"
    events_only = Street(SourceSettings(name="gate", adapter="onvif-json", events_topic="x"))
    events_only.wait(1)
    assert events_only.status.sentence == "No analytics source is set up for this camera"


def test_a_slow_source_beside_a_fast_one_does_not_make_the_picture_wait() -> None:
    slow = SourceSettings(name="slow", adapter="frigate")
    street = Street(SOURCE, slow)
    for number in range(10):
        street.timelines.add(
            [
                frame(
                    number * 0.2 - 3.0,
                    thing("9"),
                    camera=CAMERA,
                    source="slow",
                    late_s=3.0,
                    clock=SourceClock.BACKEND_CAPTURE,
                    is_complete=False,
                )
            ]
        )
    street.run(3, late_s=0.1)
    assert street.held == pytest.approx(0.3, abs=0.002)
    assert street.status.lag_s == pytest.approx(0.1, abs=0.001)
