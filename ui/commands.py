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

    def focus_screen(self, by: int) -> None: ...

    def toggle_full_screen(self) -> None: ...

    def toggle_keys(self) -> None: ...

    def dismiss_notice(self) -> None:
        """Take the notice away that stands above the tiles."""

    def search(self) -> None:
        """Bring the console's search field to the keyboard."""

    def leave(self) -> None:
        """End the program; asks once, the same command again within some seconds answers."""
