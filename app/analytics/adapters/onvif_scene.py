"""What ONVIF's scene description means, whether it came as XML or as JSON.

ONVIF Analytics Service Specification, "Scene Description" (coordinates, objects, object tree).
"""

from collections.abc import Iterable, Sequence
from math import isfinite

from app.analytics.adapters.classes import VEHICLES, ClassMap
from app.analytics.adapters.onvif_tree import Operation
from app.analytics.adapters.samples import (
    MOST_OBJECTS,
    Attribute,
    is_sure,
    make_attributes,
    make_box,
    make_confidence,
    make_id,
    make_polygon,
)
from app.analytics.messages import SourceConfig
from app.domain.detection import Box, DetectionFrame, ObjectSample, ObjectState, SourceClock

Transform = tuple[float, float, float, float]
"""Translation, then scaling, of x and y: ``p * scale + translation`` is -1..1, y up."""

NORMALISED: Transform = (0.0, 0.0, 1.0, 1.0)
Candidate = tuple[str, float | None]
"""A class and its likelihood."""

_SURE_ENOUGH = 0.5
_SAME_RATIO = 0.02
_REMEMBERED = 4096


def nested(outer: Transform, inner: Transform) -> Transform:
    """The coordinate system of a node inside another: ``T = T0 + S0 t``, ``S = S0 s``."""
    x, y, across, up = outer
    return (
        x + across * inner[0],
        y + up * inner[1],
        across * inner[2],
        up * inner[3],
    )


def to_fractions(transform: Transform, x: float, y: float) -> tuple[float, float]:
    """A point as a fraction of the picture, origin top left, y down."""
    return (
        (x * transform[2] + transform[0] + 1.0) * 0.5,
        (1.0 - y * transform[3] - transform[1]) * 0.5,
    )


def box_of(
    transform: Transform, left: float, top: float, right: float, bottom: float
) -> Box | None:
    """The bounding box, whichever way round its edges are written."""
    move_x, move_y, across, up = transform
    return make_box(
        (left * across + move_x + 1.0) * 0.5,
        (1.0 - top * up - move_y) * 0.5,
        (right * across + move_x + 1.0) * 0.5,
        (1.0 - bottom * up - move_y) * 0.5,
    )


def polygon_of(
    transform: Transform, points: Iterable[tuple[float, float]]
) -> tuple[tuple[float, float], ...]:
    """The outline of an object."""
    return make_polygon(to_fractions(transform, x, y) for x, y in points)


class Scene:
    """Turns the parts of a scene description into objects and frames of one source.

    Remembers which UUID belongs to which object number, because the object tree speaks in
    numbers only.
    """

    def __init__(self, config: SourceConfig) -> None:
        self._source = config.name
        self.clock = SourceClock.CAMERA if config.clock is None else config.clock
        self._minimum = config.minimum_confidence
        self.classes = ClassMap(config.classes)
        self._uuids: dict[tuple[str, str], str] = {}
        self._ratio = config.reference[0] / config.reference[1] if config.reference else None

    def begin(
        self,
        transform: Transform,
        by_ratio: Iterable[tuple[float, Transform]] = (),
    ) -> Transform:
        """The coordinate system of a frame's objects.

        ``by_ratio`` are the frame's ``AspectRatioTransformation``: where the source is configured
        with the size of the shown picture, the one of its ratio comes on top.
        """
        if self._ratio is not None:
            for ratio, further in by_ratio:
                if abs(ratio - self._ratio) <= _SAME_RATIO * self._ratio:
                    return nested(further, transform)
        return transform

    def classify(
        self, candidates: Sequence[Candidate], vehicle: Candidate | None
    ) -> tuple[str, str, float | None]:
        """Label, the backend's name of it for showing, and the likelihood.

        The likeliest class wins; a vehicle becomes a car or a bus where a class that is likely
        enough, or else the vehicle's own description, says so.
        """
        if len(candidates) == 1:
            name, likelihood = candidates[0]
        elif candidates:
            name, likelihood = max(candidates, key=_likelihood)
        elif vehicle is not None:
            return *self.classes.named(vehicle[0]), vehicle[1]
        else:
            return "unknown", "", None
        label, raw = self.classes.named(name)
        if label != "vehicle":
            return label, raw, likelihood
        for name, likely in sorted(candidates, key=_likelihood, reverse=True):
            finer, raw_finer = self.classes.named(name)
            if finer in VEHICLES and _likelihood((name, likely)) >= _SURE_ENOUGH:
                return finer, raw_finer, likely
        if vehicle is not None:
            finer, raw_finer = self.classes.named(vehicle[0])
            if finer in VEHICLES:
                return finer, raw_finer, likelihood
        return label, raw, likelihood

    def track_id(self, camera: str, number: int | str | None, uuid: str | None) -> str | None:
        """An object's identity: its UUID where it has one."""
        plain = make_id(number)
        if not uuid:
            return self._uuids.get((camera, plain), plain) if self._uuids and plain else plain
        if plain is not None:
            if len(self._uuids) >= _REMEMBERED:
                self._uuids.pop(next(iter(self._uuids)))
            self._uuids[camera, plain] = uuid
        return make_id(uuid)

    def follow(
        self, camera: str, operations: Iterable[Operation]
    ) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
        """What an object tree says: ended ids, and pairs of old and new id.

        Of a merge or a split, what does not go on under its own number has ended.
        """
        ended: list[str] = []
        renamed: list[tuple[str, str]] = []
        for word, old_ones, new_ones in operations:
            old = [self.track_id(camera, *identity) for identity in old_ones]
            new = [self.track_id(camera, *identity) for identity in new_ones]
            if word == "rename" and old and new and old[0] and new[0]:
                renamed.append((old[0], new[0]))
            elif word != "rename":
                ended += [identity for identity in old if identity and identity not in new]
        return tuple(ended), tuple(renamed)

    def sample(
        self,
        track_id: str | None,
        box: Box,
        candidates: Sequence[Candidate],
        vehicle: Candidate | None = None,
        state: ObjectState = ObjectState.ACTIVE,
        parent_id: str | None = None,
        polygon: tuple[tuple[float, float], ...] = (),
        attributes: Sequence[Attribute] = (),
    ) -> ObjectSample:
        label, raw, likelihood = self.classify(candidates, vehicle)
        return ObjectSample(
            track_id,
            box,
            label,
            raw,
            make_confidence(likelihood),
            state,
            parent_id,
            polygon,
            make_attributes(attributes) if attributes else (),
        )

    def frame(
        self,
        camera: str,
        time_us: int,
        received_us: int,
        samples: Sequence[ObjectSample],
        *,
        ended: tuple[str, ...] = (),
        renamed: tuple[tuple[str, str], ...] = (),
        ptz_moving: bool | None = None,
        module: str = "",
        is_complete: bool = True,
    ) -> DetectionFrame:
        """The frame without the objects that are not sure enough."""
        minimum = self._minimum
        if minimum > 0.0:
            samples = [sample for sample in samples if is_sure(sample, minimum)]
        return DetectionFrame(
            camera,
            self._source,
            time_us,
            self.clock,
            received_us,
            tuple(samples[:MOST_OBJECTS]),
            is_complete,
            ended,
            renamed,
            ptz_moving,
            module,
        )


def _likelihood(candidate: Candidate) -> float:
    likelihood = candidate[1]
    return 0.0 if likelihood is None or likelihood != likelihood else likelihood


def speed_attribute(speed: float | None) -> list[Attribute]:
    """Metres a second, if it is a number."""
    return [] if speed is None or not isfinite(speed) else [("speed", f"{speed:g} m/s", None)]


def is_moving(pan_tilt: str | None, zoom: str | None) -> bool | None:
    """Whether a PTZ camera moves, from its move status; ``None`` where it does not say."""
    said = {(word or "").strip().upper() for word in (pan_tilt, zoom)}
    if "MOVING" in said:
        return True
    return False if "IDLE" in said and said <= {"IDLE", ""} else None
