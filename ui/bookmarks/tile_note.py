"""Words that lie over one tile: what became of a mark, or that a span is open."""

from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtWidgets import QLabel, QWidget

from ui.theme import tokens

STAYS_MS = 2500
_FRAME = 2 * tokens.SPACE_S + 6
"""What padding and borders take of the width, and some room for rounding."""
_HIGHEST = 10_000


class TileNote(QLabel):
    """Plain text at the lower edge of a tile's picture; it takes no clicks and no keys."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWordWrap(True)
        self._colour = ""
        self._wear(tokens.LIVE)
        self.ensurePolished()
        self.hide()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)

    def say(self, words: str, picture: QRect, colour: str, *, stays: bool = False) -> None:
        """Show words over a picture, for some seconds or until something else is said."""
        self._wear(colour)
        self.setText(words)
        self.place(picture, at_top=stays)
        self.show()
        self.raise_()
        if stays:
            self._timer.stop()
        else:
            self._timer.start(STAYS_MS)

    def _wear(self, colour: str) -> None:
        if colour == self._colour:
            return
        self._colour = colour
        self.setStyleSheet(
            f"background: {tokens.SURFACE_RAISED}; color: {tokens.TEXT};"
            f" border: 1px solid {colour}; border-left: 4px solid {colour};"
            f" padding: {tokens.SPACE_XS}px {tokens.SPACE_S}px; font-weight: 600;"
        )

    def place(self, picture: QRect, *, at_top: bool) -> None:
        """Stand in the picture; an open span at its upper edge, answers at the lower one."""
        self.ensurePolished()  # or the size is that of another font
        most = max(1, picture.width() - 2 * tokens.SPACE_XS)
        lines = self.fontMetrics().boundingRect(
            QRect(0, 0, most - _FRAME, _HIGHEST), int(Qt.TextFlag.TextWordWrap), self.text()
        )
        width = min(most, lines.width() + _FRAME)
        height = min(lines.height() + 2 * tokens.SPACE_XS + 2, max(1, picture.height()))
        left = picture.center().x() - width // 2
        top = picture.bottom() - height - tokens.SPACE_XS
        if at_top:
            top = picture.top() + tokens.SPACE_XS
        self.setGeometry(left, top, width, height)
