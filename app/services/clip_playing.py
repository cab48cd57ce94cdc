"""What a tile plays, as it is told to windows."""

from dataclasses import dataclass

from app.domain.camera import CameraCode
from app.domain.clip_record import Clip
from app.video.player_types import PlayerState

_AT_ONCE_US = 200_000
_AT_END_US = 500_000
"""So little is no absence: clips that were kept together begin and end within it."""


@dataclass(frozen=True, slots=True, eq=False)
class InStep:
    """Clips that are opened with the same one of these play together: in step by the time at which
    their pictures were taken, on the line that begins at ``start_us`` (Unix time on the
    workstation's clock) and is ``span_us`` long. A verb on one of them is for all."""

    start_us: int
    span_us: int


@dataclass(frozen=True, slots=True)
class Playing:
    """What a tile plays. Times are microseconds: ``position_us`` from the beginning, ``taken_us``
    of Unix time on the workstation's clock, ``None`` where nobody knows when it was taken.

    Of clips in step, ``first_us`` and ``end_us`` are the ends of their line from the beginning of
    this one, whose position may be before it or after its last picture. ``label`` is what it was
    opened as.
    """

    name: str
    camera: CameraCode | None
    state: PlayerState
    position_us: int
    taken_us: int | None
    speed: float
    is_looping: bool
    clip: Clip | None
    end_us: int | None = None
    label: str = ""
    elsewhere: str = ""
    """The workstation at which a clip lies that is not at hand here."""
    first_us: int = 0
    volume: int = 0
    """In per cent."""
    is_selected: bool = True
    """Its tile is the selected one: only that one is heard."""

    @property
    def is_ended(self) -> bool:
        """Whether it has come to its end; to its beginning, where it goes backwards."""
        length = self.state.duration_us
        if length <= 0 or self.is_looping:
            return False
        if self.speed < 0:
            return self.position_us <= self.first_us
        return self.position_us >= (length if self.end_us is None else self.end_us)

    @property
    def is_past_pictures(self) -> bool:
        """Whether there is only sound left of it."""
        return 0 < self.state.pictures_us < min(self.position_us, self.state.duration_us)

    @property
    def begins_in_us(self) -> int:
        """How long until its first picture, where the line is not there yet; else 0."""
        return -self.position_us if self.position_us < -_AT_ONCE_US else 0

    @property
    def gap_us(self) -> int:
        """How long until the next picture, where none was recorded; else 0."""
        clip = self.clip
        if clip is None:
            return 0
        at_us = clip.start_us + self.position_us
        return next((until - at_us for since, until in clip.gaps if since <= at_us < until), 0)

    @property
    def is_over(self) -> bool:
        """Whether the line goes on after its last picture."""
        is_after = 0 < self.state.duration_us < self.position_us - _AT_END_US
        return self.end_us is not None and is_after

    @property
    def stands(self) -> bool:
        """Whether it is paused or at its end."""
        return not self.speed or self.is_ended
