"""What the operator's keys and buttons can ask for."""

from typing import Protocol


class Commands(Protocol):
    """Every command once; each acts on the screen that has the focus. GUI thread."""

    def turn_page(self, by: int) -> None: ...

    def next_district(self, by: int) -> None: ...

    def set_layout(self, name: str) -> None: ...

    def move_selection(self, right: int, down: int) -> None: ...

    def type_digit(self, typed: str) -> None:
        """Append a digit or ``.`` to the call-up number."""

    def confirm(self) -> None:
        """Call the typed camera up; with nothing typed, enlarge the selected tile or go back."""

    def forget(self) -> None:
        """Forget the typed number; with nothing typed, close the keys or leave the large tile."""

    def reset(self) -> None:
        """Delete the last typed digit; with nothing typed, show the whole picture again."""

    def zoom(self, factor: float) -> None:
        """Zoom the selected tile around its middle."""

    def toggle_tile_boxes(self) -> None:
        """Boxes on the selected tile, or none."""

    def toggle_screen_boxes(self) -> None: ...

    def toggle_wall_boxes(self) -> None: ...

    def toggle_tile_timing(self) -> None:
        """On the selected tile: fastest picture, or boxes and picture in step."""

    def toggle_screen_timing(self) -> None: ...

    def toggle_trails(self) -> None: ...

    def toggle_zones(self) -> None: ...

    def toggle_confidence(self) -> None: ...

    def adjust_boxes(self) -> None:
        """Stop the selected tile's picture and shift its boxes in time until they fit."""

    def toggle_recording(self) -> None:
        """Write a clip of the selected tile's camera from here on, or end it."""

    def discard_recording(self) -> None:
        """Throw away the clip that is being written of the selected tile's camera."""

    def take_snapshot(self) -> None:
        """Keep the picture on the selected tile."""

    def note_tile(self) -> None:
        """Add the selected tile to the incident that is worked on, or start one."""

    def start_incident(self) -> None:
        """Start another incident at the selected tile."""

    def show_incidents(self) -> None:
        """Give the keyboard to the list of incidents."""

    def mark(self) -> None:
        """Mark what the selected tile shows."""

    def toggle_span(self) -> None:
        """Begin to mark a span of the selected tile's camera, or end it."""

    def show_bookmarks(self) -> None:
        """Give the keyboard to the list of bookmarks."""

    def show_review(self) -> None:
        """Give the keyboard to the flags that wait for a supervisor, or to the answers."""

    def open_clip(self) -> None:
        """Ask for a file or address to be played in the selected tile."""

    def toggle_loop(self) -> None:
        """Play the clip of the selected tile again and again, or once."""

    def play_slowly(self, direction: int) -> None:
        """Slow motion of that clip, on (1) or backwards (-1)."""

    def toggle_mute(self) -> None:
        """Let that clip be heard, or not."""

    def change_volume(self, direction: int) -> None:
        """Louder (1) or quieter (-1)."""

    def jump_replay(self, seconds: float) -> None:
        """Look so far back (negative), or on."""

    def shuttle_replay(self, direction: int) -> None:
        """Play on (1) or backwards (-1); again: faster."""

    def pause_replay(self) -> None: ...

    def toggle_replay_pause(self) -> None: ...

    def step_replay(self, by: int) -> None:
        """Show the next picture or the one before, and stand there."""

    def replay_oldest(self) -> None:
        """Play from the oldest picture in memory."""

    def back_to_live(self) -> None:
        """Leave the replay of the selected tile, or of all that are in step with it."""

    def toggle_in_step(self) -> None:
        """Let all tiles of the screen follow the selected one, or only that one."""

    def toggle_events(self) -> None:
        """Show the list of events beside the tiles, or take it away."""

    def enter_events(self) -> None:
        """Give the keyboard to the list of events."""

    def focus_screen(self, by: int) -> None: ...

    def toggle_full_screen(self) -> None: ...

    def toggle_keys(self) -> None: ...

    def dismiss_notice(self) -> None:
        """Take the notice away that stands above the tiles."""

    def search(self) -> None:
        """Bring the console's search field to the keyboard."""

    def leave(self) -> None:
        """End the program; asks once, the same command again within some seconds answers."""
