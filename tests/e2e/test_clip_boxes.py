"""A kept clip is played with its boxes: on the screen they lie over the very object, as live, also
where the camera's clock is an hour wrong, from a bookmark and in the review."""

import json
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtWidgets import QApplication

from app.demo.city import DemoCamera
from app.demo.process import DemoCity
from app.services.clip_boxes_files import boxes_file
from app.services.clip_overlays import NONE_KEPT
from tests.benchmarks.overlay_reader import Box, overlap, painted_box
from tests.e2e.backend import (
    SOURCE,
    Backend,
    BoxReader,
    BoxWall,
    set_clock,
    settings_of,
    show_crossings,
    url_of,
)
from tests.e2e.hands import Hands
from tests.e2e.program import first_cameras, until
from tests.e2e.words import shows_words
from tests.fakes.crossing_clip import block_box
from tests.fakes.demo_city import demo_city
from tests.fakes.mosquitto import Mosquitto
from tests.fakes.xvfb import VirtualScreen
from ui.theme import tokens

pytestmark = pytest.mark.timeout(400)
CAMERAS = first_cameras(4)
RIGHT, WRONG = CAMERAS[0], CAMERAS[2]
"""A camera whose clock is right, and one whose clock is an hour ahead."""
AHEAD_S = 3600.0
WHO = '[operator]\nname = "Zarin"\nrole = "supervisor"\n'
RIGHTS = {"backend": ["readwrite city/#"], "wall": ["read city/#"]}
CONSOLE_WIDTH = 440
SOON_S = 30.0
WATCH_S = 8.0
_LOOK_S = 0.006
_log = logging.getLogger(__name__)


class ClipReader(BoxReader):
    """Reads the box over a clip: what else is drawn there has a colour too."""

    def __init__(self, desk: "ClipDesk") -> None:
        super().__init__(desk.tiles)
        sky = tokens.BOX_SKY
        self._colour = np.array([int(sky[at : at + 2], 16) for at in (5, 3, 1)], np.int16)

    def box(self, tile: int) -> Box | None:
        return self._found(self._area(tile))

    def is_over(self, tile: int) -> bool:
        """Whether the box's left and right edges are those of the object: its lower one may lie
        under what else is shown."""
        index, box = self.index(tile), self.box(tile)
        if index < 0 or box is None or index != self.index(tile):
            return False
        true = block_box(index)
        return abs(box[0] - true[0]) < 0.02 and abs(box[2] - true[2]) < 0.02

    def is_at_edge(self, tile: int) -> bool:
        """Whether the object is where its picture ends."""
        index = self.index(tile)
        box = block_box(max(0, index))
        return index >= 0 and (box[0] < 0.02 or box[2] > 0.98)

    def has_left(self, tile: int, before: int) -> bool:
        """Whether the tile shows another picture than it did."""
        return self.index(tile) not in (before, -1)

    def stands(self, tile: int) -> bool:
        """Whether the box lies over the object in a picture that stands."""
        index = self.index(tile)
        return index >= 0 and overlap(self.box(tile), block_box(index)) > 0.85

    def watch(self, tile: int, seconds: float) -> list[float]:
        """How well the box lies over the object in each picture that comes (IoU)."""
        pause = threading.Event()
        seen: dict[int, NDArray[np.uint8]] = {}
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            before = self.index(tile)
            if before >= 0 and before not in seen:
                area = self._area(tile)
                # The X server may be in the middle of copying a picture.
                pause.wait(_LOOK_S)
                if self.index(tile) == before and np.array_equal(area, self._area(tile)):
                    seen[before] = area
            pause.wait(_LOOK_S)
        return [overlap(self._found(area), block_box(index)) for index, area in seen.items()]

    def _area(self, tile: int) -> NDArray[np.uint8]:
        left, top, width, height = self._rects[tile]
        return np.asarray(self._pixels)[top : top + height, left : left + width, :3].copy()

    def _found(self, area: NDArray[np.uint8]) -> Box | None:
        is_ours = np.abs(area.astype(np.int16) - self._colour).max(axis=2) <= 8
        alone = np.where(is_ours[..., None], area, 0).astype(np.uint8)
        return painted_box(alone, (0, 0, area.shape[1], area.shape[0]))


class ClipDesk(BoxWall):
    """One workstation with a console."""

    def __init__(self, folder: Path, screen: VirtualScreen, settings: str) -> None:
        super().__init__(folder, screen, settings)
        self.hands = Hands(screen)
        self.tiles = self.reader("4", width=screen.width - CONSOLE_WIDTH)
        self.pictures = folder.parent / "pictures"
        self.pictures.mkdir(exist_ok=True)

    def sit_down(self) -> None:
        """Start the program, and wait until all is there."""
        # Without a window manager Qt takes room for its frame off what it remembers.
        (self.data / "windows.ini").unlink(missing_ok=True)
        self.start("--screens", "1", "--layout", "4")
        self.wait_live(self.tiles)

    def says(self, tile: int, words: str) -> bool:
        """Whether these words stand over the picture of a tile."""
        return shows_words(self.tiles.picture(tile), words, 18)

    def picture(self, step: str) -> None:
        """Keep what is on the screen."""
        file = self.pictures / f"{step}.png"
        assert cv2.imwrite(str(file), self.screen.pixels()[..., :3].copy())

    def wait(self, is_so: Callable[[], bool], what: str) -> None:
        try:
            until(is_so, SOON_S, what)
        except AssertionError:
            self.picture(f"instead of {what}")
            raise

    def has_clip(self, camera: DemoCamera) -> bool:
        return any(self._clips.glob(f"{camera.code}_*"))

    def facts(self, camera: DemoCamera) -> list[dict[str, Any]]:
        """The clips of the camera that have their boxes."""
        found = [json.loads(each.read_text("utf-8")) for each in self._clips.glob("*.json")]
        return [each for each in found if each["camera"] == camera.code and each["boxes"]]

    @property
    def _clips(self) -> Path:
        return self.data / "clips"

    def drawn(self) -> list[list[dict[str, Any]]]:
        """What was drawn in the pictures that were marked, the oldest mark first."""
        with closing(sqlite3.connect(self.data / "nigehban.db")) as database:
            rows = database.execute("SELECT drawn FROM bookmark ORDER BY id").fetchall()
        return [json.loads(drawn) for (drawn,) in rows]

    def lose_boxes(self, camera: DemoCamera) -> None:
        """As of a clip that was kept by an older version of the program."""
        (facts,) = self.facts(camera)
        file = self._clips / facts["file"]
        boxes_file(file).unlink()
        name = file.with_suffix(".json")
        name.write_text(json.dumps(facts | {"boxes": "", "boxes_sha256": ""}), "utf-8")


@pytest.fixture(scope="module")
def streets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoCity]:
    with demo_city(tmp_path_factory.mktemp("city")) as city:
        show_crossings(city, CAMERAS)
        set_clock(city, WRONG, AHEAD_S)
        yield city


def test_a_played_clip_has_the_boxes_of_its_pictures(
    tmp_path: Path, wide_screen: VirtualScreen, streets: DemoCity, qapp: QApplication
) -> None:
    with (
        Mosquitto(rights=RIGHTS) as broker,
        Backend(broker, CAMERAS, {WRONG.code: AHEAD_S}),
        ClipDesk(tmp_path / "wall", wide_screen, WHO + settings_of(SOURCE, broker)) as desk,
    ):
        desk.add_cameras(CAMERAS, lambda camera: url_of(streets, camera))
        desk.sit_down()
        record_and_play(desk)
        desk.leave()
        desk.lose_boxes(RIGHT)
        desk.sit_down()
        play_again(desk)
        desk.leave()


def record_and_play(desk: ClipDesk) -> None:
    """Both cameras are marked; their clips are played from the list of bookmarks."""
    reader, hands = ClipReader(desk), desk.hands
    live = [median_of(desk, reader, tile, "live") for tile in (0, 2)]
    mark(desk, RIGHT)
    hands.press("Down")
    mark(desk, WRONG)
    played = []
    for tile, to_the_mark, away in ((2, [], "Up"), (0, ["Down"], "Down")):
        # The newest mark is the upper one; the clip comes into the selected tile.
        hands.press("ctrl+b", *to_the_mark, "Return")
        wait_for_clip(desk, tile)
        hands.press(away)  # the strip lies over the selected tile only
        played.append(median_of(desk, reader, tile, "played"))
        desk.picture(f"played in tile {tile}")
    assert min(played) >= 0.90
    assert min(played) >= min(live) - 0.03
    look_around(desk, reader)
    # In the clip of the first tile: what is drawn over it is marked too.
    hands.press("Up", "b", "Escape", "Down")
    desk.wait(lambda: len(desk.drawn()) == 3, "the mark in a clip")
    assert [len(boxes) for boxes in desk.drawn()] == [1, 1, 1]


def play_again(desk: ClipDesk) -> None:
    """After a restart: the flag's clip in the review, then one whose boxes are gone."""
    reader, hands = ClipReader(desk), desk.hands
    hands.press("ctrl+r")  # it plays at once, in the tile that was selected
    wait_for_clip(desk, 2)
    desk.wait(partial(reader.is_over, 2), "the boxes in the review")
    desk.picture("in the review")
    hands.press("Escape", "ctrl+b", "Down", "Return")
    desk.wait(partial(desk.says, 2, NONE_KEPT), "words that there are none")
    desk.picture("none were kept")


def mark(desk: ClipDesk, camera: DemoCamera) -> None:
    """Ten seconds before and after now, with a flag for the one whose clock is wrong."""
    desk.hands.press("b")
    until(lambda: desk.has_clip(camera), SOON_S, f"a clip of {camera.code}")
    desk.hands.press(*(["alt+f", "Return"] if camera is WRONG else ["Escape"]))
    until(lambda: len(desk.facts(camera)) == 1, SOON_S + 15, f"boxes of {camera.code}")


def median_of(desk: ClipDesk, reader: ClipReader, tile: int, what: str) -> float:
    desk.wait(partial(reader.has_box, tile), f"boxes on tile {tile}, {what}")
    found = reader.watch(tile, WATCH_S)
    median = float(np.median(found)) if found else 0.0
    fifth = float(np.percentile(found, 5)) if found else 0.0
    _log.info(
        "%s, tile %d: IoU median %.3f, 5th percentile %.3f of %d pictures",
        what, tile, median, fifth, len(found),
    )  # fmt: skip
    return median


def look_around(desk: ClipDesk, reader: ClipReader) -> None:
    """Paused, stepped, sought: the boxes are those of the picture that stands there."""
    hands = desk.hands
    hands.press("Up", "k", "Down")
    for keys in (["alt+Right"] * 3, ["alt+Left"] * 5, ["ctrl+Left"], ["ctrl+Right"]):
        before = check_standing(desk, reader)
        hands.press("Up", *keys, "Down")  # the strip lies over the selected tile only
        desk.wait(partial(reader.has_left, 0, before), f"another picture after {keys[0]}")
    check_standing(desk, reader)
    desk.picture("paused and stepped")


def check_standing(desk: ClipDesk, reader: ClipReader) -> int:
    """The number of the picture in which the box lies over the object."""
    while reader.is_at_edge(0):  # where a clip's frame hides the line of the box
        before = reader.index(0)
        desk.hands.press("Up", *["alt+Right"] * 8, "Down")
        desk.wait(partial(reader.has_left, 0, before), "a picture farther on")
    desk.wait(partial(reader.stands, 0), "the box over a standing picture")
    return reader.index(0)


def wait_for_clip(desk: ClipDesk, tile: int) -> None:
    strip = desk.tiles.strips[tile]
    pixels = desk.screen.pixels()
    caption = pixels[strip.y : strip.y + strip.height, strip.x : strip.x + strip.width]
    px = round(strip.height * 0.64)
    desk.wait(lambda: shows_words(caption, "again and again", px), "the clip")
