"""Presses keys on a virtual screen through the X server's own test extension.

Immediate, unlike starting a program for each key: the moment of the press is known to a
millisecond.
"""

import ctypes
import time


class Keyboard:
    """A keyboard and a pointer on one display."""

    def __init__(self, display: str) -> None:
        self._x11 = ctypes.CDLL("libX11.so.6")
        self._test = ctypes.CDLL("libXtst.so.6")
        self._x11.XOpenDisplay.restype = ctypes.c_void_p
        self._x11.XOpenDisplay.argtypes = [ctypes.c_char_p]
        self._x11.XStringToKeysym.restype = ctypes.c_ulong
        self._x11.XKeysymToKeycode.argtypes = [ctypes.c_void_p, ctypes.c_ulong]
        self._x11.XSync.argtypes = [ctypes.c_void_p, ctypes.c_int]
        self._x11.XCloseDisplay.argtypes = [ctypes.c_void_p]
        flags = [ctypes.c_uint, ctypes.c_int, ctypes.c_ulong]
        self._test.XTestFakeKeyEvent.argtypes = [ctypes.c_void_p, *flags]
        place = [ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_ulong]
        self._test.XTestFakeMotionEvent.argtypes = [ctypes.c_void_p, *place]
        self._display = self._x11.XOpenDisplay(display.encode())
        if not self._display:
            raise RuntimeError(f"there is no X server on {display}")

    def press(self, key: str) -> int:
        """Press and release a key by its X name (``Next`` is Page Down); the moment, in ns."""
        symbol = self._x11.XStringToKeysym(key.encode())
        code = self._x11.XKeysymToKeycode(self._display, symbol)
        pressed = time.time_ns()
        self._test.XTestFakeKeyEvent(self._display, code, 1, 0)
        self._test.XTestFakeKeyEvent(self._display, code, 0, 0)
        self._x11.XSync(self._display, 0)
        return pressed

    def chord(self, modifier: str, key: str) -> None:
        """Press a key while another one is held, e.g. ``Control_L`` and ``o``."""
        codes = []
        for name in (modifier, key):
            symbol = self._x11.XStringToKeysym(name.encode())
            codes.append(self._x11.XKeysymToKeycode(self._display, symbol))
        for code, is_down in ((codes[0], 1), (codes[1], 1), (codes[1], 0), (codes[0], 0)):
            self._test.XTestFakeKeyEvent(self._display, code, is_down, 0)
        self._x11.XSync(self._display, 0)

    def point(self, x: int, y: int) -> None:
        """Move the pointer; without a window manager, the window under it gets the keys."""
        self._test.XTestFakeMotionEvent(self._display, 0, x, y, 0)
        self._x11.XSync(self._display, 0)

    def close(self) -> None:
        """Leave the display."""
        self._x11.XCloseDisplay(self._display)
