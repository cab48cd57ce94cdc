"""Boxes through the whole road: a backend, a broker, the program, its keys and its screen."""

import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from app.demo.process import DemoCity
from app.domain.stream import StreamState
from app.video.engine import workers_for
from tests.e2e.backend import (
    SOURCE,
    Backend,
    BoxReader,
    BoxWall,
    settings_of,
    show_crossings,
    url_of,
)
from tests.e2e.hands import Hands
from tests.e2e.program import first_cameras, until
from tests.e2e.wall_reader import WallReader
from tests.e2e.watcher import BlinkWatch
from tests.e2e.words import place_of, shows_words
from tests.fakes.code_clip import FPS
from tests.fakes.demo_city import demo_city
from tests.fakes.mosquitto import BACKEND, WALL, Mosquitto
from tests.fakes.mqtt_flood import Flood
from tests.fakes.xvfb import VirtualScreen
from ui.events.dock import WIDTH as DOCK_WIDTH

pytestmark = pytest.mark.timeout(300)
CAMERAS = first_cameras(4)
TILES = range(4)
SOON_S = 15.0
TOLD_S = 10.0
"""So soon the tiles say that no boxes come; 4 s on a quiet machine."""
TICK_MS = 10.0
"""Of half the ticks: whatever else keeps the machine busy lengthens some of them."""
CONSOLE_WIDTH = 440
PROGRAM_S = 30.0
PAGE_S = 1.0
RIGHTS = {"backend": ["readwrite city/#"], "wall": ["read city/#"]}


@pytest.fixture(scope="module")
def screen() -> Iterator[VirtualScreen]:
    with VirtualScreen(1280, 720) as screen:
        yield screen


@pytest.fixture(scope="module")
def streets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoCity]:
    with demo_city(tmp_path_factory.mktemp("city")) as city:
        show_crossings(city, CAMERAS)
        yield city


@pytest.fixture(scope="module")
def broker() -> Iterator[Mosquitto]:
    with Mosquitto(rights=RIGHTS) as broker:
        yield broker


@pytest.fixture(scope="module")
def backend(broker: Mosquitto) -> Iterator[Backend]:
    with Backend(broker, CAMERAS) as backend:
        yield backend


@pytest.fixture(scope="module")
def wall(
    tmp_path_factory: pytest.TempPathFactory,
    screen: VirtualScreen,
    streets: DemoCity,
    broker: Mosquitto,
    backend: Backend,
) -> Iterator[BoxWall]:
    """Four tiles with boxes on them."""
    folder = tmp_path_factory.mktemp("wall")
    with BoxWall(folder, screen, settings_of(SOURCE, broker)) as program:
        program.add_cameras(CAMERAS, lambda camera: url_of(streets, camera))
        program.start("--kiosk", "--layout", "4")
        reader = program.reader("4")
        program.wait_live(reader)
        boxes = BoxReader(reader)
        until(lambda: boxes.have_boxes(TILES), SOON_S, "boxes on all tiles")
        yield program


@pytest.fixture(scope="module")
def tiles(wall: BoxWall) -> WallReader:
    return wall.reader("4")


@pytest.fixture(scope="module")
def beside(wall: BoxWall) -> WallReader:
    """The tiles while the dock of events stands to the right of them."""
    return wall.reader("4", width=1280 - DOCK_WIDTH)


@pytest.fixture(scope="module")
def boxes(tiles: WallReader) -> BoxReader:
    return BoxReader(tiles)


@pytest.fixture
def hands(screen: VirtualScreen) -> Hands:
    return Hands(screen)


def overlay_state(wall: BoxWall) -> dict[str, Any]:
    """What the program remembers about boxes on its first screen."""
    state = json.loads((wall.data / "wall-state.json").read_text(encoding="utf-8"))
    screens = state["overlay"]["screens"]
    found: dict[str, Any] = screens[0] if screens else {}
    return found


def all_have_boxes(boxes: BoxReader) -> None:
    until(lambda: boxes.have_boxes(TILES), SOON_S, "boxes on all tiles")


def test_o_hides_the_boxes_of_a_tile_of_the_screen_and_of_the_wall(
    wall: BoxWall, hands: Hands, boxes: BoxReader
) -> None:
    hands.press("o")
    until(lambda: boxes.are_bare([0]) and boxes.have_boxes([1, 2, 3]), SOON_S, "one tile without")
    hands.press("o")
    all_have_boxes(boxes)
    for keys in ("shift+o", "ctrl+o"):
        hands.press(keys)
        until(lambda: boxes.are_bare(TILES), SOON_S, f"no boxes after {keys}")
        hands.press(keys)
        all_have_boxes(boxes)


def test_t_lets_one_tile_run_ahead_of_its_boxes(
    wall: BoxWall, hands: Hands, boxes: BoxReader
) -> None:
    def ahead() -> int:
        """Pictures by which the first tile is ahead of the second, which waits for its boxes."""
        first, second = boxes.frame(0), boxes.frame(1)
        return first - second if first >= 0 and second >= 0 else 0

    hands.press("t")
    until(lambda: ahead() >= FPS // 5, SOON_S, "the first tile shows newer pictures")
    kept = {CAMERAS[0].code: "fastest"}
    until(lambda: overlay_state(wall)["cameras_timing"] == kept, SOON_S, "it is remembered")
    hands.press("t")
    until(lambda: abs(ahead()) <= 1 and boxes.have_boxes(TILES), SOON_S, "all in step again")


@pytest.mark.leaves("processes", "descriptors")  # the broker's new ones are the module's
def test_a_lost_broker_ends_the_boxes_and_is_told_until_it_is_back(
    wall: BoxWall, broker: Mosquitto, tiles: WallReader, boxes: BoxReader, qapp: QApplication
) -> None:
    strips = [(strip.x, strip.y, strip.width, strip.height) for strip in tiles.strips]

    def say_so() -> bool:
        return all(
            shows_words(
                tiles.pixels[y : y + height, x : x + width], "no boxes", round(height * 0.64)
            )
            for x, y, width, height in strips
        )

    watch = BlinkWatch(tiles)
    broker.stop(signal.SIGKILL)
    took = until(lambda: boxes.are_bare(TILES), SOON_S, "boxes end")
    told = until(say_so, SOON_S, "the tiles say that there are no boxes")
    assert took + told < TOLD_S
    assert watch.are_live(TILES)
    broker.start()
    until(lambda: boxes.have_boxes(TILES), 30, "boxes again")
    until(lambda: not say_so(), SOON_S, "the words are gone")
    assert not watch.blinked


def test_what_cannot_be_understood_does_not_disturb(
    wall: BoxWall, broker: Mosquitto, tiles: WallReader, boxes: BoxReader
) -> None:
    """Five hundred bad messages a second beside the good ones, as boxes and as events."""
    bad = (
        "", "[", "\x00\xff", '{"Frame":' * 400, '{"Frame":[{"@UtcTime":"1970-01-01T00:00:00Z"}]}',
        '{"Frame":[{"@UtcTime":"{now}","Object":[{"@ObjectId":NaN}]}]}', '{"UtcTime":"soon"}',
    )  # fmt: skip
    topics = [f"city/{camera.code}/onvif-{kind}/x" for camera in CAMERAS for kind in ("mj", "ej")]
    watch = BlinkWatch(tiles)
    looks: list[bool] = []
    messages = [(topic, payload) for payload in bad for topic in topics]
    with Flood(broker.port, BACKEND, messages) as flood:
        sending = flood.begin(500, 4.0)

        def is_over() -> bool:
            watch.look()
            looks.append(boxes.has_box(len(looks) % 4))
            return not sending.is_alive()

        until(is_over, 60, "the flood is over")
        sending.join()
    assert sum(looks) > len(looks) / 2
    assert not watch.blinked
    all_have_boxes(boxes)


@pytest.mark.leaves("processes")  # the new one is the module's program's
def test_a_killed_analytics_process_comes_back_and_the_wall_notices_nothing_else(
    wall: BoxWall, tiles: WallReader, boxes: BoxReader
) -> None:
    process, workers = wall.analytics(), set(wall.workers())
    assert process is not None
    watch = BlinkWatch(tiles)
    process.kill()
    killed_at = int(time.time() * FPS)

    def is_back() -> bool:
        now = wall.analytics()
        return watch.are_live(TILES) and now is not None and now.pid != process.pid

    def has_new_boxes() -> bool:
        """Over pictures whose boxes the killed process cannot have told."""
        is_later = boxes.frame(0) > killed_at + 2 * FPS
        return watch.are_live(TILES) and is_later and boxes.have_boxes(TILES)

    until(is_back, SOON_S, "another analytics process")
    until(has_new_boxes, SOON_S, "boxes again")
    assert not watch.blinked
    assert len(workers - set(wall.workers())) == 1


def test_an_event_is_shown_as_it_was_and_never_as_a_live_picture(
    wall: BoxWall, hands: Hands, backend: Backend, beside: WallReader, qapp: QApplication
) -> None:
    camera, boxes = CAMERAS[2], BoxReader(beside)
    hands.press("F4")
    until(lambda: beside.count(StreamState.LIVE) == 4, SOON_S, "the dock beside the tiles")
    happened = backend.raise_event(camera)
    dock = beside.pixels[:, 1280 - DOCK_WIDTH :]
    until(lambda: shows_words(dock, camera.code, 13, bold=True), SOON_S, "the event in the dock")
    until(lambda: boxes.frame(0) > happened + 3 * FPS, SOON_S, "the event is some seconds old")
    hands.press("shift+F4", "Return")
    strip = beside.strips[0]
    caption = beside.pixels[strip.y : strip.y + strip.height, strip.x : strip.x + strip.width]
    looks: list[int] = []

    def is_replayed() -> bool:
        if not shows_words(caption, camera.code, round(strip.height * 0.64), bold=True):
            return False
        state, frame = beside.states()[0], boxes.frame(0)
        assert state is not StreamState.LIVE
        if state is StreamState.REPLAY and frame >= 0:
            looks.append(frame)
        return len(looks) > 5

    until(is_replayed, SOON_S, "the moment of the event")
    assert happened - FPS <= looks[0] <= happened + 2 * FPS
    hands.press("Escape", "End")

    def is_live() -> bool:
        return beside.states()[0] is StreamState.LIVE and boxes.frame(0) > happened + 4 * FPS

    until(is_live, SOON_S, "the live picture")
    hands.press("shift+F4", "Return")
    until(lambda: beside.states()[0] is StreamState.REPLAY, SOON_S, "the moment again")
    hands.press("ctrl+Return")
    until(is_live, SOON_S, "the live picture from the list")
    hands.press("Escape", "F4")


@pytest.mark.leaves("processes", "descriptors")  # counted before it ended
def test_it_leaves_in_good_order_having_told_no_secret(wall: BoxWall) -> None:
    family = wall.family().values()
    commands = [words for each in family if each.is_running() for words in each.cmdline()]
    report = wall.leave()
    until(lambda: not wall.survivors(), 10, "nothing of it runs")
    assert report["ui"]["tick_ms"]["p50"] < TICK_MS, report["ui"]
    assert report["ui"]["events_dropped"] == 0
    assert (report["process"]["restarts"], report["process"]["workers"]) == (0, workers_for())
    assert [tile["reconnects"] for tile in report["tiles"]] == [0] * 4
    assert WALL[1] not in " ".join(commands)
    kept = [file for file in wall.folder.rglob("*") if file.is_file()]
    assert {"nigehban.log", "said.log", "report.json", "nigehban.db"} <= {f.name for f in kept}
    secret = WALL[1].encode()
    tells = [f.name for f in kept if secret in f.read_bytes() and f.parent != wall.logins]
    assert tells == []


def test_a_broker_that_refuses_us_is_told_in_the_console_and_as_a_notice(
    tmp_path: Path, wide_screen: VirtualScreen, broker: Mosquitto, qapp: QApplication
) -> None:
    settings = settings_of("Revoked", broker, credential="revoked")
    settings += settings_of("Elsewhere", broker, port=broker.other_port)
    settings += settings_of("Keyless", broker, credential="nobody")
    with BoxWall(tmp_path / "wall", wide_screen, settings) as program:
        program.keep_login("revoked", WALL[0], "Watched-40")
        program.add_cameras(CAMERAS, lambda camera: f"rtsp://127.0.0.1:1/{camera.code}")
        program.start("--screens", "1", "--layout", "4")
        left = 1920 - CONSOLE_WIDTH
        console = wide_screen.pixels()[:, left:]
        hands = Hands(wide_screen)

        def first_page_is_chosen() -> bool:
            found = place_of(console, "Cameras", 13)
            if found is not None:
                hands.click_at((left + found[0], found[1]))
            return found is not None

        until(first_page_is_chosen, PROGRAM_S, "the console with its pages")
        turned_at = 0.0

        def page_is_chosen() -> bool:
            """Turn from page to page: there are more of them than tabs in sight."""
            nonlocal turned_at
            if shows_words(console, "Boxes that are drawn", 16, bold=True):
                return True
            if time.monotonic() - turned_at > PAGE_S:
                turned_at = time.monotonic()
                hands.press("ctrl+shift+Tab")
            return False

        until(page_is_chosen, PROGRAM_S, "the console's page about boxes")
        wanted = [
            "Revoked – refused",
            "It refuses the user or the password",
            "Elsewhere – ",
            "Its certificate is not for the name",
            "Keyless – not configured",
            "No boxes and events from 'Revoked'",
            "No boxes and events from 'Elsewhere'",
            "No boxes and events from 'Keyless'",
        ]

        def all_were_seen() -> bool:
            if shows_words(console, wanted[-1], 13):
                wanted.pop()
            return not wanted

        until(all_were_seen, PROGRAM_S, "a sentence for each broker, here and as a notice")
        program.leave()
        secrets = (WALL[1], "Watched-40")
        said = program.said.read_text(encoding="utf-8")
        said += (program.data / "logs" / "nigehban.log").read_text(encoding="utf-8")
        assert [secret for secret in secrets if secret in said] == []
