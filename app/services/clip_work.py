"""One clip that a tile plays, as the clip player keeps it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from app.domain.clip_record import Clip
from app.domain.stream import Reason
from app.services.clip_playing import InStep
from app.services.wall_screen import TileSnapshot
from app.video.engine_types import ViewKey
from app.video.player_types import PlayCommand, PlayerId, PlayerPhase, PlayerState

Source: TypeAlias = Clip | Path | str
"""A kept clip, a file, or the address of a recording (``rtsp``, ``http`` and ``https``)."""


@dataclass(slots=True)
class Work:
    source: Source
    name: str
    clip: Clip | None
    player: PlayerId
    state: PlayerState = field(default_factory=PlayerState)
    command: PlayCommand = field(default_factory=lambda: PlayCommand(speed=0.0))
    is_to_start: bool = True
    key: ViewKey | None = None
    screen: int = 0
    tile: TileSnapshot | None = None
    speed: float = 1.0
    """What play goes on at after a pause."""
    asked: float = 0.0
    """``since`` of the command that was sent last."""
    volume: int = 0
    sent_volume: int = 0
    in_step: InStep | None = None
    label: str = ""


def is_ready(work: Work) -> bool:
    return work.state.phase is PlayerPhase.READY


def is_missing(work: Work) -> bool:
    state = work.state
    return state.phase is PlayerPhase.FAILED and state.reason is Reason.NOT_FOUND


def can_seek(work: Work) -> bool:
    return work.state.is_seekable and work.state.duration_us > 0


def is_free(work: Work) -> bool:
    """Whether its pace and direction are ours to choose."""
    return can_seek(work) and not work.state.is_stream


def taken_us(clip: Clip | None, unknown_us: int) -> int:
    """When the first picture was taken, on the workstation's clock."""
    return unknown_us if clip is None else clip.start_us + clip.offset_us
