"""Incidents: what an operator starts, changes and writes, and the one that is worked on."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from app.core.clock import Clock
from app.core.events import Event
from app.core.record_keys import record_key
from app.core.tasks import Tasks
from app.domain.author import Author
from app.domain.camera import Camera
from app.domain.incident import Incident, IncidentStatus, Note
from app.services.drafts import Changed, Draft, Drafts, Opened, Recent, Written
from app.services.incident_list import IncidentList
from app.services.incident_store import Answered, IncidentFile, IncidentStore
from app.services.notices import Notice, NoticeBoard, Severity
from app.storage.database import Database

RESTORED = "drafts-restored"
RECENT_S = 120
"""A bookmark made so short a time ago belongs to what is noted now."""
_US = 1_000_000
_SAME_TIME_S = 0.05


@dataclass(frozen=True, slots=True)
class TileFacts:
    """What a tile shows. ``taken_us`` is the picture's time on this workstation's clock;
    ``offset_s`` what the camera's own clock is ahead of it, ``None`` where it gives none; ``event``
    is what marks the tile, in words; ``played`` is the name of what is played there in place of
    the camera, ``clip`` the kept clip that it is."""

    camera: Camera
    taken_us: int | None = None
    offset_s: float | None = None
    is_replay: bool = False
    played: str = ""
    clip: UUID | None = None
    severity: int = 0
    event: str = ""


class IncidentService:
    """Owner thread; ``tick`` is called some times a second.

    Every verb that changes something takes ``answer``, which is called as ``IncidentStore.put``
    says: only after the commit is something said to be saved.
    """

    def __init__(
        self,
        database: Database,
        writing: Tasks,
        reading: Tasks,
        drafts: Drafts,
        notices: NoticeBoard,
        clock: Clock,
        author: Author,
    ) -> None:
        self.current_changed: Event[None] = Event("incidents.current_changed")
        self._drafts = drafts
        self._notices = notices
        self._clock = clock
        self._author = author
        self._store = IncidentStore(database, writing, reading, drafts, notices, clock)
        self._store.saved.connect(self._on_saved)
        self._current: Incident | None = None

    # --- state -------------------------------------------------------------------------------

    @property
    def author(self) -> Author:
        """Who writes at this workstation."""
        return self._author

    @property
    def current(self) -> Incident | None:
        """The incident that is worked on: what is noted of a tile is added to it. Its number is
        empty until it is saved."""
        return self._current

    @property
    def saved(self) -> Event[Incident]:
        """Somebody at this workstation changed it or wrote something about it."""
        return self._store.saved

    def draft(self, incident: UUID) -> Draft | None:
        """What has been begun to be written about the incident."""
        return self._drafts.state.drafts.get(incident)

    # --- beginning and ending ------------------------------------------------------------------

    def start(self) -> None:
        """Take up what the last run left: unfinished notes, and what the database refused."""
        state = self._drafts.state
        for unsaved in state.unsaved:
            if isinstance(unsaved, Opened) and unsaved.incident.id == state.current:
                self._set_current(unsaved.incident)
        if state.current is not None and self._current is None:
            self._store.file(state.current, self._on_current_read)
        if state.drafts:
            self._tell_restored(list(state.drafts.values()))
        self._store.tick()

    def tick(self) -> None:
        """Try again what waits."""
        self._store.tick()

    def close(self) -> None:
        """Write what is left. Blocking: at the end only."""
        self._store.close()

    # --- verbs of a tile -------------------------------------------------------------------------

    def note_tile(self, facts: TileFacts, answer: Answered) -> UUID:
        """Add the tile's camera to the incident that is worked on, or start one; which it is.

        A bookmark that was just made of the camera goes along.
        """
        if self._current is None:
            return self.open_at(facts, answer)
        before = self._current
        cameras = tuple(dict.fromkeys((*before.cameras, facts.camera.code)))
        clips = tuple(dict.fromkeys((*before.clips, *_clips(facts))))
        after = replace(before, cameras=cameras, clips=clips)
        note = self._note(before.id, _tile_words("Seen", facts), is_automatic=True)
        self._store.put(Changed(before, after, note, self._recent(facts)), answer)
        return before.id

    def open_at(self, facts: TileFacts, answer: Answered) -> UUID:
        """Start an incident with the facts of a tile; it is worked on from now on."""
        camera = facts.camera
        incident = Incident(
            id=record_key(self._clock),
            number="",
            type="",
            status=IncidentStatus.NEW,
            severity=facts.severity,
            district=camera.district,
            site=camera.site,
            place=camera.name,
            opened_us=self._clock.utc_us(),
            author=self._author,
            holder=self._author.operator,
            cameras=(camera.code,),
            clips=_clips(facts),
        )
        note = self._note(incident.id, _tile_words("Started at", facts), is_automatic=True)
        self._set_current(incident)
        self._store.put(Opened(incident, note, self._recent(facts)), answer)
        return incident.id

    def work_on(self, incident: Incident | None) -> None:
        """What is noted of tiles from now on belongs to this incident; ``None``: to a new one."""
        if incident is None or incident.status is not IncidentStatus.CLOSED:
            self._set_current(incident)

    # --- verbs of an incident --------------------------------------------------------------------

    def change(self, before: Incident, after: Incident, answer: Answered) -> None:
        """Make of ``before``, as it was read, what ``after`` says; the history says so too."""
        if after.status is IncidentStatus.CLOSED and before.status is not IncidentStatus.CLOSED:
            after = replace(after, closed_us=self._clock.utc_us())
        if after != before:
            note = self._note(before.id, "", is_automatic=True)
            self._store.put(Changed(before, after, note), answer)

    def keep_draft(self, incident: UUID, text: str, corrects: UUID | None = None) -> None:
        """What is being written, on the disk within a second; without text there is none."""
        drafts = self._drafts.state.drafts
        before = drafts.get(incident)
        if not text.strip():
            if before is not None:
                del drafts[incident]
                self._drafts.keep()
                self._forget_restored()
            return
        key = record_key(self._clock) if before is None else before.key
        drafts[incident] = Draft(
            key=key,
            incident=incident,
            text=text,
            changed_us=self._clock.utc_us(),
            corrects=corrects,
        )
        self._drafts.keep()

    def write(self, incident: UUID, answer: Answered) -> bool:
        """Store the draft as a note; false where nothing has been written."""
        draft = self._drafts.state.drafts.pop(incident, None)
        if draft is None:
            return False
        note = Note(
            draft.key,
            incident,
            self._author,
            self._clock.utc_us(),
            draft.text.strip(),
            draft.corrects,
        )
        self._store.put(Written(note), answer)
        self._forget_restored()
        return True

    # --- reading -----------------------------------------------------------------------------

    def open_list(self) -> IncidentList:
        """A list of its own; its owner closes it."""
        return IncidentList(self._store)

    def read(self, incident: UUID, done: Callable[[IncidentFile | None], None]) -> None:
        """Everything of one incident; later, on the owner thread."""
        self._store.file(incident, done)

    # --- inside ------------------------------------------------------------------------------

    def _note(self, incident: UUID, text: str, *, is_automatic: bool) -> Note:
        return Note(
            record_key(self._clock),
            incident,
            self._author,
            self._clock.utc_us(),
            text,
            is_automatic=is_automatic,
        )

    def _recent(self, facts: TileFacts) -> Recent:
        seen_us = self._clock.utc_us() if facts.taken_us is None else facts.taken_us
        return Recent(facts.camera.code, seen_us - RECENT_S * _US)

    def _on_saved(self, incident: Incident) -> None:
        current = self._current
        if current is None or current.id != incident.id or current == incident:
            return
        self._set_current(None if incident.status is IncidentStatus.CLOSED else incident)

    def _on_current_read(self, file: IncidentFile | None) -> None:
        state = self._drafts.state
        if file is None or self._current is not None or file.incident.id != state.current:
            return
        is_closed = file.incident.status is IncidentStatus.CLOSED
        self._set_current(None if is_closed else file.incident)

    def _set_current(self, incident: Incident | None) -> None:
        self._current = incident
        key = None if incident is None else incident.id
        if self._drafts.state.current != key:
            self._drafts.state.current = key
            self._drafts.keep()
        self.current_changed.emit(None)

    def _tell_restored(self, drafts: list[Draft]) -> None:
        newest = max(drafts, key=lambda draft: draft.changed_us)
        written = datetime.fromtimestamp(newest.changed_us / _US, UTC).astimezone()
        count = "An unfinished note was" if len(drafts) == 1 else f"{len(drafts)} notes were"
        self._notices.post(
            Notice(
                RESTORED,
                Severity.INFO,
                f"{count} restored, last written {written:%Y-%m-%d %H:%M:%S}",
                "Open the list of incidents: those with an unfinished note say so.",
            )
        )

    def _forget_restored(self) -> None:
        if not self._drafts.state.drafts:
            self._notices.clear(RESTORED)


def _tile_words(verb: str, facts: TileFacts) -> str:
    """What the tile showed, for the note that the program writes; times in UTC."""
    camera = facts.camera
    lines = [f"{verb} {camera.code} {camera.name} ({camera.call_up})"]
    if facts.played:
        lines.append(f"From the clip {facts.played}")
    if facts.taken_us is not None:
        taken = datetime.fromtimestamp(facts.taken_us / _US, UTC)
        what = "Replayed picture" if facts.is_replay else "Picture"
        clock = "" if facts.played else f" ({_clock_words(facts.offset_s)})"
        lines.append(f"{what} of {taken:%Y-%m-%d %H:%M:%S.%f} UTC{clock}")
    if facts.event:
        lines.append(facts.event)
    return "\n".join(lines)


def _clips(facts: TileFacts) -> tuple[UUID, ...]:
    return () if facts.clip is None else (facts.clip,)


def _clock_words(offset_s: float | None) -> str:
    if offset_s is None:
        return "the time of its arrival; the camera gives none"
    if abs(offset_s) < _SAME_TIME_S:
        return "the camera's clock agrees"
    way = "ahead" if offset_s > 0 else "behind"
    return f"the camera's clock is {abs(offset_s):.1f} s {way}"
