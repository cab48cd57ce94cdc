"""Paints what a tile says: the strip below the picture, and the words where no live picture is."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPainter

from app.domain.stream import StreamState
from ui.theme import tokens
from ui.wall.signs import Sign, sign_pixmap
from ui.wall.state_icons import STATE_COLOURS, state_icon
from ui.wall.wording import TileFace

_VEIL_ALPHA = 135
_PLATE_ALPHA = 190
_TINT_ALPHA = 70
_WORDS_FROM = 20
"""A strip that many times wider than high has room for the camera's name and words on boxes."""
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_WRAP = int(Qt.TextFlag.TextWordWrap)
_WRAPPED = int(Qt.AlignmentFlag.AlignHCenter) | _WRAP


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

    def elided(self, text: str, room: int) -> str:
        return self.metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)


@lru_cache(maxsize=64)
def _type(pixels: int, bold: bool = False) -> _Type:
    font = font_px(pixels, bold=bold)
    return _Type(font, QFontMetrics(font))


def _faded(colour: str, alpha: int) -> QColor:
    faded = QColor(colour)
    faded.setAlpha(alpha)
    return faded


_PAUSED = QColor(tokens.PAUSED)
_CLIP = QColor(tokens.CLIP)
_COLOURS = {state: QColor(name) for state, name in STATE_COLOURS.items()}
_CAPTION = QColor(tokens.CAPTION)
_CAPTION_SELECTED = QColor(tokens.SELECTION_BACKGROUND)
_EMPTY = QColor(tokens.TILE_EMPTY)
_TEXT = QColor(tokens.TEXT)
_TEXT_DIM = QColor(tokens.TEXT_DIM)
_ON_COLOUR = QColor(tokens.TEXT_ON_ACCENT)
_SELECTED = QColor(tokens.SELECTED)
_SELECTED_ELSEWHERE = QColor(tokens.BORDER)
_ACCENT = QColor(tokens.ACCENT)
_VEIL = _faded(tokens.BACKGROUND, _VEIL_ALPHA)
_PLATE = _faded(tokens.BACKGROUND, _PLATE_ALPHA)
_HATCH = QBrush(_faded(tokens.HATCH, 110), Qt.BrushStyle.BDiagPattern)


def paint_strip(painter: QPainter, strip: QRect, face: TileFace, *, selected: bool) -> None:
    """The furniture: dot, code and name on the left; state, stream and age on the right."""
    painter.fillRect(strip, _CAPTION_SELECTED if selected else _CAPTION)
    if face.is_empty:
        return
    if not face.is_live and not face.covers_picture:
        painter.fillRect(strip, _faded(_colour_of(face).name(), _TINT_ALPHA))
    height = strip.height()
    pad = max(3, height // 4)
    text, strong = _type(round(height * 0.64)), _type(round(height * 0.64), True)
    left = _paint_sign(painter, strip, face, pad) + pad
    right = strip.right() + 1 - pad
    code_width = strong.metrics.horizontalAdvance(face.code)
    for said in _right_side(face):
        side = round(height * 0.72) if said.sign is not None else 0
        width = text.metrics.horizontalAdvance(said.words)
        room = right - left - code_width - height
        is_short = said.sign is Sign.BOXES and strip.width() < _WORDS_FROM * height
        if is_short or side + (pad // 2 if side else 0) + width > room:
            if not side or side > room:
                break
            width = -(pad // 2)  # the sign alone
        else:
            _say_in_strip(painter, text, strip, right - width, said.words, said.colour)
        if said.sign is not None:
            right -= width + side + pad // 2
            sign = sign_pixmap(said.sign, said.colour.name(), side)
            painter.drawPixmap(right, strip.y() + (height - side) // 2, sign)
            right -= 2 * pad
        else:
            right -= width + 2 * pad
    room = right - left
    code = face.code if code_width <= room else strong.elided(face.code, room)
    _say_in_strip(painter, strong, strip, left, code, _TEXT)
    left += code_width + pad
    room = right - left
    if room > 2 * height:
        _say_in_strip(painter, text, strip, left, text.elided(face.name, room), _TEXT_DIM)


def paint_selection(painter: QPainter, frame: QRect, gap: int, *, has_focus: bool) -> None:
    """A frame in the gap around the selected tile; paler on a screen without the focus."""
    outer = frame.adjusted(-gap, -gap, gap, gap)
    colour = _SELECTED if has_focus else _SELECTED_ELSEWHERE
    painter.fillRect(outer.x(), outer.y(), outer.width(), gap, colour)
    painter.fillRect(outer.x(), frame.bottom() + 1, outer.width(), gap, colour)
    painter.fillRect(outer.x(), frame.y(), gap, frame.height(), colour)
    painter.fillRect(frame.right() + 1, frame.y(), gap, frame.height(), colour)


def paint_empty(painter: QPainter, room: QRect) -> None:
    """A cell to which no camera belongs, or the ground on which a picture is fitted."""
    painter.fillRect(room, _EMPTY)


def paint_absence(
    painter: QPainter, room: QRect, face: TileFace, picture: QRect | None, scale: float
) -> None:
    """Over the last picture (``picture``) or the empty ground: dimming and the reason in words."""
    if picture is not None:
        painter.fillRect(picture, _VEIL)
        if face.state is not StreamState.STALE:
            painter.fillRect(picture, _HATCH)
    _paint_words(painter, room, face, picture, scale)


def paint_frame_of_past(painter: QPainter, picture: QRect, face: TileFace, scale: float) -> None:
    """Around a picture that is to be seen but is not live: replayed, or stopped."""
    colour, border = _colour_of(face), max(2, round(3 * scale))
    x, y, width, height = picture.x(), picture.y(), picture.width(), picture.height()
    painter.fillRect(x, y, width, border, colour)
    painter.fillRect(x, y + height - border, width, border, colour)
    painter.fillRect(x, y, border, height, colour)
    painter.fillRect(x + width - border, y, border, height, colour)
    size = round(max(9 * scale, min(18 * scale, height / 14)))
    how = _type(size, True)
    words = how.elided(face.state_word, width - 4 * size)
    tag = QRect(x, y, how.metrics.horizontalAdvance(words) + 2 * size, 2 * size)
    painter.fillRect(tag, colour)
    _say(painter, how, tag, words, _ON_COLOUR, int(Qt.AlignmentFlag.AlignCenter))
    if face.note:
        plain = _type(size)
        words = plain.elided(face.note, width - 4 * size)
        room = plain.metrics.horizontalAdvance(words) + 2 * size
        note = QRect(x + border, tag.bottom() + 1, room, 2 * size)
        painter.fillRect(note, _PLATE)
        _say(painter, plain, note, words, _TEXT, int(Qt.AlignmentFlag.AlignCenter))


def _colour_of(face: TileFace) -> QColor:
    if face.is_clip and not face.covers_picture:
        return _CLIP
    return _PAUSED if face.is_paused else _COLOURS[face.state]


def _paint_sign(painter: QPainter, strip: QRect, face: TileFace, pad: int) -> int:
    """The age dot of a live tile or the icon of its state; returns where it ends."""
    side = round(strip.height() * (0.42 if face.is_live else 0.72))
    x = strip.x() + pad
    y = strip.y() + (strip.height() - side) // 2
    if face.is_paused:
        painter.drawPixmap(x, y, sign_pixmap(Sign.PAUSED, _PAUSED.name(), side))
    elif face.is_clip and not face.covers_picture:
        painter.drawPixmap(x, y, sign_pixmap(Sign.CLIP, _CLIP.name(), side))
    elif not face.is_live:
        painter.drawPixmap(x, y, state_icon(face.state, side))
    elif face.dot is not None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_COLOURS[face.dot])
        painter.drawEllipse(x, y, side, side)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    return x + side


@dataclass(frozen=True, slots=True)
class _Said:
    """Words on the strip; where they have a sign it stands for them when there is no room."""

    words: str
    colour: QColor
    sign: Sign | None = None


def _right_side(face: TileFace) -> list[_Said]:
    """What stands on the right, outermost and most important first."""
    said: list[_Said] = []
    if not face.is_live:
        said.append(_Said(face.state_word, _colour_of(face)))
    if face.age:
        colour = _COLOURS[face.dot] if face.dot is not None else _COLOURS[StreamState.OFFLINE]
        said.append(_Said(face.age, colour))
    if face.faults:
        said.append(_Said(face.faults, _COLOURS[StreamState.STALE], Sign.FAULT))
    if face.boxes:
        said.append(_Said(face.boxes, _TEXT_DIM, Sign.BOXES))
    if face.effort:
        said.append(_Said(face.effort, _COLOURS[StreamState.STALE]))
    if face.zoom:
        said.append(_Said(face.zoom, _ACCENT))
    if face.is_live and face.stream:
        said.append(_Said(face.stream, _TEXT_DIM))
    return said


def _say_in_strip(
    painter: QPainter, how: _Type, strip: QRect, x: int, words: str, colour: QColor
) -> None:
    """One line without layout: half the time of text in a rectangle, and there are many."""
    metrics = how.metrics
    rest = strip.height() - metrics.ascent() - metrics.descent()
    painter.setFont(how.font)
    painter.setPen(colour)
    painter.drawText(x, strip.y() + (rest + 1) // 2 + metrics.ascent(), words)


def _say(
    painter: QPainter, how: _Type, where: QRect, words: str, colour: QColor, flags: int
) -> None:
    painter.setFont(how.font)
    painter.setPen(colour)
    painter.drawText(where, flags, words)


def _paint_words(
    painter: QPainter, room: QRect, face: TileFace, picture: QRect | None, scale: float
) -> None:
    """Sign, headline, reason and time of the last picture, as much as the room holds.

    On a ground of their own along the lower edge of a picture, else in the middle of the room.
    """
    size = round(max(10 * scale, min(24 * scale, 6 * scale + room.height() / 28)))
    width = room.width() - 2 * size
    if width < 4 * size:
        return
    lines = _lines(face, size, width)
    spacing = size // 3
    height = sum(line.height + spacing for line in lines) - spacing
    while height > room.height() - size and len(lines) > 1:
        height -= lines.pop().height + spacing
    top = room.y() + (room.height() - height) // 2
    if picture is not None:
        ground = QRect(picture)
        ground.setTop(max(picture.top(), picture.bottom() + 1 - height - size))
        painter.fillRect(ground, _PLATE)
        painter.fillRect(ground.x(), ground.y(), ground.width(), 1, _COLOURS[face.state])
        top = picture.bottom() + 1 - height - size // 2
    _paint_sign_and_headline(painter, room, top, lines[0], face.state)
    for above, line in pairwise(lines):
        top += above.height + spacing
        where = QRect(room.x() + size, top, width, line.height)
        _say(painter, line.how, where, line.text, line.colour, _WRAPPED)


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    how: _Type
    colour: QColor
    height: int


def _lines(face: TileFace, size: int, width: int) -> list[_Line]:
    said = [(face.headline, _type(round(size * 1.2), True), _COLOURS[face.state])]
    said.append((face.reason, _type(size), _TEXT))
    said.append((face.last_picture, _type(size), _TEXT_DIM))
    room = QRect(0, 0, width, 10_000)
    return [
        _Line(text, how, colour, how.metrics.boundingRect(room, _WRAPPED, text).height())
        for text, how, colour in said
        if text
    ]


def _paint_sign_and_headline(
    painter: QPainter, room: QRect, top: int, line: _Line, state: StreamState
) -> None:
    """The sign stands left of the headline, both together in the middle."""
    side = round(line.how.metrics.height() * 0.95)
    pad = side // 3
    words = min(line.how.metrics.horizontalAdvance(line.text), room.width() - side - 3 * pad)
    x = room.x() + (room.width() - side - pad - words) // 2
    painter.drawPixmap(x, top + (line.how.metrics.height() - side) // 2, state_icon(state, side))
    where = QRect(x + side + pad, top, words + 1, line.height)
    _say(painter, line.how, where, line.text, line.colour, _LEFT | _WRAP)
