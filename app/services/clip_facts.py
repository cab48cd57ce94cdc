"""What is known of a clip besides its pictures: the JSON that lies beside it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from uuid import UUID

import msgspec

from app.domain.author import Author
from app.domain.camera import CameraCode
from app.domain.clip_record import Clip, ClipState
from app.domain.stream import PictureClock, StreamKind
from app.settings.files import write_atomically
from app.video.clip_types import ClipProgress

FORM = "nigehban-clip-1"
NO_AUDIO = "not received"
"""What the JSON says where nothing more is known of the sound."""


@dataclass(frozen=True, slots=True)
class ClipRequest:
    """What was asked for, by whom and when; ``end_us`` of ``None``: until stopped."""

    camera: CameraCode
    start_us: int
    end_us: int | None
    by_camera: bool
    kind: StreamKind | None
    reason: str
    author: Author
    created_us: int

    def as_clip(self, key: UUID, file: str, progress: ClipProgress) -> Clip:
        """The record of what was written so far."""
        return Clip(
            id=key,
            camera=self.camera,
            kind=progress.kind or self.kind or StreamKind.MAIN,
            start_us=progress.start_us or self.start_us,
            end_us=progress.end_us or self.start_us,
            clock=progress.clock,
            offset_us=progress.offset_us,
            author=self.author,
            created_us=self.created_us,
            file=file,
            bytes=progress.bytes,
            sha256=progress.sha256,
            state=ClipState.WRITING,
            gaps=progress.gaps,
            reason=self.reason,
        )


class ClipFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The JSON. Times are microseconds of Unix time on ``clock``; add ``offset_us`` for the
    workstation's. ``pictures_utc_us`` are pairs of (microseconds in the file, Unix time), one for
    each key frame. ``boxes`` is the file of the boxes that were kept with it, empty without any."""

    form: str = FORM
    id: UUID
    file: str
    state: str
    camera: str
    stream: str
    operator: str
    workstation: str
    created_us: int
    reason: str
    requested_start_us: int
    requested_end_us: int | None
    requested_clock: str
    start_us: int
    end_us: int
    clock: str
    offset_us: int
    pictures: int
    gaps_us: list[tuple[int, int]]
    pictures_utc_us: list[tuple[int, int]]
    codec: str
    width: int
    height: int
    video: str = "as received, not encoded again"
    audio: str = NO_AUDIO
    bytes: int
    sha256: str
    ended_early: bool
    trouble: str
    boxes: str = ""
    boxes_frames: int = 0
    boxes_sha256: str = ""

    @classmethod
    def of(cls, request: ClipRequest, clip: Clip, progress: ClipProgress) -> Self:
        return cls(
            id=clip.id,
            file=clip.file,
            state=clip.state.value,
            camera=clip.camera,
            stream=clip.kind.value,
            operator=clip.author.operator,
            workstation=clip.author.workstation,
            created_us=clip.created_us,
            reason=clip.reason,
            requested_start_us=request.start_us,
            requested_end_us=request.end_us,
            requested_clock="camera" if request.by_camera else "workstation",
            start_us=clip.start_us,
            end_us=clip.end_us,
            clock=clip.clock.name.lower(),
            offset_us=clip.offset_us,
            pictures=progress.pictures,
            gaps_us=list(clip.gaps),
            pictures_utc_us=list(progress.anchors),
            codec=progress.codec,
            width=progress.width,
            height=progress.height,
            audio=progress.sound or NO_AUDIO,
            bytes=clip.bytes,
            sha256=clip.sha256,
            ended_early=progress.has_ended_early,
            trouble=progress.trouble,
        )

    def as_clip(self) -> Clip:
        """The record again, as for a database that has lost it. Raises ``ValueError``."""
        try:
            clock = PictureClock[self.clock.upper()]
        except KeyError:
            raise ValueError(f"{self.clock!r} is no clock") from None
        return Clip(
            id=self.id,
            camera=CameraCode(self.camera),
            kind=StreamKind(self.stream),
            start_us=self.start_us,
            end_us=self.end_us,
            clock=clock,
            offset_us=self.offset_us,
            author=Author(self.operator, self.workstation),
            created_us=self.created_us,
            file=self.file,
            bytes=self.bytes,
            sha256=self.sha256,
            state=ClipState(self.state),
            gaps=tuple(self.gaps_us),
            reason=self.reason,
        )


def facts_file(clip: Path) -> Path:
    """Where the JSON of a clip or snapshot lies."""
    return clip.with_suffix(".json")


def write_facts(file: Path, facts: msgspec.Struct) -> None:
    """Write the JSON so that it is there whole or not at all. Blocking; raises ``OSError``."""
    text = json.dumps(msgspec.to_builtins(facts), indent=1, ensure_ascii=False)
    write_atomically(file, text.encode())


def read_facts(file: Path) -> ClipFacts | None:
    """What the JSON says; ``None`` where it is missing or not one of ours. Blocking."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=ClipFacts)
    except (OSError, msgspec.DecodeError):
        return None
