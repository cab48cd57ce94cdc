"""The registry of the demo city: three districts, 196 sites and 950 cameras with generated names.

Names are made from common words of the region by kind of site; none is meant to be a real address.
Everything follows from a seed, so the city is the same on every machine.
"""

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from app.demo.scenes.catalogue import SCENES_FOR, Place

COLUMNS = (
    "district", "district_name", "district_number", "site", "site_name", "site_number",
    "camera", "camera_name", "camera_number", "main_url", "sub_url",
    "latitude", "longitude", "credential", "analytics_id", "audio",
)  # fmt: skip
_SEED = 20


class SiteKind(Enum):
    """The kinds of site of the Safe City plan."""

    MARKET = "market"
    GOVERNMENT = "government building"
    ENTRY_EXIT = "entry and exit point"
    INTERSECTION = "key intersection"


@dataclass(frozen=True, slots=True)
class DemoDistrict:
    """A district; `latitude` and `longitude` are the middle of a drawn map, not surveyed."""

    code: str
    number: int
    name: str
    sites: int
    cameras: int
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class DemoSite:
    """A site of a district."""

    district: DemoDistrict
    number: int
    name: str
    kind: SiteKind
    latitude: float
    longitude: float

    @property
    def code(self) -> str:
        """The code, ``BNU-41``."""
        return f"{self.district.code}-{self.number}"


@dataclass(frozen=True, slots=True)
class DemoCamera:
    """A camera of a site and the scene variant that it shows."""

    site: DemoSite
    number: int
    name: str
    scene: str

    @property
    def code(self) -> str:
        """The code, ``BNU-41-3``."""
        return f"{self.site.code}-{self.number}"

    @property
    def metadata_encoding(self) -> str:
        """The RTP encoding name of the metadata track of its RTSP streams, or nothing where they
        have none."""
        if self.number != 2:
            return ""
        return "vnd.onvif.metadata" + ("+gzip" if self.site.number % 2 else "")

    @property
    def has_microphone(self) -> bool:
        """Whether its RTSP streams carry sound."""
        return self.number == 1 and self.site.number % 4 == 1

    @property
    def call_up_number(self) -> str:
        """The number that operators speak and type, ``2.41.3``."""
        return f"{self.site.district.number}.{self.site.number}.{self.number}"


@dataclass(frozen=True, slots=True)
class City:
    """All cameras, ordered by call-up number."""

    cameras: tuple[DemoCamera, ...]

    @property
    def sites(self) -> tuple[DemoSite, ...]:
        """All sites, in the same order."""
        return tuple(dict.fromkeys(camera.site for camera in self.cameras))

    def camera(self, code: str) -> DemoCamera:
        """Return a camera by its code; raises `KeyError`."""
        for camera in self.cameras:
            if camera.code == code:
                return camera
        raise KeyError(code)


DISTRICTS = (
    DemoDistrict("DIK", 1, "Dera Ismail Khan", 86, 400, 31.83, 70.90),
    DemoDistrict("BNU", 2, "Bannu", 69, 300, 32.99, 70.60),
    DemoDistrict("LMT", 3, "Lakki Marwat", 41, 250, 32.61, 70.91),
)

_FIRST = (
    "Gulshan", "Shaheen", "Noor", "Chinar", "Rehmat", "Sabz", "Gulab", "Zarin", "Kamal", "Murad",
    "Sardar", "Mehran", "Jannat", "Firdaus", "Anar", "Sitara", "Khyal", "Bahar", "Tareen", "Zamar",
    "Spogmai", "Nargis", "Shandana", "Badam", "Toot", "Sheesham", "Kachnar", "Malang", "Baran",
    "Ziarat",
)  # fmt: skip
_KIND_WORDS = {
    SiteKind.MARKET: (
        "Bazaar", "Cloth Market", "Grain Market", "Fruit Market", "Mobile Market", "Gold Market",
        "Timber Market", "Plaza", "Cattle Market", "Weekly Bazaar", "Bus Stand", "Night Market",
    ),
    SiteKind.GOVERNMENT: (
        "District Offices", "Courts Gate", "Post Office", "Hospital Gate", "Girls College",
        "Water Works", "Treasury Office", "Municipal Hall", "Public Library", "Rest House",
        "Grid Station",
    ),
    SiteKind.ENTRY_EXIT: (
        "Toll Plaza", "North Entry", "South Entry", "Bypass Entry", "River Bridge", "Canal Bridge",
        "Check Post", "Ring Road Exit", "Canal Road Entry", "West Gate", "Indus Road Exit",
    ),
    SiteKind.INTERSECTION: (
        "Chowk", "Roundabout", "Crossing", "Flyover Junction", "Signal", "T-Junction", "Adda Chowk",
        "School Crossing", "Railway Crossing", "Canal Crossing",
    ),
}  # fmt: skip
_SHARES = {
    SiteKind.MARKET: 0.30,
    SiteKind.GOVERNMENT: 0.25,
    SiteKind.ENTRY_EXIT: 0.15,
    SiteKind.INTERSECTION: 0.30,
}
_PLACES = {
    SiteKind.MARKET: (Place.BAZAAR, Place.BUS_STAND, Place.RESIDENTIAL),
    SiteKind.GOVERNMENT: (Place.GATE, Place.RESIDENTIAL, Place.AVENUE),
    SiteKind.ENTRY_EXIT: (Place.HIGHWAY, Place.BRIDGE, Place.CANAL),
    SiteKind.INTERSECTION: (Place.ROUNDABOUT, Place.CROSSROAD, Place.AVENUE),
}
_VIEWS = (
    "north approach", "south approach", "east side", "west side", "overview", "footpath", "parking",
    "service lane", "gate", "queue", "pedestrian crossing", "rear lane",
)  # fmt: skip


def build_city() -> City:
    """Return the city."""
    cameras: list[DemoCamera] = []
    for district in DISTRICTS:
        source = random.Random(_SEED + district.number)
        sites = list(_sites(district, source))
        counts = _spread(district.cameras, district.sites, source)
        last = ""
        for site, count in zip(sites, counts, strict=True):
            scenes = _scenes(site.kind, count, last, source)
            views = source.sample(_VIEWS, count)
            for number, (view, scene) in enumerate(zip(views, scenes, strict=True), start=1):
                cameras.append(DemoCamera(site, number, f"{site.name}, {view}", scene))
            last = scenes[-1]
    return City(tuple(cameras))


def scenes_by_camera() -> dict[str, str]:
    """Return the scene of each camera by the camera's code."""
    return {camera.code: camera.scene for camera in build_city().cameras}


def _sites(district: DemoDistrict, source: random.Random) -> Iterator[DemoSite]:
    kinds = [kind for kind, share in _SHARES.items() for _ in range(round(district.sites * share))]
    kinds = (kinds + [SiteKind.INTERSECTION] * district.sites)[: district.sites]
    source.shuffle(kinds)
    names = {kind: _names(kind, source) for kind in SiteKind}
    for number, kind in enumerate(kinds, start=1):
        latitude = round(district.latitude + source.gauss(0, 0.03), 5)
        longitude = round(district.longitude + source.gauss(0, 0.03), 5)
        yield DemoSite(district, number, next(names[kind]), kind, latitude, longitude)


def _names(kind: SiteKind, source: random.Random) -> Iterator[str]:
    names = [f"{first} {word}" for first in _FIRST for word in _KIND_WORDS[kind]]
    source.shuffle(names)
    return iter(names)


def _spread(cameras: int, sites: int, source: random.Random) -> list[int]:
    """Share cameras out: at least two a site, nine at most."""
    counts = [2] * sites
    while sum(counts) < cameras:
        index = source.randrange(sites)
        if counts[index] < 9:
            counts[index] += 1
    return counts


def _scenes(kind: SiteKind, count: int, last: str, source: random.Random) -> list[str]:
    """Choose at most three scenes that fit the kind of site; no two neighbours show the same
    one."""
    fitting = [scene for place in _PLACES[kind] for scene in SCENES_FOR[place]]
    of_site = source.sample(fitting, 3)
    if of_site[0] == last:
        of_site.reverse()
    return [of_site[index % 3] for index in range(count)]


def write_registry(city: City, path: Path, base_url: str, credential: str = "") -> None:
    """Write the registry CSV for cameras that are served under `base_url`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for camera in city.cameras:
            writer.writerow(_row(camera, base_url, credential))
    part.replace(path)


def _row(camera: DemoCamera, base_url: str, credential: str) -> tuple[str, ...]:
    site, district = camera.site, camera.site.district
    return (
        district.code, district.name, str(district.number), site.code, site.name, str(site.number),
        camera.code, camera.name, str(camera.number),
        f"{base_url}/{camera.code}/main", f"{base_url}/{camera.code}/sub",
        f"{site.latitude:.5f}", f"{site.longitude:.5f}", credential, camera.code,
        "yes" if camera.has_microphone else "no",
    )  # fmt: skip
