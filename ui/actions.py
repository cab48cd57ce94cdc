"""Every command of the operator once: its name, its words, its keys and who may use it.

The overlay of F1, tooltips and key handling are all made from this table; a test proves that
no key stands in it twice.
"""

from collections.abc import Sequence

from ui.action import Action, Category
from ui.replay_actions import PLAYER_ACTIONS, REPLAY_ACTIONS
from ui.texts import QT_TRANSLATE_NOOP

_DIGITS = "0123456789."
DISMISS_KEYS = "F8"


def _layout(name: str, keys: str, text: str) -> Action:
    return Action(
        f"layout.{name}",
        text,
        (keys,),
        Category.LAYOUTS,
        lambda commands: commands.set_layout(name),
    )


def _select(where: str, right: int, down: int, text: str) -> Action:
    return Action(
        f"selection.{where}",
        text,
        (where.capitalize(),),
        Category.TILES,
        lambda commands: commands.move_selection(right, down),
        repeats=True,
    )


def _digit(typed: str) -> Action:
    text = QT_TRANSLATE_NOOP("Actions", "Type the number: district.site.camera")
    return Action(
        f"call_up.{'dot' if typed == '.' else typed}",
        text,
        (typed,),
        Category.CALL_UP,
        lambda commands: commands.type_digit(typed),
    )


ACTIONS: Sequence[Action] = (
    Action(
        "page.next",
        QT_TRANSLATE_NOOP("Actions", "Next page"),
        ("PgDown",),
        Category.PAGES,
        lambda commands: commands.turn_page(1),
        repeats=True,
    ),
    Action(
        "page.previous",
        QT_TRANSLATE_NOOP("Actions", "Previous page"),
        ("PgUp",),
        Category.PAGES,
        lambda commands: commands.turn_page(-1),
        repeats=True,
    ),
    Action(
        "district.next",
        QT_TRANSLATE_NOOP("Actions", "Next district"),
        ("F2",),
        Category.PAGES,
        lambda commands: commands.next_district(1),
    ),
    Action(
        "district.previous",
        QT_TRANSLATE_NOOP("Actions", "Previous district"),
        ("Shift+F2",),
        Category.PAGES,
        lambda commands: commands.next_district(-1),
    ),
    _layout("1", "Ctrl+1", QT_TRANSLATE_NOOP("Actions", "One camera")),
    _layout("4", "Ctrl+2", QT_TRANSLATE_NOOP("Actions", "4 cameras")),
    _layout("9", "Ctrl+3", QT_TRANSLATE_NOOP("Actions", "9 cameras")),
    _layout("16", "Ctrl+4", QT_TRANSLATE_NOOP("Actions", "16 cameras")),
    _layout("25", "Ctrl+5", QT_TRANSLATE_NOOP("Actions", "25 cameras")),
    _layout("36", "Ctrl+6", QT_TRANSLATE_NOOP("Actions", "36 cameras")),
    _layout("49", "Ctrl+7", QT_TRANSLATE_NOOP("Actions", "49 cameras")),
    _layout("64", "Ctrl+8", QT_TRANSLATE_NOOP("Actions", "64 cameras")),
    _layout("1+5", "Ctrl+9", QT_TRANSLATE_NOOP("Actions", "One large and 5 small")),
    _layout("1+7", "Alt+1", QT_TRANSLATE_NOOP("Actions", "One large and 7 small")),
    _layout("2+8", "Alt+2", QT_TRANSLATE_NOOP("Actions", "Two large and 8 small")),
    _layout("1+12", "Alt+3", QT_TRANSLATE_NOOP("Actions", "One large and 12 small")),
    _select("left", -1, 0, QT_TRANSLATE_NOOP("Actions", "Select the tile to the left")),
    _select("right", 1, 0, QT_TRANSLATE_NOOP("Actions", "Select the tile to the right")),
    _select("up", 0, -1, QT_TRANSLATE_NOOP("Actions", "Select the tile above")),
    _select("down", 0, 1, QT_TRANSLATE_NOOP("Actions", "Select the tile below")),
    Action(
        "tile.confirm",
        QT_TRANSLATE_NOOP("Actions", "Call the typed camera up; else enlarge the tile and back"),
        ("Return", "Enter"),
        Category.TILES,
        lambda commands: commands.confirm(),
    ),
    Action(
        "tile.forget",
        QT_TRANSLATE_NOOP("Actions", "Forget the typed number; else leave the large tile"),
        ("Esc",),
        Category.TILES,
        lambda commands: commands.forget(),
    ),
    Action(
        "tile.reset",
        QT_TRANSLATE_NOOP("Actions", "Delete a typed digit; else show the whole picture"),
        ("Backspace",),
        Category.TILES,
        lambda commands: commands.reset(),
        repeats=True,
    ),
    Action(
        "tile.zoom_in",
        QT_TRANSLATE_NOOP("Actions", "Zoom in (or the wheel)"),
        ("+",),
        Category.TILES,
        lambda commands: commands.zoom(1.25),
        repeats=True,
    ),
    Action(
        "tile.zoom_out",
        QT_TRANSLATE_NOOP("Actions", "Zoom out (or the wheel)"),
        ("-",),
        Category.TILES,
        lambda commands: commands.zoom(0.8),
        repeats=True,
    ),
    Action(
        "boxes.tile",
        QT_TRANSLATE_NOOP("Actions", "Boxes on the selected tile, on and off"),
        ("O",),
        Category.BOXES,
        lambda commands: commands.toggle_tile_boxes(),
    ),
    Action(
        "boxes.screen",
        QT_TRANSLATE_NOOP("Actions", "Boxes on the whole screen"),
        ("Shift+O",),
        Category.BOXES,
        lambda commands: commands.toggle_screen_boxes(),
    ),
    Action(
        "boxes.wall",
        QT_TRANSLATE_NOOP("Actions", "Boxes on all screens"),
        ("Ctrl+O",),
        Category.BOXES,
        lambda commands: commands.toggle_wall_boxes(),
    ),
    Action(
        "boxes.timing",
        QT_TRANSLATE_NOOP("Actions", "The tile's picture: fastest, or in step with the boxes"),
        ("T",),
        Category.BOXES,
        lambda commands: commands.toggle_tile_timing(),
    ),
    Action(
        "boxes.screen_timing",
        QT_TRANSLATE_NOOP("Actions", "The same for the whole screen"),
        ("Shift+T",),
        Category.BOXES,
        lambda commands: commands.toggle_screen_timing(),
    ),
    Action(
        "boxes.adjust",
        QT_TRANSLATE_NOOP("Actions", "Adjust the boxes to the picture"),
        ("A",),
        Category.BOXES,
        lambda commands: commands.adjust_boxes(),
    ),
    Action(
        "boxes.trails",
        QT_TRANSLATE_NOOP("Actions", "Trails behind the boxes"),
        ("Ctrl+T",),
        Category.BOXES,
        lambda commands: commands.toggle_trails(),
    ),
    Action(
        "boxes.zones",
        QT_TRANSLATE_NOOP("Actions", "Zones and lines of the rules"),
        ("Z",),
        Category.BOXES,
        lambda commands: commands.toggle_zones(),
    ),
    Action(
        "boxes.confidence",
        QT_TRANSLATE_NOOP("Actions", "Confidence at the boxes, in per cent"),
        ("P",),
        Category.BOXES,
        lambda commands: commands.toggle_confidence(),
    ),
    Action(
        "clip.record",
        QT_TRANSLATE_NOOP("Actions", "Write a clip of the tile from here on; again: end it"),
        ("C",),
        Category.CLIPS,
        lambda commands: commands.toggle_recording(),
    ),
    Action(
        "clip.discard",
        QT_TRANSLATE_NOOP("Actions", "Throw the clip away that is being written"),
        ("Shift+C",),
        Category.CLIPS,
        lambda commands: commands.discard_recording(),
    ),
    Action(
        "clip.snapshot",
        QT_TRANSLATE_NOOP("Actions", "Keep the picture on the tile"),
        ("Ctrl+S",),
        Category.CLIPS,
        lambda commands: commands.take_snapshot(),
    ),
    *PLAYER_ACTIONS,
    Action(
        "bookmark.mark",
        QT_TRANSLATE_NOOP("Actions", "Mark what the tile shows, with 10 s before and after"),
        ("B",),
        Category.BOOKMARKS,
        lambda commands: commands.mark(),
    ),
    Action(
        "bookmark.span",
        QT_TRANSLATE_NOOP("Actions", "Begin to mark a span of the tile; again: end it"),
        ("Shift+B",),
        Category.BOOKMARKS,
        lambda commands: commands.toggle_span(),
    ),
    Action(
        "bookmark.list",
        QT_TRANSLATE_NOOP("Actions", "Go to the list of bookmarks"),
        ("Ctrl+B",),
        Category.BOOKMARKS,
        lambda commands: commands.show_bookmarks(),
    ),
    Action(
        "review.list",
        QT_TRANSLATE_NOOP("Actions", "Go to the flags for the supervisor, and to the answers"),
        ("Ctrl+R",),
        Category.BOOKMARKS,
        lambda commands: commands.show_review(),
    ),
    Action(
        "incident.note",
        QT_TRANSLATE_NOOP("Actions", "Note the tile in the open incident, or start one with it"),
        ("N",),
        Category.INCIDENTS,
        lambda commands: commands.note_tile(),
    ),
    Action(
        "incident.start",
        QT_TRANSLATE_NOOP("Actions", "Start another incident with the tile"),
        ("Shift+N",),
        Category.INCIDENTS,
        lambda commands: commands.start_incident(),
    ),
    Action(
        "incident.list",
        QT_TRANSLATE_NOOP("Actions", "Go to the list of incidents"),
        ("Ctrl+N",),
        Category.INCIDENTS,
        lambda commands: commands.show_incidents(),
    ),
    *REPLAY_ACTIONS,
    *(_digit(typed) for typed in _DIGITS),
    Action(
        "screen.next",
        QT_TRANSLATE_NOOP("Actions", "Next screen"),
        ("F3",),
        Category.SCREENS,
        lambda commands: commands.focus_screen(1),
    ),
    Action(
        "screen.previous",
        QT_TRANSLATE_NOOP("Actions", "Previous screen"),
        ("Shift+F3",),
        Category.SCREENS,
        lambda commands: commands.focus_screen(-1),
    ),
    Action(
        "screen.full",
        QT_TRANSLATE_NOOP("Actions", "Full screen and back"),
        ("F11",),
        Category.SCREENS,
        lambda commands: commands.toggle_full_screen(),
    ),
    Action(
        "console.search",
        QT_TRANSLATE_NOOP("Actions", "Search a camera"),
        ("Ctrl+F",),
        Category.PROGRAM,
        lambda commands: commands.search(),
    ),
    Action(
        "events.toggle",
        QT_TRANSLATE_NOOP("Actions", "Events beside the tiles, or not"),
        ("F4",),
        Category.PROGRAM,
        lambda commands: commands.toggle_events(),
    ),
    Action(
        "events.enter",
        QT_TRANSLATE_NOOP("Actions", "Go to the list of events"),
        ("Shift+F4",),
        Category.PROGRAM,
        lambda commands: commands.enter_events(),
    ),
    Action(
        "program.dismiss",
        QT_TRANSLATE_NOOP("Actions", "Dismiss the notice above the tiles"),
        (DISMISS_KEYS,),
        Category.PROGRAM,
        lambda commands: commands.dismiss_notice(),
    ),
    Action(
        "program.keys",
        QT_TRANSLATE_NOOP("Actions", "Show all keys"),
        ("F1",),
        Category.PROGRAM,
        lambda commands: commands.toggle_keys(),
    ),
    Action(
        "program.leave",
        QT_TRANSLATE_NOOP("Actions", "Leave the program"),
        ("Ctrl+Q",),
        Category.PROGRAM,
        lambda commands: commands.leave(),
    ),
)
