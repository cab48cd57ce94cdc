"""Frigate's HTTP interface: detect sizes, zones, snapshots and clips."""

from types import TracebackType
from typing import Self

import msgspec

from app.analytics.adapters.errors import BackendTrouble
from app.analytics.messages import SourceConfig, Zones


class FrigateCameras(msgspec.Struct, frozen=True):
    """What ``/api/config`` says: detect sizes by Frigate's name, zones by camera code."""

    sizes: dict[str, tuple[int, int]]
    zones: list[Zones]


class FrigateApi:
    """One Frigate, at ``config.url``; logs in with ``config.user`` where one is given.

    Calls block (time-outs of 10 s to connect and 30 s in all), may come from any thread and raise
    only ``BackendTrouble``.
    """

    def __init__(self, config: SourceConfig) -> None:
        self._config = config

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.close()

    def cameras(self) -> FrigateCameras:
        """Detect sizes and zones; hand ``sizes`` to ``Frigate.use_sizes`` of the adapter."""
        raise BackendTrouble("Not connected")

    def fetch(self, ref: str, *, clip: bool = False) -> bytes:
        """The snapshot (JPEG) of event ``ref``, or its clip (MP4)."""
        raise BackendTrouble("Not connected")

    def close(self) -> None:
        """Let go of the connections; a fetch under way ends with an error."""
