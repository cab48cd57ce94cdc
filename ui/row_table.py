"""A list of rows that a delegate paints, all of one height; and typing that goes to its filter."""

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QTableView,
    QWidget,
)

_PLAIN = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier


def row_table(
    parent: QWidget, model: QAbstractItemModel, delegate: QStyledItemDelegate, height: int
) -> QTableView:
    """A table of one column: a QListView asks the model about every row at each change."""
    view = QTableView(parent)
    view.setModel(model)
    delegate.setParent(view)
    view.setItemDelegate(delegate)
    view.setShowGrid(False)
    view.setTabKeyNavigation(False)
    view.horizontalHeader().hide()
    view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    rows = view.verticalHeader()
    rows.hide()
    rows.setMinimumSectionSize(height)
    rows.setDefaultSectionSize(height)
    rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setMouseTracking(True)
    return view


def type_into(field: QLineEdit, event: QKeyEvent) -> bool:
    """Go on typing in the filter's field; false when the key writes nothing."""
    typed = event.text()
    if not typed.strip() or not typed.isprintable() or event.modifiers() & ~_PLAIN:
        return False
    field.setFocus()
    field.setText(field.text() + typed)
    return True
