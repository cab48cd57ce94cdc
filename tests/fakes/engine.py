"""An engine that shows moving test pictures from plain memory and says what a test tells it."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from app.core.events import Event
from app.domain.camera import CameraCode
from app.domain.geometry import Size, fit
from app.domain.stream import PictureClock, StreamKind, StreamState, StreamStatus
from app.video.board import BoardPicture, PictureFacts
from app.video.engine_types import TileStatus, ViewKey, ViewSpec

Colour = tuple[int, int, int]
_SLOTS = itertools.count()
LIVE = TileStatus(StreamState.LIVE, age_s=0.08, kind=StreamKind.SUB)


@dataclass(slots=True)
class _View:
    spec: ViewSpec
    slot: int = field(default_factory=lambda: next(_SLOTS))
    sequence: int = 0
    taken: int = 0
    generation: int = 0
    pixels: npt.NDArray[np.uint8] | None = None
    facts: PictureFacts | None = None


class FakeEngine:
    """Implements ``Engine``. Pictures appear when ``publish`` or ``publish_all`` is called.

    ``statuses`` overrules what a view says; ``torn`` names views whose next so many pictures
    are found damaged after painting. ``shown`` and ``warm`` are what was last asked for.
    """

    def __init__(self) -> None:
        self.status_changed: Event[frozenset[CameraCode]] = Event("fake.status_changed")
        self.shown: Mapping[ViewKey, ViewSpec] = {}
        self.warm: Sequence[CameraCode] = ()
        self.shows = 0
        self.statuses: dict[ViewKey, TileStatus] = {}
        self.camera_statuses: dict[CameraCode, StreamStatus] = {}
        self.torn: dict[ViewKey, int] = {}
        self.pictures_given = 0
        self._views: dict[ViewKey, _View] = {}

    # --- what a test does --------------------------------------------------------------------

    def publish(
        self,
        key: ViewKey,
        colour: Colour | None = None,
        *,
        now_us: int = 0,
        size: Size | None = None,
    ) -> None:
        """A new picture for the view: one colour (red, green, blue), or a moving pattern."""
        view = self._views[key]
        wanted = size or fit(16, 9, Size(view.spec.width, view.spec.height))
        if view.pixels is None or view.pixels.shape[:2] != (wanted.height, wanted.width):
            view.pixels = np.zeros((wanted.height, wanted.width, 4), np.uint8)
        view.sequence += 1
        view.generation += 2
        if colour is None:
            _pattern(view.pixels, view.slot, view.sequence)
        else:
            view.pixels[:] = (*reversed(colour), 255)
        main = view.spec.prefer_main
        view.facts = PictureFacts(
            width=wanted.width,
            height=wanted.height,
            stride=wanted.width * 4,
            kind=StreamKind.MAIN if main else StreamKind.SUB,
            clock=PictureClock.CAMERA,
            utc_us=now_us,
            offset_us=0,
            arrival_us=now_us,
            published_us=now_us,
            pts=view.sequence,
            crop=view.spec.crop,
            source_width=1920 if main else 640,
            source_height=1080 if main else 360,
        )

    def publish_stripes(self, key: ViewKey) -> None:
        """A picture whose columns are white and black in turn: any scaling turns it grey."""
        self.publish(key, (0, 0, 0))
        pixels = self._views[key].pixels
        if pixels is not None:
            pixels[:, ::2] = 255

    def publish_all(self, colour: Colour | None = None) -> None:
        for key in self._views:
            self.publish(key, colour)

    # --- Engine ------------------------------------------------------------------------------

    def show(self, wanted: Mapping[ViewKey, ViewSpec], warm: Sequence[CameraCode]) -> None:
        self.shown, self.warm = dict(wanted), tuple(warm)
        self.shows += 1
        for key in self._views.keys() - wanted.keys():
            del self._views[key]
        for key, spec in wanted.items():
            view = self._views.get(key)
            if view is None or view.spec.camera != spec.camera:
                self._views[key] = _View(spec)
            else:
                view.spec = spec

    def fresh(self) -> Sequence[ViewKey]:
        return [key for key, view in self._views.items() if view.sequence != view.taken]

    def picture(self, key: ViewKey) -> BoardPicture | None:
        view = self._views.get(key)
        if view is None or view.pixels is None or view.facts is None:
            return None
        self.pictures_given += 1
        view.taken = view.sequence
        pixels = view.pixels.data.cast("B")
        return BoardPicture(view.slot, view.sequence, 0, view.generation, pixels, view.facts)

    def intact(self, picture: BoardPicture) -> bool:
        for key, view in self._views.items():
            if view.slot == picture.slot:
                if self.torn.get(key, 0) > 0:
                    self.torn[key] -= 1
                    return False
                return view.generation == picture.generation
        return True

    def status(self, key: ViewKey) -> TileStatus:
        scripted = self.statuses.get(key)
        if scripted is not None:
            return scripted
        view = self._views.get(key)
        if view is None or view.sequence == 0:
            return TileStatus(StreamState.CONNECTING)
        return LIVE

    def camera_status(self, camera: CameraCode) -> StreamStatus:
        return self.camera_statuses.get(camera, StreamStatus())


def _pattern(pixels: npt.NDArray[np.uint8], slot: int, sequence: int) -> None:
    """A dusk sky over a road, and a car that moves on with each picture."""
    height, width = pixels.shape[:2]
    if sequence == 1 or not pixels[0, 0].any():
        shade = np.linspace(70, 25, height).astype(np.uint8)[:, None]
        hue = (slot * 37) % 60
        pixels[..., 0] = shade + 30
        pixels[..., 1] = shade + hue // 3
        pixels[..., 2] = shade + hue
        pixels[..., 3] = 255
    road = slice(height * 6 // 10, height * 8 // 10)
    pixels[road] = (48, 46, 44, 255)
    at = (sequence * 4 + slot * 29) % max(1, width - width // 8)
    car = slice(height * 65 // 100, height * 75 // 100)
    pixels[car, at : at + width // 8] = (70, 190, 235, 255)
