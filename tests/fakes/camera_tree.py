"""A registry in memory: as many districts, sites and cameras as a test wants."""

from collections.abc import Sequence

from app.core.events import Event
from app.domain.camera import CallUp, Camera, CameraCode, District, DistrictCode, Site, SiteCode


class FakeCameraTree:
    """Answers what the console and the wall ask of the registry."""

    def __init__(self, districts: int = 3, sites: int = 4, cameras: int = 5) -> None:
        self.changed: Event[None] = Event("fake_registry.changed")
        self._districts: list[District] = []
        self._sites: dict[DistrictCode, list[Site]] = {}
        self._cameras: dict[SiteCode, list[Camera]] = {}
        self._by_code: dict[CameraCode, Camera] = {}
        for number in range(1, districts + 1):
            self._add_district(number, sites, cameras)

    def districts(self) -> Sequence[District]:
        return self._districts

    def sites_of(self, district: DistrictCode) -> Sequence[Site]:
        return self._sites[district]

    def cameras_of(self, district: DistrictCode) -> Sequence[Camera]:
        return [camera for site in self._sites[district] for camera in self._cameras[site.code]]

    def camera(self, code: CameraCode) -> Camera | None:
        return self._by_code.get(code)

    def called(self, number: CallUp) -> Camera | None:
        found = (camera for camera in self._by_code.values() if camera.call_up == number)
        return next(found, None)

    def search(self, text: str) -> Sequence[Camera]:
        """Cameras whose code or name contains the text."""
        wanted = text.casefold()
        return [
            camera
            for camera in self._by_code.values()
            if wanted in camera.code.casefold() or wanted in camera.name.casefold()
        ]

    def rename(self, code: CameraCode, name: str) -> None:
        """Give a camera another name, and announce it."""
        old = self._by_code[code]
        new = Camera(code, name, old.call_up, old.site, old.district, old.main_url)
        self._by_code[code] = new
        cameras = self._cameras[old.site]
        cameras[cameras.index(old)] = new
        self.changed.emit(None)

    def take_over(self, other: "FakeCameraTree") -> None:
        """Hold what another one holds, and announce it."""
        self._districts = other._districts
        self._sites, self._cameras = other._sites, other._cameras
        self._by_code = other._by_code
        self.changed.emit(None)

    def remove_site(self, code: SiteCode) -> None:
        """Take a site and its cameras out, and announce it."""
        for sites in self._sites.values():
            sites[:] = [site for site in sites if site.code != code]
        for camera in self._cameras.pop(code):
            del self._by_code[camera.code]
        self.changed.emit(None)

    def _add_district(self, number: int, sites: int, cameras: int) -> None:
        district = District(DistrictCode(f"D{number}"), f"District {number}", number)
        self._districts.append(district)
        self._sites[district.code] = []
        for site_number in range(1, sites + 1):
            code = SiteCode(f"{district.code}-{site_number}")
            self._sites[district.code].append(
                Site(code, f"Site {site_number}", site_number, district.code)
            )
            self._cameras[code] = [
                Camera(
                    CameraCode(f"{code}-{camera_number}"),
                    f"Camera {camera_number} at {code}",
                    CallUp(number, site_number, camera_number),
                    code,
                    district.code,
                    f"rtsp://127.0.0.1:1/{code}/{camera_number}",
                )
                for camera_number in range(1, cameras + 1)
            ]
            self._by_code.update((camera.code, camera) for camera in self._cameras[code])
