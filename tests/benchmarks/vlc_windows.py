"""Plays URLs with libVLC in native windows: one line ``URL x y width height`` each on stdin.

The windows are made with libX11 itself, so that nothing but libVLC is measured.
"""

import ctypes
import signal
import sys

import vlc

_OPTIONS = ("--no-audio", "--no-osd", "--vout=xcb_x11", "--quiet", "--no-video-title-show")


def _open_windows(rects: list[tuple[int, int, int, int]]) -> list[int]:
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XDefaultRootWindow.restype = ctypes.c_ulong
    x11.XDefaultRootWindow.argtypes = [ctypes.c_void_p]
    x11.XCreateSimpleWindow.restype = ctypes.c_ulong
    numbers = [ctypes.c_int, ctypes.c_int, ctypes.c_uint, ctypes.c_uint, ctypes.c_uint]
    x11.XCreateSimpleWindow.argtypes = [
        ctypes.c_void_p, ctypes.c_ulong, *numbers, ctypes.c_ulong, ctypes.c_ulong
    ]  # fmt: skip
    x11.XMapWindow.argtypes = [ctypes.c_void_p, ctypes.c_ulong]
    x11.XSync.argtypes = [ctypes.c_void_p, ctypes.c_int]
    display = x11.XOpenDisplay(None)
    if not display:
        raise SystemExit("there is no X server")
    root = x11.XDefaultRootWindow(display)
    windows = []
    for x, y, width, height in rects:
        window = x11.XCreateSimpleWindow(display, root, x, y, width, height, 0, 0, 0)
        x11.XMapWindow(display, window)
        windows.append(int(window))
    x11.XSync(display, 0)
    return windows


def main() -> None:
    """Play until killed."""
    lines = [line.split() for line in sys.stdin if line.strip()]
    rects = [(int(f[1]), int(f[2]), int(f[3]), int(f[4])) for f in lines]
    windows = _open_windows(rects)
    instance = vlc.Instance(list(_OPTIONS))
    players = []
    for fields, window in zip(lines, windows, strict=True):
        media = instance.media_new(fields[0], ":input-repeat=65535", ":avcodec-threads=1")
        player = instance.media_player_new()
        player.set_media(media)
        player.set_xwindow(window)
        player.play()
        players.append(player)
    signal.pause()


if __name__ == "__main__":
    main()
