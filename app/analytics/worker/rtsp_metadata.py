"""The metadata track of one camera: an RTSP session of its own that carries no pictures."""

from collections.abc import Callable

from app.analytics.adapters.adapter import Reading
from app.analytics.messages import ConnectionState, SourceConfig


class MetadataTrack:
    """Connects to ``config.metadata_urls[camera]`` and reads it until closed.

    A thread of its own; all three functions are called on it. ``deliver`` gets what was read,
    ``bad`` the sentence about a message that could not be understood, ``tell`` the state and a
    sentence (empty when connected).
    """

    def __init__(
        self,
        config: SourceConfig,
        camera: str,
        *,
        deliver: Callable[[Reading], None],
        bad: Callable[[str], None],
        tell: Callable[[ConnectionState, str], None],
    ) -> None:
        self._config = config
        self._camera = camera
        self._deliver = deliver
        self._bad = bad
        self._tell = tell

    def start(self) -> None:
        """Begin to connect; returns at once."""

    def close(self, timeout_s: float = 3.0) -> None:
        """Disconnect and wait for the thread, a read under way included."""
