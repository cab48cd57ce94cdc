"""Answers the operator's commands with verbs of the wall and of the windows."""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import QCoreApplication

from app.services.overlay_types import OverlaySwitches, OverlayVerbs
from app.services.wall import WallService
from app.services.wall_screen import TileSnapshot
from ui.wall.box_wording import timing_words


class Shell(Protocol):
    """What commands need of the windows, apart from what is on the wall."""

    def show_screen(self, index: int) -> None:
        """Bring the window of a screen to the keyboard."""

    def toggle_full_screen(self, index: int) -> None: ...

    def toggle_keys(self, index: int) -> None:
        """Show all keys over a screen, or hide them."""

    def hide_keys(self) -> bool:
        """Hide the keys wherever they are; true when they were shown."""

    def show_note(self, index: int, words: str) -> None:
        """Say for two seconds on a screen what a key has done."""

    def adjust_boxes(self, index: int) -> None:
        """Open the panel that shifts the boxes of the selected tile."""

    def toggle_events(self, index: int) -> None:
        """Show the list of events beside a screen's tiles, or take it away."""

    def enter_events(self, index: int) -> None:
        """Give the keyboard to the list of events beside a screen's tiles."""

    def dismiss_notice(self) -> None: ...

    def focus_search(self) -> None: ...

    def ask_to_leave(self) -> None: ...


class ClipVerbs(Protocol):
    """What the keys for clips and snapshots do."""

    def toggle_recording(self) -> None: ...

    def discard_recording(self) -> None: ...

    def take_snapshot(self) -> None: ...


class ReplayVerbs(Protocol):
    """What the keys for replay do."""

    def jump(self, seconds: float) -> None: ...

    def shuttle(self, direction: int) -> None: ...

    def pause(self) -> None: ...

    def toggle_pause(self) -> None: ...

    def step(self, by: int) -> None: ...

    def oldest(self) -> None: ...

    def live(self) -> None: ...

    def toggle_in_step(self) -> bool: ...


class PlayerVerbs(Protocol):
    """What the keys for the clip player do."""

    def ask(self) -> None: ...

    def toggle_loop(self) -> None: ...

    def play_slowly(self, direction: int) -> None: ...

    def toggle_mute(self) -> None: ...

    def change_volume(self, direction: int) -> None: ...


class BookmarkVerbs(Protocol):
    """What the keys for bookmarks do."""

    def mark(self) -> None: ...

    def toggle_span(self) -> None: ...

    def show_bookmarks(self) -> None: ...


class ReviewVerbs(Protocol):
    """What the key for the review does."""

    def show_review(self) -> None: ...


class IncidentVerbs(Protocol):
    """What the keys for incidents do."""

    def note_tile(self) -> None: ...

    def start_incident(self) -> None: ...

    def show_incidents(self) -> None: ...


class WallCommands:
    """Commands on the wall's focused screen. GUI thread."""

    def __init__(
        self, wall: WallService, shell: Shell, overlays: OverlayVerbs | None = None
    ) -> None:
        self._wall = wall
        self._shell = shell
        self._overlays = overlays
        self.clips: ClipVerbs | None = None
        """Keys for clips do nothing before this is there."""
        self.replay: ReplayVerbs | None = None
        """The same for those of replay."""
        self.player: PlayerVerbs | None = None
        """The same for those of the clip player."""
        self.bookmarks: BookmarkVerbs | None = None
        """The same for those of bookmarks."""
        self.incidents: IncidentVerbs | None = None
        """The same for those of incidents."""
        self.review: ReviewVerbs | None = None
        """The same for that of the review."""

    def turn_page(self, by: int) -> None:
        self._wall.turn_page(self._wall.focused, by)

    def next_district(self, by: int) -> None:
        self._wall.next_district(self._wall.focused, by)

    def set_layout(self, name: str) -> None:
        self._wall.set_layout(self._wall.focused, name)

    def move_selection(self, right: int, down: int) -> None:
        self._wall.move_selection(self._wall.focused, right, down)

    def type_digit(self, typed: str) -> None:
        self._wall.type_call_up(typed)

    def confirm(self) -> None:
        if self._wall.call_up is None:
            self._wall.toggle_enlarged(self._wall.focused)
        else:
            self._wall.confirm_call_up()

    def forget(self) -> None:
        wall = self._wall
        if self._shell.hide_keys():
            return
        if wall.call_up is not None:
            wall.forget_call_up()
        elif wall.screen(wall.focused).enlarged is not None:
            wall.toggle_enlarged(wall.focused)

    def reset(self) -> None:
        if self._wall.call_up is None:
            self._wall.reset_zoom(self._wall.focused)
        else:
            self._wall.erase_call_up()

    def zoom(self, factor: float) -> None:
        wall = self._wall
        wall.zoom(wall.focused, wall.screen(wall.focused).selected, 0.5, 0.5, factor)

    # --- boxes -------------------------------------------------------------------------------

    def toggle_tile_boxes(self) -> None:
        self._switch(lambda overlays, tile: overlays.toggle_tile(self._wall.focused, tile.cell))

    def toggle_screen_boxes(self) -> None:
        self._switch(lambda overlays, _tile: overlays.toggle_screen(self._wall.focused))

    def toggle_wall_boxes(self) -> None:
        self._switch(lambda overlays, _tile: overlays.toggle_wall())

    def toggle_tile_timing(self) -> None:
        self._time(lambda overlays, tile: overlays.toggle_timing(self._wall.focused, tile.cell))

    def toggle_screen_timing(self) -> None:
        self._time(lambda overlays, _tile: overlays.toggle_screen_timing(self._wall.focused))

    def toggle_trails(self) -> None:
        self._draw(
            lambda now: replace(now, trails=not now.trails),
            lambda now: _tr("Trails on") if now.trails else _tr("Trails off"),
        )

    def toggle_zones(self) -> None:
        self._draw(
            lambda now: replace(now, zones=not now.zones),
            lambda now: _tr("Zones on") if now.zones else _tr("Zones off"),
        )

    def toggle_confidence(self) -> None:
        self._draw(
            lambda now: replace(now, confidence=not now.confidence),
            lambda now: _tr("Confidence on") if now.confidence else _tr("Confidence off"),
        )

    def adjust_boxes(self) -> None:
        self._shell.adjust_boxes(self._wall.focused)

    def _switch(self, change: Callable[[OverlayVerbs, TileSnapshot], None]) -> None:
        overlays, tile = self._overlays, self._selected()
        if overlays is not None and tile is not None:
            change(overlays, tile)
            is_on = overlays.status(tile.key).is_on
            self._say(_tr("Boxes on") if is_on else _tr("Boxes off"))

    def _time(self, change: Callable[[OverlayVerbs, TileSnapshot], None]) -> None:
        overlays, tile = self._overlays, self._selected()
        if overlays is not None and tile is not None:
            change(overlays, tile)
            self._say(_tr("Boxes: {0}").format(timing_words(overlays.status(tile.key).timing)))

    def _draw(
        self,
        change: Callable[[OverlaySwitches], OverlaySwitches],
        words: Callable[[OverlaySwitches], str],
    ) -> None:
        if self._overlays is not None:
            self._overlays.set_switches(change(self._overlays.switches))
            self._say(words(self._overlays.switches))

    def _selected(self) -> TileSnapshot | None:
        if not self._wall.screens:
            return None
        screen = self._wall.screen(self._wall.focused)
        return next((tile for tile in screen.tiles if tile.cell == screen.selected), None)

    def _say(self, words: str) -> None:
        self._shell.show_note(self._wall.focused, words)

    # --- clips -------------------------------------------------------------------------------

    def toggle_recording(self) -> None:
        if self.clips is not None:
            self.clips.toggle_recording()

    def discard_recording(self) -> None:
        if self.clips is not None:
            self.clips.discard_recording()

    def take_snapshot(self) -> None:
        if self.clips is not None:
            self.clips.take_snapshot()

    # --- replay ------------------------------------------------------------------------------

    def jump_replay(self, seconds: float) -> None:
        if self.replay is not None:
            self.replay.jump(seconds)

    def shuttle_replay(self, direction: int) -> None:
        if self.replay is not None:
            self.replay.shuttle(direction)

    def pause_replay(self) -> None:
        if self.replay is not None:
            self.replay.pause()

    def toggle_replay_pause(self) -> None:
        if self.replay is not None:
            self.replay.toggle_pause()

    def step_replay(self, by: int) -> None:
        if self.replay is not None:
            self.replay.step(by)

    def replay_oldest(self) -> None:
        if self.replay is not None:
            self.replay.oldest()

    def back_to_live(self) -> None:
        if self.replay is not None:
            self.replay.live()

    def toggle_in_step(self) -> None:
        if self.replay is not None:
            is_on = self.replay.toggle_in_step()
            self._say(
                _tr("All tiles follow in step") if is_on else _tr("Only this tile looks back")
            )

    # --- clip player -------------------------------------------------------------------------

    def open_clip(self) -> None:
        if self.player is not None:
            self.player.ask()

    def toggle_loop(self) -> None:
        if self.player is not None:
            self.player.toggle_loop()

    def play_slowly(self, direction: int) -> None:
        if self.player is not None:
            self.player.play_slowly(direction)

    def toggle_mute(self) -> None:
        if self.player is not None:
            self.player.toggle_mute()

    def change_volume(self, direction: int) -> None:
        if self.player is not None:
            self.player.change_volume(direction)

    # --- bookmarks ---------------------------------------------------------------------------

    def mark(self) -> None:
        if self.bookmarks is not None:
            self.bookmarks.mark()

    def toggle_span(self) -> None:
        if self.bookmarks is not None:
            self.bookmarks.toggle_span()

    def show_bookmarks(self) -> None:
        if self.bookmarks is not None:
            self.bookmarks.show_bookmarks()

    def show_review(self) -> None:
        if self.review is not None:
            self.review.show_review()

    # --- incidents ---------------------------------------------------------------------------

    def note_tile(self) -> None:
        if self.incidents is not None:
            self.incidents.note_tile()

    def start_incident(self) -> None:
        if self.incidents is not None:
            self.incidents.start_incident()

    def show_incidents(self) -> None:
        if self.incidents is not None:
            self.incidents.show_incidents()

    # --- screens and the program -------------------------------------------------------------

    def toggle_events(self) -> None:
        self._shell.toggle_events(self._wall.focused)

    def enter_events(self) -> None:
        self._shell.enter_events(self._wall.focused)

    def focus_screen(self, by: int) -> None:
        self._wall.focus_next(by)
        self._shell.show_screen(self._wall.focused)

    def toggle_full_screen(self) -> None:
        self._shell.toggle_full_screen(self._wall.focused)

    def toggle_keys(self) -> None:
        self._shell.toggle_keys(self._wall.focused)

    def dismiss_notice(self) -> None:
        self._shell.dismiss_notice()

    def search(self) -> None:
        self._shell.focus_search()

    def leave(self) -> None:
        self._shell.ask_to_leave()


def _tr(text: str) -> str:
    return QCoreApplication.translate("Commands", text)
