"""What one clip has of its camera's sound, in step with its pictures."""

from collections import deque

from app.video.worker.ring_entry import RingEntry
from app.video.worker.sound.feed import SoundFeed
from app.video.worker.sound.ring import SoundPacket
from app.video.worker.sound.track import SoundTrack

_LASTS_US = 70_000
"""So long the last picture stands."""
_LATE_S = 0.4
"""Sound may come so much later than the pictures of the same moment."""
NOT_ASKED = "not received: it was not asked for"


class ClipSound:
    """One thread. Without a feed, or while nothing comes from it, there is no track.

    Where a sound belongs follows from the picture of the same moment, so that neither the drift of
    the camera's clock nor a gap in the pictures moves the one against the other.
    """

    def __init__(self, feed: SoundFeed | None) -> None:
        self._feed = feed
        found = feed.template if feed is not None else None
        self._unkept = found.codec if found is not None and not found.kept_as else ""
        self.template = None if self._unkept else found
        """Of the track; ``None``: there is none."""
        self._number = 0
        self._waiting: deque[SoundPacket] = deque()
        self._local_us = 0
        self._file_us = 0
        self.packets = 0
        """How many are in the file."""

    @property
    def words(self) -> str:
        """What became of the sound, for whoever reads about the clip later."""
        if self._feed is None:
            return NOT_ASKED
        if self._unkept:
            return f"not kept: MP4 has no place for {self._unkept}"
        if self.template is None or not (self.packets or self._feed.is_heard):
            return f"not kept: {self._feed.trouble}"
        if not self.packets:
            return "nothing was heard while the clip lasted"
        if self.template.is_expanded:
            return f"received as {self.template.codec}, expanded to linear samples without loss"
        return f"as received ({self.template.codec}), not encoded again"

    def follow(self, track: SoundTrack | None, entry: RingEntry, file_us: int) -> None:
        """A picture was written at a place of the file: write what was heard until then."""
        self._local_us, self._file_us = entry.stamp.local_us, file_us
        if track is not None:
            self._write(track, self._local_us)

    def finish(self, track: SoundTrack | None) -> None:
        """All pictures are written: wait a moment for what belongs to the last ones."""
        feed = self._feed
        if track is not None and feed is not None and self._local_us:
            until_us = self._local_us + _LASTS_US
            if feed.is_heard:
                feed.ring.wait_for(until_us, _LATE_S)
            self._write(track, until_us)

    def _write(self, track: SoundTrack, until_us: int) -> None:
        assert self._feed is not None
        found, self._number = self._feed.ring.read(self._number)
        self._waiting.extend(found)
        while self._waiting and self._waiting[0].stamp.local_us <= until_us:
            packet = self._waiting.popleft()
            track.write(packet, self._file_us + packet.stamp.local_us - self._local_us)
        self.packets = track.packets
