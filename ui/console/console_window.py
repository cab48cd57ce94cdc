"""The operator's own window beside the wall."""

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QTabWidget, QVBoxLayout, QWidget

from ui.action_router import ActionRouter
from ui.console.camera_panel import CameraPanel
from ui.console.status_line import StatusLine
from ui.icons import icon
from ui.names import NAME, urdu_name
from ui.notices.banner import NoticeBanner
from ui.theme import tokens

_TAB_ICON = 18


class ConsoleWindow(QWidget):
    """Cameras, notices and the state of the program in one small window.

    Signals:
        close_requested: The operator closed the window, which ends the program when confirmed.
    """

    close_requested = Signal()

    def __init__(
        self,
        cameras: CameraPanel,
        banner: NoticeBanner,
        status: StatusLine,
        router: ActionRouter,
    ) -> None:
        super().__init__()
        self.setObjectName("consoleWindow")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(self.tr("Nigehban – console"))
        self.cameras = cameras
        self._router = router
        column = QVBoxLayout(self)
        column.setContentsMargins(*[tokens.SPACE_M] * 4)
        column.setSpacing(tokens.SPACE_S)
        column.addLayout(self._title_row())
        column.addWidget(banner)
        column.addWidget(self._make_pages(cameras), 1)
        column.addWidget(status)

    def add_page(self, page: QWidget, title: str, sign: str = "") -> None:
        """Put another page beside the cameras; the tabs appear with the first one.

        ``sign`` names an icon, which stands alone while another page is open: a narrow console has
        no room for the words of all.
        """
        self._add_tab(page, title, sign)
        self.pages.tabBar().show()
        self._name_tabs()

    def show_page(self, page: QWidget) -> None:
        """Come to the front with this page and give it the keyboard."""
        self.show()
        self.raise_()
        self.activateWindow()
        self.pages.setCurrentWidget(page)
        page.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def focus_search(self) -> None:
        """Come to the front with the keyboard in the search field."""
        self.show()
        self.raise_()
        self.activateWindow()
        self.pages.setCurrentWidget(self.cameras)
        self.cameras.focus_search()

    def _make_pages(self, cameras: CameraPanel) -> QTabWidget:
        self.pages = QTabWidget(self)
        self.pages.setDocumentMode(True)
        self.pages.setIconSize(QSize(_TAB_ICON, _TAB_ICON))
        self._add_tab(cameras, self.tr("Cameras"), "camera")
        self.pages.tabBar().hide()
        self.pages.currentChanged.connect(self._name_tabs)
        return self.pages

    def _add_tab(self, page: QWidget, title: str, sign: str) -> None:
        number = self.pages.addTab(page, title)
        bar = self.pages.tabBar()
        if sign:
            bar.setTabIcon(number, icon(sign, tokens.TEXT))
        bar.setTabData(number, title)
        bar.setTabToolTip(number, title)
        bar.setAccessibleTabName(number, title)

    @Slot()
    def _name_tabs(self) -> None:
        """Words for the open page and for those without a sign."""
        bar = self.pages.tabBar()
        for number in range(bar.count()):
            is_named = number == bar.currentIndex() or bar.tabIcon(number).isNull()
            bar.setTabText(number, str(bar.tabData(number)) if is_named else "")

    def _title_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        name = QLabel(NAME, self)
        name.setProperty("title", True)
        row.addWidget(name)
        row.addStretch()
        row.addWidget(urdu_name(self))
        return row

    # --- Qt overrides ----------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(440, 760)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._router.handle(event):
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.close_requested.emit()
