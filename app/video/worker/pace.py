"""Where a replay is at any moment: a straight line that everybody can compute."""

from dataclasses import dataclass

from app.video.messages import LookBack

FULL_SPEED = 4.0
"""Faster than this only key frames are shown; backwards from this on."""


@dataclass(frozen=True, slots=True)
class Pace:
    """``position_us`` at ``since`` (monotonic seconds, the same in all processes of a machine),
    and what the position gains in each second. Tiles with the same line are in step."""

    position_us: int
    by_camera: bool
    speed: float
    since: float

    @classmethod
    def of(cls, wish: LookBack, now: float) -> "Pace":
        """The pace of a wish that looks back; without a beginning it begins now."""
        speed = 0.0 if wish.step else wish.speed
        since = now if wish.since is None else wish.since
        return cls(wish.utc_us or 0, wish.by_camera, speed, since)

    def at(self, now: float) -> int:
        """The position at ``now``."""
        return self.position_us + int(self.speed * (now - self.since) * 1e6)

    def from_now(self, position_us: int, now: float) -> "Pace":
        """As fast, but at ``position_us`` at ``now``."""
        return Pace(position_us, self.by_camera, self.speed, now)

    @property
    def only_keys(self) -> bool:
        """Whether it is too fast for every picture."""
        return self.speed > FULL_SPEED or self.speed <= -FULL_SPEED
