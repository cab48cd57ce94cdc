"""Which source serves which camera, and what its settings say about time and movement."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from app.analytics.messages import SourceState, Zones
from app.core.events import Event
from app.domain.camera import Camera, CameraCode
from app.settings.schema import SourceSettings


class BoxSources(Protocol):
    """What the overlay needs of ``AnalyticsService``."""

    sources_changed: Event[Sequence[SourceState]]
    zones: Event[Zones]

    @property
    def sources(self) -> Sequence[SourceState]: ...

    @property
    def source_settings(self) -> Mapping[str, SourceSettings]: ...

    def want_boxes(self, cameras: Collection[str]) -> None: ...


class ServingSources:
    """The sources' settings, looked up for every painted picture. Owner thread."""

    def __init__(self) -> None:
        self._settings: Mapping[str, SourceSettings] = {}
        self._serving: dict[CameraCode, tuple[Camera, Sequence[SourceSettings]]] = {}

    @property
    def any(self) -> bool:
        return bool(self._settings)

    def update(self, settings: Mapping[str, SourceSettings]) -> Collection[str] | None:
        """Take over the settings in force: the names that are gone; ``None``: all is as before."""
        if settings == self._settings:
            return None
        gone = self._settings.keys() - settings.keys()
        self._settings = dict(settings)
        self._serving.clear()
        return gone

    def of(self, camera: Camera) -> Sequence[SourceSettings]:
        """Those that send boxes of this camera."""
        found = self._serving.get(camera.code)
        if found is None or found[0] is not camera:
            serving = tuple(each for each in self._settings.values() if _serves(each, camera))
            found = self._serving[camera.code] = (camera, serving)
        return found[1]

    def offset_ms(self, source: str) -> int:
        """What is added to the time of its boxes."""
        settings = self._settings.get(source)
        return 0 if settings is None else settings.offset_ms

    def hides_while_moving(self, source: str) -> bool:
        settings = self._settings.get(source)
        return settings is None or settings.hide_while_moving


def _serves(source: SourceSettings, camera: Camera) -> bool:
    sends_boxes = bool(source.boxes_topic) or source.adapter in _WITHOUT_TOPIC
    return sends_boxes and source.serves(camera.code, camera.district)


_WITHOUT_TOPIC = frozenset({"onvif-xml", "frigate"})
"""Adapters whose boxes need no topic: they have a track, or topics, of their own."""
