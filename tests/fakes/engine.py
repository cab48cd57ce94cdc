"""An engine that shows moving test pictures from plain memory and says what a test tells it."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from app.core.events import Event
from app.domain.camera import CameraCode
from app.domain.geometry import Size, fit
from app.domain.picture_health import PictureFault
from app.domain.stream import PictureClock, StreamKind, StreamState, StreamStatus
from app.video.board import BoardPicture, PictureFacts
from app.video.engine_types import Moment, ReplayCommand, TileStatus, ViewKey, ViewSpec

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
    are found damaged after painting. ``shown`` and ``warm`` are what was last asked for, ``holds``
    and ``look_backs`` what was asked for the views that are there. ``stills`` are the answers of
    ``still`` by camera: at once or, while ``keeps_stills``, when ``answer_stills`` is called.
    """

    def __init__(self) -> None:
        self.status_changed: Event[frozenset[CameraCode]] = Event("fake.status_changed")
        self.shown: Mapping[ViewKey, ViewSpec] = {}
        self.warm: Sequence[CameraCode] = ()
        self.shows = 0
        self.statuses: dict[ViewKey, TileStatus] = {}
        self.camera_statuses: dict[CameraCode, StreamStatus] = {}
        self.torn: dict[ViewKey, int] = {}
        self.holds: dict[ViewKey, float] = {}
        self.look_backs: dict[ViewKey, Moment] = {}
        self.replays: dict[ViewKey, ReplayCommand] = {}
        self.stills: dict[CameraCode, bytes] = {}
        self.stills_asked: list[tuple[CameraCode, Moment, int]] = []
        self.keeps_stills = False
        self.faults: dict[CameraCode, tuple[PictureFault, ...]] = {}
        self._waiting_stills: list[tuple[CameraCode, Callable[[bytes | None], None]]] = []
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
        clock: PictureClock = PictureClock.CAMERA,
        offset_us: int = 0,
        is_replay: bool = False,
    ) -> None:
        """A new picture for the view: one colour (red, green, blue), or a moving pattern.

        ``now_us`` is when it was taken, on its ``clock``.
        """
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
            clock=clock,
            utc_us=now_us,
            offset_us=offset_us,
            arrival_us=now_us + offset_us,
            published_us=now_us + offset_us,
            pts=view.sequence,
            crop=view.spec.crop,
            source_width=1920 if main else 640,
            source_height=1080 if main else 360,
            is_replay=is_replay,
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

    def answer_stills(self) -> int:
        """Answer what waits; returns how many that were."""
        waiting, self._waiting_stills = self._waiting_stills, []
        for camera, answer in waiting:
            answer(self.stills.get(camera))
        return len(waiting)

    # --- Engine ------------------------------------------------------------------------------

    def show(self, wanted: Mapping[ViewKey, ViewSpec], warm: Sequence[CameraCode]) -> None:
        self.shown, self.warm = dict(wanted), tuple(warm)
        self.shows += 1
        for key in self._views.keys() - wanted.keys():
            self._forget(key)
        for key, spec in wanted.items():
            view = self._views.get(key)
            if view is None or view.spec.camera != spec.camera:
                self._forget(key)
                self._views[key] = _View(spec)
            else:
                view.spec = spec

    def _forget(self, key: ViewKey) -> None:
        self._views.pop(key, None)
        self.holds.pop(key, None)
        self.look_backs.pop(key, None)
        self.replays.pop(key, None)

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
        faults = self.faults.get(view.spec.camera, ())
        status = replace(LIVE, hold_s=self.holds.get(key, 0.0), faults=faults)
        if view.facts is not None and view.facts.is_replay:
            return replace(status, state=StreamState.REPLAY, replay_s=12.4, age_s=12.4, faults=())
        return status

    def hold(self, key: ViewKey, seconds: float) -> None:
        if key in self._views:
            self.holds[key] = seconds

    def look_back(self, key: ViewKey, moment: Moment | None) -> None:
        self.replay((key,), ReplayCommand(moment) if moment is not None else None)

    def replay(self, keys: Sequence[ViewKey], command: ReplayCommand | None) -> None:
        for key in keys:
            if command is None:
                self.look_backs.pop(key, None)
                self.replays.pop(key, None)
            elif key in self._views:
                self.look_backs[key] = command.moment
                self.replays[key] = command

    def replay_of(self, key: ViewKey) -> ReplayCommand | None:
        return self.replays.get(key)

    def still(
        self,
        camera: CameraCode,
        moment: Moment,
        width: int,
        answer: Callable[[bytes | None], None],
    ) -> None:
        self.stills_asked.append((camera, moment, width))
        if self.keeps_stills:
            self._waiting_stills.append((camera, answer))
        else:
            answer(self.stills.get(camera))

    def camera_faults(self, camera: CameraCode) -> tuple[PictureFault, ...]:
        return self.faults.get(camera, ())

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
