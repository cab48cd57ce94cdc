"""Starts the demo city's backend and leads the analytics service to it."""

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Slot

from app.analytics.messages import Zones, ZoneShape
from app.core.tasks import Tasks
from app.demo.backend.process import DemoBackend, DemoBackendError
from app.demo.city import build_city
from app.services.notices import Notice, NoticeBoard, Severity
from app.settings.schema import BrokerSettings, SourceSettings

BROKER = "Demo broker"
BACKEND = "Demo backend"
CAMERAS = "Demo cameras"
"""The source of the cameras that analyse their pictures themselves."""
LATENESS = ("--lateness-s", "0.08", "--jitter-s", "0.02")
"""What an analysis takes; without it boxes would be there before their pictures."""
_POLL_MS = 100
_NOTICE = "demo-backend"
_ZONES_AT_A_TIME = 100


class Analytics(Protocol):
    """What is needed of ``AnalyticsService``."""

    def use(self, brokers: Sequence[BrokerSettings], sources: Sequence[SourceSettings]) -> None: ...

    def tell_zones(self, zones: Sequence[Zones]) -> None: ...


class DemoAnalytics(QObject):
    """Watches the demo backend come up without ever waiting for it. GUI thread."""

    def __init__(self, analytics: Analytics, tasks: Tasks, notices: NoticeBoard) -> None:
        super().__init__()
        self._analytics = analytics
        self._tasks = tasks
        self._notices = notices
        self._backend: DemoBackend | None = None
        self._city_url = ""
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._look)

    def start(self, city_url: str) -> None:
        """Start the backend of the city whose cameras are served under ``city_url``."""
        self._city_url = city_url
        self._backend = DemoBackend.start(extra=LATENESS)
        self._timer.start()

    def close(self) -> None:
        """End the backend. Blocks for at most some seconds."""
        self._timer.stop()
        if self._backend is not None:
            self._backend.close()

    @Slot()
    def _look(self) -> None:
        backend = self._backend
        if backend is None:
            return
        try:
            if not backend.poll_ready():
                return
        except DemoBackendError as error:
            self._timer.stop()
            self._notices.post(
                Notice(
                    _NOTICE,
                    Severity.WARNING,
                    str(error),
                    self.tr("The demo city has no boxes and no events."),
                )
            )
            return
        self._timer.stop()
        city_url = self._city_url
        broker = BrokerSettings(
            name=BROKER, host="127.0.0.1", port=backend.port, tls=False, protocol="3.1.1"
        )

        def lead(found: tuple[list[SourceSettings], list[Zones]]) -> None:
            sources, zones = found
            self._analytics.use([broker], sources)
            self._tell(zones)

        self._tasks.run(lambda: (sources_of(city_url), zones_of()), done=lead)

    def _tell(self, zones: Sequence[Zones]) -> None:
        """Some at a time: all of the city would take longer than a tick may."""
        self._analytics.tell_zones(zones[:_ZONES_AT_A_TIME])
        rest = zones[_ZONES_AT_A_TIME:]
        if rest:
            QTimer.singleShot(0, self, lambda: self._tell(rest))


def sources_of(city_url: str) -> list[SourceSettings]:
    """The two sources of the demo city; each camera belongs to one."""
    cameras = build_city().cameras
    return [
        SourceSettings(
            name=BACKEND,
            adapter="onvif-json",
            broker=BROKER,
            boxes_topic="city/{camera}/onvif-mj/VideoAnalytics/+/+",
            events_topic="city/{camera}/onvif-ej/#",
            only=[camera.code for camera in cameras if not camera.metadata_encoding],
        ),
        SourceSettings(
            name=CAMERAS,
            adapter="onvif-xml",
            url=f"{city_url}/{{camera}}/sub",
            only=[camera.code for camera in cameras if camera.metadata_encoding],
        ),
    ]


def zones_of() -> list[Zones]:
    """The lines and zones of all cameras. Takes a while: not on the GUI thread."""
    from app.demo.backend.rules import shapes

    return [
        Zones(
            CAMERAS if camera.metadata_encoding else BACKEND,
            camera.code,
            [ZoneShape(one.rule, one.points, one.is_line) for one in shapes(camera.scene)],
        )
        for camera in build_city().cameras
    ]
