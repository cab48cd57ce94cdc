"""The choices by which a list of bookmarks is narrowed and sorted."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QWidget

from app.domain.bookmark import FlagState
from app.domain.camera import CameraCode, District, DistrictCode
from app.domain.record_filters import BookmarkFilter, RecordOrder
from ui.bookmarks.wording import flag_text
from ui.theme import tokens

_TYPING_ENDS_MS = 120
_HOUR_US = 3600 * 1_000_000
_COLUMNS = 3


class BookmarkFilterRow(QWidget):
    """Text, district, flag, tag, operator, time and order.

    Signals:
        changed: The operator chose or typed something else.
    """

    changed = Signal()

    def __init__(
        self,
        named: Callable[[str], frozenset[CameraCode]],
        now_us: Callable[[], int],
        parent: QWidget | None = None,
    ) -> None:
        """``named`` finds the cameras that a text names."""
        super().__init__(parent)
        self._named = named
        self._now_us = now_us
        self.field = QLineEdit(self)
        self.field.setPlaceholderText(self.tr("Title, tag, note or camera"))
        self.field.setAccessibleName(self.tr("Search bookmarks"))
        self.field.setClearButtonEnabled(True)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_ENDS_MS)
        self._typing.timeout.connect(self.changed)
        self.field.textChanged.connect(self._typing.start)
        self.district = self._box(self.tr("District"))
        self.flag = self._box(self.tr("State"))
        self.tag = self._box(self.tr("Tag"))
        self.operator = self._box(self.tr("Operator"))
        self.since = self._box(self.tr("Time"))
        self.order = self._box(self.tr("Order"))
        self._narrowing = (self.district, self.flag, self.tag, self.operator, self.since)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(tokens.SPACE_XS)
        grid.addWidget(self.field, 0, 0, 1, _COLUMNS)
        for at, box in enumerate((*self._narrowing, self.order)):
            grid.addWidget(box, 1 + at // _COLUMNS, at % _COLUMNS)
        flags = [(flag_text(flag), flag.value) for flag in FlagState]
        _fill(self.flag, [(self.tr("All states"), ""), *flags])
        _fill(
            self.since,
            [
                (self.tr("Any time"), 0),
                (self.tr("Last hour"), 1),
                (self.tr("Last 8 hours"), 8),
                (self.tr("Last 24 hours"), 24),
                (self.tr("Last 7 days"), 168),
                (self.tr("Last 31 days"), 744),
            ],
        )
        _fill(
            self.order,
            [
                (self.tr("Newest first"), RecordOrder.NEWEST.value),
                (self.tr("Oldest first"), RecordOrder.OLDEST.value),
            ],
        )
        self.offer([], [], [])

    @property
    def filter(self) -> BookmarkFilter:
        """What is chosen now."""
        text = " ".join(self.field.text().split())
        district, flag = self.district.currentData(), self.flag.currentData()
        tag, operator = self.tag.currentData(), self.operator.currentData()
        hours = self.since.currentData() or 0
        return BookmarkFilter(
            text=text,
            named=self._named(text) if text else frozenset(),
            tags=frozenset([tag] if tag else []),
            districts=frozenset([DistrictCode(district)] if district else []),
            operators=frozenset([operator] if operator else []),
            flags=frozenset([FlagState(flag)] if flag else []),
            from_us=self._now_us() - hours * _HOUR_US if hours else None,
        )

    @property
    def chosen_order(self) -> RecordOrder:
        return RecordOrder(self.order.currentData())

    @property
    def is_open(self) -> bool:
        """Whether everything is let through."""
        is_narrow = any(box.currentData() for box in self._narrowing)
        return not is_narrow and not self.field.text().strip()

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

    def offer(
        self, districts: Sequence[District], tags: Sequence[str], operators: Sequence[str]
    ) -> None:
        """Offer what there is; what is chosen stays chosen."""
        found = [(district.name, str(district.code)) for district in districts]
        _fill(self.district, [(self.tr("All districts"), ""), *found])
        _fill(self.tag, [(self.tr("All tags"), ""), *((f"#{tag}", tag) for tag in tags)])
        names = [(operator, operator) for operator in operators]
        _fill(self.operator, [(self.tr("All operators"), ""), *names])

    def _box(self, name: str) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName(name)
        box.setToolTip(name)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(6)
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        box.currentIndexChanged.connect(self.changed)
        return box


def _fill(box: QComboBox, wanted: Sequence[tuple[str, Any]]) -> None:
    items = [(" ".join(text.split()), data) for text, data in wanted]
    if items == [(box.itemText(at), box.itemData(at)) for at in range(box.count())]:
        return
    chosen = box.currentData()
    with QSignalBlocker(box):
        box.clear()
        for text, data in items:
            box.addItem(text, data)
        box.setCurrentIndex(max(0, box.findData(chosen) if chosen else 0))
