"""What is asked of the clip player's pictures, and what it says: values only."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NewType, Protocol

from app.domain.geometry import WHOLE, Crop
from app.domain.stream import Reason
from app.video.board import BoardPicture
from app.video.engine_types import ViewKey

PlayerId = NewType("PlayerId", int)
SLOWEST = 0.125
FASTEST = 8.0
"""Forwards and backwards."""


class PlayerPhase(Enum):
    """``FAILED`` ones say why in ``trouble``; nothing more comes of them."""

    OPENING = "opening"
    READY = "ready"
    FAILED = "failed"


class SoundState(Enum):
    """What becomes of the sound of a clip whose volume is raised."""

    SILENT = "silent"
    """It is not asked for."""
    HEARD = "heard"
    NO_LIBRARY = "no-library"
    NO_DEVICE = "no-device"
    REFUSED = "refused"
    """The device cannot be opened: another program may have it."""
    LOST = "lost"
    """The device has gone while it played."""
    HANGS = "hangs"
    NOT_DECODABLE = "not-decodable"


@dataclass(frozen=True, slots=True)
class PlayCommand:
    """Where a clip is, and where it goes from there.

    It is at ``position_us`` (from its beginning) at ``since`` (``time.monotonic`` of this machine)
    and gains ``speed`` seconds in each: 0 stands, below 0 it goes backwards. Clips with one
    command are in step. ``step`` (±1) is one picture on or back from the one that is shown, then
    it stands.

    Clips of several cameras share a line of ``span_us``: positions are on that line, and
    ``begins_us`` is where on it this clip begins (before its start where negative).
    """

    position_us: int = 0
    speed: float = 1.0
    since: float = 0.0
    is_looping: bool = False
    step: int = 0
    begins_us: int = 0
    span_us: int = 0

    def place_at(self, now: float, duration_us: int) -> int:
        """Where in the clip it is at ``now``; on a common line also before or after it."""
        return self.position_at(now, duration_us) - self.begins_us

    def position_at(self, now: float, duration_us: int) -> int:
        """Where it is at ``now`` (monotonic), from the beginning, within the clip or the line."""
        duration_us = self.span_us or duration_us
        at = self.position_us + int(self.speed * (now - self.since) * 1e6)
        if duration_us <= 0:
            return max(0, at)  # nobody knows where it ends
        if self.is_looping and self.speed > 0:
            return at % duration_us
        if self.is_looping and self.speed:
            return (at - 1) % duration_us + 1  # before the beginning comes the end
        return max(0, min(at, duration_us))


@dataclass(frozen=True, slots=True)
class Line:
    """A clip was at ``position_us`` at ``since`` (monotonic), in place of what it was asked by the
    command whose ``since`` was ``asked``."""

    position_us: int
    since: float
    asked: float


@dataclass(frozen=True, slots=True)
class PlayerState:
    """What is known of an opened clip; times are microseconds from its beginning."""

    phase: PlayerPhase = PlayerPhase.OPENING
    duration_us: int = 0
    """0 where nobody knows it, as of a stream."""
    width: int = 0
    height: int = 0
    reason: Reason = Reason.NONE
    trouble: str = ""
    """Why it failed, as one technical line; the sentence is that of ``reason``."""
    shown_us: int = 0
    """The picture on which it stands after a step."""
    line: Line | None = None
    """Where it really is, if not where its command says."""
    pictures_us: int = 0
    """Where the pictures end; after that there is only sound."""
    is_seekable: bool = True
    """Whether it can go to any place."""
    is_stream: bool = False
    """It comes at its own pace: neither backwards nor faster."""
    has_sound: bool = False
    sound: SoundState = SoundState.SILENT


Told = Callable[[PlayerState], None]


class Players(Protocol):
    """Clips on their way to tiles. Owner (GUI) thread; nothing here blocks."""

    def open(self, location: str, taken_us: int | None, told: Told) -> PlayerId:
        """Open a file or address. ``taken_us`` is when its first picture was taken (Unix time),
        where that is known. ``told`` hears how it goes, on the owner thread."""

    def show(
        self, player: PlayerId, key: ViewKey, size: tuple[int, int], crop: Crop = WHOLE
    ) -> None:
        """Give the view its pictures, scaled into ``size`` (device pixels)."""

    def go(self, player: PlayerId, command: PlayCommand) -> None: ...

    def set_volume(self, player: PlayerId, volume: int) -> None:
        """Let it be heard on the default output device, in per cent; 0 gives the device back.
        Every clip begins with 0, and only the one that was raised last is heard."""

    def still(
        self, player: PlayerId, at_us: int, width: int, answer: Callable[[bytes | None], None]
    ) -> None:
        """The picture at a position as JPEG of at most ``width``; ``None`` without one."""

    def close(self, player: PlayerId) -> None: ...

    def has(self, key: ViewKey) -> bool:
        """Whether a player has the view."""

    def fresh(self) -> Sequence[ViewKey]: ...

    def picture(self, key: ViewKey) -> BoardPicture | None: ...

    def intact(self, picture: BoardPicture) -> bool: ...

    def is_ours(self, picture: BoardPicture) -> bool:
        """Whether a picture came from here."""

    def views(self) -> Collection[ViewKey]: ...
