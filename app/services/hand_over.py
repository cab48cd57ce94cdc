"""Hands what this workstation has kept over to the folder that all share.

Clips are always written into this workstation's own data folder, which no network can take away,
and stay there; what is whole is copied. So no workstation ever touches what another one writes,
and a share that is away costs nothing but time.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.core.clock import Clock
from app.core.events import Event
from app.core.tasks import Tasks
from app.domain.clip_record import ClipState
from app.services.clip_facts import facts_file, read_facts
from app.services.notices import Notice, NoticeBoard, Severity
from app.services.shared_folder import CLIPS, SNAPSHOTS, SharedFolder, copy_whole
from app.settings.paths import Places
from app.settings.settled_file import refusal_words

AWAY = "shared-folder-away"
PATIENCE_S = 20.0
"""A share on which nothing moves for so long does not answer."""
_SAME_TIME_NS = 2_000_000_000
"""Some file systems know times to two seconds only."""
_HUNG = "it does not answer"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Whole:
    """A file that will not change any more, and what tells that another one is a copy of it."""

    file: Path
    target: Path
    size: int
    changed_ns: int


class HandOver:
    """Owner thread; ``tick`` is called about once a minute. The share is touched on ``tasks``,
    which has one thread that may hang."""

    def __init__(
        self, where: Places, shared: SharedFolder, tasks: Tasks, notices: NoticeBoard, clock: Clock
    ) -> None:
        self.done: Event[None] = Event("hand_over.done")
        """The share is there: other workstations may have handed something over."""
        self.shared = shared
        self._where = where
        self._tasks = tasks
        self._notices = notices
        self._clock = clock
        self._copied: dict[Path, tuple[int, int]] = {}
        self._moved_at = 0.0
        self._is_busy = False
        self._is_stale = False

    def tick(self) -> None:
        """Hand over what is new, try again what was refused, and say when the share hangs."""
        if not self._is_busy:
            self._begin()
        elif self._clock.monotonic() - self._moved_at >= PATIENCE_S:
            self.shared.is_answering = False
            self._tell(_HUNG)

    def hurry(self) -> None:
        """Something new has been kept."""
        if self._is_busy:
            self._is_stale = True
        else:
            self._begin()

    def note_gone(self, file: Path) -> None:
        """This workstation deletes a file that it kept: its copy shall go, too, as soon as the
        share is there. Blocking, any thread; raises ``OSError``."""
        note = self._where.leaving / file.parent.name / file.name
        note.parent.mkdir(parents=True, exist_ok=True)
        note.touch()

    # --- the owner thread ---------------------------------------------------------------------

    def _begin(self) -> None:
        self._is_busy, self._is_stale = True, False
        self._moved()
        self._tasks.run(self._hand_over, done=self._on_done, failed=self._on_failed)

    def _on_done(self, problem: str) -> None:
        self._is_busy = False
        if problem:
            self._tell(problem)
        else:
            self._notices.clear(AWAY)
        if self.shared.is_answering:
            self.done.emit(None)
        if self._is_stale:
            self._begin()

    def _on_failed(self, error: Exception) -> None:
        self._is_busy = False
        if isinstance(error, OSError):
            self._tell(refusal_words(error))
        else:
            self._notices.report(error, AWAY)

    def _tell(self, problem: str) -> None:
        text = f"The shared folder {self.shared.root} cannot be used: {problem}"
        advice = (
            "Clips and snapshots are kept on this workstation and handed over by themselves when"
            " it is back; until then other workstations do not see them."
        )
        self._notices.post(Notice(AWAY, Severity.WARNING, text, advice))

    # --- the thread that may hang -------------------------------------------------------------

    def _moved(self) -> None:
        self._moved_at = self._clock.monotonic()

    def _hand_over(self) -> str:
        """Returns what is wrong with the share, empty for nothing. Raises ``OSError``."""
        problem = self.shared.problem()
        if problem:
            return problem
        self._take_away()
        for whole in (*self._clips(), *self._snapshots()):
            self._moved()
            self._copy(whole)
        return ""

    def _copy(self, whole: _Whole) -> None:
        if not _is_copy(whole):
            try:
                copy_whole(whole.file, whole.target, self._moved)
            except FileNotFoundError:
                if whole.file.exists():
                    raise
                return  # it was deleted here meanwhile
            _log.info("Handed over: %s", whole.file.name)
        self._copied[whole.file] = whole.size, whole.changed_ns

    def _take_away(self) -> None:
        for name, folder in ((CLIPS, self.shared.clips), (SNAPSHOTS, self.shared.snapshots)):
            for note in sorted((self._where.leaving / name).glob("*")):
                self._moved()
                (folder / note.name).unlink(missing_ok=True)
                note.unlink()

    def _clips(self) -> Iterator[_Whole]:
        """All that lies beside a JSON which says that the clip is written."""
        new = list(self._new_in(self._where.clips, self.shared.clips))
        states = {file: read_facts(file) for file in {facts_file(each.file) for each in new}}
        for each in new:
            facts = states[facts_file(each.file)]
            if facts is not None and facts.state != ClipState.WRITING.value:
                yield each

    def _snapshots(self) -> Iterator[_Whole]:
        return self._new_in(self._where.snapshots, self.shared.snapshots)

    def _new_in(self, folder: Path, shared: Path) -> Iterator[_Whole]:
        """What is not known to be handed over; a JSON comes after what it is about."""
        with os.scandir(folder) as entries:
            names = sorted(
                (e.name for e in entries), key=lambda name: (name.endswith(".json"), name)
            )
        for name in names:
            if name.startswith(".") or name.endswith(".part"):
                continue
            file = folder / name
            with suppress(FileNotFoundError):
                facts = file.stat()
                if self._copied.get(file) != (facts.st_size, facts.st_mtime_ns):
                    yield _Whole(file, shared / name, facts.st_size, facts.st_mtime_ns)


def _is_copy(whole: _Whole) -> bool:
    try:
        facts = whole.target.stat()
    except FileNotFoundError:
        return False
    is_same_time = abs(facts.st_mtime_ns - whole.changed_ns) <= _SAME_TIME_NS
    return is_same_time and facts.st_size == whole.size
