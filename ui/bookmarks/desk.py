"""Marks what the tiles show, says there what became of it, and asks for words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QCoreApplication, QIODevice, QObject, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from app.domain.bookmark import Bookmark, DrawnBox
from app.domain.camera import Camera, CameraCode
from app.domain.event_record import EventGroup
from app.services.bookmark_changes import Answer, Outcome
from app.services.bookmark_store import Answered
from app.services.bookmarks import BookmarkService, Shown, SpanNotEnded
from app.services.event_thumbnails import EventThumbnails
from app.services.events import Directory
from app.services.overlay_types import Overlays, TileOverlay
from app.services.wall import WallService
from app.services.wall_screen import TileSnapshot
from app.video.engine_types import ViewKey
from ui.binding import bind
from ui.bookmarks.page import BookmarkPage, no_console_words
from ui.bookmarks.tile_note import TileNote
from ui.bookmarks.wording import answer_text, span_text
from ui.bookmarks.words import BookmarkWords
from ui.theme import tokens
from ui.wall.canvas_tile import covering
from ui.wall.wall_window import WallWindow

_THUMBNAIL = QSize(320, 320)
_QUALITY = 85
_PULSE_MS = 250
_PREPARES_AFTER_MS = 500
_LEAST_ROOM = 40
"""Above the line, for words about its bookmark."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a mark was made."""

    window: WallWindow
    key: ViewKey
    camera: CameraCode


class BookmarkDesk(QObject):
    """Implements the commands for bookmarks on the focused screen's selected tile. GUI thread."""

    def __init__(
        self,
        service: BookmarkService,
        wall: WallService,
        windows: Sequence[WallWindow],
        overlays: Overlays | None,
        directory: Directory,
        event_pictures: EventThumbnails,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._service = service
        self._wall = wall
        self._windows = windows
        self._overlays = overlays
        self._directory = directory
        self._event_pictures = event_pictures
        self.words = BookmarkWords(service, self)
        self._notes: dict[WallWindow, TileNote] = {}
        self._said: dict[WallWindow, _Place] = {}
        """Where the notes stand."""
        self.page: BookmarkPage | None = None
        """The list in the console, once it is there."""
        self._badges: dict[tuple[int, ViewKey], TileNote] = {}
        self._pulse = QTimer(self)
        self._pulse.setInterval(_PULSE_MS)
        self._pulse.timeout.connect(service.tick)
        bind(self, wall.changed, self._on_wall_changed)
        bind(self, service.spans_changed, lambda _cameras: self._show_all_spans())

    def start(self, tick: Callable[[], None] = lambda: None) -> None:
        """Write what the last run could not, and try again by itself what is refused; ``tick`` is
        called some times a second as well."""
        self._service.start()
        self._pulse.timeout.connect(lambda: tick())  # noqa: PLW0108 - PySide holds methods weakly
        self._pulse.start()
        QTimer.singleShot(_PREPARES_AFTER_MS, self, self._prepare)

    def _prepare(self) -> None:
        """Make what the first mark needs: then it takes no longer than the others."""
        for window in self._windows:
            self.words.prepare(window)
            self._note_of(window)

    def _note_of(self, window: WallWindow) -> TileNote:
        note = self._notes.get(window)
        if note is None:
            note = self._notes[window] = TileNote(window)
        return note

    def note(self, index: int) -> str:
        """What is said over a tile of a screen now; empty for nothing."""
        found = self._notes.get(self._windows[index])
        return "" if found is None or found.isHidden() else found.text()

    def badge(self, index: int, key: ViewKey) -> str:
        """What a tile says of an open span."""
        badge = self._badges.get((index, key))
        return "" if badge is None else badge.text()

    # --- commands ----------------------------------------------------------------------------

    def mark(self) -> None:
        """Mark what the selected tile shows; a line comes for its words."""
        found = self._look()
        if found is None:
            return
        shown, place = found
        bookmark = self._service.mark(shown, self._teller(place))
        self._ask_words(place.window, bookmark)

    def toggle_span(self) -> None:
        """Begin a span with what the selected tile shows, or end the open one of its camera."""
        found = self._look()
        if found is None:
            return
        shown, place = found
        if self._service.span(place.camera) is None:
            self._service.begin_span(shown, self._teller(place))
            return
        try:
            bookmark = self._service.end_span(shown, self._teller(place))
        except SpanNotEnded:
            self._say(place, _tr("A span must end after it begins: it goes on"), tokens.WARNING)
            return
        self._ask_words(place.window, bookmark)

    def mark_event(self, group: EventGroup) -> None:
        """Mark the first event of a row of the list; a line comes on the focused screen."""
        camera = self._directory.camera(group.camera)
        window = self._windows[self._wall.focused]
        record = group.first
        if camera is None:
            window.canvas.show_note(
                _tr("{0} is no longer in the registry of cameras").format(group.camera)
            )
            return

        def picture() -> bytes:
            return self._event_pictures.load(record.key) or b""

        def answer(answer: Answer) -> None:
            self.words.tell(answer)
            window.canvas.show_note(answer_text(answer))

        bookmark = self._service.mark_event(record, camera, picture, answer)
        # The line comes where the list is: beside the tiles, or in the console.
        focus = QApplication.focusWidget() or window
        self.words.ask(focus.window(), bookmark, window.canvas.show_note, focus)

    def mark_shown(self, shown: Shown) -> None:
        """Mark a picture that no camera's tile shows; a line comes on the focused screen."""
        window = self._windows[self._wall.focused]

        def answer(answer: Answer) -> None:
            self.words.tell(answer)
            window.canvas.show_note(answer_text(answer))

        self._ask_words(window, self._service.mark(shown, answer))

    def show_bookmarks(self) -> None:
        """Give the keyboard to the list in the console."""
        if self.page is None or not self.page.show():
            self._windows[self._wall.focused].canvas.show_note(no_console_words())

    # --- what a tile shows -------------------------------------------------------------------

    def _look(self) -> tuple[Shown, _Place] | None:
        index = self._wall.focused
        if index not in self._wall.open_screens:
            return None
        screen = self._wall.screen(index)
        tile = next((tile for tile in screen.tiles if tile.cell == screen.selected), None)
        if tile is None or tile.camera is None:
            return None
        window = self._windows[index]
        place = _Place(window, tile.key, tile.camera.code)
        return self._shown(window, tile, tile.camera), place

    def _shown(self, window: WallWindow, tile: TileSnapshot, camera: Camera) -> Shown:
        picture = window.canvas.shown(tile.key)
        if picture is None:
            return Shown(camera)
        over = None
        if self._overlays is not None:
            over = self._overlays.overlay(tile.key, camera.code, picture.facts)
        image = picture.image
        return Shown(camera, picture.facts, drawn_in(over), lambda: small_jpeg(image))

    # --- answers -----------------------------------------------------------------------------

    def _teller(self, place: _Place) -> Answered:
        def answer(answer: Answer) -> None:
            self.words.tell(answer)
            is_well = answer.outcome is Outcome.SAVED
            self._say(place, answer_text(answer), tokens.LIVE if is_well else tokens.WARNING)

        return answer

    def _say(self, place: _Place, words: str, colour: str) -> None:
        tile = self._tile(place.window.index, place.key)
        if tile is None or tile.camera is None or tile.camera.code != place.camera:
            place.window.canvas.show_note(words)  # the tile shows something else by now
            return
        self._said[place.window] = place
        self._note_of(place.window).say(words, self._room(place.window, tile), colour)

    def _tile(self, index: int, key: ViewKey) -> TileSnapshot | None:
        if index not in self._wall.open_screens:
            return None
        return next((tile for tile in self._wall.screen(index).tiles if tile.key == key), None)

    def _room(self, window: WallWindow, tile: TileSnapshot) -> QRect:
        """The tile's picture, as far as the line for the words leaves it free. Of a tile that it
        covers whole, all: the line says the same."""
        picture, line = _picture(window, tile), self.words.line
        if line is not None and window.isAncestorOf(line) and line.home.intersects(picture):
            free = line.home.top() - picture.top()
            if free >= _LEAST_ROOM:
                picture.setHeight(free)
        return picture

    def _on_wall_changed(self, index: int) -> None:
        window = self._windows[index]
        note = self._notes.get(window)
        if note is not None and not note.isHidden():
            place = self._said[window]
            tile = self._tile(index, place.key)
            if tile is None or tile.camera is None or tile.camera.code != place.camera:
                note.hide()
            else:
                note.place(self._room(window, tile), at_top=False)
        self._show_spans(index)

    # --- open spans --------------------------------------------------------------------------

    def _show_all_spans(self) -> None:
        for index in self._wall.open_screens:
            self._show_spans(index)

    def _show_spans(self, index: int) -> None:
        """Each tile whose camera has an open span says so."""
        wanted: dict[ViewKey, tuple[TileSnapshot, Bookmark]] = {}
        if self._service.spans and index in self._wall.open_screens:
            for tile in self._wall.screen(index).tiles:
                span = None if tile.camera is None else self._service.span(tile.camera.code)
                if span is not None:
                    wanted[tile.key] = tile, span.bookmark
        for screen, key in [each for each in self._badges if each[0] == index]:
            if key not in wanted:
                badge = self._badges.pop((screen, key))
                badge.hide()
                badge.deleteLater()
        window = self._windows[index]
        for key, (tile, bookmark) in wanted.items():
            badge = self._badges.setdefault((index, key), TileNote(window))
            badge.say(span_text(bookmark), _picture(window, tile), tokens.ACCENT, stays=True)

    def _ask_words(self, window: WallWindow, bookmark: Bookmark) -> None:
        self.words.ask(window, bookmark, window.canvas.show_note, window)


def drawn_in(over: TileOverlay | None) -> Sequence[DrawnBox]:
    """What lies over a picture, as a bookmark holds it."""
    return [
        DrawnBox(box.box, box.label, box.confidence, box.track_id)
        for box in (() if over is None else over.boxes)
    ]


def small_jpeg(image: QImage) -> bytes:
    """A picture as small JPEG; empty where it cannot be made. Any thread."""
    if image.width() > _THUMBNAIL.width() or image.height() > _THUMBNAIL.height():
        image = image.scaled(
            _THUMBNAIL,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "JPEG", _QUALITY):  # type: ignore[call-overload]  # the stub wants bytes
        return b""
    return bytes(buffer.data().data())


def _picture(window: WallWindow, tile: TileSnapshot) -> QRect:
    """Where the tile's picture is, in the coordinates of the window."""
    canvas, rect = window.canvas, tile.picture
    pixels = QRect(rect.x, rect.y, rect.width, rect.height)
    return covering(pixels, canvas.devicePixelRatioF()).translated(canvas.pos())


def _tr(text: str) -> str:
    return QCoreApplication.translate("Bookmarks", text)
