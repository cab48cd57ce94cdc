"""From a key press to the one command of the table that it means."""

import unicodedata
from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from ui.action import Action
from ui.actions import ACTIONS
from ui.commands import Commands
from ui.latin_keys import latin_key


def key_table(actions: Sequence[Action] = ACTIONS) -> Mapping[int, Action]:
    """Every key combination and its one action.

    Raises:
        ValueError: A key is none, or has two meanings.
    """
    table: dict[int, Action] = {}
    for action in actions:
        for keys in action.shortcuts:
            sequence = QKeySequence(keys)
            if sequence.count() != 1:
                raise ValueError(f"{keys!r} of {action.id} is not one key")
            combined = sequence[0].toCombined()  # type: ignore[index]  # missing in the stub
            if combined in table:
                raise ValueError(f"{keys!r} means {table[combined].id} and {action.id}")
            table[combined] = action
    return table


class ActionRouter:
    """Turns key presses of any window into commands."""

    def __init__(self, commands: Commands) -> None:
        self._commands = commands
        self._actions = key_table()

    def handle(self, event: QKeyEvent) -> bool:
        """Run the action of the key, if it has one; true when the key was ours."""
        action = self.action_for(event)
        if action is None:
            return False
        if action.repeats or not event.isAutoRepeat():
            action.invoke(self._commands)
        return True

    def action_for(self, event: QKeyEvent) -> Action | None:
        """The action of the key: by the key itself, else by the digit or sign it writes.

        So a digit counts on either row, on keyboards where it needs Shift, and in Urdu figures.
        A letter of another script counts as the Latin one on the same key.
        """
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        found = self._actions.get(int(event.key()) | modifiers.value)
        if found is not None:
            return found
        letter = latin_key(event)
        if letter:
            return self._actions.get(letter | modifiers.value)
        if modifiers & ~Qt.KeyboardModifier.ShiftModifier:
            return None
        return self._actions.get(_plain_key(event.text()))


def _plain_key(written: str) -> int:
    """The key without modifiers that stands for what was written; 0 for none."""
    if len(written) != 1 or not written.isprintable() or written.isalpha():
        return 0
    if written in ",٫":  # the decimal key of many number pads
        return ord(".")
    digit = unicodedata.digit(written, None)
    return ord(written) if digit is None else ord("0") + digit
