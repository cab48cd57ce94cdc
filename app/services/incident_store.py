"""Brings incidents and notes to the database and back; what it refuses is kept and tried again."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from app.core.clock import Clock
from app.core.errors import OperatorError, RecordChanged
from app.core.events import Event
from app.core.tasks import Tasks
from app.domain.bookmark import Bookmark
from app.domain.clip_record import Clip
from app.domain.incident import Incident, Note
from app.domain.incident_changes import ChangesCollide
from app.domain.record_filters import IncidentFilter
from app.services.drafts import Draft, Drafts, Unsaved, Written, waiting_words
from app.services.incident_writing import IncidentWriting
from app.services.notices import Notice, NoticeBoard, Severity
from app.services.retried_writes import RetriedWrites
from app.storage.bookmarks import BookmarkRepository
from app.storage.clips import ClipRepository
from app.storage.database import Database
from app.storage.incidents import IncidentRepository

NOT_SAVED = "incidents-not-saved"
NOT_READ = "incidents-not-read"
_TRIES = 20
"""Changes of others between reading and writing are joined so many times."""
_log = logging.getLogger(__name__)


class Outcome(Enum):
    """``WAITING``: the database refused; it is kept and tried again. ``COLLIDED``: somebody else
    changed the same thing, a person must decide."""

    SAVED = "saved"
    WAITING = "waiting"
    COLLIDED = "collided"


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of something that was asked for; ``problem`` says why not."""

    outcome: Outcome
    incident: Incident | None = None
    problem: str = ""

    @property
    def is_good(self) -> bool:
        """It is in the database."""
        return self.outcome is Outcome.SAVED


Answered = Callable[[Answer], None]


@dataclass(frozen=True, slots=True)
class IncidentFile:
    """Everything of one incident; notes oldest first."""

    incident: Incident
    notes: Sequence[Note]
    bookmarks: Mapping[UUID, Bookmark]
    clips: Mapping[UUID, Clip]


class IncidentStore:
    """Owner thread; ``tick`` is called some times a second.

    ``writing`` has one thread, on which transactions follow each other; ``reading`` may have more.
    What waits stands in the file of drafts until it is committed.
    """

    def __init__(
        self,
        database: Database,
        writing: Tasks,
        reading: Tasks,
        drafts: Drafts,
        notices: NoticeBoard,
        clock: Clock,
    ) -> None:
        self.saved: Event[Incident] = Event("incidents.saved")
        self._database = database
        self._reading = reading
        self._drafts = drafts
        self._notices = notices
        self._writes = RetriedWrites(self, writing, clock)
        self._answers: dict[UUID, Answered] = {}
        self._failure: Exception | None = None

    @property
    def waiting(self) -> Sequence[Unsaved]:
        """What is not in the database yet, in the order in which it will be."""
        return tuple(self._drafts.state.unsaved)

    # --- writing -----------------------------------------------------------------------------

    def put(self, unsaved: Unsaved, answer: Answered) -> None:
        """Write after what waits already. ``answer`` follows: ``WAITING`` at most once, and once
        one of the others."""
        self._answers[unsaved.note.id] = answer
        self._drafts.state.unsaved.append(unsaved)
        self._drafts.keep()
        if self._failure is not None:
            self._tell_refused(self._failure)
            self._answer(unsaved, Answer(Outcome.WAITING, problem=self._words_of_notice()))
        self.tick()

    def tick(self) -> None:
        """Begin what is due."""
        self._writes.tick()

    def close(self) -> None:
        """Try once more to write what is left. Blocking: at the end only; the rest stays in the
        file of drafts."""
        error = self._writes.end()
        if error is not None:
            _log.warning("%s wait for the next start: %s", waiting_words(self.waiting), error)

    # --- what became of it -------------------------------------------------------------------

    def on_written(self, unsaved: Unsaved, incident: Incident) -> None:
        self._failure = None
        self._notices.clear(NOT_SAVED)
        answer = self._answers.pop(unsaved.note.id, None)
        self.saved.emit(incident)
        if answer is not None:
            answer(Answer(Outcome.SAVED, incident))

    def on_collided(self, unsaved: Unsaved, error: RecordChanged) -> None:
        self._back_to_draft(unsaved)
        answer = self._answers.pop(unsaved.note.id, None)
        if answer is None:
            self._notices.post(Notice(NOT_SAVED, Severity.WARNING, str(error), error.advice))
        else:
            answer(Answer(Outcome.COLLIDED, problem=f"{error}. {error.advice}"))

    def on_refused(self, error: Exception, *, is_first: bool) -> None:
        self._failure = error
        self._tell_refused(error)
        if is_first:
            problem = self._words_of_notice()
            for each in self.waiting:
                self._answer(each, Answer(Outcome.WAITING, problem=problem))

    def _tell_refused(self, error: Exception) -> None:
        if not isinstance(error, OperatorError):
            self._notices.report(error, NOT_SAVED)
            return
        words = waiting_words(self._drafts.state.unsaved)
        self._notices.post(
            Notice(
                NOT_SAVED,
                Severity.WARNING,
                f"Not saved yet: {words} of incidents. {error}",
                f"They are kept and tried again by themselves. {error.advice}".strip(),
            )
        )

    def _words_of_notice(self) -> str:
        return next((n.text for n in self._notices.current if n.key == NOT_SAVED), "")

    def _answer(self, unsaved: Unsaved, answer: Answer) -> None:
        answered = self._answers.get(unsaved.note.id)
        if answered is not None:
            answered(answer)

    def _back_to_draft(self, unsaved: Unsaved) -> None:
        """A note whose incident is not there is a draft again: its text is not lost."""
        note = unsaved.note
        if not isinstance(unsaved, Written):
            return
        drafts = self._drafts.state.drafts
        begun = drafts.get(note.incident)
        drafts[note.incident] = Draft(
            key=note.id if begun is None else begun.key,
            incident=note.incident,
            text=note.text if begun is None else f"{note.text}\n{begun.text}",
            changed_us=note.written_us,
            corrects=note.corrects,
        )
        self._drafts.keep()

    def take_out(self, unsaved: Unsaved) -> None:
        """It waits no longer."""
        state = self._drafts.state
        state.unsaved = [each for each in state.unsaved if each.note.id != unsaved.note.id]
        self._drafts.keep()

    # --- on the database's thread --------------------------------------------------------------

    def write(self, unsaved: Unsaved) -> Incident:
        """Write it, and join what others changed meanwhile. Blocking."""
        for tried in range(1, _TRIES + 1):
            try:
                with self._database.transaction() as session:
                    repositories = IncidentRepository(session), BookmarkRepository(session)
                    return IncidentWriting(*repositories).write(unsaved)
            except ChangesCollide as error:
                raise RecordChanged(
                    f"Somebody else changed the incident meanwhile: {error}",
                    advice="Look at it and make your change again where it still holds.",
                ) from error
            except RecordChanged:
                if tried == _TRIES:
                    raise
        raise AssertionError("unreachable")

    # --- reading -----------------------------------------------------------------------------

    def page(
        self,
        wanted: IncidentFilter,
        limit: int,
        after: UUID | None,
        done: Callable[[Sequence[Incident]], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """The newest incidents below ``after`` that fit."""

        def read() -> Sequence[Incident]:
            with self._database.reading() as session:
                return IncidentRepository(session).page(wanted, limit, after)

        def tell(error: Exception) -> None:
            self._notices.report(error, NOT_READ)
            failed(error)

        def read_well(page: Sequence[Incident]) -> None:
            self._notices.clear(NOT_READ)
            done(page)

        self._reading.run(read, done=read_well, failed=tell)

    def file(self, incident: UUID, done: Callable[[IncidentFile | None], None]) -> None:
        """Everything of one incident, ``None`` where it is not there or cannot be read."""

        def read() -> IncidentFile | None:
            with self._database.reading() as session:
                repository = IncidentRepository(session)
                found = repository.get(incident)
                if found is None:
                    return None
                return IncidentFile(
                    found,
                    repository.notes_of(incident),
                    BookmarkRepository(session).many(found.bookmarks),
                    ClipRepository(session).many(found.clips),
                )

        def failed(error: Exception) -> None:
            self._notices.report(error, NOT_READ)
            done(None)

        def read_well(file: IncidentFile | None) -> None:
            self._notices.clear(NOT_READ)
            done(file)

        self._reading.run(read, done=read_well, failed=failed)
