"""Which engine opens a stream: FFmpeg, libVLC, or the one after the other."""

from app.domain.stream import Reason
from app.video.messages import OpenStream
from app.video.worker.failures import StreamFailure
from app.video.worker.interruption import Interrupter
from app.video.worker.pyav_source import PyavSource
from app.video.worker.vlc_library import VlcLibrary
from app.video.worker.vlc_source import VlcSource

Source = PyavSource | VlcSource

# What another engine may be better at; a network that fails for one fails for both.
_WORTH_ANOTHER_TRY = frozenset({Reason.UNSUPPORTED, Reason.NOT_DECODABLE, Reason.NO_VIDEO})


class Engines:
    """What this process can open streams with. Any thread."""

    def __init__(self) -> None:
        self.vlc = VlcLibrary()
        self.interrupter = Interrupter()

    def open(self, command: OpenStream) -> Source:
        """Connect with the engine that the command names; raises ``StreamFailure``."""
        if command.engine == "vlc":
            return VlcSource(command, self.vlc)
        try:
            return PyavSource(command, self.interrupter)
        except StreamFailure as failure:
            if command.engine != "auto" or failure.reason not in _WORTH_ANOTHER_TRY:
                raise
            if not self._can_vlc(command.url):
                raise
            return self._try_vlc(command, failure)

    def _can_vlc(self, url: str) -> bool:
        ability = self.vlc.glance()
        is_rtsp = url.lower().startswith(("rtsp:", "rtsps:"))
        return not ability.missing and (ability.rtsp or not is_rtsp)

    def _try_vlc(self, command: OpenStream, first: StreamFailure) -> Source:
        """The second engine; where it fails too, what the first one said is the better answer."""
        try:
            return VlcSource(command, self.vlc)
        except StreamFailure:
            raise first from None
