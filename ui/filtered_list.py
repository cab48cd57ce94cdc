"""How the keyboard goes between a list, the filters above it, and the wall."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from ui.filter_fields import FilterFields

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class FilteredList(QWidget):
    """A panel with a list and its filters; ``share_keys`` is called once both are there.

    Enter chooses, Escape takes the filters away and then leaves, Up from the first row leads to
    the field and Down back into the list.

    Signals:
        left: The operator gives the keyboard back to the wall.
    """

    left = Signal()
    filters: FilterFields
    view: QAbstractItemView

    def share_keys(self) -> None:
        """Listen to the keys of the list and of the field; the panel's own focus is the list's."""
        self.view.installEventFilter(self)
        self.filters.field.installEventFilter(self)
        self.setFocusProxy(self.view)

    def enter(self) -> None:
        """Give the keyboard to the row that was chosen before, or else to the first."""
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        model = self.view.model()
        if not self.view.currentIndex().isValid() and model.rowCount():
            self.view.setCurrentIndex(model.index(0, 0))

    # --- what each list has of its own -------------------------------------------------------

    def choose(self, *, with_control: bool) -> None:
        """Enter was pressed."""
        raise NotImplementedError

    def obey(self, event: QKeyEvent) -> bool:
        """Any other key in the list; false for one that means nothing there."""
        raise NotImplementedError

    # --- keys --------------------------------------------------------------------------------

    def _on_key(self, event: QKeyEvent, *, in_list: bool) -> bool:
        key = Qt.Key(event.key())
        if key in _ENTER:
            self.choose(with_control=bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
            return True
        if key == Qt.Key.Key_Escape:
            if not self.filters.clear():
                self.left.emit()
            return True
        if not in_list:
            if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self.enter()
                return True
            return False
        if key == Qt.Key.Key_Up and self.view.currentIndex().row() <= 0:
            self.filters.field.setFocus()
            return True
        return self.obey(event)

    # --- Qt overrides ------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._on_key(event, in_list=watched is self.view)
        return super().eventFilter(watched, event)
