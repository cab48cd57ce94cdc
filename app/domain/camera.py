"""District, site and camera: the tree that the registry holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NewType

from app.domain.stream import StreamKind

DistrictCode = NewType("DistrictCode", str)
SiteCode = NewType("SiteCode", str)
CameraCode = NewType("CameraCode", str)

_YES = frozenset({"yes", "true", "on", "1"})
_NO = frozenset({"no", "false", "off", "0"})
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, order=True)
class CallUp:
    """The number an operator speaks and types: ``district.site.camera``."""

    district: int
    site: int
    camera: int

    def __str__(self) -> str:
        return f"{self.district}.{self.site}.{self.camera}"


@dataclass(frozen=True, slots=True)
class District:
    code: DistrictCode
    name: str
    number: int


@dataclass(frozen=True, slots=True)
class Site:
    code: SiteCode
    name: str
    number: int
    district: DistrictCode


@dataclass(frozen=True, slots=True)
class Camera:
    """One camera. URLs never carry a password; ``credential`` names an entry of the key store.

    ``attributes`` are the unknown columns of the registry CSV. Known keys: ``engine`` (``vlc``),
    ``transport`` (``udp``), ``ca_file``, ``audio`` (``yes``, ``no``), and those of
    ``domain.mapping`` for the place of boxes.
    """

    code: CameraCode
    name: str
    call_up: CallUp
    site: SiteCode
    district: DistrictCode
    main_url: str
    sub_url: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    credential: str | None = None
    analytics_id: str | None = None
    attributes: Mapping[str, str] = field(default_factory=lambda: _NOTHING, hash=False)

    def url(self, kind: StreamKind) -> str:
        """The URL of the encoding; a camera without a sub stream answers with its main one."""
        if kind is StreamKind.SUB and self.sub_url:
            return self.sub_url
        return self.main_url

    def has_sound(self, *, otherwise: bool) -> bool:
        """Whether its sound is asked for, for clips; ``otherwise`` where nothing says so."""
        said = self.attributes.get("audio", "").strip().lower()
        return said in _YES or (said not in _NO and otherwise)
