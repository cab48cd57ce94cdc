"""The console's page of incidents: the list, and the one that is opened."""

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.domain.camera import Camera, CameraCode
from app.domain.incident import Incident
from app.services.incidents import IncidentService
from ui.incidents.detail import IncidentDetail
from ui.incidents.list_panel import Districts, IncidentListPanel

_REFRESH_MS = 10_000


class IncidentsPanel(QStackedWidget):
    """While it can be seen, it reads every ten seconds what other workstations have written.

    Signals:
        opened: A ``CameraCode``, ``Bookmark`` or ``Clip`` of an incident.
        left: The operator gives the keyboard back to the wall.
    """

    opened = Signal(object)
    left = Signal()

    def __init__(
        self,
        incidents: IncidentService,
        districts: Districts,
        camera: Callable[[CameraCode], Camera | None],
        now_us: Callable[[], int],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.list = IncidentListPanel(incidents, districts, self)
        self.detail = IncidentDetail(incidents, camera, now_us, self)
        self.addWidget(self.list)
        self.addWidget(self.detail)
        self._refreshing = QTimer(self)
        self._refreshing.setInterval(_REFRESH_MS)
        self._refreshing.timeout.connect(self.refresh)
        self.list.chosen.connect(self.open)
        self.list.left.connect(self.left)
        self.detail.left.connect(self._show_list)
        self.detail.opened.connect(self.opened)
        self.setFocusProxy(self.list)

    def open(self, incident: Incident) -> None:
        """Show this incident and give the keyboard to its next note."""
        self.setFocusProxy(self.detail)
        self.setCurrentWidget(self.detail)
        self.detail.show_incident(incident)
        self.detail.enter()

    def refresh(self) -> None:
        """Read again what can be seen."""
        if self.currentWidget() is self.detail:
            self.detail.refresh()
        else:
            self.list.refresh()

    # --- inside ------------------------------------------------------------------------------

    def _show_list(self) -> None:
        self.setFocusProxy(self.list)
        self.setCurrentWidget(self.list)
        self.list.refresh()
        self.list.enter()

    # --- Qt overrides ------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
        self._refreshing.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._refreshing.stop()
        self.detail.editor.flush()
        super().hideEvent(event)
