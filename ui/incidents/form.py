"""What an incident is: type, status, severity, holder, place. Each field is stored when left."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QPushButton, QWidget

from app.domain.analytics_event import EventSeverity
from app.domain.incident import Incident, IncidentStatus
from ui.events.wording import severity_text
from ui.incidents.wording import status_text, usual_types
from ui.theme import tokens

_MOST_LETTERS = 200


class IncidentForm(QWidget):
    """Shows one incident and reports what the operator makes of it.

    Signals:
        changed: The incident as it was shown, and as the operator wants it.
    """

    changed = Signal(object, object)

    def __init__(self, operator: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._incident: Incident | None = None
        self._operator = operator
        self._type_line = _Line(self)
        self.type = self._make_type()
        self.status = self._choice([(status_text(each), each.value) for each in IncidentStatus])
        self.severity = self._choice([(severity_text(each), int(each)) for each in EventSeverity])
        self.holder = _Line(self)
        self.place = _Line(self)
        self.take = QPushButton(self.tr("&Take it"), self)
        self.take.clicked.connect(self._on_taken)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(tokens.SPACE_S)
        grid.setVerticalSpacing(tokens.SPACE_XS)
        self._row(grid, 0, self.tr("T&ype"), self.type, span=3)
        self._row(grid, 1, self.tr("&Status"), self.status)
        grid.addWidget(self._label(self.tr("Se&verity"), self.severity), 1, 2)
        grid.addWidget(self.severity, 1, 3)
        self._row(grid, 2, self.tr("&Held by"), self.holder, span=2)
        grid.addWidget(self.take, 2, 3)
        self._row(grid, 3, self.tr("P&lace"), self.place, span=3)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        self.status.activated.connect(self._on_status)
        self.severity.activated.connect(self._on_severity)
        self.type.activated.connect(lambda _index: self._on_type())
        self._type_line.editingFinished.connect(self._on_type)
        self.holder.editingFinished.connect(self._on_holder)
        self.place.editingFinished.connect(self._on_place)
        self.setFocusProxy(self.status)

    def show_incident(self, incident: Incident) -> None:
        """Show it; a line that the operator is writing in stays as it is."""
        before, self._incident = self._incident, incident
        is_other = before is None or before.id != incident.id
        for line, name in (
            (self._type_line, "type"),
            (self.holder, "holder"),
            (self.place, "place"),
        ):
            old = "" if before is None else str(getattr(before, name))
            is_being_written = line.hasFocus() and line.text() != old
            if is_other or not is_being_written:
                _fill(line, str(getattr(incident, name)))
        choices = ((self.status, incident.status.value), (self.severity, incident.severity))
        for box, value in choices:
            with QSignalBlocker(box):
                box.setCurrentIndex(max(0, box.findData(value)))
        self.take.setEnabled(incident.holder != self._operator)

    # --- making ------------------------------------------------------------------------------

    def _make_type(self) -> QComboBox:
        box = self._choice([(name, name) for name in usual_types()])
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._type_line.setPlaceholderText(self.tr("What it is"))
        box.setLineEdit(self._type_line)
        # The box draws the frame.
        self._type_line.setStyleSheet(f"font-size: {tokens.FONT_PX}px; border: 0; padding: 0")
        return box

    def _choice(self, items: Sequence[tuple[str, object]]) -> QComboBox:
        box = QComboBox(self)
        box.setMinimumContentsLength(6)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for text, data in items:
            box.addItem(text, data)
        return box

    def _row(self, grid: QGridLayout, row: int, name: str, field: QWidget, span: int = 1) -> None:
        grid.addWidget(self._label(name, field), row, 0)
        grid.addWidget(field, row, 1, 1, span)

    def _label(self, name: str, field: QWidget) -> QLabel:
        label = QLabel(name, self)
        label.setProperty("dim", True)
        label.setBuddy(field)
        field.setAccessibleName(name.replace("&", ""))
        return label

    # --- the operator's hands ----------------------------------------------------------------

    def _on_type(self) -> None:
        text = self.type.currentText().strip()
        self._make(lambda now: replace(now, type=text))

    def _on_status(self, _index: int) -> None:
        status = IncidentStatus(self.status.currentData())
        self._make(lambda now: replace(now, status=status))

    def _on_severity(self, _index: int) -> None:
        severity = int(self.severity.currentData())
        self._make(lambda now: replace(now, severity=severity))

    def _on_holder(self) -> None:
        text = self.holder.text().strip()
        self._make(lambda now: replace(now, holder=text))

    def _on_place(self) -> None:
        text = self.place.text().strip()
        self._make(lambda now: replace(now, place=text))

    def _on_taken(self) -> None:
        self._make(lambda now: replace(now, holder=self._operator))

    def _make(self, change: Callable[[Incident], Incident]) -> None:
        if self._incident is None:
            return
        before, after = self._incident, change(self._incident)
        if after != before:
            # Before it is saved: leaving the line after Enter must not ask for the same again.
            self._incident = after
            self.changed.emit(before, after)


def _fill(line: QLineEdit, text: str) -> None:
    if line.text() != text:
        with QSignalBlocker(line):
            line.setText(text)
            line.setCursorPosition(0)


class _Line(QLineEdit):
    """A field in a form; Escape takes back what was written in it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setMaxLength(_MOST_LETTERS)
        self.setStyleSheet(f"font-size: {tokens.FONT_PX}px; padding: {tokens.SPACE_XS}px")
        self._before = ""

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._before = self.text()
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text() != self._before:
            self.setText(self._before)
            return
        super().keyPressEvent(event)
