"""How many cameras of each site and district are live, without asking all of them again."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from app.core.events import Event
from app.domain.camera import Camera, CameraCode, DistrictCode, SiteCode
from app.domain.picture_health import PictureFault
from app.domain.stream import StreamState, StreamStatus

SiteKey = tuple[DistrictCode, SiteCode]
"""A site's code is unique within its district only."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Cameras of one site or district by what their streams do now.

    ``closed`` are those that nobody looks at: whether they would be live is not known. ``faulty``
    are those, counted above too, whose picture is frozen, blurred or the like.
    """

    live: int = 0
    stale: int = 0
    connecting: int = 0
    unauthorised: int = 0
    offline: int = 0
    closed: int = 0
    faulty: int = 0

    @property
    def is_open(self) -> bool:
        """Is any camera looked at?"""
        return bool(self.live or self.stale or self.connecting or self.unauthorised or self.offline)


_GROUPS: Mapping[StreamState, str] = {
    StreamState.LIVE: "live",
    StreamState.STALE: "stale",
    StreamState.CONNECTING: "connecting",
    StreamState.RECONNECTING: "connecting",
    StreamState.UNAUTHORISED: "unauthorised",
    StreamState.OFFLINE: "offline",
}


def _no_faults(_code: CameraCode) -> tuple[PictureFault, ...]:
    return ()


class LiveCounts:
    """The tallies of the console's tree, and the state and the faults of each camera. Owner thread.

    ``changed`` names the sites of which something is another than before.
    """

    def __init__(
        self,
        status_of: Callable[[CameraCode], StreamStatus],
        camera_of: Callable[[CameraCode], Camera | None],
        faults_of: Callable[[CameraCode], tuple[PictureFault, ...]] = _no_faults,
    ) -> None:
        self._status_of = status_of
        self._camera_of = camera_of
        self._faults_of = faults_of
        self._faults: dict[CameraCode, tuple[PictureFault, ...]] = {}
        self._faulty: Counter[DistrictCode | SiteKey] = Counter()
        self._states: dict[CameraCode, StreamState] = {}
        self._places: dict[CameraCode, SiteKey] = {}
        self._districts: dict[DistrictCode, Counter[StreamState]] = {}
        self._sites: dict[SiteKey, Counter[StreamState]] = {}
        self.changed: Event[frozenset[SiteKey]] = Event("live_counts.changed")

    def update(self, cameras: Iterable[CameraCode]) -> None:
        """Look at ``cameras`` again, e.g. at each ``status_changed`` of the engine."""
        touched: set[SiteKey] = set()
        for code in cameras:
            sites = (self._look_at_faults(code), self._look_at(code))
            touched.update(site for site in sites if site is not None)
        if touched:
            self.changed.emit(frozenset(touched))

    def state_of(self, code: CameraCode) -> StreamState:
        return self._states.get(code, StreamState.CLOSED)

    def faults_of(self, code: CameraCode) -> tuple[PictureFault, ...]:
        """What is wrong with the camera's picture."""
        return self._faults.get(code, ())

    def of_site(self, site: SiteKey, cameras: int) -> Tally:
        """The tally of a site that has ``cameras`` cameras in all."""
        return _tally(self._sites.get(site), cameras, self._faulty[site])

    def of_district(self, code: DistrictCode, cameras: int) -> Tally:
        """The tally of a district that has ``cameras`` cameras in all."""
        return _tally(self._districts.get(code), cameras, self._faulty[code])

    def _look_at_faults(self, code: CameraCode) -> SiteKey | None:
        before, now = self._faults.get(code, ()), self._faults_of(code)
        if now == before:
            return None
        place = self._place_of(code)
        if place is None:
            return None
        if bool(now) != bool(before):
            change = 1 if now else -1
            self._faulty[place] += change
            self._faulty[place[0]] += change
        if now:
            self._faults[code] = now
        else:
            self._faults.pop(code, None)
        return place

    def _look_at(self, code: CameraCode) -> SiteKey | None:
        before = self._states.get(code, StreamState.CLOSED)
        now = self._status_of(code).state
        if now is before:
            return None
        place = self._place_of(code)
        if place is None:
            return None
        for counter in (
            self._districts.setdefault(place[0], Counter()),
            self._sites.setdefault(place, Counter()),
        ):
            if before is not StreamState.CLOSED:
                counter[before] -= 1
            if now is not StreamState.CLOSED:
                counter[now] += 1
        if now is StreamState.CLOSED:
            del self._states[code], self._places[code]
        else:
            self._states[code] = now
            self._places[code] = place
        return place

    def _place_of(self, code: CameraCode) -> SiteKey | None:
        """Where an open camera was counted; a camera that left the registry is still taken off."""
        known = self._places.get(code)
        if known is not None:
            return known
        camera = self._camera_of(code)
        return None if camera is None else (camera.district, camera.site)


def _tally(counter: Counter[StreamState] | None, cameras: int, faulty: int) -> Tally:
    sums: Counter[str] = Counter()
    for state, number in (counter or {}).items():
        sums[_GROUPS[state]] += number
    return Tally(
        live=sums["live"],
        stale=sums["stale"],
        connecting=sums["connecting"],
        unauthorised=sums["unauthorised"],
        offline=sums["offline"],
        closed=max(0, cameras - sums.total()),
        faulty=faulty,
    )
