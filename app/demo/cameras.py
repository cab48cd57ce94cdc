"""The cameras that the server serves: what each path shows, its clock, its faults and its
counts."""

import random
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from zlib import crc32

from app.demo.auth import Account
from app.demo.clips import Clip
from app.demo.faults import Faults, FaultTable
from app.demo.targets import EVERY_CAMERA, camera_time

PHASES = 16
"""Cameras take their pictures at so many different moments within a frame interval."""
_OPENS_KEPT = 4096


class ClipSource(Protocol):
    """Where the pictures of a path come from."""

    def knows(self, path: str) -> bool:
        """Tell whether there is such a camera."""
        ...

    async def clip(self, path: str, faults: Faults) -> Clip:
        """Return what the path shows, when it is ready; raises `ClipError`."""
        ...

    def ready_clip(self, path: str, faults: Faults) -> Clip | None:
        """Return what the path shows if it is ready now."""
        ...


@dataclass(slots=True)
class CameraCounts:
    """What happened on one path since the server began."""

    connections: int = 0
    """Connections that asked for the path."""
    played: int = 0
    """PLAY requests that were answered with 200."""
    refused: int = 0
    """Requests that were answered with an error."""
    reports: int = 0
    frames: int = 0
    dropped_slow: int = 0
    """Clients that did not read and were dropped."""
    opened_at: deque[float] = field(default_factory=lambda: deque(maxlen=_OPENS_KEPT))
    """Unix times of the first request of each connection."""


class CameraPath:
    """One path: a camera and an encoding."""

    def __init__(self, path: str, faults: Faults, account: Account | None) -> None:
        """Begin without sessions."""
        self.path = path
        self.account = account
        self.counts = CameraCounts()
        self.sessions = 0
        self._faults = faults
        self.random = random.Random(faults.seed)

    @property
    def faults(self) -> Faults:
        """What is wrong with the camera now."""
        return self._faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        if faults.seed != self._faults.seed:
            self.random = random.Random(faults.seed)
        self._faults = faults

    def clock(self, unix_time: float) -> float:
        """Return what the camera's own clock shows at a true time."""
        faults = self._faults
        return camera_time(unix_time, faults.clock_offset_s, faults.drift_ppm, faults.drift_since_s)


def phase(path: str) -> float:
    """Return the camera's place within a frame interval, 0 to 1; the same for all its encodings."""
    camera = path.rpartition("/")[0] or path
    return crc32(camera.encode()) % PHASES / PHASES


class Cameras:
    """All paths that were asked for, with the faults and accounts that apply to them."""

    def __init__(self, source: ClipSource) -> None:
        """Take the pictures from `source`."""
        self.source = source
        self._faults = FaultTable()
        self._accounts: dict[str, Account] = {}
        self._paths: dict[str, CameraPath] = {}

    def at(self, path: str) -> CameraPath | None:
        """Return the path, or None where there is no such camera."""
        if path not in self._paths:
            if not self.source.knows(path):
                return None
            self._paths[path] = CameraPath(path, self._faults.of(path), self._account_of(path))
        return self._paths[path]

    def matching(self, target: str) -> list[CameraPath]:
        """Return the paths in use that ``*``, a camera or a path means."""
        return [camera for camera in self._paths.values() if is_target(target, camera.path)]

    def set_faults(self, target: str, values: Mapping[str, Any]) -> None:
        """Change what is wrong with the cameras; raises `FaultError`."""
        self._faults.set(target, values)
        self._apply()

    def clear_faults(self, target: str) -> None:
        """Make the cameras work again."""
        self._faults.clear(target)
        self._apply()

    def set_account(self, target: str, account: Account | None) -> None:
        """Ask for a password from now on, or for none."""
        if account is None:
            self._accounts.pop(target, None)
        else:
            self._accounts[target] = account
        self._apply()

    def each(self, show: Callable[[CameraPath], dict[str, Any]]) -> dict[str, dict[str, Any]]:
        """Return what `show` says about every path in use."""
        return {path: show(camera) for path, camera in self._paths.items()}

    def _apply(self) -> None:
        for path, camera in self._paths.items():
            camera.faults = self._faults.of(path)
            camera.account = self._account_of(path)

    def _account_of(self, path: str) -> Account | None:
        for target in (path, path.rpartition("/")[0], EVERY_CAMERA):
            if target in self._accounts:
                return self._accounts[target]
        return None


def is_target(target: str, path: str) -> bool:
    """Tell whether ``*``, a camera or a path means this path."""
    return target in (EVERY_CAMERA, path, path.rpartition("/")[0])
