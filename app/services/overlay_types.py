"""What the wall paints over a picture, and what a tile says about it: values only."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

import msgspec

from app.core.events import Event
from app.domain.camera import CameraCode
from app.domain.detection import LABELS, Box
from app.video.board import PictureFacts
from app.video.engine_types import ViewKey


class Timing(Enum):
    """Which comes first on a tile: the picture, or that boxes and picture belong together."""

    FASTEST = "fastest"
    IN_STEP = "in-step"


class Sync(Enum):
    """How well boxes and picture are known to belong together."""

    EXACT = "exact"
    """Both are stamped by the same clock."""
    APPROXIMATE = "approximate"
    NONE = "none"
    """No boxes come."""


class OverlayBox(msgspec.Struct, frozen=True, gc=False):
    """One box to draw. ``box`` and ``trail`` are fractions of the full picture of the stream that
    is shown (zoom not applied), origin top left. ``is_late``: extrapolated or held, drawn dashed.
    ``alpha`` 0..1 while it fades. ``label`` is one of ``domain.detection.LABELS``."""

    box: Box
    label: str
    confidence: float | None
    track_id: str | None
    alpha: float = 1.0
    is_late: bool = False
    is_idle: bool = False
    trail: tuple[tuple[float, float], ...] = ()
    words: str = ""
    """What the backend knows besides, e.g. a number plate."""


@dataclass(frozen=True, slots=True)
class OverlayShape:
    """A zone or a line of a rule, in the same fractions."""

    name: str
    points: tuple[tuple[float, float], ...]
    is_line: bool


@dataclass(frozen=True, slots=True)
class TileOverlay:
    """Everything to draw over one picture; at most 50 boxes, the most confident ones."""

    boxes: Sequence[OverlayBox] = ()
    shapes: Sequence[OverlayShape] = ()
    show_confidence: bool = False


@dataclass(frozen=True, slots=True)
class OverlayStatus:
    """What the tile says about its boxes. ``lag_s`` is by how much they come after the picture
    they belong to; ``hold_s`` by how much the picture waits for them; ``sentence`` why there are
    none, empty when all is well."""

    is_on: bool = False
    timing: Timing = Timing.IN_STEP
    sync: Sync = Sync.NONE
    lag_s: float | None = None
    hold_s: float = 0.0
    sentence: str = ""
    hidden_while_moving: bool = False


class Overlays(Protocol):
    """What a canvas asks. GUI thread; nothing blocks."""

    changed: Event[frozenset[ViewKey]]
    """The overlay of these views was switched or filtered: paint them anew."""

    def overlay(
        self, key: ViewKey, camera: CameraCode | None, facts: PictureFacts
    ) -> TileOverlay | None:
        """What to draw over this very picture; ``None`` when nothing. Asked for each picture.

        ``camera`` is the one that belongs into the tile, also where a clip is played in it.
        """

    def fresh(self) -> Collection[ViewKey]:
        """Views whose picture is painted already and for which boxes have come that would change
        what is drawn on it. Cheap: asked each tick."""

    def status(self, key: ViewKey) -> OverlayStatus: ...


@dataclass(frozen=True, slots=True)
class OverlayFilter:
    """Which boxes are drawn: of these classes, at least so sure (0..1). A box without a
    confidence passes."""

    labels: frozenset[str] = frozenset(LABELS)
    minimum_confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class OverlaySwitches:
    """What is drawn besides the boxes, on all screens."""

    confidence: bool = False
    trails: bool = False
    zones: bool = False


class OverlayVerbs(Overlays, Protocol):
    """What the operator's keys and panels can do with overlays. GUI thread; nothing blocks."""

    options_changed: Event[None]
    """A filter or a switch is another now, whoever changed it."""

    def toggle_tile(self, screen: int, cell: int) -> None: ...

    def toggle_screen(self, screen: int) -> None:
        """Boxes off on every tile of the screen where one is on, else on."""

    def toggle_wall(self) -> None: ...

    def toggle_timing(self, screen: int, cell: int) -> None:
        """Fastest picture, or boxes and picture in step."""

    def toggle_screen_timing(self, screen: int) -> None: ...

    def filter(self, screen: int | None) -> OverlayFilter:
        """What holds on a screen; ``None``: on all that have no filter of their own."""

    def has_own_filter(self, screen: int) -> bool: ...

    def set_filter(self, screen: int | None, wanted: OverlayFilter | None) -> None:
        """``None`` as the filter of a screen: it follows the common one again."""

    @property
    def switches(self) -> OverlaySwitches: ...

    def set_switches(self, wanted: OverlaySwitches) -> None: ...

    def offset_ms(self, camera: CameraCode) -> int:
        """What is added to the time of the camera's boxes: the one tried out, else the stored."""

    def preview_offset(self, camera: CameraCode, offset_ms: int | None) -> None:
        """Draw with this offset without storing it; ``None``: with the stored one again."""

    def set_offset(self, camera: CameraCode, offset_ms: int) -> None:
        """Store it; a preview ends."""
