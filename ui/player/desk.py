"""Opens clips, files and addresses in the selected tile, and shows the strip over it."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QCoreApplication, QObject, QTimer

from app.domain.bookmark import Bookmark
from app.domain.clip_record import Clip
from app.services.clip_player import ClipPlayer
from app.services.clip_records import ClipRecords
from app.services.clip_work import Source
from app.services.clips import ClipService
from app.services.storage_plan import StoredItem, StoredKind
from app.services.wall import WallService
from app.video.engine_types import ViewKey
from ui.binding import bind
from ui.player.keys import refusal_words
from ui.player.open_line import OpenLine
from ui.player.strip import SeekStrip
from ui.player.strip_marks import StripMarks
from ui.player.volume_control import VOLUME_STEP
from ui.wall.sound_wording import volume_words
from ui.wall.wall_window import WallWindow
from ui.wall_windows import ProgramWindows

_LOOK_MS = 100


class PlayerDesk(QObject):
    """Implements the commands of the clip player. GUI thread."""

    def __init__(
        self,
        player: ClipPlayer,
        wall: WallService,
        windows: ProgramWindows,
        clips: ClipService,
        records: ClipRecords,
        snapshots: Path,
        marks: StripMarks,
        warm: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        """``snapshots`` is their folder; ``warm`` readies the player for the next clip."""
        super().__init__(parent)
        self._player = player
        self._wall = wall
        self._windows = windows
        self._clips = clips
        self._records = records
        self._snapshots = snapshots
        self._marks = marks
        self._warm = warm
        self._line: OpenLine | None = None
        self._strip: SeekStrip | None = None
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_MS)
        self._look.timeout.connect(self._show_strip)
        bind(self, player.changed, lambda _key: self._show_strip())
        bind(self, wall.changed, lambda _screen: self._show_strip())
        for window in windows.walls:
            window.file_dropped.connect(self._on_dropped)

    @property
    def line(self) -> OpenLine | None:
        """The line that asks for a file or address, while it is there."""
        return self._line

    @property
    def strip(self) -> SeekStrip | None:
        """The strip over the selected tile, while that plays a clip."""
        return self._strip

    # --- commands ----------------------------------------------------------------------------

    def ask(self) -> None:
        """Ask for a file or address on the focused screen."""
        self._close_line()
        window = self._windows.walls[self._wall.focused]
        line = self._line = OpenLine(window)
        line.chosen.connect(self._on_typed)
        line.left.connect(self._leave_line)
        line.slide_in()
        self._warm()

    def toggle_loop(self) -> None:
        """Play the clip of the selected tile again and again, or once."""
        key = self._selected()
        if key is not None and not self._player.toggle_loop(key):
            self._say_refusal(key)

    def play_slowly(self, direction: int) -> None:
        """Slow motion of the clip in the selected tile, on (1) or backwards (-1)."""
        key = self._selected()
        if key is not None and not self._player.shuttle(key, direction, is_slow=True):
            self._say_refusal(key)

    def toggle_mute(self) -> None:
        """Let the clip of the selected tile be heard, or not."""
        key = self._selected()
        if key is not None:
            self._player.toggle_mute(key)
            self._say_volume(key)

    def change_volume(self, direction: int) -> None:
        """Louder (1) or quieter (-1)."""
        key = self._selected()
        if key is not None:
            self._player.change_volume(key, direction * VOLUME_STEP)
            self._say_volume(key)

    def play(self, bookmark: Bookmark) -> bool:
        """Play a bookmark's clip in the selected tile, again and again; false where it has none
        yet."""
        if bookmark.clip is None or self._is_written(bookmark.clip):
            return False
        self._find(bookmark.clip, loop=True)
        return True

    def play_stored(self, item: StoredItem) -> None:
        """Play a clip of the list, or show a snapshot, in the selected tile."""
        if item.kind is not StoredKind.CLIP:
            self._open(self._snapshots / item.file)
        elif self._is_written(item.key):
            self.say(_tr("This clip is still being written"))
        else:
            self._find(item.key, loop=False)

    def play_clip(self, clip: Clip) -> bool:
        """Play a clip of an incident in the selected tile; always true: it says why not."""
        if self._is_written(clip.id):
            self.say(_tr("This clip is still being written"))
        else:
            self._find(clip.id, loop=False)
        return True

    # --- inside ------------------------------------------------------------------------------

    def _selected(self) -> ViewKey | None:
        key = self._player.selected()
        if key is None:
            self.say(_tr("No clip is played in the selected tile"))
        return key

    def _say_refusal(self, key: ViewKey) -> None:
        playing = self._player.playing(key)
        if playing is not None:
            self.say(refusal_words(playing.state))

    def _say_volume(self, key: ViewKey) -> None:
        playing = self._player.playing(key)
        if playing is not None:
            self.say(volume_words(playing))

    def _is_written(self, clip: UUID) -> bool:
        return any(each.id == clip for each in self._clips.running)

    def _find(self, key: UUID, *, loop: bool) -> None:
        screen = self._wall.focused
        cell = self._wall.screen(screen).selected

        def found(clip: Clip | None) -> None:
            if clip is None:
                self.say(_tr("This clip is no longer kept"))
            elif self._player.open(clip, screen, cell, loop=loop) is not None:
                self._windows.focus_wall()

        self._records.find(key, found)

    def _open(self, source: Source, cell: int | None = None) -> None:
        if self._player.open(source, self._wall.focused, cell) is None:
            self.say(_tr("There is no tile in which it could be played"))

    def _on_typed(self, typed: str) -> None:
        text = typed.strip()
        if not text:
            return
        self._leave_line()
        self._open(source_of(text))

    def _on_dropped(self, window: WallWindow, what: str, cell: int) -> None:
        self._wall.focus_screen(window.index)
        self._wall.select(window.index, cell)
        self._open(source_of(what), cell)

    def _leave_line(self) -> None:
        self._close_line()
        self._windows.focus_wall()

    def _close_line(self) -> None:
        if self._line is not None:
            self._line.hide()
            self._line.deleteLater()
            self._line = None

    def _show_strip(self) -> None:
        """The strip belongs to the focused screen's selected tile."""
        self._follow_tile()
        strip = self._strip
        for window in self._windows.walls:
            is_its = strip is not None and strip.isVisible() and strip.parent() is window
            window.canvas.lift_note(strip.covered if strip is not None and is_its else 0)

    def _follow_tile(self) -> None:
        key = self._player.selected()
        playing = None if key is None else self._player.playing(key)
        if key is None or playing is None:
            self._look.stop()
            if self._strip is not None:
                self._strip.hide()
                self._strip.deleteLater()
                self._strip = None
            return
        screen = self._wall.focused
        window = self._windows.walls[screen]
        strip = self._strip
        if strip is None or strip.key != key or strip.parent() is not window:
            if strip is not None:
                strip.hide()
                strip.deleteLater()
            strip = self._strip = SeekStrip(window, self._player, key, self.say)
        tile = next((t for t in self._wall.screen(screen).tiles if t.key == key), None)
        if tile is not None:
            strip.show_clip(playing, tile, self._marks.of(playing.clip))
        if not self._look.isActive():
            self._look.start()

    def say(self, words: str) -> None:
        """Say it on the focused screen."""
        self._windows.show_note(self._wall.focused, words)


def source_of(text: str) -> Source:
    """A typed or dropped place: an address where it has a scheme, else a file."""
    if text.startswith("file://"):
        return Path(text.removeprefix("file://"))
    return text if "://" in text else Path(text).expanduser()


def _tr(text: str) -> str:
    return QCoreApplication.translate("Player", text)
