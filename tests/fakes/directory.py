"""A registry of made-up districts, in memory."""

from collections.abc import Sequence

from app.domain.camera import (
    CallUp,
    Camera,
    CameraCode,
    District,
    DistrictCode,
    SiteCode,
)

_DISTRICTS = (("DIK", "Dera Ismail Khan"), ("BNU", "Bannu"), ("LKM", "Lakki Marwat"))
_PLACES = ("Main bazaar, north gate", "Court road crossing", "Bus stand exit", "Circular road")


class FakeDirectory:
    """Three districts with ``count`` cameras each, five a site: ``BNU-2-3`` is 2.2.3."""

    def __init__(self, count: int = 40) -> None:
        self._districts = [
            District(DistrictCode(code), name, number)
            for number, (code, name) in enumerate(_DISTRICTS, start=1)
        ]
        self._cameras = {d.code: [_camera(d, i) for i in range(count)] for d in self._districts}

    def drop(self, code: CameraCode) -> None:
        """Remove a camera."""
        for cameras in self._cameras.values():
            cameras[:] = [camera for camera in cameras if camera.code != code]

    def replace(self, camera: Camera) -> None:
        """Say something else of a camera than before."""
        for cameras in self._cameras.values():
            cameras[:] = [camera if each.code == camera.code else each for each in cameras]

    def drop_district(self, code: DistrictCode) -> None:
        """Remove a district with all its cameras."""
        self._districts = [district for district in self._districts if district.code != code]
        del self._cameras[code]

    # --- CameraDirectory ---------------------------------------------------------------------

    def districts(self) -> Sequence[District]:
        return tuple(self._districts)

    def cameras_of(self, district: DistrictCode) -> Sequence[Camera]:
        return tuple(self._cameras.get(district, ()))

    def camera(self, code: CameraCode) -> Camera | None:
        return next(
            (c for cameras in self._cameras.values() for c in cameras if c.code == code), None
        )

    def called(self, number: CallUp) -> Camera | None:
        return next(
            (c for cameras in self._cameras.values() for c in cameras if c.call_up == number), None
        )


def _camera(district: District, index: int) -> Camera:
    site, number = index // 5 + 1, index % 5 + 1
    return Camera(
        code=CameraCode(f"{district.code}-{site}-{number}"),
        name=f"{_PLACES[index % len(_PLACES)]} {site}",
        call_up=CallUp(district.number, site, number),
        site=SiteCode(f"{district.code}-{site}"),
        district=district.code,
        main_url=f"rtsp://127.0.0.1/{district.code}/{site}/{number}/main",
        sub_url=f"rtsp://127.0.0.1/{district.code}/{site}/{number}/sub",
    )
