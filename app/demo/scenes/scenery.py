"""What a place can be made of, apart from what moves."""

from dataclasses import dataclass

from app.demo.scenes.geometry import View

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Road:
    """A straight road along z (or x), or a ring; `middle` is where its axis lies."""

    middle: float
    width: float
    along: str = "z"
    median: float = 0.0
    ring: tuple[float, float, float] | None = None
    """Centre x, centre z and middle radius of a ring road."""


@dataclass(frozen=True, slots=True)
class Building:
    """A block with facades."""

    x: Point
    z: Point
    height: float
    style: str
    seed: int


@dataclass(frozen=True, slots=True)
class Prop:
    """Something small: a tree, palm, lamp, pole, stall, sign, barrier, planter, signal or parked
    vehicle."""

    kind: str
    x: float
    z: float
    size: float = 1.0
    seed: int = 0
    heading: float = 0.0


@dataclass(frozen=True, slots=True)
class Scenery:
    """Everything of a place that does not move."""

    view: View
    roads: tuple[Road, ...]
    base: str
    """What the ground beside the pavement is: ``earth``, ``grass``, ``tiles``, ``water``."""
    buildings: tuple[Building, ...] = ()
    props: tuple[Prop, ...] = ()
    zebras: tuple[tuple[float, float, float, float], ...] = ()
    """Zebra crossings as x0, x1, z0, z1."""
    water: tuple[Point, ...] = ()
    """Bands of water as x0, x1."""
    pavement: float = 3.0
    wires: tuple[tuple[float, float, float], ...] = ()
    """Overhead wires along z: x, height, first z."""
    bunting: tuple[float, ...] = ()
    """Strings of flags across the road at these z."""
    title: str = ""
