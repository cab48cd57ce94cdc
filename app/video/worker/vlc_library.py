"""Finds libVLC and tells what it can do, without ever taking the process down.

``import vlc`` loads libVLC at once, raises ``OSError`` or ``NameError`` when there is none, and
calls ``sys.exit`` when ``PYTHON_VLC_LIB_PATH`` is wrong: so it is imported here and only here.
"""

import ctypes
import ctypes.util
import os
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ARGUMENTS = (
    "--no-audio",
    "--quiet",
    "--no-video-title-show",
    "--no-osd",
    "--no-spu",
    "--no-stats",
    "--no-snapshot-preview",
    "--no-lua",
    "--intf=dummy",
    "--vout=dummy",
    "--network-caching=300",
    "--live-caching=300",
    "--file-caching=300",
)


@dataclass(frozen=True, slots=True)
class VlcAbility:
    """``missing`` is empty, or a sentence why libVLC cannot be used; ``rtsp`` needs its live555."""

    missing: str
    rtsp: bool


class VlcLibrary:
    """libVLC in this process, loaded when first asked for. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._module: Any = None
        self._instance: Any = None
        self._ability: VlcAbility | None = None

    def glance(self) -> VlcAbility:
        """What can be told without loading it: cheap enough for the start of a worker."""
        if self._ability is not None:
            return self._ability
        if not _find_library():
            return VlcAbility("libVLC is not installed", rtsp=False)
        return VlcAbility("", _has_live555())

    def load(self) -> VlcAbility:
        """Load libVLC; takes a second the first time while it reads its plugins."""
        with self._lock:
            if self._ability is None:
                self._ability = self._try_to_load()
            return self._ability

    def _try_to_load(self) -> VlcAbility:
        try:
            import vlc
        except SystemExit:
            return VlcAbility("PYTHON_VLC_LIB_PATH leads to no libVLC", rtsp=False)
        except Exception as error:  # noqa: BLE001 - a door: whatever a broken installation raises
            return VlcAbility(f"libVLC cannot be loaded ({type(error).__name__})", rtsp=False)
        instance = vlc.Instance(_ARGUMENTS)
        if instance is None:
            return VlcAbility("libVLC does not start; its plugins may be missing", rtsp=False)
        self._module, self._instance = vlc, instance
        return VlcAbility("", _has_live555())

    @property
    def module(self) -> Any:
        """The ``vlc`` module; only after ``load`` found nothing missing."""
        return self._module

    @property
    def instance(self) -> Any:
        """libVLC's instance, one for the process; only after ``load`` found nothing missing."""
        return self._instance


def _find_library() -> str | None:
    named = os.environ.get("PYTHON_VLC_LIB_PATH")
    if named:
        return named if Path(named).exists() else None
    if sys.platform == "win32":
        folders = (Path(folder) / "libvlc.dll" for folder in _windows_folders())
        return next((str(file) for file in folders if file.exists()), None)
    return ctypes.util.find_library("vlc")


def _windows_folders() -> Iterator[str]:
    for variable in ("ProgramFiles", "ProgramFiles(x86)"):
        folder = os.environ.get(variable)
        if folder:
            yield rf"{folder}\VideoLAN\VLC"


def _plugin_folders() -> Iterator[Path]:
    named = os.environ.get("VLC_PLUGIN_PATH")
    if named:
        yield Path(named)
    if sys.platform == "win32":
        yield from (Path(folder) / "plugins" for folder in _windows_folders())
        return
    if sys.platform == "darwin":
        yield Path("/Applications/VLC.app/Contents/MacOS/plugins")
        return
    triplet = getattr(sys.implementation, "_multiarch", "")
    for root in ("/usr/lib", "/usr/local/lib", "/usr/lib64", "/snap/vlc/current/usr/lib"):
        yield Path(root, triplet, "vlc/plugins")
        yield Path(root, "vlc/plugins")


def _has_live555() -> bool:
    """Whether the plugin that speaks RTSP is there: Debian 12 builds VLC without it."""
    return any(
        next(folder.glob("**/liblive555_plugin.*"), None) is not None
        for folder in _plugin_folders()
        if folder.is_dir()
    )
