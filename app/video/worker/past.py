"""What a stream's ring is used for besides becoming hot: looking back, stills and clips."""

import threading
from collections import deque
from collections.abc import Callable, Sequence

from av.video.stream import VideoStream

from app.domain.stream import StreamKind
from app.video.board import BoardWriter
from app.video.messages import ClipReport, CutClip, CutStill, LookBack, View
from app.video.worker.clip_mux import ClipTemplate
from app.video.worker.clip_writer import ClipEnding, ClipWriter
from app.video.worker.decoding import Decoder, Picture
from app.video.worker.replay import Replay
from app.video.worker.ring import PacketRing
from app.video.worker.ring_entry import RingEntry
from app.video.worker.rounds import Rounds
from app.video.worker.sound.feed import SoundFeed
from app.video.worker.still import nearest, to_jpeg
from app.video.worker.views import LiveView, publish


class Past:
    """The replays of one stream and the stills that are cut from it.

    ``lock`` guards the ring and is the pipeline's: methods marked *locked* are called with it held.
    """

    def __init__(
        self,
        ring: PacketRing,
        lock: threading.Lock,
        writer: BoardWriter,
        row: int,
        kind: StreamKind,
        rounds: Rounds,
    ) -> None:
        self._ring = ring
        self._lock = lock
        self._writer = writer
        self._row = row
        self._kind = kind
        self._rounds = rounds
        self._new_decoder: Callable[[], Decoder] | None = None
        self._video: VideoStream | None = None
        self._clips: list[ClipWriter] = []
        self._aspect = 1.0
        self._replays: dict[int, Replay] = {}
        self._sought: deque[Replay] = deque()
        self._cutting: Decoder | None = None
        self.published = 0

    def begin(
        self,
        new_decoder: Callable[[], Decoder] | None,
        aspect: float,
        video: VideoStream | None = None,
    ) -> None:
        """The stream is open; without decoders there is no past, without ``video`` no clip.
        Locked."""
        self._new_decoder = new_decoder
        self._video = video
        self._aspect = aspect

    def end(self) -> None:
        """Show nothing any more; clips end with what they have. Locked."""
        self._new_decoder = None
        self._video = None
        for clip in self._clips:
            clip.end_of_stream()
        self._clips.clear()
        self.keep_only(())

    def look_back(self, wish: LookBack) -> None:
        """Play a slot from the ring from now on, or no longer; its view may come later. Locked."""
        if wish.utc_us is None or self._new_decoder is None:
            before = self._replays.pop(wish.slot, None)
            if before is not None:
                before.end()
            return
        replay = self._replays.get(wish.slot)
        if replay is None:
            decoder = self._new_decoder()
            replay = Replay(self._ring, self._lock, decoder, self._rounds, self._show)
            self._replays[wish.slot] = replay
        replay.ask(wish)
        self._sought.append(replay)

    def keep_only(self, slots: Sequence[int]) -> None:
        """End the replays of all other slots. Locked."""
        for slot in [slot for slot in self._replays if slot not in slots]:
            self._replays.pop(slot).end()

    def take_views(self, wanted: Sequence[View]) -> list[View]:
        """Show those that look back; returns the others. Locked."""
        live: list[View] = []
        for view in wanted:
            replay = self._replays.get(view.slot)
            if replay is None:
                live.append(view)
            elif replay.view is None or replay.view.wanted != view:
                replay.view = LiveView(view)
        return live

    def ask(self, size: tuple[int, int], much: float, *, sheds: bool, only_keys: bool) -> None:
        """Choose the effort; ``sheds`` leaves the loop filter out everywhere, else it is only left
        out where a picture of ``size`` is shrunk at least to ``much`` of it. Locked."""
        for replay in self._replays.values():
            view = replay.view
            small = view is not None and view.shrinks_much(*size, much)
            only_these = only_keys or replay.only_keys
            replay.decoder.ask(skip_loop_filter=small or sheds, only_keys=only_these)

    @property
    def has_to_seek(self) -> bool:
        return bool(self._sought)

    def seek(self) -> None:
        """Bring replays to where they were asked to be: may take long. Any thread."""
        while self._sought:
            try:
                replay = self._sought.popleft()
            except IndexError:
                return
            self._writer.enter(self._row)
            try:
                replay.seek()
            finally:
                self._writer.leave(self._row)

    def cut(self, command: CutStill) -> bytes:
        """The picture nearest to a moment as JPEG, empty when the ring holds none. May take long;
        one thread at a time."""
        by_camera = command.by_camera
        with self._lock:
            place = self._ring.key_before(command.utc_us, by_camera=by_camera)
            if place is None or self._new_decoder is None:
                return b""
            entries = self._ring.since(place)
            decoder = self._cutting = self._new_decoder()
        self._writer.enter(self._row)
        try:
            frame = nearest(entries, decoder, command.utc_us, by_camera=by_camera)
        finally:
            self._writer.leave(self._row)
            self._cutting = None
        return to_jpeg(frame, self._aspect, command.width) if frame is not None else b""

    def take(self, entry: RingEntry) -> None:
        """A packet has come; it is in the ring already. Locked."""
        if self._clips:
            for clip in self._clips:
                clip.take(entry)
            self._clips = [clip for clip in self._clips if not clip.is_over]

    def cut_clip(
        self,
        command: CutClip,
        ending: ClipEnding,
        report: Callable[[ClipReport], None],
        sound: SoundFeed | None = None,
    ) -> bool:
        """Begin a clip; false where there are no packets to make one of. Any thread."""
        with self._lock:
            place = self._ring.key_before(command.start_us, by_camera=command.by_camera)
            if place is None or self._new_decoder is None or self._video is None:
                return False
            template = ClipTemplate(self._video)
            decoder = self._new_decoder()
            entries = self._ring.since(place)
            clip = ClipWriter(command, ending, template, decoder, entries, report, sound)
            self._clips.append(clip)
        clip.start()
        return True

    @property
    def decoders(self) -> Sequence[Decoder]:
        """Those that may be at work now. Any thread."""
        cutting = self._cutting
        found = [replay.decoder for replay in list(self._replays.values())]
        return found if cutting is None else [*found, cutting]

    def _show(self, replay: Replay, picture: Picture) -> None:
        with self._lock:
            view = replay.view
            if view is not None and not replay.is_over:
                publish(self._writer, view, picture, self._aspect, self._kind, is_replay=True)
                self.published += 1
