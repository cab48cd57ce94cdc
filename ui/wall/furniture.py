"""Paints what a tile says: the strip below the picture, and the words where no live picture is."""

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPainter, QPen

from app.domain.stream import StreamState
from ui.theme import tokens
from ui.wall.state_icons import STATE_COLOURS, state_icon
from ui.wall.wording import TileFace

_VEIL_ALPHA = 150
_PLATE_ALPHA = 190
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_WRAPPED = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap


def font_px(pixels: int, *, bold: bool = False) -> QFont:
    """The program's font at a height in device pixels."""
    font = QFont(list(tokens.FONT_FAMILIES))
    font.setPixelSize(max(7, pixels))
    font.setBold(bold)
    return font


@dataclass(frozen=True, slots=True)
class _Type:
    """A font and its measures."""

    font: QFont
    metrics: QFontMetrics


@lru_cache(maxsize=64)
def _type(pixels: int, bold: bool = False) -> _Type:
    font = font_px(pixels, bold=bold)
    return _Type(font, QFontMetrics(font))


def _faded(colour: str, alpha: int) -> QColor:
    faded = QColor(colour)
    faded.setAlpha(alpha)
    return faded


_COLOURS = {state: QColor(name) for state, name in STATE_COLOURS.items()}
_CAPTION = QColor(tokens.CAPTION)
_CAPTION_SELECTED = QColor(tokens.SELECTION_BACKGROUND)
_EMPTY = QColor(tokens.TILE_EMPTY)
_TEXT = QColor(tokens.TEXT)
_TEXT_DIM = QColor(tokens.TEXT_DIM)
_ACCENT = QColor(tokens.ACCENT)
_VEIL = _faded(tokens.BACKGROUND, _VEIL_ALPHA)
_PLATE = _faded(tokens.BACKGROUND, _PLATE_ALPHA)
_HATCH = QBrush(_faded(tokens.HATCH, 110), Qt.BrushStyle.BDiagPattern)


def paint_strip(painter: QPainter, strip: QRect, face: TileFace, *, selected: bool) -> None:
    """The furniture: dot, code and name on the left; state, stream and age on the right."""
    painter.fillRect(strip, _CAPTION_SELECTED if selected else _CAPTION)
    if face.is_empty:
        return
    height = strip.height()
    pad = max(3, height // 4)
    text = _type(round(height * 0.64))
    strong = _type(round(height * 0.64), True)
    left = _paint_sign(painter, strip, face, pad) + pad
    right = strip.right() + 1 - pad
    for words, colour in _right_side(face):
        width = text.metrics.horizontalAdvance(words)
        if right - width < left + strong.metrics.horizontalAdvance(face.code):
            break
        _say(painter, text, QRect(right - width, strip.y(), width, height), words, colour, _RIGHT)
        right -= width + 2 * pad
    code_width = min(strong.metrics.horizontalAdvance(face.code), right - left)
    _say(painter, strong, QRect(left, strip.y(), code_width, height), face.code, _TEXT, _LEFT)
    left += code_width + pad
    room = right - left
    if room > 2 * height:
        name = text.metrics.elidedText(face.name, Qt.TextElideMode.ElideRight, room)
        _say(painter, text, QRect(left, strip.y(), room, height), name, _TEXT_DIM, _LEFT)


def paint_empty(painter: QPainter, room: QRect) -> None:
    """A cell to which no camera belongs, or the ground on which a picture is fitted."""
    painter.fillRect(room, _EMPTY)


def paint_absence(painter: QPainter, room: QRect, face: TileFace, picture: QRect | None) -> None:
    """Over the last picture (``picture``) or the empty ground: dimming and the reason in words."""
    if picture is not None:
        painter.fillRect(picture, _VEIL)
        if face.state is not StreamState.STALE:
            painter.fillRect(picture, _HATCH)
    _paint_words(painter, room, face, on_picture=picture is not None)


def _paint_sign(painter: QPainter, strip: QRect, face: TileFace, pad: int) -> int:
    """The age dot of a live tile or the icon of its state; returns where it ends."""
    side = round(strip.height() * (0.42 if face.is_live else 0.72))
    x = strip.x() + pad
    y = strip.y() + (strip.height() - side) // 2
    if not face.is_live:
        painter.drawPixmap(x, y, state_icon(face.state, side))
    elif face.dot is not None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_COLOURS[face.dot])
        painter.drawEllipse(x, y, side, side)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    return x + side


def _right_side(face: TileFace) -> list[tuple[str, QColor]]:
    """What stands on the right, outermost and most important first."""
    said: list[tuple[str, QColor]] = []
    if not face.is_live:
        said.append((face.state_word, _COLOURS[face.state]))
    if face.age:
        colour = _COLOURS[face.dot] if face.dot is not None else _COLOURS[StreamState.OFFLINE]
        said.append((face.age, colour))
    if face.effort:
        said.append((face.effort, _COLOURS[StreamState.STALE]))
    if face.zoom:
        said.append((face.zoom, _ACCENT))
    if face.is_live and face.stream:
        said.append((face.stream, _TEXT_DIM))
    return said


def _say(
    painter: QPainter, how: _Type, where: QRect, words: str, colour: QColor, flags: Qt.AlignmentFlag
) -> None:
    painter.setFont(how.font)
    painter.setPen(colour)
    painter.drawText(where, flags, words)


def _paint_words(painter: QPainter, room: QRect, face: TileFace, *, on_picture: bool) -> None:
    """Icon, headline, reason and time of the last picture, as much as the room holds."""
    size = max(9, min(26, room.height() // 11))
    margin = size
    width = room.width() - 2 * margin
    if width < 4 * size:
        return
    lines = [(face.headline, _type(round(size * 1.15), True), _COLOURS[face.state])]
    if face.reason:
        lines.append((face.reason, _type(size), _TEXT))
    if face.last_picture:
        lines.append((face.last_picture, _type(size), _TEXT_DIM))
    spacing = size // 3
    boxes = [
        how.metrics.boundingRect(QRect(0, 0, width, 10_000), _WRAPPED, text)
        for text, how, _ in lines
    ]
    icon = round(size * 2.2)
    height = icon + sum(box.height() + spacing for box in boxes)
    if height > room.height() - spacing:
        icon = -spacing
        height = sum(box.height() + spacing for box in boxes) - spacing
    while height > room.height() and len(lines) > 1:
        lines.pop()
        height -= boxes.pop().height() + spacing
    top = room.y() + (room.height() - height) // 2
    if on_picture:
        widest = max(box.width() for box in boxes) + 2 * size
        plate = QRect(0, 0, min(room.width(), widest), min(room.height(), height + size))
        plate.moveCenter(room.center())
        painter.fillRect(plate, _PLATE)
    if icon > 0:
        painter.drawPixmap(room.center().x() - icon // 2, top, state_icon(face.state, icon))
    top += icon + spacing
    for (text, how, colour), box in zip(lines, boxes, strict=True):
        painter.setFont(how.font)
        painter.setPen(QPen(colour))
        painter.drawText(QRect(room.x() + margin, top, width, box.height()), _WRAPPED, text)
        top += box.height() + spacing
