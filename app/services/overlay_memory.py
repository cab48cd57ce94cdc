"""What the operator chose about boxes, as it is kept over a restart."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Share = Annotated[float, Meta(ge=0, le=1)]
Code = Annotated[str, Meta(max_length=64)]
TimingWord = Literal["fastest", "in-step"]


class FilterState(msgspec.Struct, frozen=True, kw_only=True):
    """``hidden`` are the classes not drawn, so that a class of a newer version is."""

    hidden: tuple[Code, ...] = ()
    minimum_confidence: Share = 0.0


class ScreenOverlayState(msgspec.Struct, frozen=True, kw_only=True):
    """One screen; ``None`` where it follows what holds for all. Single tiles by camera, because
    that is what comes back when the page does."""

    is_on: bool | None = None
    timing: TimingWord | None = None
    cameras_on: Mapping[Code, bool] = msgspec.field(default_factory=dict)
    cameras_timing: Mapping[Code, TimingWord] = msgspec.field(default_factory=dict)
    filter: FilterState | None = None


class OverlayState(msgspec.Struct, frozen=True, kw_only=True):
    """All screens, in their order, and what holds on all of them."""

    screens: tuple[ScreenOverlayState, ...] = ()
    filter: FilterState = FilterState()
    confidence: bool = False
    trails: bool = False
    zones: bool = False
