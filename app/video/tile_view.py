"""One tile as the engine sees it, and what it may truthfully say."""

import time
from collections import deque
from dataclasses import dataclass, field, replace

from app.domain.camera import Camera
from app.domain.stream import (
    STALE_AFTER_S,
    Effort,
    PictureClock,
    Reason,
    StreamKind,
    StreamState,
)
from app.video.board import BoardPicture, PictureFacts, SlotSpace
from app.video.engine_types import Moment, ReplayCommand, TileStatus, ViewSpec
from app.video.stream_record import StreamRecord

_AGES_KEPT = 4096
_TOO_FAR_US = 500_000


@dataclass(slots=True)
class TileView:
    """``feeds`` are the slots in which pictures for it arrive: that of the encoding it wants and,
    for as long as that is not there or fails, that of the other; ``past`` is the slot of the size
    it had before. ``shown`` is the encoding of its picture, ``replay`` the one whose ring is played
    as ``command`` says."""

    camera: Camera
    spec: ViewSpec
    since: float
    wanted: StreamKind = StreamKind.SUB
    shown: StreamKind | None = None
    feeds: dict[StreamKind, SlotSpace] = field(default_factory=dict)
    past: tuple[StreamKind, SlotSpace] | None = None
    effort: Effort = Effort.FULL
    hold_us: int = 0
    replay: StreamKind | None = None
    command: ReplayCommand | None = None
    facts: PictureFacts | None = None
    sequence: tuple[int, int] = (-1, 0)
    taken: int = 0
    published: int = 0
    first_picture_ms: float | None = None
    late_s: float = 0.0
    ages_s: deque[float] = field(default_factory=lambda: deque(maxlen=_AGES_KEPT))

    def note(self, picture: BoardPicture) -> None:
        """Remember a picture that was taken from the board."""
        slot, before = self.sequence
        if slot == picture.slot and before == picture.sequence:
            return
        self.published += picture.sequence - before if slot == picture.slot else 1
        self.sequence = (picture.slot, picture.sequence)
        self.taken += 1
        facts = self.facts = picture.facts
        if facts.is_replay:
            return
        self.ages_s.append(facts.age_s(time.time_ns() // 1000))
        # What waits on purpose is not late.
        taken_us = facts.utc_us + facts.offset_us
        self.late_s = max(0, facts.published_us - taken_us - self.hold_us) / 1e6
        if self.first_picture_ms is None:
            self.first_picture_ms = (time.monotonic() - self.since) * 1000

    def has_live_picture(self) -> bool:
        """Whether the picture on the tile is young enough to be called live."""
        facts = self.facts
        if facts is None or facts.is_replay:
            return False
        return facts.age_s(time.time_ns() // 1000) <= STALE_AFTER_S

    def command_from_here(self) -> ReplayCommand | None:
        """What goes on with the replay where it is now."""
        facts, command = self.facts, self.command
        if command is None or facts is None or not facts.is_replay:
            return command
        if command.since is not None and command.speed and not command.step:
            return command
        here = Moment(facts.utc_us, facts.clock.is_camera)
        return replace(command, moment=here, speed=self.replay_speed, step=0)

    @property
    def replay_speed(self) -> float:
        """How fast the replay goes."""
        command = self.command
        return 0.0 if command is None or command.step else command.speed

    def is_too_far_back(self, now: float) -> bool:
        """Whether the replay is behind what should be shown, because the ring begins later."""
        facts, command = self.facts, self.command
        if facts is None or command is None or command.since is None or not command.speed:
            return False
        position_us = command.position_us(now)
        taken_us = facts.utc_us if command.moment.by_camera else facts.utc_us + facts.offset_us
        return taken_us - position_us > _TOO_FAR_US


def tile_status(
    tile: TileView, shown: StreamRecord | None, wanted: StreamRecord | None, now: float
) -> TileStatus:
    """What the tile says at ``now`` (monotonic): the picture's own age decides, not the stream.

    ``shown`` is the stream of the picture on the tile, ``wanted`` the one it should have.
    """
    facts = tile.facts
    age = facts.age_s(time.time_ns() // 1000) if facts is not None else None
    record = shown or wanted
    state, reason, attempt, retry_at, detail = _state(record, age, now)
    is_replay = facts is not None and facts.is_replay and record is not None and record.is_connected
    if is_replay:
        state, reason = StreamState.REPLAY, Reason.NONE
    from_camera = facts is not None and facts.clock.is_camera
    return TileStatus(
        state=state,
        reason=reason,
        attempt=attempt,
        retry_in_s=max(0.0, retry_at - now) if retry_at is not None else None,
        age_s=age,
        taken_utc_us=facts.utc_us + facts.offset_us if facts is not None else None,
        clock=facts.clock if facts is not None else PictureClock.ARRIVAL,
        clock_offset_s=-facts.offset_us / 1e6 if facts is not None and from_camera else None,
        kind=tile.shown,
        effort=tile.effort,
        detail=detail,
        hold_s=tile.hold_us / 1e6,
        replay_s=age if is_replay else None,
        replay_speed=tile.replay_speed if is_replay else 1.0,
        is_oldest=is_replay and tile.is_too_far_back(now),
        faults=record.faults if record is not None and not is_replay else (),
    )


def _state(
    record: StreamRecord | None, age: float | None, now: float
) -> tuple[StreamState, Reason, int, float | None, str]:
    if record is None:
        return StreamState.CONNECTING, Reason.NONE, 0, None, ""
    if record.is_connected:
        if age is None:
            return StreamState.CONNECTING, Reason.NONE, record.attempts, None, record.detail
        if age <= STALE_AFTER_S:
            return StreamState.LIVE, Reason.NONE, 0, None, ""
        return StreamState.STALE, Reason.SILENT, 0, None, record.detail
    status = record.status(now)
    state = status.state
    if state in (StreamState.CLOSED, StreamState.LIVE):
        state = StreamState.CONNECTING
    return state, status.reason, status.attempt, status.retry_at, status.detail
