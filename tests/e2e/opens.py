"""How gently the program knocks at a server, from the server's own counts."""

from collections.abc import Iterable, Mapping
from typing import Any

OPENS_AT_A_TIME = 8
OPENS_PER_SECOND = 16
ROAD_S = 0.5
"""So much later than another may a request reach the server on a busy machine."""


def opens(stats: Mapping[str, Any]) -> Mapping[str, list[float]]:
    """When the server was asked for each path."""
    return {name: path["opened_at"] for name, path in stats["paths"].items()}


def opens_since(stats: Mapping[str, Any], earlier: Mapping[str, Any]) -> list[float]:
    """When the server was asked for anything, after its ``earlier`` counts."""
    before = opens(earlier)
    return [at for name, found in opens(stats).items() for at in found[len(before.get(name, ())) :]]


def most_at_once(moments: Iterable[float]) -> int:
    """The most of these moments within a second of the sender, less what the road may add."""
    ordered = sorted(moments)
    span = 1.0 - ROAD_S
    return max(sum(at <= other < at + span for other in ordered) for at in ordered)
