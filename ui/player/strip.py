"""The strip under a clip: where it is, small pictures of it, and the ways through it."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from app.services.clip_player import ClipPlayer
from app.services.clip_playing import Playing
from app.services.wall_screen import TileSnapshot
from app.video.engine_types import ViewKey
from app.video.player_types import PlayerPhase
from ui.player.keys import refusal_words
from ui.player.volume_control import VolumeControl
from ui.texts import QT_TRANSLATE_NOOP
from ui.theme import tokens
from ui.wall.canvas_tile import covering
from ui.wall.clip_wording import clip_words, minutes
from ui.wall.furniture import font_px

HEIGHT = 80
_MOST_OF_TILE = 0.3
_PICTURES = 10
_PICTURE_WIDTH = 160
_NOTCH = 120
_WHEEL_S = 1.0
_TOP = 20
"""The height of the row of words."""
_FONT_PX = 12
_PAD = tokens.SPACE_S
_HINTS = (
    QT_TRANSLATE_NOOP(
        "SeekStrip",
        "J backwards · K pause · L on, again: faster · Shift+J L slow · Alt+← → picture"
        " · Ctrl+← → 5 s · M sound · Ctrl+↑ ↓ volume · End camera",
    ),
    QT_TRANSLATE_NOOP(
        "SeekStrip",
        "J backwards · K pause · L on · Shift+J L slow · Alt+← → picture · M sound · End camera",
    ),
    QT_TRANSLATE_NOOP("SeekStrip", "J backwards · K pause · L on · M sound · End camera"),
    QT_TRANSLATE_NOOP("SeekStrip", "J K L · M sound · F1 keys"),
)
"""From the longest on."""
_STREAM_HINTS = (
    QT_TRANSLATE_NOOP(
        "SeekStrip",
        "K pause · L on · Shift+L slow · Alt+→ picture · M sound · Ctrl+↑ ↓ volume · End camera",
    ),
    QT_TRANSLATE_NOOP("SeekStrip", "K pause · L on · M sound · End camera"),
    QT_TRANSLATE_NOOP("SeekStrip", "K L · M sound · F1 keys"),
)
_GROUND = QColor(tokens.SURFACE_RAISED)
_TROUGH = QColor(tokens.BACKGROUND)
_GONE = QColor(tokens.CLIP)
_MARK = QColor(tokens.WARNING)
_TEXT = QColor(tokens.TEXT)
_DIM = QColor(tokens.TEXT_DIM)


class SeekStrip(QWidget):
    """Lies over the lower edge of the tile, or of the screen where the tile is small. A click or
    a drag goes there, the wheel by seconds; the keys are the wall's."""

    def __init__(
        self,
        window: QWidget,
        player: ClipPlayer,
        key: ViewKey,
        say: Callable[[str], None] = lambda _words: None,
    ) -> None:
        """``say`` tells on the wall why a stream does not go where it was asked to."""
        super().__init__(window)
        self._say = say
        self.key = key
        self._window = window
        self._player = player
        self._playing: Playing | None = None
        self._pictures: dict[int, QImage] = {}
        self._marks: Sequence[int] = ()
        self._is_asking = False
        self.volume = VolumeControl(self, player, key)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def pictures(self) -> int:
        """How many of its small pictures are there."""
        return len(self._pictures)

    @property
    def words(self) -> str:
        """What it says of the place in the clip."""
        return "" if self._playing is None else clip_words(self._playing, 0)

    @property
    def covered(self) -> int:
        """How much of the window's lower edge it lies over."""
        return self.height() if self.geometry().bottom() == self._window.rect().bottom() else 0

    def show_clip(self, playing: Playing, tile: TileSnapshot, marks: Sequence[int] = ()) -> None:
        """Follow the clip and its tile; hidden while it is not open. ``marks`` are where its
        bookmarks are, in microseconds from its beginning."""
        self._marks = marks
        if playing.state.phase is not PlayerPhase.READY:
            self.hide()
            return
        is_other = self._playing is None or self._playing.name != playing.name
        if is_other or (self._playing is not None and self._playing.clip != playing.clip):
            self._pictures.clear()
        self._playing = playing
        self._place(tile)
        self.volume.show_volume(playing)
        self.volume.move(self.width() - self._place_room() - self.volume.width() - 2 * _PAD, 0)
        self.show()
        self.update()
        self._ask_next()

    # --- inside ------------------------------------------------------------------------------

    def _place(self, tile: TileSnapshot) -> None:
        ratio = self.devicePixelRatioF()
        rect = tile.picture
        picture = covering(QRect(rect.x, rect.y, rect.width, rect.height), ratio)
        room = QRect(self._window.rect())
        if picture.height() * _MOST_OF_TILE >= HEIGHT:
            room = picture
        place = QRect(room.x(), room.bottom() + 1 - HEIGHT, room.width(), HEIGHT)
        if place != self.geometry():
            self.setGeometry(place)

    def _ask_next(self) -> None:
        """One small picture after the other, so that they keep nobody waiting."""
        playing = self._playing
        if playing is None or self._is_asking or playing.state.is_stream:
            return  # a recorder has few connections to give
        missing = next((n for n in range(_PICTURES) if n not in self._pictures), None)
        if missing is None:
            return
        self._is_asking = True
        at_us = (2 * missing + 1) * playing.state.duration_us // (2 * _PICTURES)
        asked_of = playing

        def answer(jpeg: bytes | None) -> None:
            now = self._player.playing(self.key)
            if now is None or now.name != asked_of.name or now.clip != asked_of.clip:
                self._is_asking = False
                return
            self._pictures[missing] = QImage.fromData(jpeg) if jpeg else QImage()
            self._is_asking = False

        self._player.still(self.key, at_us, _PICTURE_WIDTH, answer)

    def _place_words(self) -> str:
        playing = self._playing
        if playing is None:
            return ""
        length = playing.state.duration_us
        at = minutes(playing.position_us)
        return f"{at} / {minutes(length)}" if length else at

    def _place_room(self) -> int:
        """So wide is what is said of the place; it does not tremble while it runs."""
        digits = "".join("0" if each.isdigit() else each for each in self._place_words())
        return QFontMetrics(font_px(_FONT_PX)).horizontalAdvance(digits)

    def _hint(self, room: int) -> str:
        """As many of the keys as there is room for."""
        measures = QFontMetrics(font_px(_FONT_PX))
        is_stream = self._playing is not None and self._playing.state.is_stream
        hints = [self.tr(hint) for hint in (_STREAM_HINTS if is_stream else _HINTS)]
        fitting = (hint for hint in hints if measures.horizontalAdvance(hint) <= room)
        return next(fitting, "")

    def _line(self) -> QRect:
        return QRect(_PAD, self.height() - 2 * _PAD - 2, self.width() - 2 * _PAD, _PAD)

    def _seek(self, x: float) -> None:
        playing, line = self._playing, self._line()
        if playing is not None and not _can_be_sought(playing):
            self._say(refusal_words(playing.state))
        elif playing is not None and line.width() > 0:
            share = min(max((x - line.x()) / line.width(), 0.0), 1.0)
            self._player.seek(self.key, round(share * playing.state.duration_us))

    # --- Qt overrides ------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        playing = self._playing
        if playing is None:
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), _GROUND)
        if _can_be_sought(playing):
            self._paint_pictures(painter)
            self._paint_line(painter, playing)
        else:
            painter.setFont(font_px(_FONT_PX + 1))
            painter.setPen(_DIM)
            rest = self.rect().adjusted(_PAD, _TOP, -_PAD, 0)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(rest, int(flags), refusal_words(playing.state))
        painter.setFont(font_px(_FONT_PX))
        painter.setPen(_DIM)
        middle = Qt.AlignmentFlag.AlignVCenter
        room = self.volume.x() - 2 * _PAD
        keys = QRect(_PAD, 0, room, _TOP)
        painter.drawText(keys, int(Qt.AlignmentFlag.AlignLeft | middle), self._hint(room))
        painter.setPen(_TEXT)
        top = QRect(_PAD, 0, self.width() - 2 * _PAD, _TOP)
        painter.drawText(top, int(Qt.AlignmentFlag.AlignRight | middle), self._place_words())
        painter.end()

    def _paint_pictures(self, painter: QPainter) -> None:
        line = self._line()
        room = line.top() - 4 - _TOP
        across = line.width() / _PICTURES
        for number in range(_PICTURES):
            cell = QRectF(line.x() + number * across, _TOP, across - 1, room)
            painter.fillRect(cell, _TROUGH)
            image = self._pictures.get(number)
            if image is None or image.isNull():
                continue
            size = image.size().scaled(
                round(cell.width()), round(room), Qt.AspectRatioMode.KeepAspectRatio
            )
            where = QRectF(0, 0, size.width(), size.height())
            where.moveCenter(cell.center())
            painter.drawImage(where, image)

    def _paint_line(self, painter: QPainter, playing: Playing) -> None:
        line = self._line()
        share = playing.position_us / playing.state.duration_us
        x = line.x() + line.width() * min(max(share, 0.0), 1.0)
        painter.fillRect(line, _TROUGH)
        painter.fillRect(QRectF(line.x(), line.y(), x - line.x(), line.height()), _GONE)
        for mark_us in self._marks:
            at = line.x() + line.width() * mark_us / playing.state.duration_us
            painter.fillRect(QRectF(at - 1.5, line.y() - 2, 3, line.height() + 4), _MARK)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_TEXT)
        top = line.y() - 3
        painter.drawPolygon(
            QPolygonF([QPointF(x - 5, top), QPointF(x + 5, top), QPointF(x, top + 8)])
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._seek(event.position().x())
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._seek(event.position().x())
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        seconds = event.angleDelta().y() / _NOTCH * _WHEEL_S
        if not self._player.jump(self.key, seconds) and self._playing is not None:
            self._say(refusal_words(self._playing.state))
        event.accept()


def _can_be_sought(playing: Playing) -> bool:
    return playing.state.is_seekable and playing.state.duration_us > 0
