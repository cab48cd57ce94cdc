"""What an import would change, and which rows contradict each other or the registry."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from app.domain.camera import CallUp, Camera, CameraCode, District, DistrictCode, Site, SiteCode
from app.services.registry_csv import Refusal, RowRefused
from app.services.registry_rows import CameraDraft
from app.storage.registry import Registry

SiteKey = tuple[DistrictCode, SiteCode]


@dataclass(slots=True)
class _Claims:
    """Who said what first: definitions by code, and owners by number."""

    districts: dict[DistrictCode, tuple[District, int]] = field(default_factory=dict)
    sites: dict[SiteKey, tuple[Site, int]] = field(default_factory=dict)
    cameras: dict[CameraCode, int] = field(default_factory=dict)
    district_numbers: dict[int, DistrictCode] = field(default_factory=dict)
    site_numbers: dict[tuple[DistrictCode, int], SiteCode] = field(default_factory=dict)
    camera_numbers: dict[tuple[SiteKey, int], CameraCode] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Planned:
    """A camera to be, with the row it comes from."""

    draft: CameraDraft
    camera: Camera


class RegistryPlan:
    """Collects rows against what is stored; the first row that says something is believed.

    A column that the file does not have leaves what is stored as it is.
    """

    def __init__(self, stored: Registry, columns: tuple[str, ...]) -> None:
        self._districts = {district.code: district for district in stored.districts}
        self._sites = {(site.district, site.code): site for site in stored.sites}
        self._cameras = {camera.code: camera for camera in stored.cameras}
        self._columns = frozenset(columns)
        self._claims = _Claims()
        self._planned: dict[CameraCode, Planned] = {}

    def add(self, draft: CameraDraft) -> None:
        """Take a row in; raises ``RowRefused`` when an earlier row contradicts it."""
        district = self._district(draft)
        site = self._site(draft)
        code = CameraCode(draft.camera)
        if code in self._claims.cameras:
            raise RowRefused(
                f"the camera {code} already stands in line {self._claims.cameras[code]}"
            )
        place = (site.district, site.code), draft.camera_number
        owner = self._claims.camera_numbers.get(place)
        call_up = CallUp(district.number, site.number, draft.camera_number)
        if owner is not None:
            raise RowRefused(f"the call-up number {call_up} already belongs to {owner}")
        self._claims.districts.setdefault(district.code, (district, draft.line))
        self._claims.sites.setdefault((site.district, site.code), (site, draft.line))
        self._claims.cameras[code] = draft.line
        self._claims.district_numbers[district.number] = district.code
        self._claims.site_numbers[district.code, site.number] = site.code
        self._claims.camera_numbers[place] = code
        self._planned[code] = Planned(draft, self._camera(draft, call_up))

    def _district(self, draft: CameraDraft) -> District:
        code = DistrictCode(draft.district)
        before = self._claims.districts.get(code)
        known = before[0] if before else self._districts.get(code)
        name = draft.district_name or (known.name if known else code)
        district = District(code, name, draft.district_number)
        if before and before[0] != district:
            raise RowRefused(
                f"the district {code} is {before[0].number} {before[0].name!r} in line "
                f"{before[1]}, and {district.number} {district.name!r} here"
            )
        owner = self._claims.district_numbers.get(district.number, code)
        if owner != code:
            raise RowRefused(f"the district number {district.number} already belongs to {owner}")
        return district

    def _site(self, draft: CameraDraft) -> Site:
        key = DistrictCode(draft.district), SiteCode(draft.site)
        before = self._claims.sites.get(key)
        known = before[0] if before else self._sites.get(key)
        name = draft.site_name or (known.name if known else key[1])
        site = Site(key[1], name, draft.site_number, key[0])
        if before and before[0] != site:
            raise RowRefused(
                f"the site {site.code} is {before[0].number} {before[0].name!r} in line "
                f"{before[1]}, and {site.number} {site.name!r} here"
            )
        owner = self._claims.site_numbers.get((site.district, site.number), site.code)
        if owner != site.code:
            raise RowRefused(
                f"the site number {site.number} of district {site.district} already belongs "
                f"to {owner}"
            )
        return site

    def _camera(self, draft: CameraDraft, call_up: CallUp) -> Camera:
        code = CameraCode(draft.camera)
        given = Camera(
            code=code,
            name=draft.camera_name or code,
            call_up=call_up,
            site=SiteCode(draft.site),
            district=DistrictCode(draft.district),
            main_url=draft.main_url,
            sub_url=draft.sub_url or None,
            latitude=draft.latitude,
            longitude=draft.longitude,
            credential=draft.credential or None,
            analytics_id=draft.analytics_id or None,
            attributes=draft.attributes,
        )
        stored = self._cameras.get(code)
        if stored is not None:
            given = self._completed(given, stored)
        if draft.login is not None and given.credential is None:
            # The same name each time, so that importing a file again changes nothing.
            given = replace(given, credential=f"camera:{code}")
        return given

    def _completed(self, given: Camera, stored: Camera) -> Camera:
        kept = {name: text for name, text in stored.attributes.items() if name not in self._columns}
        has = self._columns.__contains__
        generated = stored.credential == f"camera:{stored.code}" and given.credential is None
        return replace(
            given,
            name=given.name if has("camera_name") else stored.name,
            sub_url=given.sub_url if has("sub_url") else stored.sub_url,
            latitude=given.latitude if has("latitude") else stored.latitude,
            longitude=given.longitude if has("longitude") else stored.longitude,
            credential=given.credential
            if has("credential") and not generated
            else stored.credential,
            analytics_id=given.analytics_id if has("analytics_id") else stored.analytics_id,
            attributes={**kept, **given.attributes},
        )

    def settle(self) -> list[Refusal]:
        """Refuse rows that take a number from what is stored and not in the file.

        Numbers may be exchanged among rows of the file. Refusing one row can leave another
        without the number it hoped for, hence the repetition.
        """
        refused: list[Refusal] = []
        while conflicts := dict(self._conflicts()):
            for code, sentence in conflicts.items():
                refused.append(Refusal(self._planned.pop(code).draft.line, sentence))
        return refused

    def _conflicts(self) -> Iterator[tuple[CameraCode, str]]:
        districts = {planned.camera.district for planned in self._planned.values()}
        sites = {_key(planned.camera) for planned in self._planned.values()}
        district_owner = {
            d.number: d.code for d in self._districts.values() if d.code not in districts
        }
        site_owner = {
            (s.district, s.number): s.code for key, s in self._sites.items() if key not in sites
        }
        camera_owner = {
            (_key(c), c.call_up.camera): c.code
            for c in self._cameras.values()
            if c.code not in self._planned
        }
        for code, planned in self._planned.items():
            camera = planned.camera
            number = camera.call_up
            if owner := district_owner.get(number.district):
                yield code, f"the district number {number.district} already belongs to {owner}"
            elif at := site_owner.get((camera.district, number.site)):
                yield (
                    code,
                    f"the site number {number.site} of district {camera.district} already "
                    f"belongs to {at}",
                )
            elif held := camera_owner.get((_key(camera), number.camera)):
                yield code, f"the call-up number {number} already belongs to {held}"

    @property
    def planned(self) -> tuple[Planned, ...]:
        return tuple(self._planned.values())

    def stored(self, code: CameraCode) -> Camera | None:
        return self._cameras.get(code)

    def new_districts(self) -> list[District]:
        """Districts that the remaining rows add or change."""
        wanted = {planned.camera.district for planned in self._planned.values()}
        found = (district for district, _ in self._claims.districts.values())
        return [d for d in found if d.code in wanted and self._districts.get(d.code) != d]

    def new_sites(self) -> list[Site]:
        """Sites that the remaining rows add or change."""
        wanted = {_key(planned.camera) for planned in self._planned.values()}
        found = (site for site, _ in self._claims.sites.values())
        return [
            s
            for s in found
            if (s.district, s.code) in wanted and self._sites.get((s.district, s.code)) != s
        ]


def _key(camera: Camera) -> SiteKey:
    return camera.district, camera.site
