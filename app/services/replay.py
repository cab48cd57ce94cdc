"""The operator's way through the last minute: of one tile, or of all tiles of a screen in step."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.clock import Clock
from app.services.wall import WallService
from app.services.wall_screen import place_of
from app.video.engine_types import Engine, Moment, ReplayCommand, ViewKey

FASTEST = 8.0
LIVE_WITHIN_S = 0.3
"""So little behind now a replay that gains on the present has arrived there."""
_US = 1_000_000


@dataclass(slots=True)
class _Leader:
    """The tile that steps; the others of its screen go where it has come to."""

    key: ViewKey
    seen_us: int | None


class ReplayService:
    """Acts on the selected tile of the focused screen and, where the screen is in step, on all of
    it. Owner thread; ``tick`` is called some times a second.

    Where a replay is follows from its command alone, so tiles with one command are in step.
    """

    def __init__(
        self, wall: WallService, engine: Engine, clock: Clock, *, ring_seconds: float
    ) -> None:
        self._wall = wall
        self._engine = engine
        self._clock = clock
        self._ring_s = ring_seconds
        self._in_step: set[int] = set()
        self._lines: dict[int, ReplayCommand] = {}
        self._leaders: dict[int, _Leader] = {}
        self._gaining: set[ViewKey] = set()

    def is_in_step(self, screen: int) -> bool:
        """Whether all tiles of a screen follow the selected one."""
        return screen in self._in_step

    # --- verbs --------------------------------------------------------------------------------

    def jump(self, seconds: float) -> None:
        """Go back (negative) or on; beyond the newest picture is live."""
        key = self._selected()
        if key is None:
            return
        is_live = self._engine.replay_of(key) is None
        if not is_live or seconds < 0:
            position_us, speed = self._where(key)
            self._go(key, position_us + round(seconds * _US), speed)

    def shuttle(self, direction: int) -> None:
        """Play on (1) or backwards (-1); while it already does, twice as fast, up to 8 times."""
        key = self._selected()
        if key is None or (direction > 0 and self._engine.replay_of(key) is None):
            return
        position_us, before = self._where(key)
        is_live = self._engine.replay_of(key) is None
        goes_so = not is_live and before * direction > 0
        speed = min(FASTEST, abs(before) * 2) if goes_so else 1.0
        self._go(key, position_us, direction * speed)

    def pause(self) -> None:
        """Stand at the picture that is shown."""
        key = self._selected()
        if key is not None:
            self._go(key, self._where(key)[0], 0.0)

    def toggle_pause(self) -> None:
        """Stand, or play on from there."""
        key = self._selected()
        if key is None:
            return
        position_us, speed = self._where(key)
        stands = self._engine.replay_of(key) is not None and not speed
        self._go(key, position_us, 1.0 if stands else 0.0)

    def step(self, by: int) -> None:
        """Show the next picture (1) or the one before (-1), and stand there."""
        key = self._selected()
        if key is None:
            return
        screen = self._wall.focused
        seen_us = self._engine.status(key).taken_utc_us
        if self._engine.replay_of(key) is None:
            self._go(key, self._where(key)[0], 0.0)
        self._gaining.discard(key)
        moment = Moment(self._where(key)[0], by_camera=False)
        command = ReplayCommand(moment, 0.0, self._clock.monotonic(), by)
        self._engine.replay(self._keys(screen), command)
        if screen in self._in_step:
            # Each has its own next picture; tick brings them to the one that leads.
            self._leaders[screen] = _Leader(key, seen_us)

    def oldest(self) -> None:
        """Play from the oldest picture in memory."""
        key = self._selected()
        if key is not None:
            self._go(key, self._clock.utc_us() - round(self._ring_s * _US), 1.0)

    def live(self) -> None:
        """Show what is live again."""
        if self._wall.screens:
            screen = self._wall.focused
            self._end(screen, self._keys(screen))

    def toggle_in_step(self) -> bool:
        """Let all tiles of the screen follow the selected one, or only that one look back."""
        key = self._selected()
        if key is None:
            return False
        screen = self._wall.focused
        if screen in self._in_step:
            self._in_step.discard(screen)
            self._lines.pop(screen, None)
            self._leaders.pop(screen, None)
            self._engine.replay([k for k in self._all_keys(screen) if k != key], None)
            return False
        self._in_step.add(screen)
        if self._engine.replay_of(key) is None:
            self._end(screen, self._all_keys(screen))
        else:
            self._go(key, *self._where(key))
        return True

    def tick(self) -> None:
        """Let what has reached the present be live, and others follow who should."""
        now, now_us = self._clock.monotonic(), self._clock.utc_us()
        for key in list(self._gaining):
            command = self._engine.replay_of(key)
            if command is None:
                self._gaining.discard(key)
            elif command.position_us(now) > now_us - LIVE_WITHIN_S * _US:
                screen = place_of(key)[0]
                self._end(screen, self._keys(screen) if screen in self._in_step else (key,))
        for screen in self._lines.keys() & set(self._wall.open_screens):
            self._follow(screen)

    # --- inside -------------------------------------------------------------------------------

    def _follow(self, screen: int) -> None:
        """What came onto a screen in step follows; so do all when one was stepped."""
        keys = self._all_keys(screen)
        line, leader = self._lines[screen], self._leaders.get(screen)
        if leader is not None:
            status = self._engine.status(leader.key)
            seen_us = status.taken_utc_us
            if status.replay_s is None or seen_us is None or seen_us == leader.seen_us:
                return
            leader.seen_us = seen_us
            moment = Moment(seen_us, by_camera=False)
            line = self._lines[screen] = ReplayCommand(moment, 0.0, self._clock.monotonic())
            self._engine.replay([key for key in keys if key != leader.key], line)
            return
        late = [key for key in keys if self._engine.replay_of(key) is None]
        if late:
            self._engine.replay(late, line)

    def _go(self, key: ViewKey, position_us: int, speed: float) -> None:
        """Be at a position now (on this workstation's clock) and go on so fast."""
        screen = place_of(key)[0]
        now_us = self._clock.utc_us()
        if speed > 0 and position_us > now_us - LIVE_WITHIN_S * _US:
            self._end(screen, self._keys(screen))
            return
        moment = Moment(min(position_us, now_us), by_camera=False)
        command = ReplayCommand(moment, speed, self._clock.monotonic())
        keys = self._keys(screen)
        self._engine.replay(keys, command)
        self._gaining = self._gaining - set(keys) | (set(keys) if speed > 1 else set())
        self._leaders.pop(screen, None)
        if screen in self._in_step:
            self._lines[screen] = command

    def _end(self, screen: int, keys: Sequence[ViewKey]) -> None:
        self._lines.pop(screen, None)
        self._leaders.pop(screen, None)
        self._gaining.difference_update(keys)
        self._engine.replay(keys, None)

    def _where(self, key: ViewKey) -> tuple[int, float]:
        """The position on this workstation's clock, and the speed; of a live tile its picture."""
        status, command = self._engine.status(key), self._engine.replay_of(key)
        now_us = self._clock.utc_us()
        if command is None:
            return (now_us if status.taken_utc_us is None else status.taken_utc_us), 1.0
        speed = 0.0 if command.step else command.speed
        is_line = not command.moment.by_camera and command.since is not None and not command.step
        if is_line and not status.is_oldest:
            return command.position_us(self._clock.monotonic()), speed
        if status.replay_s is not None and status.taken_utc_us is not None:
            return status.taken_utc_us, speed
        return (now_us if command.moment.by_camera else command.moment.utc_us), speed

    def _selected(self) -> ViewKey | None:
        if not self._wall.screens:
            return None
        screen = self._wall.screen(self._wall.focused)
        found = (tile for tile in screen.tiles if tile.cell == screen.selected and tile.camera)
        return next((tile.key for tile in found), None)

    def _keys(self, screen: int) -> Sequence[ViewKey]:
        """The tiles that a verb moves."""
        if screen in self._in_step:
            return self._all_keys(screen)
        key = self._selected()
        return () if key is None else (key,)

    def _all_keys(self, screen: int) -> Sequence[ViewKey]:
        return tuple(tile.key for tile in self._wall.screen(screen).tiles if tile.camera)
