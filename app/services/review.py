"""Review: the queue of flags, what supervisors decide, and what comes back to the operator."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from uuid import UUID

from app.core.clock import Clock
from app.core.errors import OperatorError
from app.core.events import Event
from app.core.record_keys import record_key
from app.core.tasks import Tasks
from app.domain.bookmark import Bookmark, FlagState
from app.domain.review import Decision, FalseAlarms
from app.services.identity import Identity
from app.services.notices import Notice, NoticeBoard, Severity
from app.services.review_viewing import Viewing, read_viewing
from app.settings.files import write_atomically
from app.storage.bookmarks import BookmarkRepository
from app.storage.clips import ClipRepository
from app.storage.database import Database
from app.storage.incidents import IncidentRepository
from app.storage.reviews import ReviewRepository

ANSWERS = "review-answers"
NOT_READ = "review-not-read"
UNDO_S = 10.0
POLL_S = 10.0
PAGE = 200
"""So many flags are at hand; the next ones follow as these are decided."""
ANSWERS_DAYS = 7
_LISTED = 100
_MOST_ANSWERS = 1000
_US = 1_000_000
_DAY_US = 86_400 * _US
_log = logging.getLogger(__name__)


class NoteMissing(ValueError):
    """Who needs more must say what."""


class Result(Enum):
    """``REFUSED``: nothing was written, and the flag is where it was."""

    KEPT = "kept"
    UNDONE = "undone"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a decision; ``problem`` says why it was refused."""

    result: Result
    bookmark: Bookmark
    verdict: FlagState
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision and what it is about; ``None`` where the bookmark is no longer there."""

    decision: Decision
    bookmark: Bookmark | None


@dataclass(frozen=True, slots=True)
class _Seen:
    queue: Sequence[Bookmark]
    waiting: Mapping[int, int]
    decided: Sequence[Decided]
    today: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Last:
    decision: Decision
    bookmark: Bookmark
    at: float


Told = Callable[[Outcome], None]


class ReviewService:
    """Owner thread; ``tick`` is called some times a second.

    ``rows`` is the queue: alarms first, the oldest first. ``changed`` follows every answer of the
    database. ``saved`` is told of each bookmark whose flag was answered.
    """

    def __init__(
        self,
        database: Database,
        writing: Tasks,
        reading: Tasks,
        saved: Callable[[Bookmark], None],
        file: Path,
        notices: NoticeBoard,
        clock: Clock,
        identity: Identity,
    ) -> None:
        self.changed: Event[None] = Event("review.changed")
        self.answers_changed: Event[None] = Event("review.answers_changed")
        self.identity = identity
        self._database = database
        self._writing = writing
        self._reading = reading
        self._saved = saved
        self._file = file
        self._notices = notices
        self._clock = clock
        self._rows: Sequence[Bookmark] = ()
        self._waiting: Mapping[int, int] = {}
        self._decided: Sequence[Decided] = ()
        self._today: Mapping[str, int] = {}
        self._answers: Sequence[Decided] = ()
        self._told: set[UUID] = set()
        self._last: _Last | None = None
        self._is_deciding = False
        self._is_loading = False
        self._generation = 0
        self._next_poll: float | None = None

    # --- what there is -----------------------------------------------------------------------

    @property
    def rows(self) -> Sequence[Bookmark]:
        """The flags that wait, in their order."""
        return self._rows

    @property
    def waiting(self) -> Mapping[int, int]:
        """How many flags wait in all, by severity."""
        return self._waiting

    @property
    def decided(self) -> Sequence[Decided]:
        """The last decisions of everybody, newest first; undone ones too."""
        return self._decided

    @property
    def today(self) -> Mapping[str, int]:
        """How many decisions that stand each supervisor made since midnight."""
        return self._today

    @property
    def answers(self) -> Sequence[Decided]:
        """What supervisors decided about this operator's flags in the last days, newest first."""
        return self._answers

    @property
    def unseen(self) -> Sequence[Decided]:
        """Those answers that this operator has not looked at."""
        return [each for each in self._answers if each.decision.id not in self._told]

    @property
    def is_deciding(self) -> bool:
        """A decision is on its way to the database; the next one waits for it."""
        return self._is_deciding

    @property
    def is_loading(self) -> bool:
        return self._is_loading

    @property
    def has_more(self) -> bool:
        """Rows are never fetched for scrolling: the queue moves up as it is worked through."""
        return False

    def load_more(self) -> None:
        """Nothing, see ``has_more``."""

    @property
    def undo_s(self) -> float:
        """For how long the last decision can be taken back; 0 when there is none."""
        if self._last is None:
            return 0.0
        return max(0.0, UNDO_S - (self._clock.monotonic() - self._last.at))

    # --- beginning, pace ---------------------------------------------------------------------

    def start(self) -> None:
        """Take up what was seen in the last run, and look for answers. Blocking, shortly."""
        try:
            told = json.loads(self._file.read_text(encoding="utf-8"))
            self._told = {UUID(each) for each in told}
        except FileNotFoundError:
            pass
        except (OSError, ValueError, TypeError, AttributeError) as error:
            # At worst answers are shown once more.
            _log.info("It is not known which answers were seen: %s", error)
        self._next_poll = self._clock.monotonic()
        self.tick()

    def tick(self) -> None:
        """Look now and then for answers and for flags of other workstations."""
        now = self._clock.monotonic()
        if self._next_poll is not None and now >= self._next_poll:
            self._next_poll = now + POLL_S
            self.look_for_answers()
            if self.identity.is_supervisor:
                self.refresh()

    # --- deciding ----------------------------------------------------------------------------

    def decide(self, bookmark: Bookmark, verdict: FlagState, note: str, told: Told) -> bool:
        """Answer a flag, or decide anew about one that was answered; ``told`` hears what became of
        it after the commit.

        False while another decision is on its way. Raises ``NoteMissing`` where more is needed
        and nobody says what.
        """
        note = note.strip()
        if verdict is FlagState.NEEDS_MORE and not note:
            raise NoteMissing("Say what is needed")
        if self._is_deciding or not self.identity.is_supervisor:
            return False
        self._is_deciding = True
        decision = Decision(
            id=record_key(self._clock),
            bookmark=bookmark.id,
            supervisor=self.identity.author,
            verdict=verdict,
            note=note,
            decided_us=self._clock.utc_us(),
        )

        def work() -> Bookmark:
            with self._database.transaction() as session:
                return ReviewRepository(session).decide(decision, bookmark.revision)

        def done(after: Bookmark) -> None:
            self._is_deciding = False
            self._last = _Last(decision, after, self._clock.monotonic())
            self._generation += 1  # what is read just now is older than this
            self._rows = tuple(row for row in self._rows if row.id != bookmark.id)
            if bookmark.flag is FlagState.RAISED:
                self._count(bookmark.severity, -1)
            self._renew(after)
            self._decided = (Decided(decision, after), *self._decided)[:_LISTED]
            self._saved(after)
            told(Outcome(Result.KEPT, after, verdict))
            self.changed.emit(None)
            self.refresh()

        def failed(error: Exception) -> None:
            self._is_deciding = False
            told(Outcome(Result.REFUSED, bookmark, verdict, self._words(error)))
            self.refresh()

        self._writing.run(work, done=done, failed=failed)
        return True

    def undo(self, told: Told) -> bool:
        """Take the last decision back, within its ten seconds; false where there is none."""
        last = self._last
        if last is None or self._is_deciding or self.undo_s <= 0:
            return False
        self._is_deciding = True
        undone_us = self._clock.utc_us()

        def work() -> Bookmark:
            with self._database.transaction() as session:
                return ReviewRepository(session).undo(last.decision.id, undone_us)

        def done(after: Bookmark) -> None:
            self._is_deciding, self._last = False, None
            self._generation += 1
            self._saved(after)
            if after.flag is FlagState.RAISED:
                self._rows = (after, *(row for row in self._rows if row.id != after.id))
                self._count(after.severity, 1)
            told(Outcome(Result.UNDONE, after, last.decision.verdict))
            self.changed.emit(None)
            self.refresh()

        def failed(error: Exception) -> None:
            self._is_deciding = False
            told(Outcome(Result.REFUSED, last.bookmark, last.decision.verdict, self._words(error)))

        self._writing.run(work, done=done, failed=failed)
        return True

    # --- reading -----------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the queue and the last decisions again: other workstations write too."""
        self._generation += 1
        generation = self._generation
        self._is_loading = True
        midnight_us = self._midnight_us()

        def read() -> _Seen:
            with self._database.reading() as session:
                reviews, bookmarks = ReviewRepository(session), BookmarkRepository(session)
                return _Seen(
                    reviews.queue(PAGE),
                    reviews.waiting(),
                    _with_bookmarks(bookmarks, reviews.decided(_LISTED)),
                    reviews.decided_by(midnight_us),
                )

        def done(seen: _Seen) -> None:
            if generation != self._generation:
                return
            self._is_loading = False
            self._notices.clear(NOT_READ)
            self._rows, self._waiting = tuple(seen.queue), seen.waiting
            self._decided, self._today = seen.decided, seen.today
            self.changed.emit(None)

        def failed(error: Exception) -> None:
            self._is_loading = False
            self._notices.report(error, NOT_READ)

        self._reading.run(read, done=done, failed=failed)

    def history(self, bookmark: Bookmark, done: Callable[[Sequence[Decision]], None]) -> None:
        """All decisions about a bookmark, oldest first; later, on the owner thread."""

        def read() -> Sequence[Decision]:
            with self._database.reading() as session:
                return ReviewRepository(session).decisions_of(bookmark.id)

        self._reading.run(
            read, done=done, failed=lambda error: self._notices.report(error, NOT_READ)
        )

    def viewing(self, bookmark: Bookmark, done: Callable[[Viewing], None]) -> None:
        """What is looked at to judge a flag; later, on the owner thread. Without a clip where the
        database does not answer."""

        def read() -> Viewing:
            with self._database.reading() as session:
                return read_viewing(
                    bookmark,
                    ClipRepository(session),
                    BookmarkRepository(session),
                    IncidentRepository(session),
                )

        def failed(error: Exception) -> None:
            self._notices.report(error, NOT_READ)
            done(Viewing(bookmark))

        self._reading.run(read, done=done, failed=failed)

    def false_alarms(self, days: int, done: Callable[[Sequence[FalseAlarms]], None]) -> None:
        """Camera by rule by hour of the day, of what was decided in the last days, the most
        false alarms first; later, on the owner thread."""
        to_us = self._clock.utc_us() + 1

        def read() -> Sequence[FalseAlarms]:
            with self._database.reading() as session:
                table = ReviewRepository(session).false_alarm_table
                return table(to_us - days * _DAY_US, to_us, _local_hour)

        self._reading.run(
            read, done=done, failed=lambda error: self._notices.report(error, NOT_READ)
        )

    # --- what came back ----------------------------------------------------------------------

    def look_for_answers(self) -> None:
        """Read what was decided about this operator's flags; a notice names what is new."""
        author = self.identity.author
        since_us = self._clock.utc_us() - ANSWERS_DAYS * _DAY_US

        def read() -> Sequence[Decided]:
            with self._database.reading() as session:
                found = ReviewRepository(session).answered(author.operator, since_us, _MOST_ANSWERS)
                others = [each for each in found if each.supervisor.operator != author.operator]
                return _with_bookmarks(BookmarkRepository(session), others[::-1])

        def done(answers: Sequence[Decided]) -> None:
            self._notices.clear(NOT_READ)
            if answers != self._answers:
                self._answers = answers
                self.answers_changed.emit(None)
            self._tell()

        self._reading.run(
            read, done=done, failed=lambda error: self._notices.report(error, NOT_READ)
        )

    def saw_answers(self) -> None:
        """The operator has looked at the list of answers."""
        if not self.unseen:
            return
        self._told = {each.decision.id for each in self._answers}
        self._notices.clear(ANSWERS)
        self.answers_changed.emit(None)
        content = json.dumps(sorted(map(str, self._told))).encode()

        def failed(error: Exception) -> None:
            # They are shown once more in the next run, which does no harm.
            _log.warning("Which answers were seen cannot be kept: %s", error)

        self._reading.run(lambda: write_atomically(self._file, content), failed=failed)

    def _tell(self) -> None:
        unseen = self.unseen
        if not unseen:
            self._notices.clear(ANSWERS)
            return
        newest = unseen[0]
        title = "" if newest.bookmark is None else f" “{newest.bookmark.title}”"
        note = f": {newest.decision.note}" if newest.decision.note else ""
        words = "One answer" if len(unseen) == 1 else f"{len(unseen)} answers"
        self._notices.post(
            Notice(
                ANSWERS,
                Severity.INFO,
                f"{words} to your flags. {_VERDICTS[newest.decision.verdict]}{title}{note} "
                f"({newest.decision.supervisor.operator})",
                "They are listed in the console's page Review (Ctrl+R).",
            )
        )

    # --- inside ------------------------------------------------------------------------------

    def _renew(self, bookmark: Bookmark) -> None:
        """What is listed of it from before is as it is now."""
        self._decided = tuple(
            Decided(each.decision, bookmark)
            if each.bookmark is not None and each.bookmark.id == bookmark.id
            else each
            for each in self._decided
        )

    def _count(self, severity: int, by: int) -> None:
        now = max(0, self._waiting.get(severity, 0) + by)
        self._waiting = {**self._waiting, severity: now}

    def _words(self, error: Exception) -> str:
        if isinstance(error, OperatorError):
            return f"{error}. {error.advice}".strip()
        self._notices.report(error, NOT_READ)
        return "An internal error was met; the flag is where it was"

    def _midnight_us(self) -> int:
        now = datetime.fromtimestamp(self._clock.utc_us() / _US, UTC).astimezone()
        start = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return round(start.timestamp() * _US)


_VERDICTS = {
    FlagState.CONFIRMED: "Confirmed",
    FlagState.FALSE: "False alarm",
    FlagState.NEEDS_MORE: "Needs more",
}


def _with_bookmarks(
    repository: BookmarkRepository, decisions: Sequence[Decision]
) -> Sequence[Decided]:
    bookmarks = repository.many({each.bookmark for each in decisions})
    return tuple(Decided(each, bookmarks.get(each.bookmark)) for each in decisions)


def _local_hour(time_us: int) -> int:
    """The hour of the day at this workstation."""
    try:
        return datetime.fromtimestamp(time_us / _US, UTC).astimezone().hour
    except (OverflowError, OSError, ValueError):  # outside of what this system can name
        return 0
