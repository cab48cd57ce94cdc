"""The system libraries and programs that each verb needs, and which of them are missing."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class SystemPackage:
    """A package of Debian and Ubuntu, and how to find its content on any other Linux."""

    names: tuple[str, ...]
    """The package's name; further names where releases differ, any of which will do."""
    purpose: str
    probe: str = ""
    """A program, a library's file name (`….so.N`) or a path. Empty: only Debian can tell."""
    is_essential: bool = True


def _library(name: str, probe: str) -> SystemPackage:
    return SystemPackage((name,), "Qt windows", probe)


WINDOW = (
    _library("libegl1", "libEGL.so.1"),
    _library("libgl1", "libGL.so.1"),
    SystemPackage(("libglib2.0-0", "libglib2.0-0t64"), "Qt windows", "libglib-2.0.so.0"),
    _library("libdbus-1-3", "libdbus-1.so.3"),
    _library("libfontconfig1", "libfontconfig.so.1"),
    _library("libxkbcommon-x11-0", "libxkbcommon-x11.so.0"),
    _library("libx11-xcb1", "libX11-xcb.so.1"),
    _library("libxcb-cursor0", "libxcb-cursor.so.0"),
    _library("libxcb-icccm4", "libxcb-icccm.so.4"),
    _library("libxcb-image0", "libxcb-image.so.0"),
    _library("libxcb-keysyms1", "libxcb-keysyms.so.1"),
    _library("libxcb-randr0", "libxcb-randr.so.0"),
    _library("libxcb-render-util0", "libxcb-render-util.so.0"),
    _library("libxcb-shape0", "libxcb-shape.so.0"),
    _library("libxcb-shm0", "libxcb-shm.so.0"),
    _library("libxcb-sync1", "libxcb-sync.so.1"),
    _library("libxcb-xfixes0", "libxcb-xfixes.so.0"),
    _library("libxcb-xkb1", "libxcb-xkb.so.1"),
    SystemPackage(("fonts-dejavu-core",), "text on the wall"),
    SystemPackage(("fonts-noto-ui-core",), "Urdu text", is_essential=False),
    SystemPackage(("libvlc5",), "the second video engine", "libvlc.so.5", is_essential=False),
    SystemPackage(("vlc-plugin-base",), "the second video engine", is_essential=False),
    SystemPackage(
        ("libportaudio2", "libportaudio2t64"),
        "the sound of clips",
        "libportaudio.so.2",
        is_essential=False,
    ),
    SystemPackage(
        ("libasound2-plugins",), "sound through the desktop's server", is_essential=False
    ),
)
VIRTUAL_DISPLAY = (SystemPackage(("xvfb",), "a virtual display", "Xvfb"),)
TESTS = (
    SystemPackage(("xdotool",), "keys and mouse in tests of the real program", "xdotool"),
    SystemPackage(("x11-utils",), "window properties in tests", "xprop"),
    SystemPackage(("x11-xserver-utils",), "monitors to plug and unplug (xrandr)", "xrandr"),
    SystemPackage(("python3-gi",), "an independent RTSP server", "/usr/bin/python3"),
    SystemPackage(("gir1.2-gst-rtsp-server-1.0",), "an independent RTSP server"),
    SystemPackage(("gstreamer1.0-plugins-base",), "an independent RTSP server"),
    SystemPackage(("gstreamer1.0-plugins-good",), "an independent RTSP server"),
    SystemPackage(("gstreamer1.0-plugins-bad",), "an independent RTSP server (h264parse)"),
    SystemPackage(("gnome-keyring",), "a real key store", "gnome-keyring-daemon"),
    SystemPackage(("dbus-daemon", "dbus"), "a session bus of its own", "dbus-run-session"),
    SystemPackage(("openssl",), "certificates for rtsps", "openssl"),
    SystemPackage(("postgresql",), "a real PostgreSQL"),
    SystemPackage(("mosquitto",), "a real MQTT broker", "/usr/sbin/mosquitto"),
    SystemPackage(("pulseaudio",), "an output device that the tests hear", "pulseaudio"),
    SystemPackage(("pulseaudio-utils",), "ears for the tests", "parec"),
    SystemPackage(("openbox",), "a window manager for full screen", "openbox"),
)
# A peer that is missing is named in the table of results; our own numbers come all the same.
BENCHMARKS = (
    SystemPackage(("mpv",), "the peer to compare with", "mpv", is_essential=False),
    SystemPackage(("vlc-plugin-video-output",), "the peer libVLC in windows", is_essential=False),
)


def is_debian_like(os_release: str) -> bool:
    """Tell from the text of /etc/os-release whether packages come from dpkg and apt."""
    for line in os_release.splitlines():
        key, _, value = line.partition("=")
        if key in ("ID", "ID_LIKE") and {"debian", "ubuntu"} & set(value.strip("\"' ").split()):
            return True
    return False


def installed_names(dpkg_output: str) -> frozenset[str]:
    """Read `dpkg-query -W -f '${binary:Package} ${db:Status-Abbrev}\\n'`: what is installed.

    Names come with their architecture where several may be installed (`libgl1:amd64`).
    """
    installed = set()
    for line in dpkg_output.splitlines():
        name, _, status = line.strip().partition(" ")
        if status.strip().startswith("ii"):
            installed.add(name.partition(":")[0])
    return frozenset(installed)


def missing_by_name(
    wanted: Iterable[SystemPackage], installed: Collection[str]
) -> list[SystemPackage]:
    """Return what is wanted and installed under none of its names."""
    return [package for package in wanted if not set(package.names) & set(installed)]


def missing_by_probe(
    wanted: Iterable[SystemPackage], is_there: Callable[[str], bool]
) -> list[SystemPackage]:
    """Return what is wanted and not found; what cannot be looked for is taken as there."""
    return [package for package in wanted if package.probe and not is_there(package.probe)]


def missing_packages(wanted: Iterable[SystemPackage]) -> list[SystemPackage]:
    """Return what this machine lacks. Nothing is ever missing on Windows: wheels bring it."""
    if not sys.platform.startswith("linux"):
        return []
    if has_apt():
        listed = subprocess.run(
            ["dpkg-query", "-W", "-f", "${binary:Package} ${db:Status-Abbrev}\\n"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        return missing_by_name(wanted, installed_names(listed.stdout))
    return missing_by_probe(wanted, _is_on_this_machine)


def has_apt() -> bool:
    """Tell whether this is Debian, Ubuntu or one of their children."""
    try:
        os_release = Path("/etc/os-release").read_text(encoding="utf-8")
    except OSError:
        return False
    return is_debian_like(os_release) and shutil.which("apt-get") is not None


def _is_on_this_machine(probe: str) -> bool:
    if probe.startswith("/"):
        return Path(probe).exists()
    if ".so." not in probe:
        return shutil.which(probe) is not None
    try:
        ctypes.CDLL(probe)
    except OSError:
        return False
    return True
