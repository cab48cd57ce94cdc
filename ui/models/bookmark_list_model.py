"""The rows of a list of bookmarks."""

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any, Protocol

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.core.events import Event
from app.domain.bookmark import Bookmark
from app.services.events import Directory
from ui.binding import bind
from ui.bookmarks.wording import flag_text, time_text
from ui.models.camera_tree import one_line
from ui.models.event_list_model import camera_text

Index = QModelIndex | QPersistentModelIndex
BOOKMARK_ROLE = Qt.ItemDataRole.UserRole + 1
CAMERA_ROLE = Qt.ItemDataRole.UserRole + 2
_NOWHERE = QModelIndex()


class BookmarkRows(Protocol):
    """A list of bookmarks that grows at its end."""

    changed: Event[None]

    @property
    def rows(self) -> Sequence[Bookmark]: ...

    @property
    def is_loading(self) -> bool: ...

    @property
    def has_more(self) -> bool: ...

    def load_more(self) -> None: ...


class BookmarkListModel(QAbstractListModel):
    """Further pages are fetched as the view comes near the end."""

    def __init__(
        self, bookmarks: BookmarkRows, directory: Directory, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bookmarks = bookmarks
        self._directory = directory
        self._rows: Sequence[Bookmark] = bookmarks.rows
        bind(self, bookmarks.changed, lambda _nothing: self._on_changed())

    def bookmark_at(self, index: Index) -> Bookmark | None:
        is_there = index.isValid() and index.row() < len(self._rows)
        return self._rows[index.row()] if is_there else None

    def index_of(self, bookmark: Bookmark) -> QModelIndex:
        """Where the row is now; invalid when it is not in the list."""
        for row, each in enumerate(self._rows):
            if each.id == bookmark.id:
                return self.index(row)
        return QModelIndex()

    def _on_changed(self) -> None:
        before, now = self._rows, self._bookmarks.rows
        grown = len(now) - len(before)
        if [row.id for row in now[: len(before)]] == [row.id for row in before]:
            changed = [at for at, row in enumerate(before) if row is not now[at] and row != now[at]]
            if grown > 0:
                self.beginInsertRows(_NOWHERE, len(before), len(now) - 1)
            self._rows = now
            if grown > 0:
                self.endInsertRows()
            for row in changed:
                self.dataChanged.emit(self.index(row), self.index(row))
        elif grown > 0 and now[grown:] == before:
            self.beginInsertRows(_NOWHERE, 0, grown - 1)
            self._rows = now
            self.endInsertRows()
        else:
            self.beginResetModel()
            self._rows = now
            self.endResetModel()

    # --- Qt overrides ------------------------------------------------------------------------

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._bookmarks.has_more and not self._bookmarks.is_loading

    def fetchMore(self, parent: Index) -> None:
        if not parent.isValid():
            self._bookmarks.load_more()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        bookmark = self.bookmark_at(index)
        if bookmark is None:
            return None
        if role == BOOKMARK_ROLE:
            return bookmark
        camera = self._directory.camera(bookmark.camera)
        if role == CAMERA_ROLE:
            return camera
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._in_words(bookmark)
        if role == Qt.ItemDataRole.ToolTipRole:
            lines = [self._in_words(bookmark), camera_text(bookmark.camera, camera)]
            if bookmark.picture_age_ms is not None:
                seconds = f"{bookmark.picture_age_ms / 1000:.1f}"
                lines.append(self.tr("The picture was {0} s old").format(seconds))
            has_clip = self.tr("With a clip") if bookmark.clip else self.tr("Without a clip")
            lines.append(has_clip)
            return f"<span>{'<br>'.join(escape(one_line(line)) for line in lines)}</span>"
        return None

    def _in_words(self, bookmark: Bookmark) -> str:
        parts = [
            bookmark.title,
            str(bookmark.camera),
            time_text(bookmark, datetime.now(UTC)),
            bookmark.author.operator,
            flag_text(bookmark.flag),
            " ".join(f"#{tag}" for tag in bookmark.tags),
        ]
        return one_line(", ".join(filter(None, parts)))
