"""The notes of an incident as a list that the keyboard can walk."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from app.domain.incident import Note
from ui.incidents.note_delegate import NoteDelegate
from ui.models.note_list_model import NoteListModel

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class NoteList(QListView):
    """Oldest first; the newest is in sight when it comes.

    Signals:
        correction_asked: Another note shall correct this one.
        left: Escape.
    """

    correction_asked = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.notes = NoteListModel(self)
        self.setModel(self.notes)
        self.setItemDelegate(NoteDelegate(self))
        self.setAccessibleName(self.tr("Notes, oldest first"))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.notes.rowsInserted.connect(self.scrollToBottom)
        self.notes.modelReset.connect(self.scrollToBottom)

    @property
    def current(self) -> Note | None:
        return self.notes.note_at(self.currentIndex())

    def enter(self) -> None:
        """Give the keyboard to the newest note."""
        # Before the keyboard comes, at which Qt would choose the first row.
        if not self.currentIndex().isValid() and self.notes.rowCount():
            self.setCurrentIndex(self.notes.index(self.notes.rowCount() - 1))
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- Qt overrides ------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        note = self.current
        if event.key() in _ENTER and note is not None and not note.is_automatic:
            self.correction_asked.emit(note)
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
