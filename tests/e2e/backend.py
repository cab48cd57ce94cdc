"""A backend of a test's own and the wall that draws what it tells: cameras that show a block which
crosses the picture, a real broker with TLS and logins, and a reader of the boxes on the screen."""

import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import psutil

from app.demo.backend.onvif_json import event_message
from app.demo.backend.onvif_scene import utc_text
from app.demo.city import DemoCamera
from app.demo.process import DemoCity
from app.domain.geometry import Size, fit
from tests.benchmarks.overlay_frames import frame_number, taken_at
from tests.benchmarks.overlay_reader import Box, overlap, painted_box
from tests.benchmarks.screen_reader import ScreenReader
from tests.e2e.program import Program
from tests.e2e.wall_reader import WallReader
from tests.fakes.code_clip import FPS, HEIGHT, WIDTH
from tests.fakes.crossing_clip import block_box, crossing_clip
from tests.fakes.mosquitto import BACKEND, WALL, Mosquitto, connect_client, end_client
from tests.fakes.xvfb import VirtualScreen

SOURCE = "Crossing"
LATENESS_S = 0.3
_RATE_HZ = 5
_SAME_BOX = 0.6
_BROKER = """
[[analytics.brokers]]
name = "{name}"
host = "localhost"
port = {port}
ca_file = "{ca_file}"
credential = "{credential}"
[[analytics.sources]]
name = "{name}"
adapter = "onvif-json"
broker = "{name}"
boxes_topic = "city/{{camera}}/onvif-mj/#"
events_topic = "city/{{camera}}/onvif-ej/#"
"""


def settings_of(name: str, broker: Mosquitto, *, port: int = 0, credential: str = "wall") -> str:
    """The part of ``settings.toml`` about one broker and the source behind it."""
    return _BROKER.format(
        name=name,
        port=port or broker.tls_port,
        ca_file=broker.ca_file,
        credential=credential,
    )


class BoxWall(Program):
    """The program with these settings; it finds logins as a kiosk does, as files."""

    def __init__(self, folder: Path, screen: VirtualScreen, settings: str) -> None:
        super().__init__(folder, screen)
        self.logins = folder / "logins"
        self.logins.mkdir()
        self.keep_login("wall", *WALL)
        self._settings = folder / "settings.toml"
        self._settings.write_text(f"[video]\nwarm_pages = 0\n{settings}", encoding="utf-8")

    def keep_login(self, name: str, user: str, password: str) -> None:
        file = self.logins / name
        file.touch(mode=0o600)
        file.write_text(f"{user}:{password}", encoding="utf-8")

    def command(self, *options: str, is_demo: bool = False) -> list[str]:
        return super().command("--config", str(self._settings), *options, is_demo=is_demo)

    def environment(self) -> dict[str, str]:
        return {**super().environment(), "CREDENTIALS_DIRECTORY": str(self.logins)}

    def analytics(self) -> psutil.Process | None:
        """The process that holds the connections to backends, while one runs."""
        for child in psutil.Process(self.pid).children():
            try:
                if child.name() == "analytics":
                    return child
            except psutil.Error:
                continue
        return None


def show_crossings(city: DemoCity, cameras: Sequence[DemoCamera]) -> None:
    """Let the cameras show the block; their clocks are known to the frame."""
    clip = str(crossing_clip().path)
    for camera in cameras:
        city.control.add_clip(_clip_name(camera), clip)


def url_of(city: DemoCity, camera: DemoCamera) -> str:
    return f"{city.base_url}/clip/{_clip_name(camera)}"


def set_clock(city: DemoCity, camera: DemoCamera, ahead_s: float) -> None:
    """Let the camera's own clock run ahead by so much."""
    city.control.set_faults(f"clip/{_clip_name(camera)}", clock_offset_s=ahead_s)


def _clip_name(camera: DemoCamera) -> str:
    return f"crossing-{camera.code}"


class Backend:
    """Tells the boxes of all cameras five times a second, late; use it as a context manager.

    Where the broker is gone it goes on by itself once it is back.
    """

    def __init__(
        self,
        broker: Mosquitto,
        cameras: Sequence[DemoCamera],
        ahead_s: Mapping[str, float] | None = None,
    ) -> None:
        """``ahead_s``: by how much the clock of a camera, by its code, runs ahead."""
        self._ahead_s = ahead_s or {}
        self._client = connect_client(broker.port, *BACKEND)
        self._client.reconnect_delay_set(1, 1)
        self._cameras = cameras
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="backend")

    def raise_event(self, camera: DemoCamera) -> int:
        """Somebody has crossed a line now; returns the number of the picture in which."""
        frame = int(time.time() * FPS)
        source = {"VideoSourceConfigurationToken": "V", "Rule": "Gate"}
        topic = f"city/{camera.code}/onvif-ej/RuleEngine/LineDetector/Crossed/&V/Gate"
        data: dict[str, str | int | bool] = {"ObjectId": 1, "ClassTypes": "Human"}
        told = self._client.publish(topic, event_message(taken_at(frame), source, data), 1)
        told.wait_for_publish(10)
        return frame

    def _run(self) -> None:
        step = FPS // _RATE_HZ
        frame = int(time.time() * FPS) // step * step
        while True:
            due = taken_at(frame) + LATENESS_S
            if self._is_over.wait(max(0.0, due - time.time())):
                return
            for camera in self._cameras:
                payload = _boxes_message(frame, self._ahead_s.get(camera.code, 0.0))
                self._client.publish(f"city/{camera.code}/onvif-mj/VideoAnalytics/p/d", payload)
            frame += step

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_over.set()
        self._thread.join()
        end_client(self._client)


def _boxes_message(frame: int, ahead_s: float) -> bytes:
    stamp = utc_text(taken_at(frame) + ahead_s)
    x1, y1, x2, y2 = block_box(frame)
    edges = f'"@left":{2 * x1 - 1},"@top":{1 - 2 * y1},"@right":{2 * x2 - 1},"@bottom":{1 - 2 * y2}'
    return (
        f'{{"Frame":[{{"@UtcTime":"{stamp}","Object":[{{"@ObjectId":1,'
        f'"Appearance":{{"Shape":{{"BoundingBox":{{{edges}}},'
        f'"CenterOfGravity":{{"@x":{x1 + x2 - 1},"@y":0}}}},'
        f'"Class":{{"Type":[{{"#text":"Vehicle","@Likelihood":0.9}}]}}}}}}]}}]}}'
    ).encode()


class BoxReader:
    """What is drawn over the pictures of a layout."""

    def __init__(self, wall: WallReader) -> None:
        self._pixels = wall.pixels
        rooms = [place.picture for place in wall.places]
        areas = [room.centred(fit(WIDTH, HEIGHT, Size(room.width, room.height))) for room in rooms]
        self._rects = [(area.x, area.y, area.width, area.height) for area in areas]
        self._codes = ScreenReader(wall.pixels, self._rects)

    def index(self, tile: int) -> int:
        """The number, in the clip, of the picture that a tile shows; -1 where none can be read."""
        return int(self._codes.codes()[1][tile])

    def frame(self, tile: int) -> int:
        """The number, on the cameras' time line, of the picture that a tile shows; -1 for none."""
        index = self.index(tile)
        return -1 if index < 0 else frame_number(index, time.time_ns())

    def box(self, tile: int) -> Box | None:
        return painted_box(np.asarray(self._pixels), self._rects[tile])

    def has_box(self, tile: int) -> bool:
        """Whether a box is drawn, right over the block.

        Looks that fall into a change of the picture count as none.
        """
        index = self.index(tile)
        box = self.box(tile)
        if index < 0 or index != self.index(tile):
            return False
        return overlap(box, block_box(index)) > _SAME_BOX

    def are_bare(self, tiles: Sequence[int]) -> bool:
        """Whether these tiles show pictures without anything over them."""
        return all(self.index(tile) >= 0 and self.box(tile) is None for tile in tiles)

    def have_boxes(self, tiles: Sequence[int]) -> bool:
        return all(self.has_box(tile) for tile in tiles)
