"""Brings bookmarks to the database and back; what it refuses is kept and tried again."""

import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from uuid import UUID

import msgspec

from app.core.clock import Clock
from app.core.dispatch import Dispatcher
from app.core.errors import OperatorError, RecordChanged
from app.core.events import Event
from app.core.tasks import Tasks
from app.domain.bookmark import Bookmark
from app.domain.record_filters import BookmarkFilter, RecordOrder
from app.services.bookmark_changes import Added, Answer, Outcome, Unsaved, joined
from app.services.notices import Notice, NoticeBoard, Severity
from app.services.retried_writes import RetriedWrites
from app.settings.files import remove_unfinished, set_aside
from app.settings.settled_file import SettledFile, refusal_words
from app.storage.bookmarks import BookmarkRepository
from app.storage.database import Database

NOT_SAVED = "bookmarks-not-saved"
NOT_READ = "bookmarks-not-read"
NOT_KEPT = "bookmarks-not-kept"
DAMAGED = "bookmarks-damaged"
_TRIES = 3
"""Changes of others between reading and writing are joined so many times."""
_log = logging.getLogger(__name__)
Answered = Callable[[Answer], None]


class BookmarkStore:
    """Owner thread; ``tick`` is called some times a second.

    ``writing`` has one thread, on which transactions follow each other; ``reading`` may have more.
    What the database refuses stands in ``file`` until it is committed, also over a restart.
    """

    def __init__(
        self,
        database: Database,
        writing: Tasks,
        reading: Tasks,
        file: Path,
        dispatcher: Dispatcher,
        notices: NoticeBoard,
        clock: Clock,
    ) -> None:
        self.saved: Event[Bookmark] = Event("bookmarks.saved")
        self._database = database
        self._reading = reading
        self._file = file
        self._notices = notices
        self._writes = RetriedWrites(self, writing, clock)
        self._waiting: list[Unsaved] = []
        self._answers: dict[UUID, Answered] = {}
        self._is_filed = False
        self._kept = SettledFile(
            file,
            "bookmarks",
            dispatcher,
            refused=self._on_file_refused,
            written=lambda: notices.clear(NOT_KEPT),
        )

    @property
    def waiting(self) -> Sequence[Unsaved]:
        """What is not in the database yet, in the order in which it will be."""
        return tuple(self._waiting)

    # --- writing -----------------------------------------------------------------------------

    def start(self) -> None:
        """Take up what the last run could not write. Blocking, shortly: at the start only."""
        remove_unfinished(self._file)
        try:
            content = self._file.read_bytes()
            self._waiting = msgspec.json.decode(content, type=list[Unsaved])
        except FileNotFoundError:
            return
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            self._tell_damaged(error)
            return
        self._is_filed = True
        self._kept.is_there(content)
        self.tick()

    def put(self, unsaved: Unsaved, answer: Answered) -> None:
        """Write after what waits already. ``answer`` follows: ``WAITING`` at most once, and once
        one of the others."""
        self._answers[unsaved.key] = answer
        self._waiting.append(unsaved)
        if self._writes.is_refused:
            self._keep()
            answer(Answer(Outcome.WAITING, unsaved.bookmark, self._words_of_notice()))
        self.tick()

    def tick(self) -> None:
        """Begin what is due."""
        self._writes.tick()

    def close(self) -> None:
        """Try once more to write what is left. Blocking: at the end only; the rest stays in the
        file for the next start."""
        error = self._writes.end()
        if error is not None:
            _log.warning("%d bookmarks wait for the next start: %s", len(self._waiting), error)
            self._keep()
        self._kept.close()

    # --- what became of it -------------------------------------------------------------------

    def on_written(self, unsaved: Unsaved, bookmark: Bookmark) -> None:
        self._notices.clear(NOT_SAVED)
        answer = self._answers.pop(unsaved.key, None)
        self.saved.emit(bookmark)
        if answer is not None:
            answer(Answer(Outcome.SAVED, bookmark))

    def on_collided(self, unsaved: Unsaved, error: RecordChanged) -> None:
        answer = self._answers.pop(unsaved.key, None)
        if answer is None:
            self._notices.post(Notice(NOT_SAVED, Severity.WARNING, str(error), error.advice))
        else:
            problem = f"{error}. {error.advice}"
            answer(Answer(Outcome.COLLIDED, unsaved.bookmark, problem))

    def on_refused(self, error: Exception, *, is_first: bool) -> None:
        self._tell_refused(error)
        self._keep()
        if is_first:
            for each in self.waiting:
                told = self._answers.get(each.key)
                if told is not None:
                    told(Answer(Outcome.WAITING, each.bookmark, self._words_of_notice()))

    def _tell_refused(self, error: Exception) -> None:
        if not isinstance(error, OperatorError):
            self._notices.report(error, NOT_SAVED)
            return
        count = len({each.bookmark.id for each in self._waiting})
        words = "one bookmark" if count == 1 else f"{count} bookmarks"
        self._notices.post(
            Notice(
                NOT_SAVED,
                Severity.WARNING,
                f"Not saved yet: {words}. {error}",
                f"They are kept and tried again by themselves. {error.advice}".strip(),
            )
        )

    def _words_of_notice(self) -> str:
        return next((n.text for n in self._notices.current if n.key == NOT_SAVED), "")

    def take_out(self, unsaved: Unsaved) -> None:
        """It waits no longer."""
        self._waiting = [each for each in self._waiting if each.key != unsaved.key]
        if self._is_filed:
            self._keep()

    # --- the file ------------------------------------------------------------------------------

    def _keep(self) -> None:
        self._is_filed = bool(self._waiting)
        self._kept.write(msgspec.json.encode(self._waiting))

    def _on_file_refused(self, error: OSError) -> None:
        self._notices.post(
            Notice(
                NOT_KEPT,
                Severity.WARNING,
                f"Bookmarks cannot be kept on the disk: {refusal_words(error)}",
                "They are in memory as long as the program runs. Free space on the disk of the "
                "data folder; keeping them is tried again by itself.",
            )
        )

    def _tell_damaged(self, error: Exception) -> None:
        what = refusal_words(error) if isinstance(error, OSError) else "it was damaged"
        try:
            advice = f"It was kept as {set_aside(self._file).name}."
        except OSError as refused:
            advice = f"It cannot be renamed: {refusal_words(refused)}."
        self._notices.post(
            Notice(
                DAMAGED,
                Severity.WARNING,
                f"The file with bookmarks that were not saved cannot be read: {what}",
                advice,
            )
        )

    # --- on the database's thread --------------------------------------------------------------

    def write(self, unsaved: Unsaved) -> Bookmark:
        """Write it, and join what others changed meanwhile. Blocking."""
        for tried in range(1, _TRIES + 1):
            try:
                with self._database.transaction() as session:
                    return _written(BookmarkRepository(session), unsaved)
            except RecordChanged:
                if tried == _TRIES:
                    raise
        raise AssertionError("unreachable")

    # --- reading -----------------------------------------------------------------------------

    def page(
        self,
        wanted: BookmarkFilter,
        limit: int,
        after: UUID | None,
        order: RecordOrder,
        done: Callable[[Sequence[Bookmark]], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """The next bookmarks of the list below ``after`` that fit."""

        def read() -> Sequence[Bookmark]:
            with self._database.reading() as session:
                return BookmarkRepository(session).page(wanted, limit, after, order)

        def tell(error: Exception) -> None:
            self._notices.report(error, NOT_READ)
            failed(error)

        def read_well(page: Sequence[Bookmark]) -> None:
            self._notices.clear(NOT_READ)
            done(page)

        self._reading.run(read, done=read_well, failed=tell)

    def tags(self, done: Callable[[Sequence[str]], None]) -> None:
        """The tags in use, those used most first."""

        def read() -> Sequence[str]:
            with self._database.reading() as session:
                return [name for name, _uses in BookmarkRepository(session).tags()]

        self._reading.run(
            read, done=done, failed=lambda error: self._notices.report(error, NOT_READ)
        )

    def pages(
        self, wanted: BookmarkFilter, order: RecordOrder, size: int
    ) -> Iterator[Sequence[Bookmark]]:
        """Every bookmark that fits, in portions. Blocking; any thread."""
        after: UUID | None = None
        while True:
            with self._database.reading() as session:
                page = BookmarkRepository(session).page(wanted, size, after, order)
            yield page
            if len(page) < size:
                return
            after = page[-1].id

    def export(
        self,
        work: Callable[[], Path],
        done: Callable[[Path], None],
        failed: Callable[[str], None],
    ) -> None:
        """Do the work of an export off this thread; ``failed`` hears a sentence."""

        def refused(error: Exception) -> None:
            if isinstance(error, OSError):
                failed(f"The file was not written: {refusal_words(error)}")
            elif isinstance(error, OperatorError):
                failed(f"{error}. {error.advice}".strip())
            else:
                self._notices.report(error, NOT_READ)

        self._reading.run(work, done=done, failed=refused)


def _written(repository: BookmarkRepository, unsaved: Unsaved) -> Bookmark:
    if isinstance(unsaved, Added):
        repository.add(unsaved.bookmark)
        return unsaved.bookmark
    now = repository.get(unsaved.after.id)
    if now is None:
        raise RecordChanged(
            f"The bookmark “{unsaved.after.title}” is no longer there",
            advice="It may have been removed at another workstation.",
        )
    after = joined(unsaved, now)
    return now if after == now else repository.change(after)
