"""The real player process behind its link, and what is seen of it."""

import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np

from app.core.dispatch import ManualDispatcher
from app.domain.stream import Reason
from app.video.engine_types import ViewKey
from app.video.player_link import PlayerLink
from app.video.player_types import PlayCommand, PlayerId, PlayerPhase, PlayerState
from tests.fakes.code_clip import FPS, block_centres, decode_words

KEY = ViewKey("0/0")
SIZE = (640, 360)
TAKEN_US = 1_700_000_000_000_000
SECOND_US = 1_000_000
MOST_OF = 0.8


class Cinema:
    """The player's link, and what it told."""

    def __init__(self) -> None:
        self.dispatcher = ManualDispatcher()
        self.link = PlayerLink(self.dispatcher)
        self.states: list[PlayerState] = []

    def until(self, is_true: Callable[[], bool], seconds: float = 20.0) -> None:
        deadline = time.monotonic() + seconds
        while not is_true():
            assert time.monotonic() < deadline, "it did not come"
            self.dispatcher.wait(0.005)
            self.dispatcher.drain()

    def open(self, location: str | Path) -> PlayerId:
        self.states.clear()
        player = self.link.open(str(location), TAKEN_US, self.states.append)
        self.until(lambda: bool(self.states))
        return player

    def show(self, location: str | Path) -> PlayerId:
        """Open what can be played, and wait for its first picture."""
        player = self.open(location)
        assert self.states[-1].phase is PlayerPhase.READY, self.states[-1]
        self.link.show(player, KEY, SIZE)
        self.until(lambda: bool(self.link.fresh()))
        return player

    def fails(self, location: str | Path) -> Reason:
        self.link.close(self.open(location))
        assert self.states[-1].phase is PlayerPhase.FAILED
        return self.states[-1].reason

    def step(self, player: PlayerId, by: int) -> int:
        """The number of the picture on which it stands."""
        self.states.clear()
        self.link.go(player, PlayCommand(step=by))
        self.until(lambda: bool(self.states))
        return self.number()

    def stand(self, player: PlayerId, number: int) -> None:
        """Go to a picture by its number and wait for it."""
        at_us = round((number + 0.5) * SECOND_US / FPS)
        self.link.go(player, PlayCommand(at_us, 0.0))
        self.until(lambda: self.number() == number)

    def numbers(self, until: Callable[[int], bool], seconds: float = 30.0) -> list[int]:
        """The numbers of all pictures from now on, in their order, until there is such a one."""
        found = [self.number()]

        def has_come() -> bool:
            number = self.number()
            if number != found[-1]:
                found.append(number)
            return until(number)

        self.until(has_come, seconds)
        return found

    def number(self, key: ViewKey = KEY) -> int:
        """The number burnt into the picture on the board."""
        picture = self.link.picture(key)
        assert picture is not None
        facts = picture.facts
        pixels = np.frombuffer(picture.pixels, np.uint8)
        pixels = pixels.reshape(facts.height, facts.stride // 4, 4)[:, : facts.width]
        x, y = (block_centres() * [facts.width, facts.height]).astype(int).T
        index = int(decode_words(pixels[y, x, 1][None, :])[1][0])
        assert self.link.intact(picture)
        assert facts.is_replay
        assert facts.utc_us == TAKEN_US + facts.pts
        return index

    def at_us(self) -> int:
        """The place in the clip of the picture on the board."""
        picture = self.link.picture(KEY)
        assert picture is not None
        return picture.facts.pts


def are_nearly_all(seen: list[int], first: int, last: int) -> bool:
    """Whether they are the numbers from ``first`` down to ``last``, each once and in order; a busy
    machine may leave a few out."""
    in_order = all(after < before for before, after in pairwise(seen))
    return (
        in_order
        and (seen[0], seen[-1]) == (first, last)
        and len(seen) >= MOST_OF * (first - last + 1)
    )
