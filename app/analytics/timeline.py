"""The boxes of one camera from one source, asked for by time.

The link's thread adds what comes; the GUI thread asks, for each picture it paints, where everything
was at the moment of that picture. A timeline belongs to one analytics module of one source, because
a complete frame speaks for its module only. All times are on the source's own clock.
"""

import threading
from bisect import bisect_right, insort
from collections.abc import Callable, Iterable

from app.analytics.arrivals import Arrivals
from app.analytics.frame_history import PAST_AFTER_US, PAST_BEFORE_US, FrameHistory
from app.analytics.placement import (
    IDLE_HOLD_US,
    Untracked,
    time_of,
    tracked_boxes,
    untracked_boxes,
)
from app.analytics.track import (
    MAX_GAP_US,
    MOST_SAMPLES,
    NEVER,
    WINDOW_US,
    TimedBox,
    Track,
)
from app.domain.detection import DetectionFrame, ObjectSample, ObjectState

_SHORTEST_HOLD_US = 200_000
_LONGEST_HOLD_US = 1_000_000
_HOLD_INTERVALS = 1.5
MOST_TRACKS = 128
_MOST_OBJECTS = 256
_MOST_UNTRACKED = 64
"""Frames with untracked objects that are kept."""


class Timeline:
    """Newest seconds at hand, the last minute packed away. Safe to share between two threads."""

    def __init__(self, history: FrameHistory | None = None) -> None:
        """``history`` keeps what is older than the newest seconds; ``None``: nothing does."""
        self.arrivals = Arrivals()
        """The source's rhythm and lateness."""
        self.version = 0
        """Grows with each frame that was taken; read without a lock."""
        self._history = history
        self._past: Timeline | None = None
        self._past_span = (0, -1)
        self._lock = threading.Lock()
        self._tracks: dict[str, Track] = {}
        self._alive: dict[str, Track] = {}
        self._untracked: list[Untracked] = []
        self._moving: list[tuple[int, bool]] = []
        self._lives = 0
        self._purge_us = 0

    @classmethod
    def of_past(cls, frames: Iterable[DetectionFrame], interval_us: float) -> "Timeline":
        """A timeline of a few seconds that are over: ``frames`` in the order of their times.

        ``interval_us`` is the time between two frames of that source.
        """
        past = cls()
        past.arrivals.assume(interval_us)
        for frame in frames:
            past._take(frame)
        return past

    # --- the link's thread -------------------------------------------------------------------

    def add(self, frame: DetectionFrame) -> bool:
        """Take a frame, in whatever order it comes.

        False when it was left out because its time cannot be: one that lies elsewhere than its
        neighbours, unless others follow it there (the clock was set; then all begins anew).
        """
        with self._lock:
            fits = self.arrivals.add(frame)
            if fits is None:
                return False
            if not fits:
                self._forget()
            if self._history is not None:
                self._history.add(frame)
                idle = self._history.checkpoint_due(frame.time_us) and self._idle(frame)
                if idle:
                    self._history.add(idle)
            self._take(frame)
            self.version += 1
        return True

    # --- the GUI thread ----------------------------------------------------------------------

    def boxes_at(self, time_us: int, trail_us: int = 0) -> list[TimedBox]:
        """Where everything was at that moment; ``trail_us``: with so much of the way there.

        A moment before the newest seconds is looked up in the packed frames.
        """
        with self._lock:
            if self._history is not None and self._is_past(time_us):
                past = self._unpacked(time_us)
            else:
                return self._boxes(time_us, trail_us)
        return past.boxes_at(time_us, trail_us)

    def moving_at(self, time_us: int) -> bool:
        """Whether the source said that the camera was moving (PTZ) then."""
        if not self._moving:
            return False
        with self._lock:
            at = bisect_right(self._moving, time_us, key=time_of)
            return at > 0 and self._moving[at - 1][1]

    def hold_us(self) -> int:
        """How long an object stays where no further sample of it comes."""
        interval = self.arrivals.interval_us
        return int(min(max(_HOLD_INTERVALS * interval, _SHORTEST_HOLD_US), _LONGEST_HOLD_US))

    def listen(self, listener: Callable[[bytes], None]) -> None:
        """Give it all frames of the last minute, packed, and each that comes; on the thread that
        adds them, under this timeline's lock."""
        with self._lock:
            if self._history is not None:
                self._history.listen(listener)

    def stop_listening(self, listener: Callable[[bytes], None]) -> None:
        with self._lock:
            if self._history is not None:
                self._history.stop_listening(listener)

    def interrupt(self) -> None:
        """The source is lost: what only stood is no longer known to be there."""
        with self._lock:
            newest = self.arrivals.newest_us
            idle = [track_id for track_id, track in self._alive.items() if track.is_idle]
            if newest is not None and idle:
                for track_id in idle:
                    self._end(track_id, newest + self.hold_us())
                self.version += 1

    # --- taking a frame ----------------------------------------------------------------------

    def _take(self, frame: DetectionFrame) -> None:
        time_us = frame.time_us
        for old, new in frame.renamed:
            self._rename(old, new)
        for gone in frame.ended:
            self._end(gone, time_us)
        untracked: list[ObjectSample] = []
        seen: set[str] = set()
        for sample in frame.objects[:_MOST_OBJECTS]:
            track_id = sample.track_id
            if track_id is None:
                untracked.append(sample)
            elif sample.state >= ObjectState.REMOVED:
                self._end(track_id, time_us)
            else:
                seen.add(track_id)
                self._put(track_id, time_us, sample)
        if frame.is_complete:
            self._miss(seen, time_us, is_empty=not frame.objects)
        if untracked or (frame.is_complete and self._untracked):
            self._put_untracked(time_us, tuple(untracked))
        if frame.ptz_moving is not None:
            self._note_moving(time_us, frame.ptz_moving)
        if time_us > self._purge_us:
            self._purge_us = time_us + 1_000_000
            self._purge(time_us)

    def _put(self, track_id: str, time_us: int, sample: ObjectSample) -> None:
        track = self._tracks.get(track_id)
        if track is not None and time_us >= track.ended_us:
            # The same id once more: a life of its own, so that nothing is drawn between the two.
            self._lives += 1
            self._tracks[f"{track_id}\0{self._lives}"] = track
            track = None
        if track is None:
            if len(self._tracks) >= MOST_TRACKS:
                self._make_room(time_us)
            track = self._tracks[track_id] = Track()
            self._alive[track_id] = track
        track.put(time_us, sample)

    def _end(self, track_id: str, time_us: int) -> None:
        track = self._tracks.get(track_id)
        if track is not None:
            track.ended_us = min(track.ended_us, time_us)
            self._alive.pop(track_id, None)

    def _miss(self, seen: set[str], time_us: int, *, is_empty: bool) -> None:
        """What a complete frame leaves out is over: idle objects only when it is empty."""
        for track_id in self._alive.keys() - seen:
            track = self._alive[track_id]
            if track.newest_us >= time_us or (track.is_idle and not is_empty):
                continue
            if is_empty:
                track.ended_us = min(track.absent_us, time_us)
                del self._alive[track_id]
            elif track.miss(time_us):
                del self._alive[track_id]

    def _put_untracked(self, time_us: int, objects: tuple[ObjectSample, ...]) -> None:
        if self._untracked and self._untracked[-1][0] >= time_us:
            self._untracked = [each for each in self._untracked if each[0] != time_us]
            insort(self._untracked, (time_us, objects), key=time_of)
        else:
            self._untracked.append((time_us, objects))
        del self._untracked[:-_MOST_UNTRACKED]

    def _note_moving(self, time_us: int, moving: bool) -> None:
        before = self._moving[-1][1] if self._moving else False
        if self._moving and time_us < self._moving[-1][0]:
            insort(self._moving, (time_us, moving), key=time_of)
        elif moving != before:
            self._moving.append((time_us, moving))
            if moving:  # wherever they are in the picture after it, it is not where they were
                for track_id in [key for key, track in self._alive.items() if track.is_idle]:
                    self._end(track_id, time_us)
        del self._moving[:-32]

    def _rename(self, old: str, new: str) -> None:
        track = self._tracks.pop(old, None)
        self._alive.pop(old, None)
        if track is None:
            return
        there = self._tracks.get(new)
        if there is None:
            track.ended_us = NEVER
            self._tracks[new] = self._alive[new] = track
        else:
            there.absorb(track)

    def _purge(self, time_us: int) -> None:
        """Let go of what can no longer be drawn on any picture of the newest seconds."""
        oldest = time_us - WINDOW_US
        for track_id, track in list(self._tracks.items()):
            last = min(track.newest_us, track.ended_us)
            if last < oldest and (
                track.ended_us != NEVER or not track.is_idle or last < time_us - IDLE_HOLD_US
            ):
                self._drop(track_id)
        self._untracked = [each for each in self._untracked if each[0] >= oldest]

    def _make_room(self, time_us: int) -> None:
        self._purge(time_us)
        if len(self._tracks) >= MOST_TRACKS:
            self._drop(min(self._tracks, key=lambda each: self._tracks[each].newest_us))

    def _drop(self, track_id: str) -> None:
        track = self._tracks.pop(track_id)
        if self._alive.get(track_id) is track:
            del self._alive[track_id]

    def _forget(self) -> None:
        self._tracks.clear()
        self._alive.clear()
        self._untracked.clear()
        self._moving.clear()
        self._purge_us = 0
        self._past = None
        if self._history is not None:
            self._history.clear()

    # --- what lies further back --------------------------------------------------------------

    def _idle(self, frame: DetectionFrame) -> DetectionFrame | None:
        """The objects that stand, which no later frame names, for whoever unpacks later frames."""
        idle = tuple(track.samples[-1] for track in self._alive.values() if track.is_idle)
        if not idle:
            return None
        return DetectionFrame(
            frame.camera,
            frame.source,
            frame.time_us - 1,
            frame.clock,
            frame.received_us,
            idle,
            is_complete=False,
            module=frame.module,
        )

    def _is_past(self, time_us: int) -> bool:
        newest = self.arrivals.newest_us
        reach = min(WINDOW_US - MAX_GAP_US, int(self.arrivals.interval_us * (MOST_SAMPLES - 4)))
        return newest is not None and time_us < newest - reach

    def _unpacked(self, time_us: int) -> "Timeline":
        """A timeline of the seconds around ``time_us``, kept while a replay goes through it."""
        first, last = self._past_span
        if self._past is None or not first <= time_us <= last:
            assert self._history is not None
            around = self._history.around(time_us)
            self._past = Timeline.of_past(around, self.arrivals.interval_us)
            self._past_span = (time_us - PAST_BEFORE_US, time_us + PAST_AFTER_US)
        return self._past

    def _boxes(self, time_us: int, trail_us: int) -> list[TimedBox]:
        hold = self.hold_us()
        is_still = not (self._moving and self._moving[-1][1])
        found = tracked_boxes(self._tracks.values(), time_us, hold, trail_us, moves_on=is_still)
        if self._untracked:
            found += untracked_boxes(self._untracked, time_us, hold)
        return found
