"""Clips that the end of the program, or of a worker, left unfinished. Blocking, any thread."""

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import msgspec

from app.core.clock import SystemClock
from app.core.record_keys import record_key
from app.domain.clip_record import ClipState
from app.domain.stream import PictureClock, StreamKind
from app.services.clip_facts import ClipFacts, facts_file, read_facts, write_facts
from app.settings.files import sync_folder
from app.storage.clips import ClipRepository
from app.storage.database import Database
from app.video.fragments import WholePart, cut_to_whole, whole_part

_PART = ".part"
_AT_A_TIME = 500
_CUT_SHORT = "the program ended while it was written"
_NO_FACTS = "what was known of it was not written"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recovered:
    """A clip that is on record as it is from now on."""

    file: str
    camera: str
    seconds: float
    is_broken: bool


def recover(folder: Path, workstation: str) -> list[Recovered]:
    """Make whole what can be played, take away what cannot. Raises ``OSError``.

    A file that has its last name was read back before it got it: only its facts are missing.
    """
    found = []
    for part in sorted(folder.glob(f"*.mp4{_PART}")):
        file = part.with_name(part.name.removesuffix(_PART))
        facts = read_facts(facts_file(file)) or _facts_without(file, workstation)
        whole = finish(folder, facts, trouble=_CUT_SHORT)
        if whole is None:
            _log.warning("Nothing of %s can be played: it is taken away", part.name)
            facts_file(file).unlink(missing_ok=True)
            continue
        write_facts(facts_file(file), whole)
        found.append(_recovered(whole))
    for file, facts in _all_facts(folder):
        if facts.state == ClipState.WRITING.value:
            measured = whole_part(file) if file.exists() else None
            if measured is None:
                facts_file(file).unlink(missing_ok=True)
                continue
            complete = _measured(facts, file, measured, ClipState.COMPLETE, trouble="")
            write_facts(facts_file(file), complete)
            found.append(_recovered(complete))
    return found


def finish(folder: Path, facts: ClipFacts, trouble: str = "") -> ClipFacts | None:
    """Turn the part that a writer left into a broken clip; ``None`` when nothing can be played.

    Raises ``OSError``. A file that has its last name already is measured only.
    """
    file = folder / facts.file
    part = file.with_name(file.name + _PART)
    if not part.exists():
        measured = whole_part(file) if file.exists() else None
    else:
        measured = cut_to_whole(part)
        if measured is None:
            part.unlink()
            return None
        part.replace(file)
        sync_folder(folder)
    if measured is None:
        return None
    return _measured(facts, file, measured, ClipState.BROKEN, trouble=trouble or facts.trouble)


def adopt_lost(folder: Path, database: Database) -> int:
    """Put on record again what only the JSON knows, as after a refusal or a restored backup.

    Raises ``StorageUnavailable``. Returns how many they were.
    """
    known: dict[UUID, ClipFacts] = {
        facts.id: facts
        for file, facts in _all_facts(folder)
        if facts.state != ClipState.WRITING.value and file.exists()
    }
    adopted = 0
    keys = list(known)
    for at in range(0, len(keys), _AT_A_TIME):
        portion = keys[at : at + _AT_A_TIME]
        with database.reading() as session:
            there = ClipRepository(session).many(portion)
        missing = [key for key in portion if key not in there]
        if not missing:
            continue
        with database.transaction() as session:
            adopted += sum(ClipRepository(session).add(known[key].as_clip()) for key in missing)
    return adopted


def _all_facts(folder: Path) -> Iterator[tuple[Path, ClipFacts]]:
    for name in sorted(folder.glob("*.json")):
        facts = read_facts(name)
        # A JSON that somebody put there must not name a file elsewhere.
        if facts is not None and Path(facts.file).name == facts.file:
            yield folder / facts.file, facts


def _measured(
    facts: ClipFacts, file: Path, measured: WholePart, state: ClipState, *, trouble: str
) -> ClipFacts:
    with file.open("rb") as source:
        sha256 = hashlib.file_digest(source, "sha256").hexdigest()
    return msgspec.structs.replace(
        facts,
        state=state.value,
        end_us=facts.start_us + round(measured.seconds * 1e6),
        pictures=measured.pictures,
        bytes=measured.bytes,
        sha256=sha256,
        trouble=trouble,
    )


def _recovered(facts: ClipFacts) -> Recovered:
    return Recovered(
        facts.file,
        facts.camera,
        (facts.end_us - facts.start_us) / 1e6,
        facts.state == ClipState.BROKEN.value,
    )


def _facts_without(file: Path, workstation: str) -> ClipFacts:
    """What the file itself says: its name begins with the camera, its age is its last change."""
    changed_us = round(file.with_name(file.name + _PART).stat().st_mtime * 1e6)
    return ClipFacts(
        id=record_key(SystemClock()),
        file=file.name,
        state=ClipState.BROKEN.value,
        camera=file.name.split("_")[0],
        stream=StreamKind.MAIN.value,
        operator="",
        workstation=workstation,
        created_us=changed_us,
        reason="",
        requested_start_us=changed_us,
        requested_end_us=None,
        requested_clock="workstation",
        start_us=changed_us,
        end_us=changed_us,
        clock=PictureClock.ARRIVAL.name.lower(),
        offset_us=0,
        pictures=0,
        gaps_us=[],
        pictures_utc_us=[],
        codec="",
        width=0,
        height=0,
        bytes=0,
        sha256="",
        ended_early=True,
        trouble=_NO_FACTS,
    )
