"""Clips without pictures: what a player was asked, and what it answers."""

from collections.abc import Callable, Collection, Sequence

from app.domain.geometry import WHOLE, Crop
from app.video.board import BoardPicture
from app.video.engine_types import ViewKey
from app.video.player_types import PlayCommand, PlayerId, PlayerPhase, PlayerState, Told


class FakePlayers:
    """Implements ``Players``."""

    def __init__(self) -> None:
        self.opened: dict[PlayerId, str] = {}
        self.told: dict[PlayerId, Told] = {}
        self.commands: list[tuple[PlayerId, PlayCommand]] = []
        self.sizes: dict[ViewKey, tuple[int, int]] = {}
        self.shown: dict[ViewKey, PlayerId] = {}
        self.closed: list[PlayerId] = []
        self.volumes: list[tuple[PlayerId, int]] = []

    def ready(self, player: int, duration_us: int = 60_000_000) -> None:
        """The clip is open; without a length it is a stream."""
        state = PlayerState(
            PlayerPhase.READY,
            duration_us,
            640,
            360,
            pictures_us=duration_us,
            is_seekable=duration_us > 0,
            has_sound=True,
        )
        self.told[PlayerId(player)](state)

    def open(self, location: str, taken_us: int | None, told: Told) -> PlayerId:
        player = PlayerId(len(self.opened) + 1)
        self.opened[player] = location
        self.told[player] = told
        return player

    def show(
        self, player: PlayerId, key: ViewKey, size: tuple[int, int], crop: Crop = WHOLE
    ) -> None:
        self.shown[key] = player
        self.sizes[key] = size

    def go(self, player: PlayerId, command: PlayCommand) -> None:
        self.commands.append((player, command))

    def set_volume(self, player: PlayerId, volume: int) -> None:
        self.volumes.append((player, volume))

    def still(
        self, player: PlayerId, at_us: int, width: int, answer: Callable[[bytes | None], None]
    ) -> None:
        answer(None)

    def close(self, player: PlayerId) -> None:
        self.closed.append(player)
        self.shown = {key: each for key, each in self.shown.items() if each != player}

    def has(self, key: ViewKey) -> bool:
        return key in self.shown

    def fresh(self) -> Sequence[ViewKey]:
        return ()

    def picture(self, key: ViewKey) -> BoardPicture | None:
        return None

    def intact(self, picture: BoardPicture) -> bool:
        return True

    def is_ours(self, picture: BoardPicture) -> bool:
        return False

    def views(self) -> Collection[ViewKey]:
        return self.shown.keys()
