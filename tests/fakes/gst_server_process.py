"""RTSP server of GStreamer serving code clips in real time; run by Debian's own Python.

``/usr/bin/python3 gst_server_process.py CONFIG.json``, standard library and ``gi`` only, because
GStreamer's bindings are installed for the system's interpreter. `gst_server.GstServer` starts it.

Every camera runs on one clock, watched or not: whoever opens a mount joins in the middle, as with
a real camera. For each frame given to a client the wall-clock time goes into a table in a file
(little-endian 64-bit numbers, one row a camera: count of frames sent, then the time in nanoseconds
at which each frame of the loop was last sent).
"""

import contextlib
import json
import mmap
import signal
import struct
import sys
import threading
import time
from pathlib import Path
from typing import Any

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402 - versions have to be chosen first

LAUNCH = {
    "h264": "( appsrc name=source is-live=true format=time do-timestamp=true"
    " ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1 )",
    "hevc": "( appsrc name=source is-live=true format=time do-timestamp=true"
    " ! h265parse ! rtph265pay name=pay0 pt=96 config-interval=-1 )",
}
MICROPHONE = (
    "( audiotestsrc is-live=true freq=440 ! audio/x-raw,rate=16000,channels=1"
    " ! voaacenc ! aacparse ! rtpmp4gpay name=pay0 pt=97 )"
)
"""What ``/microphone`` serves: a tone, as AAC."""
CAPS = {"h264": "video/x-h264,stream-format=avc", "hevc": "video/x-h265,stream-format=hvc1"}


class Clip:
    """The frames of one clip, ready to be pushed."""

    def __init__(self, index_path: str) -> None:
        about = json.loads(Path(index_path).read_text())
        data = Path(index_path).with_suffix(".frames").read_bytes()
        self.codec, self.fps = about["codec"], about["fps"]
        self.caps = Gst.Caps.from_string(
            f"{CAPS[self.codec]},alignment=au,framerate={self.fps}/1,codec_data=(buffer){about['setup']}"
        )
        self.frames: list[Any] = []
        at = 0
        for size in about["sizes"]:
            self.frames.append(GLib.Bytes.new(data[at : at + size]))
            at += size


class Camera:
    """One mount: its clip, its place in the loop and whoever watches it now."""

    def __init__(self, number: int, clip: Clip, phase: int) -> None:
        self.number, self.clip, self.phase = number, clip, phase
        self.sources: dict[Any, Any] = {}

    def configure(self, _factory: Any, media: Any) -> None:
        """Take a new media in; called by the server on its thread.

        Connected under this name because ``do_configure`` is a virtual method and would run twice.
        """
        source = media.get_element().get_by_name("source")
        source.set_property("caps", self.clip.caps)
        # The media itself is the key: an id would be used again after the object is gone.
        self.sources[media] = source
        media.connect("unprepared", lambda gone: self.sources.pop(gone, None))

    def push(self, index: int) -> bool:
        """Give frame ``index`` of the loop to every media; true if somebody took it."""
        taken = False
        for source in list(self.sources.values()):
            buffer = Gst.Buffer.new_wrapped_bytes(self.clip.frames[index])
            taken |= source.emit("push-buffer", buffer) == Gst.FlowReturn.OK
        return taken


class SendTable:
    """The file of send times."""

    def __init__(self, path: str, cameras: int, frames: int) -> None:
        self.row = 8 * (frames + 1)
        with Path(path).open("r+b") as file:
            file.truncate(self.row * cameras)
            self.map = mmap.mmap(file.fileno(), self.row * cameras)
        self.counts = [0] * cameras

    def note(self, camera: int, index: int, moment_ns: int) -> None:
        """Write down that a camera sent a frame of the loop."""
        self.counts[camera] += 1
        struct.pack_into("<Q", self.map, camera * self.row + 8 * (index + 1), moment_ns)
        struct.pack_into("<Q", self.map, camera * self.row, self.counts[camera])


def run_clock(cameras: dict[int, Camera], table: SendTable, frames: int, fps: int) -> None:
    """Push each camera's frames when they are due; cameras are spread over the interval."""
    origin = time.monotonic()
    due = sorted((camera.number * 0.6180339887 % 1, camera) for camera in cameras.values())
    tick = 0
    while True:
        for fraction, camera in due:
            wait = origin + (tick + fraction) / fps - time.monotonic()
            if wait > 0.0005:
                time.sleep(wait)
            if camera.sources:
                index = (tick + camera.phase) % frames
                moment = time.time_ns()
                if camera.push(index):
                    table.note(camera.number, index, moment)
        tick += 1


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Serve until SIGTERM."""
    config = json.loads(Path(sys.argv[1]).read_text())
    Gst.init(None)
    clips = [Clip(path) for path in config["clips"]]
    frames = len(clips[0].frames)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(str(config["port"]))
    mounts = server.get_mount_points()
    cameras: dict[int, Camera] = {}
    for number in range(config["cameras"]):
        clip = clips[number // config["page"] % len(clips)]
        phase = config["phases"][number]
        camera = cameras[number] = Camera(number, clip, phase)
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch(LAUNCH[clip.codec])
        factory.set_shared(True)
        factory.connect("media-configure", camera.configure)
        mounts.add_factory(f"/cam{number}", factory)
    microphone = GstRtspServer.RTSPMediaFactory()
    microphone.set_launch(MICROPHONE)
    mounts.add_factory("/microphone", microphone)
    table = SendTable(config["table"], config["cameras"], frames)
    if server.attach(None) == 0:
        _say(f"port {config['port']} is not free")
        raise SystemExit(1)
    fps = clips[0].fps
    threading.Thread(target=run_clock, args=(cameras, table, frames, fps), daemon=True).start()
    loop = GLib.MainLoop()
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGTERM, loop.quit)
    _say(f"ready {server.get_bound_port()}")
    with contextlib.suppress(KeyboardInterrupt):
        loop.run()


if __name__ == "__main__":
    main()
