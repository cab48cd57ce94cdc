"""The text and the choices by which a list is narrowed, above the list."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QWidget

from ui.theme import tokens

_TYPING_ENDS_MS = 120


class FilterFields(QWidget):
    """A field for text over rows of boxes. What lets everything through is the first of each box,
    with nothing as its data.

    Signals:
        changed: The operator chose or typed something else.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._narrowing: Sequence[QComboBox] = ()
        self.field = QLineEdit(self)
        self.field.setClearButtonEnabled(True)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_ENDS_MS)
        self._typing.timeout.connect(self.changed)
        self.field.textChanged.connect(self._typing.start)

    @property
    def text(self) -> str:
        """What is typed, without needless spaces."""
        return " ".join(self.field.text().split())

    @property
    def is_open(self) -> bool:
        """Whether everything is let through."""
        return not self.text and not any(box.currentData() for box in self._narrowing)

    def clear(self) -> bool:
        """Let everything through again; false when it already does."""
        if self.is_open:
            return False
        with QSignalBlocker(self.field):
            self.field.clear()
        for box in self._narrowing:
            with QSignalBlocker(box):
                box.setCurrentIndex(0)
        self._typing.stop()
        self.changed.emit()
        return True

    # --- for the filters of one list ---------------------------------------------------------

    def name_field(self, name: str, placeholder: str) -> None:
        """Say what is sought, and by which words."""
        self.field.setAccessibleName(name)
        self.field.setPlaceholderText(placeholder)

    def box(self, name: str) -> QComboBox:
        """Another box; ``arrange`` gives it its place."""
        box = QComboBox(self)
        box.setAccessibleName(name)
        box.setToolTip(name)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(6)
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        box.currentIndexChanged.connect(self.changed)
        return box

    def arrange(self, narrowing: Sequence[QComboBox], *others: QComboBox, columns: int = 2) -> None:
        """Put the field over all boxes; ``others`` narrow nothing and are not cleared."""
        self._narrowing = narrowing
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(tokens.SPACE_XS)
        grid.addWidget(self.field, 0, 0, 1, columns)
        for at, box in enumerate((*narrowing, *others)):
            grid.addWidget(box, 1 + at // columns, at % columns)


def fill(box: QComboBox, wanted: Sequence[tuple[str, Any]]) -> None:
    """Offer these words with their data; what is chosen stays chosen."""
    items = [(" ".join(text.split()), data) for text, data in wanted]
    if items == [(box.itemText(at), box.itemData(at)) for at in range(box.count())]:
        return
    chosen = box.currentData()
    with QSignalBlocker(box):
        box.clear()
        for text, data in items:
            box.addItem(text, data)
        box.setCurrentIndex(max(0, box.findData(chosen) if chosen else 0))
