"""What the canvas knows of one tile while it is on the screen."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QRect
from PySide6.QtGui import QImage

from app.domain.geometry import Rect
from app.services.wall_screen import TileSnapshot
from app.video.board import BoardPicture, PictureFacts
from ui.wall.picture_fit import Fit
from ui.wall.wording import EMPTY_FACE, TileFace


@dataclass(frozen=True, slots=True)
class PausedPicture:
    """A picture that stays on a tile, with its own pixels."""

    image: QImage
    facts: PictureFacts


class CanvasTile:
    """Rectangles as Qt wants them, the face shown, and what was painted last.

    ``frame``, ``picture`` and ``strip`` are device pixels; those that begin with ``qt_`` are the
    same in Qt's coordinates, grown to whole ones.
    """

    __slots__ = (
        "calm",
        "counted",
        "drawn",
        "face",
        "fit",
        "frame",
        "paused",
        "picture",
        "presented",
        "qt_frame",
        "qt_picture",
        "qt_strip",
        "snapshot",
        "strip",
    )

    def __init__(self, snapshot: TileSnapshot, ratio: float) -> None:
        self.snapshot = snapshot
        self.frame = _qrect(snapshot.frame)
        self.picture = _qrect(snapshot.picture)
        self.strip = _qrect(snapshot.strip)
        self.face: TileFace = EMPTY_FACE
        self.calm: tuple[object, ...] | None = None
        """What the face was made of while the picture is fresh; ``None`` while it is not."""
        self.fit: Fit | None = None
        self.drawn: QRect | None = None
        self.paused: PausedPicture | None = None
        self.presented = 0
        self.counted = (-1, -1)
        """Slot and sequence number of the picture that was counted last."""
        self.place(ratio)

    def place(self, ratio: float) -> None:
        """Follow the device pixel ratio of the window."""
        self.qt_frame = covering(self.frame, ratio)
        self.qt_picture = covering(self.picture, ratio)
        self.qt_strip = covering(self.strip, ratio)

    def count(self, picture: BoardPicture) -> bool:
        """Count a painted picture; false for the one that was painted before."""
        this = (picture.slot, picture.sequence)
        if this == self.counted:
            return False
        self.counted = this
        self.presented += 1
        return True


def _qrect(rect: Rect) -> QRect:
    return QRect(rect.x, rect.y, rect.width, rect.height)


def covering(rect: QRect, ratio: float) -> QRect:
    """The smallest rectangle of whole logical pixels that covers device pixels."""
    left, top = math.floor(rect.x() / ratio), math.floor(rect.y() / ratio)
    right = math.ceil((rect.x() + rect.width()) / ratio)
    bottom = math.ceil((rect.y() + rect.height()) / ratio)
    return QRect(left, top, right - left, bottom - top)
