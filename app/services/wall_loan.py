"""A screen that is borrowed for a while, to show pictures side by side in place of its tiles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.camera import CameraCode
from app.domain.layout import side_by_side
from app.services.wall_screen import WallScreen, view_key
from app.video.engine_types import ViewKey, ViewSpec


@dataclass(slots=True)
class BorrowedScreen(WallScreen):
    """What a screen shows while it is borrowed: cells of their own, with views of their own.

    ``lent`` is the operator's screen, which waits behind it untouched. The cells name cameras but
    no live picture is asked for: who borrowed the screen gives the pictures.
    """

    lent: WallScreen | None = None
    shown: tuple[CameraCode, ...] = ()

    def cameras(self) -> tuple[CameraCode | None, ...]:
        return (*self.shown, *[None] * (len(self.layout) - len(self.shown)))

    @property
    def pages(self) -> int:
        """Those of the operator's screen: no page is turned by borrowing it."""
        return self.lent.pages if self.lent is not None else 1

    def key(self, cell: int) -> ViewKey:
        """Never that of a live tile: its picture must not stand under another name."""
        return view_key(self.index, cell, "borrowed")

    def views(self) -> Mapping[ViewKey, ViewSpec]:
        return {}

    def waiting(self) -> frozenset[ViewKey]:
        lent = self.lent
        return (
            frozenset() if lent is None else frozenset(lent.key(c) for c in range(len(lent.layout)))
        )

    def warm(self, reach: int) -> list[CameraCode]:
        """What is shown again once the screen is given back, then what may follow it."""
        if self.lent is None:
            return []
        behind = [code for code in self.lent.cameras() if code is not None]
        return [*behind, *self.lent.warm(reach)]


def borrowed(lent: WallScreen, cameras: Sequence[CameraCode]) -> BorrowedScreen:
    """The screen with a cell for each camera, the first one selected."""
    return BorrowedScreen(
        lent.index,
        lent.directory,
        lent.size,
        lent.scale,
        layout=side_by_side(len(cameras), lent.size),
        district=lent.district,
        page=lent.page,
        lent=lent,
        shown=tuple(cameras),
    )
