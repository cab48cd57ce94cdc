"""A recorder's RTSP server (GStreamer's) that plays one file back; run by Debian's own Python.

``/usr/bin/python3 recorder_process.py FILE.mov``: H.264 with G.711 (µ-law). Each client has its own
place in the file and may seek. It says ``ready PORT`` and serves until SIGTERM.
"""

import signal
import sys
from typing import Any

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402 - versions have to be chosen first

LAUNCH = (
    '( filesrc location="{0}" ! qtdemux name=file'
    " file.video_0 ! queue ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1"
    " file.audio_0 ! queue ! rtppcmupay name=pay1 pt=0 )"
)


def main() -> None:
    """Serve until SIGTERM."""
    Gst.init(None)
    server: Any = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(LAUNCH.format(sys.argv[1]))
    server.get_mount_points().add_factory("/recorded", factory)
    server.attach(None)
    loop = GLib.MainLoop()
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGTERM, loop.quit)
    sys.stdout.write(f"ready {server.get_bound_port()}\n")
    sys.stdout.flush()
    loop.run()


if __name__ == "__main__":
    main()
