"""From the class names of backends to the classes that the wall knows."""

from collections.abc import Mapping

from app.analytics.adapters.samples import make_name
from app.domain.detection import LABELS

_REMEMBERED = 1024

_NAMES = {
    "person": "human people pedestrian man woman child humanbody body upper_body",
    "face": "humanface human_face",
    "vehicle": "vehical vehicles unknownvehicle other_vehicle",
    "car": "sedan suv hatchback coupe taxi auto automobile van minivan pickup",
    "truck": "lorry heavytruck heavy_truck semi trailer garbage_truck",
    "bus": "school_bus coach minibus",
    "motorcycle": "motorbike scooter moped motorcyclist rickshaw",
    "bicycle": "bike cycle cyclist two_wheeler twowheeler",
    "animal": "dog cat bird horse cow sheep goat donkey camel deer bear",
    "plate": "licenseplate license_plate lpd numberplate number_plate lp",
    "bag": "backpack handbag suitcase luggage baggage package umbrella_bag",
    "fire": "flame",
    "smoke": "",
    "unknown": "other object none unclassified",
}
_DEFAULTS = {name: label for label, names in _NAMES.items() for name in (label, *names.split())}

VEHICLES = frozenset({"car", "truck", "bus", "motorcycle", "bicycle"})
"""What refines ``vehicle``."""


class ClassMap:
    """Names of one backend; without regard to case. ``extra`` wins over what is built in."""

    def __init__(self, extra: Mapping[str, str]) -> None:
        self._names = _DEFAULTS | {
            name.casefold(): label for name, label in extra.items() if label in LABELS
        }
        self._seen: dict[str, tuple[str, str]] = {}

    def label(self, raw: str) -> str:
        """One of ``LABELS``; ``unknown`` for names that nobody has mapped."""
        return self.named(raw)[0]

    def named(self, raw: str) -> tuple[str, str]:
        """The label, and ``raw`` as it can be shown; remembered, for there are few."""
        known = self._seen.get(raw)
        if known is None:
            name = raw.strip().casefold()
            label = self._names.get(name) or self._names.get(name.replace(" ", "_"), "unknown")
            known = (label, make_name(raw))
            if len(self._seen) < _REMEMBERED:
                self._seen[raw] = known
        return known
