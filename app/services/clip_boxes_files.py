"""The boxes beside a clip's file: put on record with it, found again, judged. Blocking, any thread.

Their SHA-256 stands in the clip's JSON; what is not vouched for by it is not shown.
"""

import hashlib
import logging
from dataclasses import dataclass
from pathlib import Path

import msgspec

from app.analytics.boxes_file import MOST_BYTES, BoxesFileError, compose, parse
from app.analytics.kept_boxes import KeptBoxes, read_boxes
from app.domain.clip_record import Clip, ClipState
from app.services.clip_facts import facts_file, read_facts, write_facts
from app.settings.files import write_atomically

_PART = ".part"
_SPARE_BYTES = 16_000_000
"""What the header of a complete file may have besides."""
GONE = "The boxes of this clip are gone: their file is missing"
UNVOUCHED = "The boxes beside this clip are not on record with it: they are not shown"
CHANGED = "The boxes of this clip were changed after they were kept: they are not shown"
UNREADABLE = "The boxes of this clip cannot be read: the file is damaged, or not one of ours"
OF_ANOTHER = "The boxes beside this clip belong to another one: they are not shown"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LoadedBoxes:
    """``kept`` is ``None`` where there are none; ``trouble`` is a sentence where there should be,
    else empty."""

    kept: KeptBoxes | None = None
    trouble: str = ""


def boxes_file(clip: Path) -> Path:
    """Where the boxes of a clip lie."""
    return clip.with_suffix(".boxes")


def boxes_part(clip: Path) -> Path:
    """Where they are written while the clip is."""
    file = boxes_file(clip)
    return file.with_name(file.name + _PART)


def finish_boxes(clip: Path) -> bool:
    """Make the boxes of a clip out of what was written of them and put them on record with it.

    False where there are none, or nobody knows the clip: nothing is left of them then. What is
    still being written stays as it is. Raises ``OSError``; the part is there for another try.
    """
    part, file = boxes_part(clip), boxes_file(clip)
    facts = read_facts(facts_file(clip))
    if facts is not None and facts.state == ClipState.WRITING.value:
        return False
    if not part.exists():
        return False
    contents, data = None, b""
    if facts is not None and clip.exists():
        try:
            contents = parse(part.read_bytes())
            data = compose(contents)
        except BoxesFileError as error:
            _log.warning("The boxes of %s cannot be used: %s", clip.name, error)
    is_of_it = facts is not None and contents is not None and contents.header.clip == facts.id
    if facts is None or contents is None or not is_of_it or not contents.blocks:
        part.unlink(missing_ok=True)
        return False
    if contents.header.left_out:
        _log.warning("%d frames of %s were left out", contents.header.left_out, file.name)
    write_atomically(file, data)
    whole = msgspec.structs.replace(
        facts,
        boxes=file.name,
        boxes_frames=sum(block.count for block in contents.blocks),
        boxes_sha256=hashlib.sha256(data).hexdigest(),
    )
    write_facts(facts_file(clip), whole)
    part.unlink(missing_ok=True)
    return True


def recover_boxes(folder: Path) -> None:
    """Finish what the end of the program left; after the clips themselves. Raises ``OSError``."""
    for part in sorted(folder.glob(f"*.boxes{_PART}")):
        finish_boxes(part.with_suffix("").with_suffix(".mp4"))


def load_boxes(path: Path, clip: Clip) -> LoadedBoxes:
    """The boxes of a kept clip whose pictures lie at ``path``, if they are what was kept. What is
    wrong is said, not raised."""
    file = boxes_file(path)
    facts = read_facts(facts_file(path))
    try:
        if file.stat().st_size > MOST_BYTES + _SPARE_BYTES:
            return LoadedBoxes(trouble=UNREADABLE)
        data = file.read_bytes()
    except FileNotFoundError:
        return LoadedBoxes(trouble=GONE if facts is not None and facts.boxes else "")
    except OSError as error:
        _log.warning("%s cannot be read: %s", file.name, error.strerror)
        return LoadedBoxes(trouble=UNREADABLE)
    if facts is None or not facts.boxes_sha256:
        return LoadedBoxes(trouble=UNVOUCHED)
    if hashlib.sha256(data).hexdigest() != facts.boxes_sha256:
        return LoadedBoxes(trouble=CHANGED)
    try:
        kept = read_boxes(data, facts.pictures_utc_us, clip.start_us)
    except BoxesFileError as error:
        _log.warning("%s cannot be understood: %s", file.name, error)
        return LoadedBoxes(trouble=UNREADABLE)
    if kept.header.clip != clip.id:
        return LoadedBoxes(trouble=OF_ANOTHER)
    return LoadedBoxes(kept)
