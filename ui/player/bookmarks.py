"""Marks the picture of a clip where the selected tile plays one."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from app.domain.camera import Camera, CameraCode
from app.services.bookmarks import Shown
from app.services.clip_player import ClipPlayer
from app.services.wall import WallService
from ui.bookmarks.desk import BookmarkDesk, drawn_in, small_jpeg
from ui.wall_windows import ProgramWindows


class PlayerBookmarks:
    """Implements ``BookmarkVerbs``: in a clip the bookmark has that clip. GUI thread."""

    def __init__(
        self,
        player: ClipPlayer,
        desk: BookmarkDesk,
        camera: Callable[[CameraCode], Camera | None],
        wall: WallService,
        windows: ProgramWindows,
    ) -> None:
        self._player = player
        self._desk = desk
        self._camera = camera
        self._wall = wall
        self._windows = windows

    def mark(self) -> None:
        key = self._player.selected()
        playing = None if key is None else self._player.playing(key)
        if key is None or playing is None:
            self._desk.mark()
            return
        camera = None if playing.camera is None else self._camera(playing.camera)
        picture = self._windows.walls[self._wall.focused].canvas.shown(key)
        if camera is None or playing.clip is None:
            self._say(_tr("No camera is known of this clip: it cannot be marked"))
        elif picture is None:
            self._say(_tr("There is no picture to mark"))
        else:
            image, overlays = picture.image, self._windows.overlays
            over = None if overlays is None else overlays.overlay(key, None, picture.facts)
            shown = Shown(
                camera,
                picture.facts,
                drawn_in(over),
                lambda: small_jpeg(image),
                clip=playing.clip.id,
            )
            self._desk.mark_shown(shown)

    def toggle_span(self) -> None:
        if self._player.selected() is None:
            self._desk.toggle_span()
        else:
            self._say(_tr("In a clip B marks a moment: a span is marked of a camera"))

    def show_bookmarks(self) -> None:
        self._desk.show_bookmarks()

    def _say(self, words: str) -> None:
        self._windows.show_note(self._wall.focused, words)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Player", text)
