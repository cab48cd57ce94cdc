"""What the operator chose about boxes: on or off, timing, filters, switches. Values and rules."""

from dataclasses import dataclass, field
from typing import TypeVar

from app.domain.camera import CameraCode
from app.domain.detection import LABELS
from app.services.overlay_memory import (
    FilterState,
    OverlayState,
    ScreenOverlayState,
    TimingWord,
)
from app.services.overlay_types import OverlayFilter, OverlaySwitches, Timing

Chosen = TypeVar("Chosen")
_MOST_SINGLE = 1_000
"""Cameras of one screen for which something else holds than for the screen; oldest out first."""


@dataclass(slots=True)
class _Screen:
    is_on: bool | None = None
    timing: Timing | None = None
    cameras_on: dict[CameraCode, bool] = field(default_factory=dict)
    cameras_timing: dict[CameraCode, Timing] = field(default_factory=dict)
    filter: OverlayFilter | None = None


class OverlayChoices:
    """Nearest wins: the tile's choice, the screen's, what holds without any. Owner thread."""

    def __init__(self, timing: Timing, remembered: OverlayState | None = None) -> None:
        """``timing`` is how tiles begin."""
        state = remembered or OverlayState()
        self.is_on = False
        """Whether tiles show boxes where nobody chose."""
        self.common_filter = _filter(state.filter)
        self.switches = OverlaySwitches(state.confidence, state.trails, state.zones)
        self._timing = timing
        self._screens = {number: _screen(each) for number, each in enumerate(state.screens)}

    # --- what holds ----------------------------------------------------------------------------

    def shows(self, screen: int, camera: CameraCode) -> bool:
        """Whether the tile of this camera shows boxes."""
        of = self._of(screen)
        return of.cameras_on.get(camera, self.is_on if of.is_on is None else of.is_on)

    def timing(self, screen: int, camera: CameraCode) -> Timing:
        of = self._of(screen)
        return of.cameras_timing.get(camera, of.timing or self._timing)

    def filter(self, screen: int | None) -> OverlayFilter:
        own = None if screen is None else self._of(screen).filter
        return own or self.common_filter

    def has_own_filter(self, screen: int) -> bool:
        return self._of(screen).filter is not None

    @property
    def state(self) -> OverlayState:
        """What to remember."""
        count = max(self._screens, default=-1) + 1
        return OverlayState(
            screens=tuple(_remembered(self._of(number)) for number in range(count)),
            filter=_kept(self.common_filter),
            confidence=self.switches.confidence,
            trails=self.switches.trails,
            zones=self.switches.zones,
        )

    # --- verbs -----------------------------------------------------------------------------------

    def show_camera(self, screen: int, camera: CameraCode, is_on: bool) -> None:
        _single(self._of(screen).cameras_on, camera, is_on)

    def show_screen(self, screen: int, is_on: bool) -> None:
        """For the whole screen, and no longer something else on single tiles."""
        of = self._of(screen)
        of.is_on = is_on
        of.cameras_on.clear()

    def time_camera(self, screen: int, camera: CameraCode, timing: Timing) -> None:
        _single(self._of(screen).cameras_timing, camera, timing)

    def time_screen(self, screen: int, timing: Timing) -> None:
        of = self._of(screen)
        of.timing = timing
        of.cameras_timing.clear()

    def set_filter(self, screen: int | None, wanted: OverlayFilter | None) -> None:
        if screen is None:
            self.common_filter = wanted or OverlayFilter()
        else:
            self._of(screen).filter = wanted

    def _of(self, screen: int) -> _Screen:
        return self._screens.setdefault(screen, _Screen())


def _single(kept: dict[CameraCode, Chosen], camera: CameraCode, chosen: Chosen) -> None:
    kept.pop(camera, None)
    kept[camera] = chosen
    while len(kept) > _MOST_SINGLE:
        del kept[next(iter(kept))]


def _filter(state: FilterState) -> OverlayFilter:
    return OverlayFilter(frozenset(LABELS) - frozenset(state.hidden), state.minimum_confidence)


def _kept(wanted: OverlayFilter) -> FilterState:
    hidden = tuple(label for label in LABELS if label not in wanted.labels)
    return FilterState(hidden=hidden, minimum_confidence=min(1.0, wanted.minimum_confidence))


def _screen(state: ScreenOverlayState) -> _Screen:
    return _Screen(
        state.is_on,
        None if state.timing is None else Timing(state.timing),
        {CameraCode(code): is_on for code, is_on in state.cameras_on.items()},
        {CameraCode(code): Timing(word) for code, word in state.cameras_timing.items()},
        None if state.filter is None else _filter(state.filter),
    )


def _remembered(screen: _Screen) -> ScreenOverlayState:
    return ScreenOverlayState(
        is_on=screen.is_on,
        timing=None if screen.timing is None else _WORDS[screen.timing],
        cameras_on={str(code): is_on for code, is_on in screen.cameras_on.items()},
        cameras_timing={code: _WORDS[timing] for code, timing in screen.cameras_timing.items()},
        filter=None if screen.filter is None else _kept(screen.filter),
    )


_WORDS: dict[Timing, TimingWord] = {Timing.FASTEST: "fastest", Timing.IN_STEP: "in-step"}
