"""An engine without a screen: cameras of a test server, and waiting for what it says."""

import time
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Self

from app.core.dispatch import ManualDispatcher
from app.domain.camera import CallUp, Camera, CameraCode, DistrictCode, SiteCode
from app.domain.stream import StreamState
from app.video.engine import EngineSettings, VideoEngine
from app.video.engine_types import TileStatus, ViewKey, ViewSpec


def camera(number: int, main_url: str, sub_url: str | None = None, **attributes: str) -> Camera:
    """Camera ``C<number>`` of one site."""
    return Camera(
        CameraCode(f"C{number}"),
        f"Camera {number}",
        CallUp(1, 1, number + 1),
        SiteCode("S-1"),
        DistrictCode("S"),
        main_url,
        sub_url,
        attributes=attributes,
    )


class HeadlessWall:
    """Tiles of 240×135 without a window. Use as a context manager."""

    def __init__(self, cameras: Iterable[Camera], settings: EngineSettings | None = None) -> None:
        self.cameras = {camera.code: camera for camera in cameras}
        self.dispatcher = ManualDispatcher()
        self.engine = VideoEngine(self.cameras.get, self.dispatcher, settings)
        self.taken: dict[ViewKey, int] = {}

    def show_all(self, warm: Iterable[CameraCode] = ()) -> None:
        """A tile for each camera that is not in ``warm``."""
        kept = list(warm)
        shown = [code for code in self.cameras if code not in kept]
        self.show(dict.fromkeys(shown, (240, 135)), kept)

    def show(
        self, sizes: Mapping[CameraCode, tuple[int, int]], warm: Iterable[CameraCode] = ()
    ) -> None:
        wanted = {key(code): ViewSpec(code, *size) for code, size in sizes.items()}
        self.engine.show(wanted, list(warm))

    def turn(self, seconds: float = 0.02) -> None:
        """One turn of the event loop, and one look at the board as the canvas does."""
        self.dispatcher.wait(seconds)
        self.dispatcher.drain()
        for view in self.engine.fresh():
            if self.engine.picture(view) is not None:
                self.taken[view] = self.taken.get(view, 0) + 1

    def until(self, true: Callable[[], bool], seconds: float = 20.0, what: str = "") -> float:
        """Turn until ``true``; returns the seconds it took, fails after ``seconds``."""
        began = time.monotonic()
        while not true():
            took = time.monotonic() - began
            states = {code: self.status(code).state.value for code in self.cameras}
            assert took < seconds, f"not within {seconds} s: {what or true}; {states}"
            self.turn()
        return time.monotonic() - began

    def status(self, code: CameraCode) -> TileStatus:
        return self.engine.status(key(code))

    def is_live(self, *codes: CameraCode) -> bool:
        return all(self.status(code).state is StreamState.LIVE for code in codes or self.cameras)

    def __enter__(self) -> Self:
        self.engine.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.engine.close()


def key(code: CameraCode) -> ViewKey:
    return ViewKey(f"0/{code}")
