"""The console's page about what is kept: clips and snapshots, what they take, what goes when."""

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from app.core.events import Event
from app.services.clips import ClipService
from app.services.storage_plan import Stay, StoragePlan, StoredItem
from ui.binding import bind
from ui.clips.running_list import RunningList
from ui.clips.stored_model import Column, StoredModel
from ui.clips.wording import going_text, plan_text, stay_detail, sums_text
from ui.latin_keys import latin_key
from ui.theme import tokens


class Retention(Protocol):
    """What the page needs of ``clip_retention.ClipRetention``."""

    changed: Event[StoragePlan]

    @property
    def plan(self) -> StoragePlan: ...

    def look(self) -> None: ...

    def lock(self, item: StoredItem, *, is_locked: bool) -> None: ...


class StoragePanel(QWidget):
    """What goes stands on top, in the order in which it goes; below it the newest first.

    Signals:
        left: Escape: the keyboard goes back to the wall.
        opened: Enter or a double click on a ``StoredItem``.
    """

    left = Signal()
    opened = Signal(object)

    def __init__(
        self, clips: ClipService, retention: Retention, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._clips = clips
        self._retention = retention
        self.running = RunningList(self)
        self.running.stop_asked.connect(clips.stop)
        self.running.discard_asked.connect(clips.cancel)
        self.room = _plain(self)
        self.sums = _plain(self)
        self.sums.setProperty("dim", True)
        self.going = _plain(self)
        self.only_going = QCheckBox(self.tr("Only what goes next"), self)
        self.only_going.toggled.connect(lambda _on: self._show_plan(retention.plan))
        self.model = StoredModel(self)
        self.view = self._make_view()
        self.why = _plain(self)
        self.why.setProperty("dim", True)
        self.lock = QPushButton(self.tr("Lock"), self)
        self.lock.setToolTip(self.tr("L: locked ones are never deleted by themselves"))
        self.lock.clicked.connect(self.toggle_lock)
        self._arrange()
        bind(self, clips.changed, lambda _key: self._show_running())
        bind(self, clips.ended, lambda _clip: self._show_running())
        bind(self, retention.changed, self._show_plan)
        self._show_running()
        self._show_plan(retention.plan)
        self.setFocusProxy(self.view)

    @property
    def chosen(self) -> Sequence[StoredItem]:
        """The selected rows from top to bottom."""
        rows = sorted(index.row() for index in self.view.selectionModel().selectedRows())
        found = (self.model.item_at(self.model.index(row, 0)) for row in rows)
        return [item for item in found if item is not None]

    def toggle_lock(self) -> None:
        """Lock what is selected; where all of it is locked already, unlock it."""
        chosen = [item for item in self.chosen if item.can_be_locked]
        is_locked = not all(item.stay is Stay.LOCKED for item in chosen)
        for item in chosen:
            if (item.stay is Stay.LOCKED) is not is_locked:
                self._retention.lock(item, is_locked=is_locked)

    # --- inside ----------------------------------------------------------------------------------

    def _make_view(self) -> QTreeView:
        view = _Rows(self)
        view.setModel(self.model)
        view.setRootIsDecorated(False)
        view.setUniformRowHeights(True)
        view.setAllColumnsShowFocus(True)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setAccessibleName(self.tr("Clips and snapshots"))
        header = view.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        metrics = view.fontMetrics()
        for column, sample in (
            (Column.CAMERA, "BNU-41-3"),
            (Column.FROM, "2026-12-30 00:00"),
            (Column.GOES, "goes next: no room"),
            (Column.LENGTH, "snapshot"),
        ):
            view.setColumnWidth(column, metrics.horizontalAdvance(sample) + 2 * tokens.SPACE_S)
        view.activated.connect(self._on_activated)
        view.selectionModel().selectionChanged.connect(self._on_selected)
        return view

    def _arrange(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(tokens.SPACE_S)
        self.room.setProperty("heading", True)
        rows.addWidget(self.room)
        rows.addWidget(self.sums)
        rows.addWidget(self.going)
        rows.addWidget(self.running)
        rows.addWidget(self.only_going)
        rows.addWidget(self.view, 1)
        row = QHBoxLayout()
        row.addWidget(self.why, 1)
        row.addWidget(self.lock)
        rows.addLayout(row)

    def _show_running(self) -> None:
        self.running.show_clips(self._clips.running)

    def _show_plan(self, plan: StoragePlan) -> None:
        chosen = self.chosen
        self.room.setText(plan_text(plan))
        self.sums.setText(sums_text(plan))
        self.going.setText(going_text(plan))
        colour = tokens.WARNING if plan.going else tokens.TEXT_DIM
        self.going.setStyleSheet(f"color: {colour}")
        self.model.show_plan(plan, only_going=self.only_going.isChecked())
        self._choose(chosen)
        self._on_selected()

    def _choose(self, items: Sequence[StoredItem]) -> None:
        """What was selected stays so, wherever it is now."""
        selection = QItemSelection()
        for item in items:
            row = self.model.row_of(item)
            if row is not None:
                index = self.model.index(row, 0)
                selection.select(index, index)
        if selection.isEmpty():
            return
        flags = QItemSelectionModel.SelectionFlag
        chosen = self.view.selectionModel()
        chosen.select(selection, flags.ClearAndSelect | flags.Rows)
        chosen.setCurrentIndex(selection.indexes()[0], flags.NoUpdate)

    def _on_selected(self, *_what: object) -> None:
        chosen = self.chosen
        lockable = [item for item in chosen if item.can_be_locked]
        self.lock.setEnabled(bool(lockable))
        is_locked = bool(lockable) and all(item.stay is Stay.LOCKED for item in lockable)
        self.lock.setText(self.tr("Unlock") if is_locked else self.tr("Lock"))
        self.why.setText(stay_detail(chosen[0]) if len(chosen) == 1 else "")

    def _on_activated(self, index: QModelIndex) -> None:
        item = self.model.item_at(index)
        if item is not None:
            self.opened.emit(item)

    # --- Qt overrides ----------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif _is_lock_key(event):
            self.toggle_lock()
        else:
            super().keyPressEvent(event)


class _Rows(QTreeView):
    """Leaves the key for locking to the page: it would search for it."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _is_lock_key(event):
            event.ignore()
        else:
            super().keyPressEvent(event)


def _is_lock_key(event: QKeyEvent) -> bool:
    is_letter = Qt.Key.Key_L in (event.key(), latin_key(event))
    return is_letter and not event.modifiers().value


def _plain(parent: QWidget) -> QLabel:
    label = QLabel("", parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
