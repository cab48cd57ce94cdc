"""What the overlay service keeps of one visible tile."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.analytics.clock_pairing import Pairing, paired
from app.analytics.lateness import StepHold
from app.analytics.timelines import SourceTimeline
from app.domain.camera import Camera
from app.domain.mapping import CameraGeometry, GeometryError, camera_geometry
from app.domain.stream import PictureClock, StreamKind
from app.services.overlay_types import OverlayFilter, OverlayShape, OverlayStatus, Timing
from app.video.board import PictureFacts
from app.video.engine_types import ViewKey

_LONGEST_INTERVAL_S = 1.0


@dataclass(slots=True)
class OverlayView:
    """One tile while it looks at one camera. Times are on the monotonic clock."""

    key: ViewKey
    screen: int
    cell: int
    camera: Camera
    is_new: bool = True
    is_on: bool = False
    timing: Timing = Timing.IN_STEP
    filter: OverlayFilter = field(default_factory=OverlayFilter)
    status: OverlayStatus = field(default_factory=OverlayStatus)
    hold: StepHold = field(default_factory=StepHold)
    shown_at: float = 0.0
    """Since when its boxes are wanted."""
    geometry: CameraGeometry | None = None
    geometry_trouble: str = ""
    clock: PictureClock | None = None
    """Of its newest picture; ``None`` before the first."""
    offset_us: int = 0
    utc_us: int = 0
    painted_at: float = 0.0
    interval_s: float = 0.0
    """Between its pictures, averaged; 0 until known."""
    drawn_version: int = 0
    """Of the timelines when its boxes were last worked out."""
    late_until: float = 0.0
    is_moving: bool = False
    """Whether the boxes of its newest picture are hidden because the camera moves."""
    shapes: dict[StreamKind, Sequence[OverlayShape]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.look_at(self.camera)

    def look_at(self, camera: Camera) -> None:
        """The registry may say something else of the camera than before."""
        self.camera = camera
        self.shapes.clear()
        try:
            self.geometry, self.geometry_trouble = camera_geometry(camera.attributes), ""
        except GeometryError as error:
            # Boxes in the wrong place would be worse than none.
            self.geometry, self.geometry_trouble = None, str(error)

    def note_picture(self, facts: PictureFacts, now: float) -> None:
        """A picture is being painted; the same one may come several times."""
        if facts.utc_us == self.utc_us and self.clock is not None:
            return
        took = now - self.painted_at
        if self.utc_us and took < _LONGEST_INTERVAL_S:
            known = self.interval_s
            self.interval_s = took if not known else known + 0.1 * (took - known)
        self.painted_at = now
        self.utc_us, self.offset_us, self.clock = facts.utc_us, facts.offset_us, facts.clock

    def pairing(self, of: SourceTimeline) -> Pairing | None:
        """How its newest picture's clock and the source's go together."""
        if self.clock is None:
            return None
        return paired(self.clock, self.offset_us, of.timeline.arrivals)


def version_of(timelines: Sequence[SourceTimeline]) -> int:
    """Grows whenever a frame came for one of them."""
    version = 0
    for each in timelines:
        version += each.timeline.version
    return version
