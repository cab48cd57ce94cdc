"""What operators have begun to write and what is not in the database yet, kept in a file.

A kill loses what was typed in the last second at most; what the database has refused is there
again at the next start and is saved then.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import msgspec

from app.core.dispatch import Dispatcher
from app.domain.camera import CameraCode
from app.domain.incident import Incident, Note
from app.services.notices import NoticeBoard
from app.services.state_file import StateFile, StateWords
from app.settings.settled_file import RETRY_S, SETTLE_S

VERSION = 1
NOT_KEPT = "drafts-not-kept"
DAMAGED = "drafts-damaged"
_WORDS = StateWords(
    damaged_key=DAMAGED,
    damaged="The file with unfinished notes",
    damaged_advice="Notes that were stored before are in the database. Look into the file for what "
    "was being written.",
    refused_key=NOT_KEPT,
    refused="Unfinished notes cannot be kept on the disk",
    refused_advice="They are in memory as long as the program runs. Free space on the disk of the "
    "data folder; keeping them is tried again by itself.",
)


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A note that is being written; ``key`` will be the note's."""

    key: UUID
    incident: UUID
    text: str
    changed_us: int
    corrects: UUID | None = None


class Recent(msgspec.Struct, frozen=True):
    """The newest bookmark that the author made of a camera at or after a time, if there is one."""

    camera: CameraCode
    since_us: int


class Opened(msgspec.Struct, frozen=True, tag="opened"):
    """An incident that was started; it gets its number in the database. ``note`` says of what."""

    incident: Incident
    note: Note
    recent: Recent | None = None


class Changed(msgspec.Struct, frozen=True, tag="changed"):
    """What somebody made of an incident. ``note`` gets the words for it and follows them with its
    own."""

    before: Incident
    after: Incident
    note: Note
    recent: Recent | None = None


class Written(msgspec.Struct, frozen=True, tag="written"):
    """A note."""

    note: Note


Unsaved = Opened | Changed | Written


class _Content(msgspec.Struct, frozen=True, kw_only=True):
    version: int = VERSION
    current: UUID | None = None
    drafts: tuple[Draft, ...] = ()
    unsaved: tuple[Unsaved, ...] = ()


@dataclass(slots=True)
class DraftState:
    """Everything that the file holds. ``unsaved`` is in the order in which it was asked for;
    ``current`` is the incident that is worked on."""

    current: UUID | None = None
    drafts: dict[UUID, Draft] = field(default_factory=dict)
    """By their incidents."""
    unsaved: list[Unsaved] = field(default_factory=list)


class Drafts:
    """Owner thread. Change ``state``, then call ``keep``: it is on the disk within a second."""

    def __init__(
        self,
        file: Path,
        dispatcher: Dispatcher,
        notices: NoticeBoard,
        *,
        settle_s: float = SETTLE_S,
        retry_s: float = RETRY_S,
    ) -> None:
        self.state = DraftState()
        self._kept = StateFile(
            file,
            "drafts",
            _Content,
            VERSION,
            dispatcher,
            notices,
            words=_WORDS,
            settle_s=settle_s,
            retry_s=retry_s,
        )

    def load(self) -> None:
        """Read what the last run left. Blocking: at the start only.

        A damaged file is kept aside and a notice says so.
        """
        read = self._kept.load()
        if read is not None:
            drafts = {draft.incident: draft for draft in read.drafts}
            self.state = DraftState(read.current, drafts, list(read.unsaved))

    def keep(self) -> None:
        """Write the state soon; returns at once."""
        state = self.state
        content = _Content(
            current=state.current,
            drafts=tuple(state.drafts.values()),
            unsaved=tuple(state.unsaved),
        )
        self._kept.write(msgspec.json.encode(content))

    def close(self) -> None:
        """Write what is not written yet, once, and end the thread."""
        self._kept.close()


def waiting_words(unsaved: Sequence[Unsaved]) -> str:
    """How much is not in the database yet, for a sentence."""
    notes = sum(isinstance(each, Written) for each in unsaved)
    others = len(unsaved) - notes
    words = [_counted(others, "change"), _counted(notes, "note")]
    return " and ".join(filter(None, words))


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}" if count else ""
