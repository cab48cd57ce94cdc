"""Boxes and events from backends: who is asked, what comes, and how each source is doing."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

from app.analytics.link import AnalyticsLink, LinkListeners
from app.analytics.messages import (
    Configure,
    ConnectionState,
    Heartbeat,
    Snapshot,
    SourceState,
    Zones,
)
from app.core.clock import Clock
from app.core.dispatch import Dispatcher
from app.core.events import Event
from app.core.tasks import Tasks
from app.domain.analytics_event import AnalyticsEvent
from app.domain.camera import Camera
from app.domain.detection import DetectionFrame
from app.services.analytics_configuration import configuration, secret_names
from app.services.analytics_logins import resolve
from app.services.credentials import Credentials
from app.services.notices import Notice, NoticeBoard, Severity
from app.settings.schema import AnalyticsSettings, BrokerSettings, SourceSettings

PATIENCE_S = 10.0
"""A source that is in trouble for longer gets a notice."""
RETRY_S = 30.0
"""How often the key store is asked again while it had no answer."""
_ADVICE = "The wall carries on; what this source sends comes back by itself."


class Link(Protocol):
    """What the service needs of ``AnalyticsLink``."""

    @property
    def restarts(self) -> int: ...

    @property
    def heartbeat(self) -> Heartbeat | None: ...

    @property
    def pid(self) -> int | None: ...

    def start(self) -> None: ...

    def close(self) -> None: ...

    def configure(self, configuration: Configure) -> None: ...

    def want_boxes(self, cameras: Collection[str]) -> None: ...

    def fetch_snapshot(
        self, source: str, ref: str, answer: Callable[[Snapshot], None], *, clip: bool = False
    ) -> None: ...


class CameraRegistry(Protocol):
    """What the service needs of ``RegistryService``."""

    changed: Event[None]

    @property
    def cameras(self) -> Sequence[Camera]: ...


class AnalyticsService:
    """Owner thread. ``events`` hears each event once, as it was received; ``zones`` the shapes of
    rules where a source tells them; ``sources_changed`` about once a second while sources run.

    ``frames`` is called with boxes on a thread of the link, never on the owner thread. ``tasks``
    should be those of the key store: it answers one call at a time.
    """

    def __init__(
        self,
        settings: AnalyticsSettings,
        registry: CameraRegistry,
        credentials: Credentials,
        tasks: Tasks,
        notices: NoticeBoard,
        dispatcher: Dispatcher,
        clock: Clock,
        *,
        station: str,
        frames: Callable[[Sequence[DetectionFrame]], None],
        make_link: Callable[[Dispatcher, LinkListeners], Link] = AnalyticsLink,
    ) -> None:
        self.events: Event[Sequence[AnalyticsEvent]] = Event("analytics.events")
        self.zones: Event[Zones] = Event("analytics.zones")
        self.sources_changed: Event[Sequence[SourceState]] = Event("analytics.sources_changed")
        self._brokers: Sequence[BrokerSettings] = settings.brokers
        self._sources: Sequence[SourceSettings] = settings.sources
        self._registry = registry
        self._credentials = credentials
        self._tasks = tasks
        self._notices = notices
        self._clock = clock
        self._station = station
        self._states: tuple[SourceState, ...] = ()
        self._troubled_since: dict[str, float] = {}
        self._noticed: set[str] = set()
        self._generation = 0
        self._retry_at: float | None = None
        self._is_started = False
        listeners = LinkListeners(
            frames=frames,
            events=self.events.emit,
            zones=self.zones.emit,
            sources=self._on_sources,
        )
        self._link = make_link(dispatcher, listeners)
        self._registry_connection = registry.changed.connect(lambda _nothing: self._configure())

    # --- state -----------------------------------------------------------------------------------

    @property
    def sources(self) -> Sequence[SourceState]:
        """Each configured source, as the last report found it."""
        return self._states

    @property
    def source_settings(self) -> Mapping[str, SourceSettings]:
        """The settings in force by the source's name: clock offset, hiding while moving, …"""
        return {source.name: source for source in reversed(self._sources)}

    @property
    def pid(self) -> int | None:
        """The analytics process, while one runs."""
        return self._link.pid

    @property
    def restarts(self) -> int:
        """How often the analytics process was lost and replaced."""
        return self._link.restarts

    @property
    def heartbeat(self) -> Heartbeat | None:
        """The newest figures of the process."""
        return self._link.heartbeat

    # --- verbs -----------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to connect; may be called twice."""
        if self._is_started:
            return
        self._is_started = True
        self._link.start()
        self._configure()

    def use(self, brokers: Sequence[BrokerSettings], sources: Sequence[SourceSettings]) -> None:
        """Take these brokers and sources instead of those of the settings."""
        self._brokers, self._sources = tuple(brokers), tuple(sources)
        self._configure()

    def tell_zones(self, zones: Sequence[Zones]) -> None:
        """Announce shapes of rules that are known from elsewhere than from their source."""
        for each in zones:
            self.zones.emit(each)

    def want_boxes(self, cameras: Collection[str]) -> None:
        """The cameras whose boxes are drawn somewhere now; others are let go after a while."""
        self._link.want_boxes(cameras)

    def fetch_snapshot(
        self, source: str, ref: str, answer: Callable[[Snapshot], None], *, clip: bool = False
    ) -> None:
        """Call ``answer`` once, later, with the backend's picture of an event, or a sentence."""
        self._link.fetch_snapshot(source, ref, answer, clip=clip)

    def close(self) -> None:
        """End the process; blocks for a moment."""
        self._registry_connection.close()
        self._link.close()

    # --- inside ----------------------------------------------------------------------------------

    def _configure(self) -> None:
        if not self._is_started:
            return
        self._generation += 1
        generation = self._generation
        self._retry_at = None
        brokers, sources, cameras = self._brokers, self._sources, self._registry.cameras
        station = self._station

        def build() -> tuple[Configure, bool]:
            names = secret_names(brokers, sources, cameras)
            secrets = resolve(self._credentials, names.logins, names.certificates)
            return (
                configuration(brokers, sources, cameras, secrets, station),
                bool(secrets.troubles),
            )

        self._tasks.run(build, done=lambda built: self._apply(*built, generation))

    def _apply(self, configured: Configure, has_trouble: bool, generation: int) -> None:
        if generation != self._generation:
            return  # something changed while it was built: the newer one counts
        self._link.configure(configured)
        if has_trouble:
            self._retry_at = self._clock.monotonic() + RETRY_S
        if not self._sources:
            self._on_sources(())

    def _on_sources(self, states: Sequence[SourceState]) -> None:
        known = {source.name for source in self._sources}
        self._states = tuple(state for state in states if state.name in known)
        now = self._clock.monotonic()
        for state in self._states:
            if _is_well(state):
                self._troubled_since.pop(state.name, None)
            else:
                self._troubled_since.setdefault(state.name, now)
        self._post_notices(now)
        if self._retry_at is not None and now >= self._retry_at:
            self._configure()
        self.sources_changed.emit(self._states)

    def _post_notices(self, now: float) -> None:
        troubled = {state.name: state for state in self._states if not _is_well(state)}
        self._troubled_since = {
            name: since for name, since in self._troubled_since.items() if name in troubled
        }
        for name in self._noticed - troubled.keys():
            self._notices.clear(_key(name))
        self._noticed &= troubled.keys()
        for name, since in self._troubled_since.items():
            if now - since >= PATIENCE_S:
                sentence = troubled[name].sentence or "It does not answer"
                text = f"No boxes and events from '{name}': {sentence}"
                self._notices.post(Notice(_key(name), Severity.WARNING, text, _ADVICE))
                self._noticed.add(name)


def _is_well(state: SourceState) -> bool:
    return state.state is ConnectionState.CONNECTED


def _key(source: str) -> str:
    return f"analytics-{source}"
