"""No key has two meanings, and every command can be found and pressed."""

import sys
from dataclasses import replace
from typing import cast

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ui.action import Action, Category
from ui.action_router import ActionRouter, key_table
from ui.actions import ACTIONS
from ui.commands import Commands
from ui.keys_overlay import KeysOverlay, rows_of

NONE = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
KEYPAD = Qt.KeyboardModifier.KeypadModifier


class Recorder:
    """Writes down which command was called with what."""

    def __init__(self) -> None:
        self.calls: list[tuple[object, ...]] = []

    def __getattr__(self, name: str) -> object:
        return lambda *arguments: self.calls.append((name, *arguments))


@pytest.fixture
def commands() -> Recorder:
    return Recorder()


@pytest.fixture
def router(commands: Recorder) -> ActionRouter:
    return ActionRouter(cast("Commands", commands))


def press(
    key: int,
    modifiers: Qt.KeyboardModifier = NONE,
    text: str = "",
    *,
    held: bool = False,
) -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, key, modifiers, text, held)


def test_no_key_has_two_meanings() -> None:
    keys = [QKeySequence(keys).toString() for action in ACTIONS for keys in action.shortcuts]
    assert len(keys) == len(set(keys)) == len(key_table())


def test_a_key_with_two_meanings_is_refused() -> None:
    twin = replace(ACTIONS[0], id="twin")
    with pytest.raises(ValueError, match=r"page\.next and twin"):
        key_table([ACTIONS[0], twin])


def test_a_key_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="not one key"):
        key_table([replace(ACTIONS[0], shortcuts=("Ctrl+A, Ctrl+B",))])


def test_ids_are_unique() -> None:
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_every_action_has_words_and_keys_and_stands_on_the_overlay(
    action: Action, qtbot: QtBot
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    listed = KeysOverlay(window).listed
    assert action.text in listed
    assert any(action.keys_text in words for words in listed)


def test_every_category_stands_on_the_overlay(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    listed = KeysOverlay(window).listed
    assert all(category.text in listed for category in Category)


def test_digits_share_a_row_of_the_overlay() -> None:
    assert rows_of(Category.CALL_UP)[0][0] == "0  1  2  3  4  5  6  7  8  9  ."


@pytest.mark.parametrize(
    ("event", "call"),
    [
        (press(Qt.Key.Key_PageDown), ("turn_page", 1)),
        (press(Qt.Key.Key_PageUp), ("turn_page", -1)),
        (press(Qt.Key.Key_F2), ("next_district", 1)),
        (press(Qt.Key.Key_4, CONTROL), ("set_layout", "16")),
        (press(Qt.Key.Key_9, CONTROL), ("set_layout", "1+5")),
        (press(Qt.Key.Key_8, CONTROL | KEYPAD), ("set_layout", "64")),
        (press(Qt.Key.Key_Left), ("move_selection", -1, 0)),
        (press(Qt.Key.Key_Return), ("confirm",)),
        (press(Qt.Key.Key_Enter, KEYPAD), ("confirm",)),
        (press(Qt.Key.Key_Escape), ("forget",)),
        (press(Qt.Key.Key_Backspace), ("reset",)),
        (press(Qt.Key.Key_7, NONE, "7"), ("type_digit", "7")),
        (press(Qt.Key.Key_7, KEYPAD, "7"), ("type_digit", "7")),
        (press(Qt.Key.Key_Period, KEYPAD, "."), ("type_digit", ".")),
        (press(Qt.Key.Key_Comma, KEYPAD, ","), ("type_digit", ".")),
        (press(Qt.Key.Key_7, SHIFT, "7"), ("type_digit", "7")),
        (press(Qt.Key.Key_unknown, NONE, "۷"), ("type_digit", "7")),
        (press(Qt.Key.Key_Plus, SHIFT, "+"), ("zoom", 1.25)),
        (press(Qt.Key.Key_O, NONE, "o"), ("toggle_tile_boxes",)),
        (press(Qt.Key.Key_O, SHIFT, "O"), ("toggle_screen_boxes",)),
        (press(Qt.Key.Key_O, CONTROL, "\x0f"), ("toggle_wall_boxes",)),
        (press(Qt.Key.Key_T, NONE, "t"), ("toggle_tile_timing",)),
        (press(Qt.Key.Key_T, SHIFT, "T"), ("toggle_screen_timing",)),
        (press(Qt.Key.Key_T, CONTROL, "\x14"), ("toggle_trails",)),
        (press(Qt.Key.Key_Z, NONE, "z"), ("toggle_zones",)),
        (press(Qt.Key.Key_P, NONE, "p"), ("toggle_confidence",)),
        (press(Qt.Key.Key_A, NONE, "a"), ("adjust_boxes",)),
        (press(Qt.Key.Key_N, NONE, "n"), ("note_tile",)),
        (press(Qt.Key.Key_N, SHIFT, "N"), ("start_incident",)),
        (press(Qt.Key.Key_N, CONTROL, "\x0e"), ("show_incidents",)),
        (press(Qt.Key.Key_F3, SHIFT), ("focus_screen", -1)),
        (press(Qt.Key.Key_F4), ("toggle_events",)),
        (press(Qt.Key.Key_F4, SHIFT), ("enter_events",)),
        (press(Qt.Key.Key_End), ("back_to_live",)),
        (press(Qt.Key.Key_Left, CONTROL), ("jump_replay", -5)),
        (press(Qt.Key.Key_Right, CONTROL), ("jump_replay", 5)),
        (press(Qt.Key.Key_J, NONE, "j"), ("shuttle_replay", -1)),
        (press(Qt.Key.Key_K, NONE, "k"), ("pause_replay",)),
        (press(Qt.Key.Key_L, NONE, "l"), ("shuttle_replay", 1)),
        (press(Qt.Key.Key_Space, NONE, " "), ("toggle_replay_pause",)),
        (press(Qt.Key.Key_Left, ALT), ("step_replay", -1)),
        (press(Qt.Key.Key_Right, ALT), ("step_replay", 1)),
        (press(Qt.Key.Key_Home), ("replay_oldest",)),
        (press(Qt.Key.Key_R, NONE, "r"), ("toggle_in_step",)),
        (press(Qt.Key.Key_F11), ("toggle_full_screen",)),
        (press(Qt.Key.Key_F1), ("toggle_keys",)),
        (press(Qt.Key.Key_F, CONTROL, "\x06"), ("search",)),
        (press(Qt.Key.Key_Q, CONTROL, "\x11"), ("leave",)),
    ],
)
def test_a_key_calls_its_command(
    router: ActionRouter, commands: Recorder, event: QKeyEvent, call: tuple[object, ...]
) -> None:
    assert router.handle(event)
    assert commands.calls == [call]


@pytest.mark.parametrize(
    "event",
    [
        press(Qt.Key.Key_W, NONE, "w"),
        press(Qt.Key.Key_7, Qt.KeyboardModifier.MetaModifier, "7"),
        press(Qt.Key.Key_Shift, SHIFT),
        press(Qt.Key.Key_unknown, NONE, ""),
    ],
)
def test_a_key_without_a_meaning_is_left_to_others(
    router: ActionRouter, commands: Recorder, event: QKeyEvent
) -> None:
    assert not router.handle(event)
    assert commands.calls == []


def in_urdu(scan_code: int, written: str, modifiers: Qt.KeyboardModifier = NONE) -> QKeyEvent:
    """A key as it is reported while the keyboard writes Urdu."""
    offset = 0 if sys.platform == "win32" else 8
    kind = QEvent.Type.KeyPress
    return QKeyEvent(kind, ord(written), modifiers, scan_code + offset, 0, 0, written)


@pytest.mark.parametrize(
    ("event", "call"),
    [
        (in_urdu(24, "ہ"), ("toggle_tile_boxes",)),
        (in_urdu(24, "ۃ", SHIFT), ("toggle_screen_boxes",)),
        (in_urdu(24, "ہ", CONTROL), ("toggle_wall_boxes",)),
        (in_urdu(20, "ت"), ("toggle_tile_timing",)),
        (in_urdu(30, "ا"), ("adjust_boxes",)),
        (in_urdu(44, "ز"), ("toggle_zones",)),
    ],
)
def test_letters_are_found_on_an_urdu_keyboard(
    router: ActionRouter, commands: Recorder, event: QKeyEvent, call: tuple[object, ...]
) -> None:
    assert router.handle(event)
    assert commands.calls == [call]


@pytest.mark.parametrize(
    "event",
    [
        in_urdu(17, "و"),  # W has no meaning
        in_urdu(24, "ہ", Qt.KeyboardModifier.AltModifier),
        in_urdu(24, "ö", Qt.KeyboardModifier.MetaModifier),
        in_urdu(2, "ا"),
    ],
)
def test_other_keys_of_an_urdu_keyboard_have_no_meaning(
    router: ActionRouter, commands: Recorder, event: QKeyEvent
) -> None:
    assert not router.handle(event)
    assert commands.calls == []


def test_a_held_key_turns_pages_but_toggles_once(router: ActionRouter, commands: Recorder) -> None:
    assert router.handle(press(Qt.Key.Key_PageDown, held=True))
    assert router.handle(press(Qt.Key.Key_F11, held=True))
    assert commands.calls == [("turn_page", 1)]
