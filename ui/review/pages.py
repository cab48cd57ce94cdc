"""Pages of the review that are only read: decisions, and false alarms."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QListView,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.domain.review import FalseAlarms
from app.services.review import ReviewService
from ui.models.false_alarm_model import FalseAlarmModel
from ui.theme import tokens

DAYS = 30
_RULE = 1


def decisions_view(model: QAbstractItemModel, name: str, parent: QWidget) -> QListView:
    """Decisions with their notes; each line in its own direction."""
    view = QListView(parent)
    view.setModel(model)
    view.setWordWrap(True)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setResizeMode(QListView.ResizeMode.Adjust)
    view.setAccessibleName(name)
    return view


class FalseAlarmPage(QWidget):
    """Which cameras and rules are wrong, and at which hour."""

    def __init__(self, service: ReviewService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._service = service
        self.model = FalseAlarmModel(self)
        self.view = QTableView(self)
        self.view.setModel(self.model)
        self.view.setShowGrid(False)
        self.view.setTabKeyNavigation(False)
        self.view.verticalHeader().hide()
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        header = self.view.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_RULE, QHeaderView.ResizeMode.Stretch)
        self.view.setAccessibleName(self.tr("False alarms by camera, rule and hour"))
        self._words = QLabel(self)
        self._words.setProperty("dim", True)
        self._words.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, tokens.SPACE_S, 0, 0)
        column.addWidget(self._words)
        column.addWidget(self.view, 1)
        self.setFocusProxy(self.view)

    @property
    def words(self) -> str:
        """What is said above the table."""
        return self._words.text()

    def refresh(self, shown: Callable[[], None] = lambda: None) -> None:
        """Read the table again; ``shown`` is called once it stands."""

        def done(rows: Sequence[FalseAlarms]) -> None:
            self.model.show(rows)
            false = sum(row.false for row in rows)
            decided = sum(row.false + row.confirmed + row.needs_more for row in rows)
            words = self.tr("Decided in the last {0} days: {1}, of them false alarms: {2}")
            self._words.setText(words.format(DAYS, decided, false))
            shown()

        self._service.false_alarms(DAYS, done)
