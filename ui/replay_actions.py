"""The commands for pictures of the past: the replay of the last minute, files and recordings.

Part of the table in :mod:`ui.actions`. Most keys of the replay also serve a clip in the tile.
"""

from collections.abc import Sequence

from ui.action import Action, Category
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

REPLAY_ACTIONS: Sequence[Action] = (
    Action(
        "replay.back",
        QT_TRANSLATE_NOOP("Actions", "Replay: 5 seconds back"),
        ("Ctrl+Left",),
        Category.REPLAY,
        lambda commands: commands.jump_replay(-5),
        repeats=True,
    ),
    Action(
        "replay.on",
        QT_TRANSLATE_NOOP("Actions", "Replay: 5 seconds on"),
        ("Ctrl+Right",),
        Category.REPLAY,
        lambda commands: commands.jump_replay(5),
        repeats=True,
    ),
    Action(
        "replay.backwards",
        QT_TRANSLATE_NOOP("Actions", "Play backwards; again: faster, up to 8 times"),
        ("J",),
        Category.REPLAY,
        lambda commands: commands.shuttle_replay(-1),
    ),
    Action(
        "replay.pause",
        QT_TRANSLATE_NOOP("Actions", "Pause at this picture"),
        ("K",),
        Category.REPLAY,
        lambda commands: commands.pause_replay(),
    ),
    Action(
        "replay.play",
        QT_TRANSLATE_NOOP("Actions", "Play on; again: faster, up to 8 times"),
        ("L",),
        Category.REPLAY,
        lambda commands: commands.shuttle_replay(1),
    ),
    Action(
        "replay.toggle_pause",
        QT_TRANSLATE_NOOP("Actions", "Pause, and play on"),
        ("Space",),
        Category.REPLAY,
        lambda commands: commands.toggle_replay_pause(),
    ),
    Action(
        "replay.previous",
        QT_TRANSLATE_NOOP("Actions", "One picture back"),
        ("Alt+Left",),
        Category.REPLAY,
        lambda commands: commands.step_replay(-1),
        repeats=True,
    ),
    Action(
        "replay.next",
        QT_TRANSLATE_NOOP("Actions", "One picture on"),
        ("Alt+Right",),
        Category.REPLAY,
        lambda commands: commands.step_replay(1),
        repeats=True,
    ),
    Action(
        "replay.oldest",
        QT_TRANSLATE_NOOP("Actions", "Replay from the oldest picture in memory"),
        ("Home",),
        Category.REPLAY,
        lambda commands: commands.replay_oldest(),
    ),
    Action(
        "tile.live",
        QT_TRANSLATE_NOOP("Actions", "Back to the live picture"),
        ("End",),
        Category.REPLAY,
        lambda commands: commands.back_to_live(),
    ),
    Action(
        "replay.in_step",
        QT_TRANSLATE_NOOP("Actions", "All tiles of the screen follow in step, or only this one"),
        ("R",),
        Category.REPLAY,
        lambda commands: commands.toggle_in_step(),
    ),
)
