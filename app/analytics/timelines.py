"""All timelines of this workstation, by camera."""

import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

from app.analytics.frame_history import FrameHistory
from app.analytics.frame_tap import FrameTap
from app.analytics.messages import Zones, ZoneShape
from app.analytics.timeline import Timeline
from app.domain.detection import DetectionFrame

_MOST_CAMERAS = 1_024
_MOST_MODULES = 8
"""Timelines of one camera; a backend that invents module names gets no further ones."""
_NONE: Sequence["SourceTimeline"] = ()


class SourceTimeline:
    """A timeline and whose it is."""

    __slots__ = ("module", "source", "timeline")

    def __init__(self, source: str, module: str) -> None:
        self.source = source
        self.module = module
        self.timeline = Timeline(FrameHistory())


class Timelines:
    """``add`` from any one thread, everything else from the GUI thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_key: dict[tuple[str, str, str], SourceTimeline] = {}
        self._by_camera: Mapping[str, Sequence[SourceTimeline]] = MappingProxyType({})
        self._zones: dict[str, dict[str, Sequence[ZoneShape]]] = {}
        self._taps: dict[str, list[FrameTap]] = {}
        self._tapped: list[tuple[FrameTap, Timeline, Callable[[bytes], None]]] = []
        self.refused = 0
        """Frames left out: their time could not be, or there were too many cameras or modules."""

    def add(self, frames: Iterable[DetectionFrame]) -> None:
        """Sort frames into their timelines."""
        for frame in frames:
            key = (frame.camera, frame.source, frame.module)
            found = self._by_key.get(key) or self._begin(key)
            if found is None or not found.timeline.add(frame):
                self.refused += 1

    def of(self, camera: str) -> Sequence[SourceTimeline]:
        """What there is of a camera; empty when nothing has come."""
        return self._by_camera.get(camera, _NONE)

    def keep(self, cameras: Collection[str]) -> None:
        """Let go of the timelines of all other cameras."""
        if self._by_camera.keys() <= set(cameras):
            return
        with self._lock:
            self._by_key = {key: found for key, found in self._by_key.items() if key[0] in cameras}
            self._sort()

    def forget(self, source: str) -> None:
        """Let go of everything one source said: it was taken away, or was gone for long."""
        with self._lock:
            self._by_key = {key: found for key, found in self._by_key.items() if key[1] != source}
            self._sort()
        for zones in self._zones.values():
            zones.pop(source, None)

    def set_zones(self, zones: Zones) -> None:
        """Replace the rules' shapes that a source told of a camera."""
        self._zones.setdefault(zones.camera, {})[zones.source] = tuple(zones.shapes)

    def zones_of(self, camera: str) -> Sequence[tuple[str, Sequence[ZoneShape]]]:
        """Sources and their shapes."""
        return tuple(self._zones.get(camera, {}).items())

    def tap(self, camera: str) -> FrameTap:
        """All frames of the camera from all its sources: those of the last minute, and each that
        comes until ``untap``."""
        tap = FrameTap()
        with self._lock:
            self._taps.setdefault(camera, []).append(tap)
            for each in self.of(camera):
                self._listen(tap, each)
        return tap

    def untap(self, tap: FrameTap) -> None:
        with self._lock:
            for camera in [code for code, taps in self._taps.items() if tap in taps]:
                self._taps[camera].remove(tap)
                if not self._taps[camera]:
                    del self._taps[camera]
            for of, timeline, listener in self._tapped:
                if of is tap:
                    timeline.stop_listening(listener)
            self._tapped = [each for each in self._tapped if each[0] is not tap]

    def _listen(self, tap: FrameTap, to: SourceTimeline) -> None:
        listener = tap.of(to.source, to.module)
        to.timeline.listen(listener)
        self._tapped.append((tap, to.timeline, listener))

    def _begin(self, key: tuple[str, str, str]) -> SourceTimeline | None:
        with self._lock:
            camera = key[0]
            if len(self.of(camera)) >= _MOST_MODULES or (
                camera not in self._by_camera and len(self._by_camera) >= _MOST_CAMERAS
            ):
                return None
            made = self._by_key[key] = SourceTimeline(key[1], key[2])
            for tap in self._taps.get(camera, ()):
                self._listen(tap, made)
            self._sort()
            return made

    def _sort(self) -> None:
        """A new table each time: the other thread may be reading the old one."""
        by_camera: dict[str, list[SourceTimeline]] = {}
        for (camera, _source, _module), found in self._by_key.items():
            by_camera.setdefault(camera, []).append(found)
        self._by_camera = by_camera
