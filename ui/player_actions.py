"""The commands for files and recordings; those they share with replay are in ``ui/actions.py``."""

from collections.abc import Sequence

from ui.action_types import Action, Category
from ui.texts import QT_TRANSLATE_NOOP

PLAYER_ACTIONS: Sequence[Action] = (
    Action(
        "player.open",
        QT_TRANSLATE_NOOP("Actions", "Play a file or a recorder's address in the tile"),
        ("Ctrl+L",),
        Category.PLAYER,
        lambda commands: commands.open_clip(),
    ),
    Action(
        "player.loop",
        QT_TRANSLATE_NOOP("Actions", "Play the clip again and again, or once"),
        ("Shift+R",),
        Category.PLAYER,
        lambda commands: commands.toggle_loop(),
    ),
    Action(
        "player.slow",
        QT_TRANSLATE_NOOP("Actions", "A clip in slow motion; again: slower, down to 1/8"),
        ("Shift+L",),
        Category.PLAYER,
        lambda commands: commands.play_slowly(1),
    ),
    Action(
        "player.slow_backwards",
        QT_TRANSLATE_NOOP("Actions", "The same backwards"),
        ("Shift+J",),
        Category.PLAYER,
        lambda commands: commands.play_slowly(-1),
    ),
    Action(
        "player.mute",
        QT_TRANSLATE_NOOP("Actions", "Sound of the clip on and off"),
        ("M",),
        Category.PLAYER,
        lambda commands: commands.toggle_mute(),
    ),
    Action(
        "player.louder",
        QT_TRANSLATE_NOOP("Actions", "The clip louder"),
        ("Ctrl+Up",),
        Category.PLAYER,
        lambda commands: commands.change_volume(1),
        repeats=True,
    ),
    Action(
        "player.quieter",
        QT_TRANSLATE_NOOP("Actions", "The clip quieter"),
        ("Ctrl+Down",),
        Category.PLAYER,
        lambda commands: commands.change_volume(-1),
        repeats=True,
    ),
)
