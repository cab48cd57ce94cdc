"""Snapshots: the picture on a tile, kept at its full size with its facts beside it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import msgspec

from app.core.clock import Clock
from app.core.events import Event
from app.core.record_keys import record_key
from app.core.tasks import Tasks
from app.domain.author import Author
from app.domain.camera import CameraCode
from app.domain.stream import PictureClock
from app.services.clip_facts import facts_file, write_facts
from app.services.clips import clip_name
from app.services.notices import Notice, NoticeBoard, Severity
from app.settings.files import write_atomically
from app.video.clip_types import ClipEngine
from app.video.engine_types import Moment

FORM = "nigehban-snapshot-1"
FULL_SIZE = 1 << 15
"""Wider than any picture: it is kept as it is."""


@dataclass(frozen=True, slots=True)
class SeenPicture:
    """Which picture: ``taken_us`` on this workstation's clock, as its tile said it."""

    camera: CameraCode
    taken_us: int
    clock: PictureClock
    clock_offset_s: float | None = None


class SnapshotFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The JSON beside a snapshot. ``taken_us`` is microseconds of Unix time on the workstation's
    clock; the camera's was ``clock_offset_s`` ahead of that, where it is known."""

    form: str = FORM
    id: UUID
    file: str
    camera: str
    operator: str
    workstation: str
    created_us: int
    reason: str
    taken_us: int
    clock: str
    clock_offset_s: float | None
    picture: str = "the whole picture as decoded, coded again as JPEG"
    bytes: int
    sha256: str
    is_locked: bool = False


class SnapshotService:
    """Owner thread; nothing blocks."""

    def __init__(
        self,
        engine: ClipEngine,
        folder: Path,
        author: Author,
        files: Tasks,
        notices: NoticeBoard,
        clock: Clock,
    ) -> None:
        self.taken: Event[str] = Event("snapshots.taken")
        """A picture was kept; the file's name."""
        self._engine = engine
        self._folder = folder
        self._author = author
        self._files = files
        self._notices = notices
        self._clock = clock

    def take(
        self,
        seen: SeenPicture,
        done: Callable[[str | None], None] = lambda _name: None,
        *,
        reason: str = "",
    ) -> None:
        """Keep a picture. ``done`` follows with the file's name in the snapshots folder, or with
        ``None`` after a notice in words; the picture must still be in memory."""

        def answer(jpeg: bytes | None) -> None:
            if jpeg is None:
                self._refuse(seen, "it is no longer in memory")
                done(None)
            else:
                self.keep(seen, jpeg, done, reason=reason)

        moment = Moment(seen.taken_us, by_camera=False)
        self._engine.still(seen.camera, moment, FULL_SIZE, answer)

    def keep(
        self,
        seen: SeenPicture,
        jpeg: bytes,
        done: Callable[[str | None], None] = lambda _name: None,
        *,
        reason: str = "",
    ) -> None:
        """Keep a picture that is at hand, as ``take`` does."""
        key = record_key(self._clock)
        name = clip_name(seen.camera, seen.taken_us, key).removesuffix(".mp4") + ".jpg"
        facts = self._facts(key, name, seen, jpeg, reason)

        def kept() -> None:
            self._notices.clear(_notice_key(seen))
            self.taken.emit(name)
            done(name)

        def failed(error: Exception) -> None:
            if isinstance(error, OSError):
                self._refuse(seen, f"it cannot be written ({error.strerror})")
            else:
                self._notices.report(error, _notice_key(seen))
            done(None)

        self._files.run(
            lambda: self._write(facts, jpeg), done=lambda _nothing: kept(), failed=failed
        )

    def _write(self, facts: SnapshotFacts, jpeg: bytes) -> None:
        file = self._folder / facts.file
        write_atomically(file, jpeg)
        write_facts(facts_file(file), facts)

    def _facts(
        self, key: UUID, name: str, seen: SeenPicture, jpeg: bytes, reason: str
    ) -> SnapshotFacts:
        return SnapshotFacts(
            id=key,
            file=name,
            camera=seen.camera,
            operator=self._author.operator,
            workstation=self._author.workstation,
            created_us=self._clock.utc_us(),
            reason=reason,
            taken_us=seen.taken_us,
            clock=seen.clock.name.lower(),
            clock_offset_s=seen.clock_offset_s,
            bytes=len(jpeg),
            sha256=hashlib.sha256(jpeg).hexdigest(),
        )

    def _refuse(self, seen: SeenPicture, why: str) -> None:
        text = f"The picture of {seen.camera} was not kept: {why}"
        self._notices.post(Notice(_notice_key(seen), Severity.WARNING, text))


def read_snapshot(file: Path) -> SnapshotFacts | None:
    """What the JSON at ``file`` says; ``None`` where it is none of a snapshot. Blocking."""
    try:
        facts = msgspec.json.decode(file.read_bytes(), type=SnapshotFacts)
    except (OSError, msgspec.DecodeError):
        return None
    is_ours = facts.form == FORM and Path(facts.file).name == facts.file
    return facts if is_ours else None


def _notice_key(seen: SeenPicture) -> str:
    return f"snapshot-{seen.camera}"
