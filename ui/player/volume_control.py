"""How loud a clip is: a sign, a word and per cent. A click mutes, the wheel makes it louder."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from app.services.clip_player import ClipPlayer
from app.services.clip_playing import Playing
from app.video.engine_types import ViewKey
from ui.theme import tokens
from ui.wall.furniture import font_px
from ui.wall.sound_wording import is_troubled, volume_words

VOLUME_STEP = 10
"""In per cent, of a key or a notch of the wheel."""
_NOTCH = 120
_SIGN = 16
_PAD = tokens.SPACE_XS
_FONT_PX = 12


class VolumeControl(QWidget):
    """The keys are the wall's."""

    def __init__(self, parent: QWidget, player: ClipPlayer, key: ViewKey) -> None:
        super().__init__(parent)
        self._player = player
        self._key = key
        self._playing: Playing | None = None
        self._turned = 0
        self.words = ""
        """What stands beside the sign."""
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(self.tr("Click or M: sound on and off · wheel or Ctrl+↑ ↓: volume"))

    def show_volume(self, playing: Playing) -> None:
        """Follow the clip."""
        self._playing = playing
        self.words = volume_words(playing)
        self.setAccessibleName(self.words)
        self.resize(self.sizeHint())
        self.update()

    # --- Qt overrides ------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        width = QFontMetrics(font_px(_FONT_PX)).horizontalAdvance(self.words)
        return QSize(_SIGN + width + 3 * _PAD, _SIGN + _PAD)

    def paintEvent(self, _event: QPaintEvent) -> None:
        playing = self._playing
        if playing is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QColor(self._colour(playing))
        top = (self.height() - _SIGN) / 2
        _paint_speaker(painter, QRectF(_PAD, top, _SIGN, _SIGN), colour, playing)
        painter.setPen(colour)
        painter.setFont(font_px(_FONT_PX))
        room = self.rect().adjusted(_SIGN + 2 * _PAD, 0, 0, 0)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), self.words)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._player.toggle_mute(self._key)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        event.accept()  # it is no drag along the strip

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._turned += event.angleDelta().y()
        notches = int(self._turned / _NOTCH)
        if notches:
            self._turned -= notches * _NOTCH
            self._player.change_volume(self._key, notches * VOLUME_STEP)
        event.accept()

    @staticmethod
    def _colour(playing: Playing) -> str:
        if is_troubled(playing):
            return tokens.WARNING
        return tokens.TEXT if playing.volume else tokens.TEXT_DIM


def _paint_speaker(painter: QPainter, place: QRectF, colour: QColor, playing: Playing) -> None:
    """A loudspeaker with waves; crossed out while nothing is heard of it."""
    painter.save()
    painter.translate(place.topLeft())
    painter.scale(place.width() / 24, place.height() / 24)
    painter.setPen(QPen(colour, 2.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setBrush(colour)
    body = [(2.0, 9.0), (6.5, 9.0), (12.0, 4.5), (12.0, 19.5), (6.5, 15.0), (2.0, 15.0)]
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in body]))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if not playing.volume or is_troubled(playing):
        painter.drawLine(QPointF(16, 9), QPointF(22, 15))
        painter.drawLine(QPointF(22, 9), QPointF(16, 15))
    else:
        painter.drawArc(QRectF(10, 7.5, 8, 9), -55 * 16, 110 * 16)
        if playing.volume > 33:
            painter.drawArc(QRectF(9, 4, 13, 16), -55 * 16, 110 * 16)
    painter.restore()
