"""The cameras of the console: a search field over a tree, results in its place while typing."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QLineEdit,
    QListView,
    QStackedWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from app.domain.camera import Camera, CameraCode, DistrictCode
from app.services.live_counts import LiveCounts
from ui.console.result_delegate import ResultDelegate
from ui.console.tree_delegate import TreeDelegate
from ui.models.camera_tree import CODE_ROLE, DISTRICT_ROLE, CameraTree, CameraTreeModel
from ui.models.search_results import SearchResultsModel
from ui.theme import tokens

Search = Callable[[str], Sequence[Camera]]
_SEARCH_DELAY_MS = 60
_KEYPAD = Qt.KeyboardModifier.KeypadModifier
_UP_AND_DOWN = (Qt.Key.Key_Down, Qt.Key.Key_Up)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_IN_LISTS = (*_UP_AND_DOWN, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End)


class CameraPanel(QWidget):
    """Finds a camera for the selected tile.

    Signals:
        camera_chosen: The operator wants this camera (its code) in the selected tile.
        district_chosen: The operator wants this district (its code) on the focused screen.
        left: Escape in an empty field: the keyboard goes back to the wall.
    """

    camera_chosen = Signal(str)
    district_chosen = Signal(str)
    left = Signal()

    def __init__(
        self,
        registry: CameraTree,
        counts: LiveCounts,
        search: Search,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._search = search
        self._followed: tuple[DistrictCode | None, Camera | None] = (None, None)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SEARCH_DELAY_MS)
        self._timer.timeout.connect(self.search_now)
        self.field = self._make_field()
        self.tree_model = CameraTreeModel(registry, counts, self)
        self.tree = self._make_tree()
        self.results_model = SearchResultsModel(counts, self)
        self.results = self._make_results()
        self._nothing = QLabel(self.tr("No camera has such a code, number or name"), self)
        self._nothing.setProperty("dim", True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._nothing.setContentsMargins(0, tokens.SPACE_L, 0, 0)
        self._pages = QStackedWidget(self)
        for page in (self.tree, self.results, self._nothing):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.SPACE_S)
        column.addWidget(self.field)
        column.addWidget(self._pages, 1)
        counts.changed.connect(lambda _sites: self.results.viewport().update())

    def focus_search(self) -> None:
        """Give the field the keyboard, with what stands in it selected."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    @Slot()
    def search_now(self) -> None:
        """Show what the field's text finds, or the tree when it is empty."""
        self._timer.stop()
        text = self.field.text().strip()
        if not text:
            self._pages.setCurrentWidget(self.tree)
            return
        self.results_model.show_cameras(self._search(text))
        found = self.results_model.rowCount() > 0
        self._pages.setCurrentWidget(self.results if found else self._nothing)
        if found:
            self.results.setCurrentIndex(self.results_model.index(0, 0))

    def follow(self, district: DistrictCode | None, camera: Camera | None) -> None:
        """Show in the tree what the wall shows: its district open, the selected tile's camera.

        The keyboard stays where it is, and a tree that the operator moves in with the keyboard
        is left alone.
        """
        if (district, camera) == self._followed or self.tree.hasFocus():
            return
        self._followed = (district, camera)
        if district is not None:
            self.tree.expand(self.tree_model.index_of_district(district))
        index = QModelIndex() if camera is None else self.tree_model.index_of(camera)
        if index.isValid():
            self.tree.setCurrentIndex(index)
            self.tree.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)

    def follow_again(self) -> None:
        """The registry was read anew, and the tree closed by that."""
        self._followed = (None, None)

    # --- parts -----------------------------------------------------------------------------------

    def _make_field(self) -> QLineEdit:
        field = QLineEdit(self)
        field.setPlaceholderText(self.tr("Code, number or name (Ctrl+F)"))
        field.setClearButtonEnabled(True)
        field.setMaxLength(200)
        field.textChanged.connect(lambda _text: self._timer.start())
        field.installEventFilter(self)
        return field

    def _make_tree(self) -> QTreeView:
        tree = QTreeView(self)
        tree.setModel(self.tree_model)
        tree.setUniformRowHeights(True)
        tree.setHeaderHidden(True)
        tree.setExpandsOnDoubleClick(False)
        tree.setIconSize(QSize(18, 18))
        tree.setIndentation(18)
        tree.setColumnHidden(1, True)  # the delegate paints it into the row
        tree.setItemDelegate(TreeDelegate(tree))
        tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        tree.setTextElideMode(Qt.TextElideMode.ElideRight)
        _make_draggable(tree)
        tree.doubleClicked.connect(self._on_chosen)
        tree.installEventFilter(self)
        return tree

    def _make_results(self) -> QListView:
        results = QListView(self)
        results.setModel(self.results_model)
        results.setItemDelegate(ResultDelegate(results))
        results.setUniformItemSizes(True)
        results.setMouseTracking(True)
        _make_draggable(results)
        results.doubleClicked.connect(self._on_chosen)
        results.installEventFilter(self)
        return results

    # --- what the operator does ------------------------------------------------------------------

    @Slot(QModelIndex)
    def _on_chosen(self, index: QModelIndex) -> None:
        code, district = index.data(CODE_ROLE), index.data(DISTRICT_ROLE)
        if code is not None:
            self.camera_chosen.emit(CameraCode(code))
            return
        self.tree.setExpanded(index, not self.tree.isExpanded(index))
        if district is not None and self.tree.isExpanded(index):
            self.district_chosen.emit(DistrictCode(district))

    def _field_key(self, event: QKeyEvent) -> bool:
        if event.key() in _UP_AND_DOWN:
            self._enter_list()
            return True
        if event.key() in _ENTER:
            self.search_now()
            if self._pages.currentWidget() is self.results:
                self._on_chosen(self.results.currentIndex())
            return True
        if event.key() == Qt.Key.Key_Escape:
            if self.field.text():
                self.field.clear()
                self.search_now()
            else:
                self.left.emit()
            return True
        return False

    def _enter_list(self) -> None:
        page = self._pages.currentWidget()
        if isinstance(page, QAbstractItemView):
            if not page.currentIndex().isValid():
                page.setCurrentIndex(page.model().index(0, 0))
            page.setFocus(Qt.FocusReason.TabFocusReason)

    def _list_key(self, view: QAbstractItemView, event: QKeyEvent) -> bool:
        """Lists use few keys; all others go to the window, where keys mean what they mean."""
        if event.key() in _ENTER and view.currentIndex().isValid():
            self._on_chosen(view.currentIndex())
            return True
        if event.key() == Qt.Key.Key_Escape:
            self.focus_search()
            return True
        if event.key() == Qt.Key.Key_Up and view.currentIndex() == view.model().index(0, 0):
            self.focus_search()
            return True
        if event.key() in _IN_LISTS and not event.modifiers() & ~_KEYPAD:
            return False
        self.window().keyPressEvent(event)
        return True

    # --- Qt overrides ----------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if watched is self.field:
                return self._field_key(event)
            if isinstance(watched, QAbstractItemView):
                return self._list_key(watched, event)
        return super().eventFilter(watched, event)


def _make_draggable(view: QAbstractItemView) -> None:
    view.setDragEnabled(True)
    view.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
