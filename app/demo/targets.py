"""Settings per camera that change while a demo server runs: for all, for one, for one path."""

import time
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

EVERY_CAMERA = "*"

T = TypeVar("T", bound="DataclassInstance")


class FaultError(ValueError):
    """A setting that no camera can have; the text says what is wrong with it."""


def changed(settings: T, values: Mapping[str, Any]) -> T:
    """Return the settings with some values changed; raises `FaultError`."""
    kinds = {field.name: type(field.default) for field in fields(settings)}
    for name, value in values.items():
        kind = kinds.get(name)
        if kind is None:
            raise FaultError(f"{name} is no fault of a camera")
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not (is_number if kind is float else type(value) is kind):
            raise FaultError(f"{name} takes {kind.__name__}")
    return replace(settings, **values)


class TargetTable(Generic[T]):
    """What is set for all cameras, for a camera, for a path; the nearer one wins, value by
    value."""

    def __init__(self, nothing_set: T) -> None:
        """Begin with `nothing_set` for every camera."""
        self._nothing_set = nothing_set
        self._values: dict[str, dict[str, Any]] = {}

    def set(self, target: str, values: Mapping[str, Any]) -> None:
        """Change values for ``*``, a camera ``BNU-41-3`` or a path ``BNU-41-3/main``.

        A drift counts from now unless ``drift_since_s`` says from when.
        """
        values = dict(values)
        if "drift_ppm" in values:
            values.setdefault("drift_since_s", time.time())
        changed(self._nothing_set, values)
        self._values.setdefault(target, {}).update(values)

    def clear(self, target: str) -> None:
        """Forget what was set for the target; ``*`` forgets everything."""
        if target == EVERY_CAMERA:
            self._values.clear()
        else:
            self._values.pop(target, None)

    def of(self, path: str) -> T:
        """Return the settings of a path, or of a camera by its code."""
        merged: dict[str, Any] = {}
        for target in (EVERY_CAMERA, path.rpartition("/")[0], path):
            merged.update(self._values.get(target, {}))
        return changed(self._nothing_set, merged)


def camera_time(unix_time: float, offset_s: float, drift_ppm: float, drift_since_s: float) -> float:
    """Return what a camera's clock shows at a true time.

    Every process that is given the same three numbers gets the same answer.
    """
    return unix_time + offset_s + drift_ppm * 1e-6 * (unix_time - drift_since_s)
