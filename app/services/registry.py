"""The registry of cameras in memory: what windows show and operators call up."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from app.core.events import Event
from app.core.tasks import Tasks
from app.domain.camera import CallUp, Camera, CameraCode, District, DistrictCode, Site
from app.services.camera_search import CameraSearch
from app.storage.database import Database
from app.storage.registry import Registry, RegistryRepository


class RegistryService:
    """Districts, sites and cameras, in the order of their numbers. Owner thread.

    ``changed`` follows every load; what was handed out before stays as it was.
    """

    def __init__(self, database: Database, tasks: Tasks) -> None:
        self.changed: Event[None] = Event("registry.changed")
        self._database = database
        self._tasks = tasks
        self._registry = Registry()
        self._search = CameraSearch(())
        self._by_code: Mapping[CameraCode, Camera] = MappingProxyType({})
        self._by_number: Mapping[CallUp, Camera] = MappingProxyType({})
        self._by_district: Mapping[DistrictCode, tuple[Camera, ...]] = MappingProxyType({})
        self._sites: Mapping[DistrictCode, tuple[Site, ...]] = MappingProxyType({})

    def load(self) -> None:
        """Read everything now. Blocking: at the start only; raises ``StorageUnavailable``."""
        self._show(self._read())

    def reload(self) -> None:
        """Read everything again in the background, after an import by another process."""
        self._tasks.run(self._read, done=self._show)

    def _read(self) -> Registry:
        with self._database.reading() as session:
            return RegistryRepository(session).load()

    def _show(self, registry: Registry) -> None:
        by_district: dict[DistrictCode, list[Camera]] = {}
        sites: dict[DistrictCode, list[Site]] = {}
        for camera in registry.cameras:
            by_district.setdefault(camera.district, []).append(camera)
        for site in registry.sites:
            sites.setdefault(site.district, []).append(site)
        self._registry = registry
        self._by_code = {camera.code: camera for camera in registry.cameras}
        self._by_number = {camera.call_up: camera for camera in registry.cameras}
        self._by_district = {code: tuple(found) for code, found in by_district.items()}
        self._sites = {code: tuple(found) for code, found in sites.items()}
        self._search = CameraSearch(registry.cameras)
        self.changed.emit(None)

    # --- state -------------------------------------------------------------------------------

    @property
    def cameras(self) -> Sequence[Camera]:
        """All cameras by call-up number."""
        return self._registry.cameras

    def districts(self) -> Sequence[District]:
        """All districts by number."""
        return self._registry.districts

    def sites_of(self, district: DistrictCode) -> Sequence[Site]:
        """The sites of the district by number. A site's code is unique within it only."""
        return self._sites.get(district, ())

    def cameras_of(self, district: DistrictCode) -> Sequence[Camera]:
        """The cameras of the district by call-up number."""
        return self._by_district.get(district, ())

    def cameras_at(self, site: Site) -> Sequence[Camera]:
        """The cameras of one site by call-up number."""
        return [camera for camera in self.cameras_of(site.district) if camera.site == site.code]

    def camera(self, code: CameraCode) -> Camera | None:
        return self._by_code.get(code)

    def called(self, number: CallUp) -> Camera | None:
        """The camera with the call-up ``number``."""
        return self._by_number.get(number)

    def search(self, text: str, limit: int = 100) -> Sequence[Camera]:
        """The best matches for codes, call-up numbers and names; forgives a typing error."""
        return self._search.find(text, limit)
