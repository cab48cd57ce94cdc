"""Puts clips on record: the JSON beside each file, then the database."""

import logging
from collections.abc import Callable, Collection
from pathlib import Path
from uuid import UUID

from app.core.errors import OperatorError
from app.core.events import Event
from app.core.tasks import Tasks
from app.domain.clip_record import Clip
from app.services.clip_boxes_files import recover_boxes
from app.services.clip_facts import ClipFacts, facts_file, write_facts
from app.services.clip_recovery import Recovered, adopt_lost, finish, recover
from app.services.notices import Notice, NoticeBoard, Severity
from app.storage.clips import ClipRepository
from app.storage.database import Database

NOT_SAVED = "clips-not-saved"
CUT_SHORT = "clips-cut-short"
_log = logging.getLogger(__name__)


class ClipRecords:
    """Implements ``clips.ClipKeeper``. Owner thread.

    ``files`` has one thread, so that a file's JSON is written in the order in which it changes.
    A clip that the database refuses stays in memory and is tried again with the next one, and
    from its JSON at the next start.
    """

    def __init__(
        self,
        folder: Path,
        database: Database,
        database_tasks: Tasks,
        files: Tasks,
        notices: NoticeBoard,
        workstation: str,
    ) -> None:
        self.changed: Event[None] = Event("clip_records.changed")
        """Other clips are on record than before."""
        self._folder = folder
        self._database = database
        self._database_tasks = database_tasks
        self._files = files
        self._notices = notices
        self._workstation = workstation
        self._waiting: dict[UUID, Clip] = {}

    @property
    def waiting(self) -> int:
        """How many clips are in memory and beside their files only."""
        return len(self._waiting)

    def start(self) -> None:
        """Name what the last run left unfinished, and what the database does not know."""

        def find() -> tuple[list[Recovered], int]:
            recovered = recover(self._folder, self._workstation)
            recover_boxes(self._folder)
            return recovered, adopt_lost(self._folder, self._database)

        self._files.run(find, done=self._on_recovered, failed=self._on_refused)

    def begin(self, clip: Clip, facts: ClipFacts) -> None:
        self._write(clip, lambda: write_facts(self._facts_of(clip), facts))

    def keep(self, clip: Clip, facts: ClipFacts) -> None:
        def write() -> ClipFacts | None:
            whole = facts if clip.sha256 else finish(self._folder, facts)
            if whole is not None:
                write_facts(self._facts_of(clip), whole)
            else:
                self._facts_of(clip).unlink(missing_ok=True)
            return whole

        def done(whole: ClipFacts | None) -> None:
            if whole is not None:
                self._store(whole.as_clip())

        def failed(error: Exception) -> None:
            self._on_refused(error)
            self._store(clip)

        self._files.run(write, done=done, failed=failed)

    def forget(self, clip: Clip) -> None:
        self._write(clip, lambda: self._facts_of(clip).unlink(missing_ok=True))

    def lock(self, clip: UUID, *, is_locked: bool) -> None:
        """Retention shall leave it alone, or no longer. ``changed`` follows."""

        def write() -> None:
            with self._database.transaction() as session:
                ClipRepository(session).lock(clip, is_locked)

        self._database_tasks.run(
            write, done=lambda _nothing: self.changed.emit(None), failed=self._on_refused
        )

    def find(self, clip: UUID, answer: Callable[[Clip | None], None]) -> None:
        """The clip with that key, later; ``None`` where it is not on record, or after a notice."""
        if clip in self._waiting:
            answer(self._waiting[clip])
            return

        def read() -> Clip | None:
            with self._database.reading() as session:
                return ClipRepository(session).get(clip)

        def failed(error: Exception) -> None:
            self._on_refused(error)
            answer(None)

        self._database_tasks.run(read, done=answer, failed=failed)

    # --- inside -------------------------------------------------------------------------------

    def _facts_of(self, clip: Clip) -> Path:
        return facts_file(self._folder / clip.file)

    def _write(self, clip: Clip, write: Callable[[], None]) -> None:
        def failed(error: Exception) -> None:
            if not isinstance(error, OSError):
                self._notices.report(error)
            # Its end is written, or told, all the same.
            _log.info("The facts of %s cannot be written now: %s", clip.file, error)

        self._files.run(write, failed=failed)

    def _store(self, clip: Clip) -> None:
        self._waiting[clip.id] = clip
        batch = list(self._waiting.values())

        def write() -> None:
            with self._database.transaction() as session:
                clips = ClipRepository(session)
                for each in batch:
                    if not clips.add(each):
                        clips.change(each)

        def done(_nothing: None) -> None:
            for each in batch:
                self._waiting.pop(each.id, None)
            self._notices.clear(NOT_SAVED)
            self.changed.emit(None)

        self._database_tasks.run(write, done=done, failed=self._on_refused)

    def _on_refused(self, error: Exception) -> None:
        if isinstance(error, OSError):
            text = f"What belongs to a clip cannot be written: {error.strerror}"
            advice = "Make room on the disk of the data folder; the pictures themselves are kept."
            self._notices.post(Notice(NOT_SAVED, Severity.WARNING, text, advice))
        elif isinstance(error, OperatorError):
            advice = f"{error.advice} The clip's file is kept and listed later.".strip()
            self._notices.post(Notice(NOT_SAVED, Severity.WARNING, str(error), advice))
        else:
            self._notices.report(error, NOT_SAVED)

    def _on_recovered(self, found: tuple[Collection[Recovered], int]) -> None:
        recovered, adopted = found
        broken = [each for each in recovered if each.is_broken]
        if broken:
            names = ", ".join(f"{each.camera} ({each.seconds:.0f} s)" for each in broken[:5])
            more = f" and {len(broken) - 5} more" if len(broken) > 5 else ""
            text = f"Clips were cut short when the program last ended: {names}{more}"
            advice = "What was written before can be played; they are marked as broken."
            self._notices.post(Notice(CUT_SHORT, Severity.WARNING, text, advice))
        if adopted or recovered:
            _log.info("%d clips put on record again, %d recovered", adopted, len(recovered))
            self.changed.emit(None)
