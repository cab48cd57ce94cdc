"""The Latin letter of a key while the keyboard writes another script, e.g. Urdu.

There a key reports the letter it writes, so commands such as O would be out of reach. The place
of the key on the keyboard is the same: its scan code, counted alike by Windows and by Linux, where
8 is added.
"""

import sys

from PySide6.QtGui import QKeyEvent

_OFFSET = 0 if sys.platform == "win32" else 8
_ROWS = ((16, "QWERTYUIOP"), (30, "ASDFGHJKL"), (44, "ZXCVBNM"))
_LETTERS = {
    first + place + _OFFSET: ord(letter)
    for first, letters in _ROWS
    for place, letter in enumerate(letters)
}


def latin_key(event: QKeyEvent) -> int:
    """Qt's number of the Latin letter on the key; 0 for a key that writes Latin, or no letter."""
    written = event.text()
    if len(written) != 1 or written.isascii() or not written.isalpha():
        return 0
    return _LETTERS.get(event.nativeScanCode(), 0)
