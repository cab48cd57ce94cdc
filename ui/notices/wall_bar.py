"""A slim bar on a wall window: what is being prepared, and what is wrong when no console says it.

It takes room of its own above the tiles and never lies over video. Its signs are drawn here: the
icon font loads long after the first picture.
"""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QKeySequence, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.services.notices import Notice, NoticeBoard, Severity
from ui.binding import bind
from ui.theme import tokens

_SIGN_PX = 16
_COLOURS = {
    Severity.INFO: tokens.INFO,
    Severity.WARNING: tokens.WARNING,
    Severity.ERROR: tokens.ERROR,
}


class WallBar(QFrame):
    """One line for what is being prepared, one for the worst notice; hidden without either."""

    def __init__(self, board: NoticeBoard, dismiss_keys: str, parent: QWidget) -> None:
        """``dismiss_keys`` are the keys that dismiss a notice, in Qt's portable notation."""
        super().__init__(parent)
        self.setObjectName("wallBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._board = board
        self._shows_notices = False
        self._notice: Notice | None = None
        native = QKeySequence.SequenceFormat.NativeText
        self._keys = QKeySequence(dismiss_keys).toString(native)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(tokens.SPACE_M, tokens.SPACE_XS, tokens.SPACE_M, tokens.SPACE_XS)
        rows.setSpacing(tokens.SPACE_XS)
        self._progress = _Line(self)
        self._trouble = _Line(self)
        for line in (self._progress, self._trouble):
            line.hide()
            rows.addWidget(line)
        self.hide()
        bind(self, board.changed, self._on_notices_changed)

    @property
    def notice(self) -> Notice | None:
        """The notice that is shown."""
        return self._notice

    @property
    def texts(self) -> Sequence[str]:
        """What is to be read, line by line."""
        lines = (self._progress, self._trouble)
        return [line.text for line in lines if not line.isHidden()]

    def tell(self, sentence: str) -> None:
        """Say what the program is doing; an empty sentence says that it is done."""
        self._progress.say(Severity.INFO, "", sentence, "")
        self._progress.setVisible(bool(sentence))
        self._appear()

    def show_notices(self, *, wanted: bool) -> None:
        """Whether notices belong here: nobody else shows them."""
        self._shows_notices = wanted
        self._on_notices_changed(self._board.current)

    def dismiss(self) -> bool:
        """Take the notice that is shown from the board; false when there is none."""
        if self._notice is None:
            return False
        self._board.clear(self._notice.key)
        return True

    # --- inside ----------------------------------------------------------------------------------

    def _on_notices_changed(self, notices: Sequence[Notice]) -> None:
        grave = [n for n in notices if n.severity.value >= Severity.WARNING.value]
        if not self._shows_notices:
            grave = []
        # The newest of the worst.
        self._notice = max(reversed(grave), key=lambda n: n.severity.value, default=None)
        if self._notice is not None:
            self._trouble.say(
                self._notice.severity,
                self._word(self._notice.severity),
                " – ".join(part for part in (self._notice.text, self._notice.advice) if part),
                self._hint(len(grave) - 1),
            )
        self._trouble.setVisible(self._notice is not None)
        self._appear()

    def _word(self, severity: Severity) -> str:
        return self.tr("Error") if severity is Severity.ERROR else self.tr("Warning")

    def _hint(self, more: int) -> str:
        hint = self.tr("{0} dismisses").format(self._keys)
        return self.tr("and {0} more · {1}").format(more, hint) if more else hint

    def _appear(self) -> None:
        self.setVisible(bool(self.texts))
        self.updateGeometry()


class _Line(QWidget):
    """Sign, word, sentence and hint side by side; the sentence takes the rows it needs."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(tokens.SPACE_S)
        self._sign = QLabel(self)
        self._word = _plain(self)
        self._text = _plain(self)
        self._text.setWordWrap(True)
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._hint = _plain(self)
        self._hint.setProperty("dim", True)
        row.addWidget(self._sign)
        row.addWidget(self._word)
        row.addWidget(self._text, 1)
        row.addWidget(self._hint)

    @property
    def text(self) -> str:
        return "  ".join(
            part for part in (self._word.text(), self._text.text(), self._hint.text()) if part
        )

    def say(self, severity: Severity, word: str, sentence: str, hint: str) -> None:
        self._sign.setPixmap(_sign(severity, self.devicePixelRatioF()))
        self._word.setText(word)
        self._word.setVisible(bool(word))
        self._word.setStyleSheet(f"color: {_COLOURS[severity]}; font-weight: 600")
        self._text.setText(sentence)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))


def _plain(parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def _sign(severity: Severity, ratio: float) -> QPixmap:
    """A triangle for what is wrong, three dots for what is under way."""
    pixmap = QPixmap(round(_SIGN_PX * ratio), round(_SIGN_PX * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = QColor(_COLOURS[severity])
    if severity is Severity.INFO:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        for x in (3, 8, 13):
            painter.drawEllipse(QPointF(x, 8), 1.8, 1.8)
    else:
        painter.setPen(QPen(colour, 1.6, j=Qt.PenJoinStyle.RoundJoin))
        painter.drawPolygon(QPolygonF([QPointF(8, 1.5), QPointF(15, 14), QPointF(1, 14)]))
        painter.drawLine(QPointF(8, 6), QPointF(8, 9.5))
        painter.drawPoint(QPointF(8, 12))
    painter.end()
    return pixmap
