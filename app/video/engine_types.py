"""What the wall asks of the engine and what it is told: values only."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NewType, Protocol

from app.core.events import Event
from app.domain.camera import CameraCode
from app.domain.geometry import WHOLE, Crop
from app.domain.picture_health import PictureFault
from app.domain.stream import (
    Effort,
    PictureClock,
    Reason,
    StreamKind,
    StreamState,
    StreamStatus,
)
from app.video.board import BoardPicture

ViewKey = NewType("ViewKey", str)
"""Names one tile for as long as it looks at the same camera, e.g. ``1/12`` (screen/cell)."""


@dataclass(frozen=True, slots=True)
class ViewSpec:
    """What one visible tile wants to see.

    ``width`` and ``height`` are the room for the picture in device pixels; the picture keeps its
    shape inside it. ``prefer_main`` asks for the main stream whatever the size (enlarged tile).
    """

    camera: CameraCode
    width: int
    height: int
    crop: Crop = WHOLE
    prefer_main: bool = False


@dataclass(frozen=True, slots=True)
class TileStatus:
    """Everything the furniture of a tile says, at one moment.

    ``age_s`` is the age of the picture on the tile (``None`` without one), ``taken_utc_us`` when
    it was taken, on this workstation's clock; ``clock_offset_s`` what the camera's clock is
    ahead (+) or behind (-) of ours, ``None`` when the camera gives none; ``retry_in_s`` counts
    down to the next attempt. ``LIVE`` is never said of a picture older than two seconds, nor of a
    replayed one: that is ``REPLAY``, and ``replay_s`` says how old it is.
    """

    state: StreamState
    reason: Reason = Reason.NONE
    retry_in_s: float | None = None
    attempt: int = 0
    age_s: float | None = None
    taken_utc_us: int | None = None
    clock: PictureClock = PictureClock.ARRIVAL
    clock_offset_s: float | None = None
    kind: StreamKind | None = None
    effort: Effort = Effort.FULL
    detail: str = ""
    hold_s: float = 0.0
    """How long its pictures wait for their boxes at present."""
    replay_s: float | None = None
    """How far the picture lies behind now because the operator looks back; ``None`` when the
    picture on the tile is not a replayed one."""
    replay_speed: float = 1.0
    """How fast it is replayed: 0 stands, negative goes backwards."""
    is_oldest: bool = False
    """Whether the replay should be further back than the memory of the camera reaches."""
    faults: tuple[PictureFault, ...] = ()


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of a camera: microseconds of Unix time on the camera's own clock, or, where
    ``by_camera`` is false, on this workstation's."""

    utc_us: int
    by_camera: bool


@dataclass(frozen=True, slots=True)
class ReplayCommand:
    """Where a replay is, and where it goes from there.

    It is at ``moment`` at ``since`` (``time.monotonic`` of this machine) and gains ``speed``
    seconds in each: 1 is the pace at which it was taken, 0 stands, negative goes backwards, 8 is
    the most. Views that are given the same command are in step. Without ``since`` it begins with
    the first picture. ``step`` (±1): one picture on from the one that is shown, or back, and stand
    there; ``moment`` then only says where to begin while nothing is replayed.
    """

    moment: Moment
    speed: float = 1.0
    since: float | None = None
    step: int = 0

    def position_us(self, now: float) -> int:
        """Where it is at ``now`` (monotonic), on the clock of ``moment``."""
        if self.since is None or self.step:
            return self.moment.utc_us
        return self.moment.utc_us + int(self.speed * (now - self.since) * 1e6)


@dataclass(frozen=True, slots=True)
class ViewFigures:
    """Counters of one view since it came up, for the run report.

    ``superseded`` pictures were published but a newer one was there before they were taken.
    Ages are seconds, sampled when pictures were taken from the board.
    """

    camera: CameraCode
    kind: StreamKind | None
    published: int
    taken: int
    superseded: int
    reconnects: int
    first_picture_ms: float | None
    ages_s: Sequence[float]


class Engine(Protocol):
    """The picture side of the program. Owner (GUI) thread only; nothing here blocks."""

    status_changed: Event[frozenset[CameraCode]]

    def show(self, wanted: Mapping[ViewKey, ViewSpec], warm: Sequence[CameraCode]) -> None:
        """Make the tiles of all screens what ``wanted`` says, and keep ``warm`` connected.

        Called with the whole wall at each change; what did not change is not touched.
        """

    def fresh(self) -> Sequence[ViewKey]:
        """The views that have a picture newer than the last one taken. Cheap: ask each tick."""

    def picture(self, key: ViewKey) -> BoardPicture | None:
        """The newest picture of the view, held in shared memory until the next call for it.

        After a change of size or stream it is the old picture until the new one is there.
        """

    def intact(self, picture: BoardPicture) -> bool:
        """Ask after painting: were the bytes still those of this picture?"""

    def status(self, key: ViewKey) -> TileStatus:
        """What the tile must say now; the age comes from the picture, not from a worker's word."""

    def hold(self, key: ViewKey, seconds: float) -> None:
        """Show each picture of the view so long after it came in (0 to 0.5), or as soon as it can
        be shown where that is later.

        A steady hold evens out the network's jitter too. Counted in steps of 10 ms. Takes effect
        at once; whoever calls changes it slowly. Forgotten with the view.
        """

    def look_back(self, key: ViewKey, moment: Moment | None) -> None:
        """Play the view's camera from its ring, from ``moment`` on at the pace it was taken;
        ``None``: live again. Where the ring does not reach back so far, from its oldest picture.

        The status says ``REPLAY`` from the first replayed picture on, until a live one is there.
        Nothing happens while the camera is not connected, and replay ends with its connection.
        """

    def replay(self, keys: Sequence[ViewKey], command: ReplayCommand | None) -> None:
        """Play the views from their rings as the command says, in step with each other; ``None``:
        live again. The rest as with ``look_back``."""

    def replay_of(self, key: ViewKey) -> ReplayCommand | None:
        """The command by which the view is replayed; ``None`` while it is live or cannot be."""

    def still(
        self,
        camera: CameraCode,
        moment: Moment,
        width: int,
        answer: Callable[[bytes | None], None],
    ) -> None:
        """The picture nearest to ``moment`` as JPEG of at most ``width``, cut from the ring.

        Answers exactly once, later, on the owner thread, unless the engine is closed before;
        ``None`` when there is no ring. A ring that does not reach so far gives its nearest picture.
        """

    def camera_faults(self, camera: CameraCode) -> tuple[PictureFault, ...]:
        """What is wrong with the camera's picture, as far as somebody looks at it.

        ``status_changed`` is emitted when it changes.
        """

    def camera_status(self, camera: CameraCode) -> StreamStatus:
        """The better of the camera's two streams; ``CLOSED`` when nobody looks at it."""
