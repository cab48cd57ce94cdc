"""Answers the operator's commands with verbs of the wall and of the windows."""

from typing import Protocol

from app.services.wall import WallService


class Shell(Protocol):
    """What commands need of the windows, apart from what is on the wall."""

    def show_screen(self, index: int) -> None:
        """Bring the window of a screen to the keyboard."""

    def toggle_full_screen(self, index: int) -> None: ...

    def toggle_keys(self, index: int) -> None:
        """Show all keys over a screen, or hide them."""

    def hide_keys(self) -> bool:
        """Hide the keys wherever they are; true when they were shown."""

    def dismiss_notice(self) -> None: ...

    def focus_search(self) -> None: ...

    def ask_to_leave(self) -> None: ...


class WallCommands:
    """Commands on the wall's focused screen. GUI thread."""

    def __init__(self, wall: WallService, shell: Shell) -> None:
        self._wall = wall
        self._shell = shell

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
