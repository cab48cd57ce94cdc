"""Icons as a font: sharp at every scaling, coloured by the theme.

QtAwesome costs 0.2 s to load, so nothing here happens before the wall stands.
"""

import os
from functools import cache
from importlib import import_module

from PySide6.QtGui import QIcon

_ICONS = {
    "district": "mdi6.city-variant-outline",
    "site": "mdi6.map-marker-outline",
    "camera": "mdi6.cctv",
    "search": "mdi6.magnify",
    "close": "mdi6.close",
    "info": "mdi6.information-outline",
    "warning": "mdi6.alert-outline",
    "error": "mdi6.alert-octagon-outline",
    "load": "mdi6.gauge",
    "workers": "mdi6.cog-outline",
    "wall": "mdi6.view-grid-outline",
    "keys": "mdi6.keyboard-outline",
    "event": "mdi6.bell-outline",
    "state": "mdi6.toggle-switch-outline",
    "back": "mdi6.arrow-left",
    "note": "mdi6.note-text-outline",
    "person": "mdi6.account-outline",
    "snapshot": "mdi6.image-outline",
    "clip": "mdi6.filmstrip",
    "bookmark": "mdi6.bookmark-outline",
    "review": "mdi6.flag-outline",
    "box": "mdi6.vector-square",
    "storage": "mdi6.harddisk",
}


def load_icon_font() -> None:
    """Import QtAwesome, so that the first icon costs little. Any thread."""
    os.environ["QT_API"] = "pyside6"
    import_module("qtawesome")


@cache
def icon(name: str, colour: str) -> QIcon:
    """The icon of our name in ``colour`` (``#rrggbb``); made once. Needs a QApplication."""
    load_icon_font()
    import qtawesome

    made: QIcon = qtawesome.icon(_ICONS[name], color=colour)
    return made


def icon_names() -> tuple[str, ...]:
    """Every name that ``icon`` knows; a test makes them all."""
    return tuple(_ICONS)
