"""The badge of a tile of which a clip is being written: a dot and words, at its lower edge."""

from functools import lru_cache

from PySide6.QtCore import QCoreApplication, QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPixmap

from app.services.clips import RunningClip
from ui.theme import tokens
from ui.wall.furniture import font_px

_GROUND = QColor(tokens.BOX_OUTLINE)
_GROUND.setAlpha(215)
_DOT = QColor(tokens.RECORDING)
_MINUTE, _HOUR = 60, 3600


def recording_words(clip: RunningClip) -> str:
    """What is being written, e.g. ``Clip with sound 00:12``."""
    seconds = int(clip.seconds)
    if clip.is_checking:
        text = QCoreApplication.translate("Clips", "Checking the clip {0}")
    elif clip.has_sound:
        text = QCoreApplication.translate("Clips", "Clip with sound {0}")
    else:
        text = QCoreApplication.translate("Clips", "Clip {0}")
    return text.format(clip_length(seconds))


def clip_length(seconds: float) -> str:
    """Minutes and seconds, and hours where there are any."""
    whole = round(seconds)
    hours, minutes = whole // _HOUR, whole % _HOUR // _MINUTE
    shown = f"{minutes:02d}:{whole % _MINUTE:02d}"
    return f"{hours}:{shown}" if hours else shown


def paint_recording(painter: QPainter, room: QRect, clip: RunningClip, scale: float) -> None:
    """In the lower left corner of ``room``; not on a tile that is too small to read it."""
    side = round(min(24 * scale, max(14 * scale, room.height() / 9)))
    badge = _badge(recording_words(clip), side)
    if side > room.height() // 2 or badge.width() > room.width():
        return
    painter.drawPixmap(room.x(), room.y() + room.height() - side, badge)


@lru_cache(maxsize=256)
def _badge(words: str, side: int) -> QPixmap:
    font = font_px(round(side * 0.62), bold=True)
    pad = max(3, side // 4)
    width = QFontMetrics(font).horizontalAdvance(words)
    pixmap = QPixmap(side + pad + width, side)
    pixmap.fill(_GROUND)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_DOT)
    painter.drawEllipse(pad, pad, side - 2 * pad, side - 2 * pad)
    painter.setFont(font)
    painter.setPen(QColor(tokens.TEXT))
    flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    painter.drawText(QRect(side, 0, width + pad, side), flags, words)
    painter.end()
    return pixmap
