"""The choices by which a list of events is narrowed."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QWidget

from app.domain.analytics_event import EventSeverity
from app.domain.camera import District, DistrictCode
from app.domain.event_filter import EventFilter, rule_of
from ui.events.wording import label_text, rule_text, severity_text
from ui.theme import tokens

_TYPING_ENDS_MS = 120


class FilterRow(QWidget):
    """District, severity, class, rule and text.

    Signals:
        changed: The operator chose or typed something else.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = QLineEdit(self)
        self.field.setPlaceholderText(self.tr("Camera, rule or class"))
        self.field.setAccessibleName(self.tr("Search events"))
        self.field.setClearButtonEnabled(True)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_ENDS_MS)
        self._typing.timeout.connect(self.changed)
        self.field.textChanged.connect(self._typing.start)
        self.district = self._box(self.tr("District"))
        self.severity = self._box(self.tr("Severity"))
        self.label = self._box(self.tr("Class"))
        self.rule = self._box(self.tr("Rule"))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(tokens.SPACE_XS)
        grid.addWidget(self.field, 0, 0, 1, 2)
        for at, box in enumerate((self.district, self.severity, self.label, self.rule)):
            grid.addWidget(box, 1 + at // 2, at % 2)
        for severity in EventSeverity:
            words = self.tr("All severities") if not severity else severity_text(severity)
            and_worse = severity not in (EventSeverity.INFORMATION, EventSeverity.ALARM)
            text = self.tr("{0} and worse").format(words) if and_worse else words
            self.severity.addItem(text, severity)
        self.offer([], [], [])

    @property
    def filter(self) -> EventFilter:
        """What is chosen now."""
        district, label = self.district.currentData(), self.label.currentData()
        rule = self.rule.currentData()
        return EventFilter(
            districts=frozenset([DistrictCode(district)] if district else []),
            labels=frozenset([label] if label else []),
            rules=frozenset([rule] if rule else []),
            least=EventSeverity(self.severity.currentData() or 0),
            text=" ".join(self.field.text().split()),
        )

    def clear(self) -> bool:
        """Let everything through again; false when it already does."""
        if self.filter.is_open:
            return False
        with QSignalBlocker(self.field):
            self.field.clear()
        for box in (self.district, self.severity, self.label, self.rule):
            with QSignalBlocker(box):
                box.setCurrentIndex(0)
        self._typing.stop()
        self.changed.emit()
        return True

    def offer(
        self,
        districts: Sequence[District],
        labels: Sequence[str],
        rules: Sequence[tuple[str, str]],
    ) -> None:
        """Offer what there is; what is chosen stays chosen."""
        names = {rule_of(rule, kind): rule_text(rule, kind) for rule, kind in rules}
        _fill(
            self.district,
            self.tr("All districts"),
            [(district.name, str(district.code)) for district in districts],
        )
        _fill(
            self.label,
            self.tr("All classes"),
            sorted((label_text(label), label) for label in labels),
        )
        _fill(
            self.rule, self.tr("All rules"), sorted((words, rule) for rule, words in names.items())
        )

    def _box(self, name: str) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName(name)
        box.setToolTip(name)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(6)
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        box.currentIndexChanged.connect(self.changed)
        return box


def _fill(box: QComboBox, all_of_them: str, items: Sequence[tuple[str, str]]) -> None:
    wanted = [(all_of_them, ""), *((" ".join(text.split()), data) for text, data in items)]
    shown = [(box.itemText(at), box.itemData(at)) for at in range(box.count())]
    if shown == wanted:
        return
    chosen = box.currentData()
    with QSignalBlocker(box):
        box.clear()
        for text, data in wanted:
            box.addItem(text, data)
        box.setCurrentIndex(max(0, box.findData(chosen) if chosen else 0))
