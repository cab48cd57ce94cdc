"""The choices by which a list of incidents is narrowed."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QWidget

from app.domain.camera import District
from app.domain.incident import IncidentStatus
from app.domain.record_filters import IncidentFilter
from ui.incidents.wording import status_text
from ui.theme import tokens

_TYPING_ENDS_MS = 120
_OPEN = "open"


class IncidentFilterRow(QWidget):
    """Text, status and district.

    Signals:
        changed: The operator chose or typed something else.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = QLineEdit(self)
        self.field.setPlaceholderText(self.tr("Number, place, type, or words of a note"))
        self.field.setAccessibleName(self.tr("Search incidents"))
        self.field.setClearButtonEnabled(True)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_ENDS_MS)
        self._typing.timeout.connect(self.changed)
        self.field.textChanged.connect(self._typing.start)
        self.status = self._box(self.tr("Status"))
        self.status.addItem(self.tr("All statuses"), "")
        self.status.addItem(self.tr("All that are not closed"), _OPEN)
        for status in IncidentStatus:
            self.status.addItem(status_text(status), status.value)
        self.district = self._box(self.tr("District"))
        self.offer([])
        self.status.currentIndexChanged.connect(self.changed)
        self.district.currentIndexChanged.connect(self.changed)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(tokens.SPACE_XS)
        grid.addWidget(self.field, 0, 0, 1, 2)
        grid.addWidget(self.status, 1, 0)
        grid.addWidget(self.district, 1, 1)

    @property
    def filter(self) -> IncidentFilter:
        """What is chosen now."""
        district = self.district.currentData()
        return IncidentFilter(
            text=" ".join(self.field.text().split()),
            statuses=self._statuses(),
            districts=frozenset([district] if district else []),
        )

    def clear(self) -> bool:
        """Let everything through again; false when it already does."""
        if self.filter == IncidentFilter():
            return False
        with QSignalBlocker(self.field):
            self.field.clear()
        for box in (self.status, self.district):
            with QSignalBlocker(box):
                box.setCurrentIndex(0)
        self._typing.stop()
        self.changed.emit()
        return True

    def offer(self, districts: Sequence[District]) -> None:
        """Offer these districts; what is chosen stays chosen."""
        chosen = self.district.currentData()
        with QSignalBlocker(self.district):
            self.district.clear()
            self.district.addItem(self.tr("All districts"), "")
            for district in districts:
                self.district.addItem(" ".join(district.name.split()), str(district.code))
            self.district.setCurrentIndex(max(0, self.district.findData(chosen) if chosen else 0))

    # --- inside ------------------------------------------------------------------------------

    def _statuses(self) -> frozenset[IncidentStatus]:
        chosen = self.status.currentData()
        if chosen == _OPEN:
            return frozenset(IncidentStatus) - {IncidentStatus.CLOSED}
        return frozenset([IncidentStatus(chosen)] if chosen else [])

    def _box(self, name: str) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName(name)
        box.setToolTip(name)
        box.setMinimumContentsLength(6)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return box
