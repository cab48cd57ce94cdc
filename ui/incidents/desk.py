"""Brings incidents to the windows: N on a tile, the line for a note, the console's page."""

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from app.domain.bookmark import Bookmark
from app.domain.camera import Camera, CameraCode
from app.domain.clip_record import Clip
from app.domain.incident import Incident
from app.services.clip_playing import Playing
from app.services.event_marks import Marks
from app.services.incident_store import Answer
from app.services.incidents import IncidentService, TileFacts
from app.services.wall import WallService
from app.services.wall_screen import TileSnapshot
from app.video.engine_types import Engine, ViewKey
from ui.events.wording import mark_text
from ui.incidents.list_panel import Districts
from ui.incidents.note_line import NoteLine
from ui.incidents.panel import IncidentsPanel
from ui.incidents.wording import answer_text, number_text
from ui.wall.wall_window import WallWindow

_PULSE_MS = 500


class Windows(Protocol):
    """What it asks of the program's windows."""

    @property
    def walls(self) -> Sequence[WallWindow]: ...

    def focus_wall(self) -> None:
        """Give the keyboard back to the screen that commands act on."""

    def show_page(self, page: QWidget) -> bool:
        """Bring a page of the console to the front; false where there is no console."""


class IncidentsDesk(QObject):
    """Made once the wall stands. GUI thread.

    ``show_bookmark`` and ``play_clip`` show what belongs to an incident; ``play_clip`` says
    whether it could. ``playing`` is what a tile plays in place of its camera.
    """

    def __init__(
        self,
        incidents: IncidentService,
        wall: WallService,
        engine: Engine,
        marks: Marks,
        districts: Districts,
        camera: Callable[[CameraCode], Camera | None],
        now_us: Callable[[], int],
        windows: Windows,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._incidents = incidents
        self._wall = wall
        self._engine = engine
        self._marks = marks
        self._districts = districts
        self._camera = camera
        self._now_us = now_us
        self._windows = windows
        self._panel: IncidentsPanel | None = None
        self.show_bookmark: Callable[[Bookmark], None] | None = None
        self.play_clip: Callable[[Clip], bool] | None = None
        self.playing: Callable[[ViewKey], Playing | None] = lambda _key: None
        self._lines: dict[WallWindow, NoteLine] = {}
        self._pulse = QTimer(self)
        self._pulse.setInterval(_PULSE_MS)
        self._pulse.timeout.connect(incidents.tick)
        self._pulse.start()

    def make_panel(self, parent: QWidget | None = None) -> IncidentsPanel:
        """The page of the console."""
        panel = IncidentsPanel(self._incidents, self._districts, self._camera, self._now_us, parent)
        panel.opened.connect(self._on_opened)
        panel.left.connect(self._windows.focus_wall)
        self._panel = panel
        return panel

    def line(self, window: WallWindow) -> NoteLine | None:
        """The line of a screen, once it was needed."""
        return self._lines.get(window)

    # --- what commands ask for -------------------------------------------------------------------

    def note_tile(self) -> None:
        """Add the selected tile to the incident that is worked on, or start one; then a note."""
        self._begin(as_new=self._incidents.current is None)

    def start_incident(self) -> None:
        """Start another incident at the selected tile, whatever is worked on."""
        self._begin(as_new=True)

    def show_incidents(self) -> None:
        """Give the keyboard to the console's page."""
        if self._panel is None or not self._windows.show_page(self._panel):
            self._window.canvas.show_note(self.tr("Incidents are listed in the console"))

    # --- inside ------------------------------------------------------------------------------

    @property
    def _window(self) -> WallWindow:
        return self._windows.walls[self._wall.focused]

    def _begin(self, *, as_new: bool) -> None:
        window, tile = self._window, self._selected()
        if tile is None or tile.camera is None:
            window.canvas.show_note(self.tr("There is no camera in this tile to note"))
            return
        line = self._line_of(window)
        facts = self._facts(tile, tile.camera)

        def answer(answer: Answer) -> None:
            current = answer.incident
            if current is not None:
                line.show_title(self._title(current))
            done = self.tr("Started · saved") if as_new else self.tr("Added · saved")
            words = answer_text(answer, done)
            line.show_state(words, is_problem=not answer.is_good)
            if line.isHidden():
                window.canvas.show_note(words)

        note = self._incidents.open_at if as_new else self._incidents.note_tile
        key = note(facts, answer)
        incident = self._incidents.current
        line.write_about(key, "" if incident is None else self._title(incident))
        if not line.state:
            line.show_state(self.tr("Saving …"))

    def _line_of(self, window: WallWindow) -> NoteLine:
        for other, line in self._lines.items():
            if other is not window:
                line.close_line()
        if window not in self._lines:
            made = self._lines[window] = NoteLine(self._incidents, window)
            made.closed.connect(window.setFocus)
            made.said.connect(window.canvas.show_note)
        return self._lines[window]

    def _title(self, incident: Incident) -> str:
        return self.tr("Incident {0}").format(number_text(incident))

    def _selected(self) -> TileSnapshot | None:
        if not self._wall.screens:
            return None
        screen = self._wall.screen(self._wall.focused)
        return next((tile for tile in screen.tiles if tile.cell == screen.selected), None)

    def _facts(self, tile: TileSnapshot, camera: Camera) -> TileFacts:
        playing = self.playing(tile.key)
        if playing is not None:
            seen = None if playing.camera is None else self._camera(playing.camera)
            clip = None if playing.clip is None else playing.clip.id
            name = playing.name
            if seen is None:
                name = self.tr("{0}, whose camera is not known").format(name)
            return TileFacts(seen or camera, playing.taken_us, played=name, clip=clip)
        status = self._engine.status(tile.key)
        mark = self._marks.mark(camera.code)
        return TileFacts(
            camera,
            status.taken_utc_us,
            status.clock_offset_s,
            is_replay=status.replay_s is not None,
            severity=0 if mark is None else int(mark.severity),
            event="" if mark is None else mark_text(mark),
        )

    def _on_opened(self, what: object) -> None:
        if isinstance(what, str):  # the code of a camera
            self._wall.place(CameraCode(what), self._wall.focused)
            self._windows.focus_wall()
        elif isinstance(what, Bookmark) and self.show_bookmark is not None:
            self.show_bookmark(what)
        elif isinstance(what, Clip) and (self.play_clip is None or not self.play_clip(what)):
            words = self.tr("The clip is the file {0} in the folder of clips")
            self._window.canvas.show_note(words.format(what.file))
