"""Panels that lie over a wall window without being windows: nothing is modal, nothing blocks."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QWidget

QWIDGETSIZE_MAX = (1 << 24) - 1
"""What Qt takes for no limit; PySide leaves the name out."""
_MARGIN = 28
_LETTERS = (0, 12, 11, 10, 9)
"""Sizes to try; 0 is the theme's own."""


class Overlay(QFrame):
    """A panel in the middle or at the lower edge of its window; it follows the window's size."""

    def __init__(self, window: QWidget, *, at_lower_edge: bool = False) -> None:
        super().__init__(window)
        self.setObjectName("overlay")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._window = window
        self._at_lower_edge = at_lower_edge
        window.installEventFilter(self)
        self.hide()

    def appear(self) -> None:
        """Show the panel above everything else in its window."""
        self.place()
        self.show()
        self.raise_()

    def tell(self, sentence: str) -> None:
        """Say something new; a panel without such a sentence has nothing to do."""

    def place(self) -> None:
        """Take the size of the content, as far as the window has room, and the right place."""
        room = self._window.size() - QSize(2 * _MARGIN, 2 * _MARGIN)
        size = self.fitted(room)
        left = (self._window.width() - size.width()) // 2
        top = (self._window.height() - size.height()) // 2
        if self._at_lower_edge:
            top = self._window.height() - size.height() - _MARGIN
        self.setGeometry(max(0, left), max(0, top), size.width(), size.height())

    def fitted(self, room: QSize) -> QSize:
        """The size of the content, in smaller letters where the window is too small for it."""
        wanted = QSize()
        for pixels in _LETTERS:
            self.setStyleSheet(f"QLabel {{ font-size: {pixels}px }}" if pixels else "")
            wanted = self._wanted(room.width())
            if wanted.width() <= room.width() and wanted.height() <= room.height():
                break
        return wanted.boundedTo(room.expandedTo(QSize(1, 1)))

    def _wanted(self, most: int) -> QSize:
        """As wide as the content likes, but with its lines broken where the room ends."""
        wanted = self.sizeHint().expandedTo(self.minimumSize()).boundedTo(self.maximumSize())
        limit = self.maximumWidth()
        if limit < QWIDGETSIZE_MAX:
            wanted.setWidth(min(limit, most))
        if self.hasHeightForWidth():
            wanted.setHeight(self.heightForWidth(wanted.width()))
        return wanted

    # --- Qt overrides ----------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.place()
        return super().eventFilter(watched, event)
