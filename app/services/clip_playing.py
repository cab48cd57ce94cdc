"""What a tile plays, as it is told to windows."""

from dataclasses import dataclass

from app.domain.camera import CameraCode
from app.domain.clip_record import Clip
from app.video.player_types import PlayerState


@dataclass(frozen=True, slots=True)
class Playing:
    """What a tile plays. Times are microseconds: ``position_us`` from the beginning, ``taken_us``
    of Unix time on the workstation's clock, ``None`` where nobody knows when it was taken."""

    name: str
    camera: CameraCode | None
    state: PlayerState
    position_us: int
    taken_us: int | None
    speed: float
    is_looping: bool
    clip: Clip | None
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
        return self.position_us <= 0 if self.speed < 0 else self.position_us >= length

    @property
    def is_past_pictures(self) -> bool:
        """Whether there is only sound left of it."""
        return 0 < self.state.pictures_us < min(self.position_us, self.state.duration_us)

    @property
    def stands(self) -> bool:
        """Whether it is paused or at its end."""
        return not self.speed or self.is_ended
