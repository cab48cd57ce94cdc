"""The places of the catalogue: what stands there, and who moves through."""

import random
from collections.abc import Callable
from dataclasses import replace

from app.demo.scenes import junctions, open_roads, streets
from app.demo.scenes.catalogue import Place, Variant
from app.demo.scenes.geometry import View
from app.demo.scenes.motion import Mover
from app.demo.scenes.scenery import Scenery


def scenery(variant: Variant) -> Scenery:
    """Return what stands at the variant's place, seen through its camera."""
    made = _PLACES[variant.place][0]()
    if not variant.is_across:
        return made
    view = made.view
    across = replace(view, x=-view.x * 1.3 - 0.8, yaw=-view.yaw, height=view.height + 0.7)
    return replace(made, view=across)


def stage(variant: Variant) -> tuple[View, tuple[Mover, ...]]:
    """Return the camera and all that moves at the variant's place."""
    traffic = _PLACES[variant.place][1](random.Random(variant.name))
    movers = (replace(one, track_id=f"{one.label}-{n}") for n, one in enumerate(traffic, start=1))
    return scenery(variant).view, tuple(movers)


_PLACES: dict[Place, tuple[Callable[[], Scenery], Callable[[random.Random], list[Mover]]]] = {
    Place.BAZAAR: (streets.bazaar, streets.bazaar_traffic),
    Place.BUS_STAND: (streets.bus_stand, streets.bus_stand_traffic),
    Place.RESIDENTIAL: (streets.residential, streets.residential_traffic),
    Place.GATE: (streets.gate, streets.gate_traffic),
    Place.CROSSROAD: (junctions.crossroad, junctions.crossroad_traffic),
    Place.ROUNDABOUT: (junctions.roundabout, junctions.roundabout_traffic),
    Place.AVENUE: (junctions.avenue, junctions.avenue_traffic),
    Place.HIGHWAY: (open_roads.highway, open_roads.highway_traffic),
    Place.BRIDGE: (open_roads.bridge, open_roads.bridge_traffic),
    Place.CANAL: (open_roads.canal, open_roads.canal_traffic),
}
