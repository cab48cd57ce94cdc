"""Boxes over the wall: which tiles show them, and which belong to a picture."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.analytics.messages import Zones, ZoneShape
from app.domain.camera import CameraCode, DistrictCode
from app.domain.detection import SourceClock
from app.domain.stream import PictureClock, StreamKind
from app.services.overlay_types import (
    OverlayFilter,
    OverlaySwitches,
    TileOverlay,
    Timing,
)
from app.settings.schema import AnalyticsSettings, SourceSettings
from app.video.engine_types import ViewKey
from tests.unit.analytics.frames import frame, standing, thing
from tests.unit.services.overlay_bench import CAMERA, KEY, SOURCE, Bench, facts

SECOND_KEY, SECOND_CAMERA = ViewKey("0/1"), CameraCode("DIK-1-2")


@pytest.fixture
def bench() -> Bench:
    return Bench()


def crossing(
    bench: Bench, *, source: str = "bannu", late_s: float = 0.1, clock_ahead_s: float = 0.0
) -> None:
    """An object that goes from left to right at a tenth of the picture a second."""
    bench.timelines.add(
        frame(
            n * 0.2 + clock_ahead_s,
            thing("7", n * 0.02),
            camera=CAMERA,
            source=source,
            late_s=late_s - clock_ahead_s,
        )
        for n in range(25)
    )


def xs(overlay: TileOverlay | None) -> Sequence[float]:
    """The centres of the boxes."""
    boxes = () if overlay is None else overlay.boxes
    return [round((box.box.x1 + box.box.x2) / 2, 4) for box in boxes]


# --- which boxes belong to a picture ---------------------------------------------------------


@pytest.mark.parametrize("seconds", [1.0, 1.05, 1.3, 4.4])
def test_a_picture_gets_the_boxes_of_its_own_moment(bench: Bench, seconds: float) -> None:
    crossing(bench)
    assert xs(bench.paint(seconds)) == pytest.approx([seconds / 10])


def test_a_camera_clock_that_is_an_hour_wrong_makes_no_difference(bench: Bench) -> None:
    crossing(bench, clock_ahead_s=3600.0)
    wrong = facts(1.1, camera_ahead_s=3600.0)
    assert xs(bench.overlays.overlay(KEY, CAMERA, wrong)) == [0.11]


def test_offsets_of_the_source_and_of_the_camera_add_up() -> None:
    bench = Bench(SourceSettings(name="bannu", adapter="frigate", offset_ms=300))
    crossing(bench)
    bench.offsets.stored[CAMERA] = -100
    assert xs(bench.paint(2.0)) == [0.18]  # the boxes are moved 200 ms later


def test_a_backends_clock_is_this_workstations(bench: Bench) -> None:
    by_backend = [
        frame(
            n * 0.2 + 0.04,
            thing("7", n * 0.02),
            camera=CAMERA,
            clock=SourceClock.BACKEND_CAPTURE,
            late_s=0.1,
        )
        for n in range(20)
    ]
    bench.timelines.add(by_backend)
    assert xs(bench.paint(1.0)) == [0.1]
    assert xs(bench.paint(1.0, clock=PictureClock.ARRIVAL)) == [0.1]


def test_boxes_of_several_sources_are_drawn_together() -> None:
    other = SourceSettings(name="second", adapter="onvif-xml", offset_ms=-1000)
    bench = Bench(SOURCE, other)
    crossing(bench)
    crossing(bench, source="second")
    assert xs(bench.paint(2.0)) == [0.2, 0.3]


def test_boxes_find_their_place_in_the_stream_that_is_shown(bench: Bench) -> None:
    camera = bench.directory.camera(CAMERA)
    assert camera is not None
    bench.directory.replace(replace(camera, attributes={"sub_crop": "0 0 0.5 1"}))
    bench.wall.registry_changed()
    bench.settle()
    crossing(bench)
    assert xs(bench.paint(2.0)) == [0.4]
    assert xs(bench.paint(2.0, kind=StreamKind.MAIN)) == [0.2]


def test_a_camera_whose_geometry_is_wrong_gets_no_boxes_but_a_sentence(bench: Bench) -> None:
    camera = bench.directory.camera(CAMERA)
    assert camera is not None
    bench.directory.replace(replace(camera, attributes={"analytics_crop": "left"}))
    bench.wall.registry_changed()
    bench.settle()
    crossing(bench)
    assert bench.paint(2.0) is None
    bench.wait(1)
    assert bench.overlays.status(KEY).sentence.startswith("analytics_crop is 'left'")


def test_a_replayed_picture_gets_the_boxes_of_its_moment(bench: Bench) -> None:
    for number in range(200):
        bench.timelines.add([frame(number * 0.2, thing("7", number / 400), camera=CAMERA)])
    assert xs(bench.paint(10.0)) == [0.125]


def test_another_cameras_picture_on_the_tile_gets_none_of_these_boxes(bench: Bench) -> None:
    crossing(bench)
    assert bench.overlays.overlay(KEY, SECOND_CAMERA, facts(1.0)) is None
    assert bench.overlays.overlay(ViewKey("7/7"), CAMERA, facts(1.0)) is None


def test_boxes_are_hidden_while_the_camera_moves_if_its_source_says_so() -> None:
    moving = frame(0.0, thing("7"), camera=CAMERA, ptz_moving=True)
    bench = Bench()
    bench.timelines.add([moving])
    assert bench.paint(0.1) is None
    bench.overlays.tick()
    assert bench.overlays.status(KEY).hidden_while_moving
    shown = Bench(SourceSettings(name="bannu", adapter="axis", hide_while_moving=False))
    shown.timelines.add([moving])
    assert xs(shown.paint(0.1)) == [0.4]


# --- what is late ----------------------------------------------------------------------------


def test_in_step_a_box_is_dashed_once_it_can_no_longer_be_moved_on(bench: Bench) -> None:
    bench.timelines.add(frame(n * 0.2, thing("7"), camera=CAMERA) for n in range(10))
    found = [bench.paint(1.8 + late) for late in (0.0, 0.1, 0.16, 0.25)]
    assert [overlay.boxes[0].is_late for overlay in found if overlay] == [
        False,
        False,
        True,
        True,
    ]


def test_in_fastest_timing_late_boxes_stay_dashed_for_a_second(bench: Bench) -> None:
    bench.overlays.toggle_timing(0, 0)
    moved = [frame(n * 0.2, thing("7"), standing("8"), camera=CAMERA) for n in range(20)]
    bench.timelines.add(moved[:10])
    late = bench.paint(1.85)
    assert late is not None
    assert {box.track_id: box.is_late for box in late.boxes} == {"7": True, "8": False}
    bench.timelines.add(moved[10:])
    bench.clock.seconds += 0.5
    still = bench.paint(2.0)
    assert still is not None
    assert still.boxes[0].is_late
    bench.clock.seconds += 0.6
    over = bench.paint(2.0)
    assert over is not None
    assert not over.boxes[0].is_late


# --- filters and switches --------------------------------------------------------------------


def show(bench: Bench) -> list[str]:
    overlay = bench.paint(0.0)
    return [] if overlay is None else [box.label for box in overlay.boxes]


def test_filters_by_class_and_confidence_hold_for_all_screens_or_one(bench: Bench) -> None:
    bench.timelines.add(
        [
            frame(
                0.0,
                thing("1", label="car", confidence=0.9),
                thing("2", label="person", confidence=0.4),
                thing("3", label="person"),
                camera=CAMERA,
            )
        ]
    )
    assert show(bench) == ["car", "person", "person"]
    bench.overlays.set_filter(None, OverlayFilter(minimum_confidence=0.5))
    assert show(bench) == ["car", "person"]
    assert bench.changes[-1] >= {KEY}
    bench.overlays.set_filter(0, OverlayFilter(labels=frozenset({"person"})))
    assert show(bench) == ["person", "person"]
    assert bench.overlays.has_own_filter(0)
    bench.overlays.set_filter(0, None)
    assert show(bench) == ["car", "person"]


def test_the_fifty_surest_boxes_are_drawn(bench: Bench) -> None:
    things = [thing(str(n), confidence=n / 100) for n in range(99)]
    bench.timelines.add([frame(0.0, *things, thing("x"), camera=CAMERA)])
    overlay = bench.paint(0.0)
    assert overlay is not None
    assert {box.track_id for box in overlay.boxes} == {"x", *(str(n) for n in range(50, 99))}


def test_trails_confidence_and_zones_come_when_they_are_wanted(bench: Bench) -> None:
    crossing(bench)
    gate = ZoneShape("gate", ((0.0, 0.5), (1.0, 0.5)), is_line=True)
    bench.paint(3.0)
    bench.sources.zones.emit(Zones("bannu", CAMERA, [gate]))
    assert bench.changes[-1] == {KEY}
    plain = bench.paint(3.0)
    assert plain is not None
    assert plain.shapes == ()
    assert not plain.show_confidence
    assert plain.boxes[0].trail == ()
    bench.overlays.set_switches(OverlaySwitches(confidence=True, trails=True, zones=True))
    full = bench.paint(3.0)
    assert full is not None
    assert full.show_confidence
    assert [shape.name for shape in full.shapes] == ["gate"]
    assert full.boxes[0].trail[0] == pytest.approx((0.1, 0.4))
    assert full.boxes[0].trail[-1] == pytest.approx((0.3, 0.4))


# --- switching -------------------------------------------------------------------------------


def on(bench: Bench) -> str:
    """Which tiles show boxes, in their order."""
    return "".join(
        "x" if bench.overlays.status(tile.key).is_on else "."
        for screen in bench.wall.screens
        for tile in screen.tiles
    )


def test_tiles_show_boxes_from_the_start_where_there_is_a_source(bench: Bench) -> None:
    assert on(bench) == "xxxx"
    assert bench.sources.wanted == {f"DIK-1-{n}" for n in range(1, 5)}
    bench.sources.use()
    assert on(bench) == "...."
    assert bench.sources.wanted == frozenset()


def test_tile_screen_and_wall_are_switched() -> None:
    bench = Bench(screens=2)
    bench.overlays.toggle_tile(0, 1)
    assert on(bench) == "x.xxxxxx"
    bench.overlays.toggle_screen(0)
    assert on(bench) == "....xxxx"
    bench.overlays.toggle_screen(0)
    assert on(bench) == "xxxxxxxx"
    bench.overlays.toggle_tile(1, 0)
    bench.overlays.toggle_wall()
    assert on(bench) == "........"
    bench.overlays.toggle_wall()
    assert on(bench) == "xxxxxxxx"
    assert bench.changes[-1] == {f"{s}/{c}" for s in range(2) for c in range(4)}


def test_a_tile_that_was_switched_off_stays_off_when_its_page_comes_back(bench: Bench) -> None:
    bench.overlays.toggle_tile(0, 0)
    bench.wall.turn_page(0, 1)
    bench.settle()
    assert on(bench) == "xxxx"
    bench.wall.turn_page(0, -1)
    bench.settle()
    assert on(bench) == ".xxx"


def test_an_empty_or_unknown_cell_cannot_be_switched(bench: Bench) -> None:
    bench.wall.set_layout(0, "64")
    bench.settle()
    bench.overlays.toggle_tile(0, 63)
    bench.overlays.toggle_timing(0, 99)
    assert bench.changes == []


def test_only_cameras_in_sight_are_asked_for(bench: Bench) -> None:
    asked = bench.sources.asked
    bench.wall.select(0, 2)
    bench.settle()
    assert bench.sources.asked == asked
    bench.wall.toggle_enlarged(0, 2)
    bench.settle()
    assert bench.sources.wanted == {"DIK-1-3"}
    bench.wall.close_screen(0)
    bench.wait(1)
    assert bench.sources.wanted == frozenset()


def test_boxes_of_a_camera_that_left_the_wall_are_kept_for_a_while(bench: Bench) -> None:
    crossing(bench)
    bench.wall.set_district(0, DistrictCode("BNU"))
    bench.settle()
    bench.wait(60)
    assert bench.timelines.of(CAMERA)
    bench.wait(60)
    assert not bench.timelines.of(CAMERA)


def test_a_source_that_is_taken_away_takes_its_boxes_along(bench: Bench) -> None:
    crossing(bench)
    bench.sources.use(SourceSettings(name="other", adapter="onvif-json", boxes_topic="y"))
    assert not bench.timelines.of(CAMERA)


# --- timing ----------------------------------------------------------------------------------


def timings(bench: Bench) -> str:
    return "".join(
        "s" if bench.overlays.status(tile.key).timing is Timing.IN_STEP else "f"
        for screen in bench.wall.screens
        for tile in screen.tiles
    )


def test_timing_is_chosen_by_tile_and_by_screen(bench: Bench) -> None:
    bench.overlays.toggle_timing(0, 0)
    assert timings(bench) == "fsss"
    bench.overlays.toggle_screen_timing(0)
    assert timings(bench) == "ssss"
    bench.overlays.toggle_screen_timing(0)
    assert timings(bench) == "ffff"


def test_the_settings_say_how_tiles_begin() -> None:
    assert timings(Bench(settings=AnalyticsSettings(in_step=False))) == "ffff"


def test_boxes_for_a_painted_picture_ask_for_a_repaint_only_when_fastest(bench: Bench) -> None:
    for timing in (Timing.IN_STEP, Timing.FASTEST):
        assert bench.overlays.status(KEY).timing is timing
        crossing(bench)
        bench.paint(1.0)
        assert bench.overlays.fresh() == []
        bench.timelines.add([frame(5.2, thing("7"), camera=CAMERA)])
        assert bench.overlays.fresh() == ([] if timing is Timing.IN_STEP else [KEY])
        bench.overlays.toggle_timing(0, 0)


def test_no_repaint_when_the_next_picture_is_about_to_come(bench: Bench) -> None:
    bench.overlays.toggle_timing(0, 0)
    for number in range(30):  # fifteen pictures a second
        bench.clock.seconds = number / 15
        bench.paint(number / 15)
    bench.timelines.add([frame(2.0, thing("7"), camera=CAMERA)])
    bench.clock.seconds += 0.030
    assert bench.overlays.fresh() == [KEY]
    bench.clock.seconds += 0.015
    assert bench.overlays.fresh() == []
    bench.clock.seconds += 0.040  # it did not come
    assert bench.overlays.fresh() == [KEY]


# --- offsets ---------------------------------------------------------------------------------


def test_an_offset_is_tried_out_over_the_picture_at_hand_then_kept(bench: Bench) -> None:
    crossing(bench)
    assert xs(bench.paint(2.0)) == [0.2]
    bench.overlays.preview_offset(CAMERA, 100)
    assert bench.changes[-1] == {KEY}
    assert xs(bench.paint(2.0)) == [0.19]
    bench.overlays.preview_offset(CAMERA, None)
    assert xs(bench.paint(2.0)) == [0.2]
    bench.overlays.set_offset(CAMERA, -100)
    assert bench.overlays.offset_ms(CAMERA) == -100
    assert bench.offsets.stored == {CAMERA: -100}
    assert xs(bench.paint(2.0)) == [0.21]


# --- after a restart -------------------------------------------------------------------------


def test_choices_are_remembered(bench: Bench) -> None:
    told: list[object] = []
    bench.overlays.remembered_changed.connect(told.append)
    bench.overlays.toggle_tile(0, 1)
    bench.overlays.toggle_timing(0, 2)
    bench.overlays.set_filter(None, OverlayFilter(frozenset({"car"}), 0.25))
    bench.overlays.set_switches(OverlaySwitches(True, True, False))
    assert len(told) == 4
    again = Bench(remembered=bench.overlays.state)
    assert (on(again), timings(again)) == ("x.xx", "ssfs")
    assert again.overlays.filter(0) == OverlayFilter(frozenset({"car"}), 0.25)
    assert again.overlays.switches == OverlaySwitches(True, True, False)


def test_nothing_is_followed_after_the_end(bench: Bench) -> None:
    bench.overlays.close()
    bench.wall.set_district(0, DistrictCode("BNU"))
    bench.settle()
    assert bench.sources.wanted == {f"DIK-1-{n}" for n in range(1, 5)}
