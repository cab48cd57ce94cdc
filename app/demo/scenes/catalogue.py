"""Which scenes and variants exist, and what their clips have in common. Imports no codec
library."""

from dataclasses import dataclass
from enum import Enum

FPS = 15
LOOP_S = 60


class Place(Enum):
    """What a scene shows."""

    BAZAAR = "bazaar"
    ROUNDABOUT = "roundabout"
    HIGHWAY = "highway"
    BRIDGE = "bridge"
    GATE = "gate"
    BUS_STAND = "bus-stand"
    RESIDENTIAL = "residential"
    CROSSROAD = "crossroad"
    CANAL = "canal"
    AVENUE = "avenue"


class Light(Enum):
    """The time of day and the weather."""

    DAY = "day"
    MORNING = "morning"
    DUSK = "dusk"
    NIGHT = "night"
    RAIN = "rain"
    FOG = "fog"


@dataclass(frozen=True, slots=True)
class Variant:
    """One scene as it is encoded: a place, a light, seen from one pole or the one across the
    road."""

    place: Place
    light: Light
    is_across: bool = False

    @property
    def name(self) -> str:
        """The name that clips and cameras go by, ``bazaar-night-b``."""
        return f"{self.place.value}-{self.light.value}" + ("-b" if self.is_across else "")


VARIANTS = (
    Variant(Place.BAZAAR, Light.DAY),
    Variant(Place.CROSSROAD, Light.DAY),
    Variant(Place.ROUNDABOUT, Light.DAY),
    Variant(Place.HIGHWAY, Light.DAY),
    Variant(Place.BAZAAR, Light.NIGHT, True),
    Variant(Place.GATE, Light.MORNING),
    Variant(Place.BRIDGE, Light.DUSK),
    Variant(Place.BUS_STAND, Light.DAY),
    Variant(Place.RESIDENTIAL, Light.MORNING),
    Variant(Place.CANAL, Light.DAY),
    Variant(Place.AVENUE, Light.RAIN),
    Variant(Place.CROSSROAD, Light.NIGHT, True),
    Variant(Place.HIGHWAY, Light.NIGHT, True),
    Variant(Place.ROUNDABOUT, Light.DUSK, True),
    Variant(Place.CANAL, Light.FOG, True),
    Variant(Place.AVENUE, Light.DAY, True),
    Variant(Place.GATE, Light.NIGHT, True),
    Variant(Place.BUS_STAND, Light.DUSK, True),
    Variant(Place.RESIDENTIAL, Light.RAIN, True),
    Variant(Place.BRIDGE, Light.FOG, True),
)
SCENES_FOR = {
    place: tuple(variant.name for variant in VARIANTS if variant.place is place) for place in Place
}
_BY_NAME = {variant.name: variant for variant in VARIANTS}


def variant(name: str) -> Variant:
    """Return a variant by its name; raises `KeyError`."""
    return _BY_NAME[name]
