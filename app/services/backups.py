"""A copy of the database each night, and a look at all of it, off every other thread."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from app.core.clock import Clock
from app.core.dispatch import Dispatcher
from app.core.errors import DatabaseDamaged, StorageUnavailable
from app.services.notices import Notice, NoticeBoard, Severity
from app.storage.backup import back_up, backups_of
from app.storage.health_check import Soundness, soundness
from app.storage.restoration import Restoration, mark_damaged

FAILED = "backup-failed"
DAMAGED = "database-damaged"
RESTORED = "database-restored"
FIRST_LOOK_S = 60.0
"""After the start: the first pictures come first."""
LOOK_EVERY_S = 600.0
NIGHT = time(3, 0)
"""Local time; a workstation that was off then makes its copy after the next start."""
_log = logging.getLogger(__name__)


def is_due(newest: datetime | None, now: datetime) -> bool:
    """Whether the last night before ``now`` has no copy yet; both with a time zone."""
    night = datetime.combine(now.date(), NIGHT, now.tzinfo)
    if night > now:
        night -= timedelta(days=1)
    return newest is None or newest < night


class BackupService:
    """Copies the SQLite ``database`` into ``folder``, on a thread of its own.

    A database server is not copied: that is the business of whoever runs it.
    """

    def __init__(
        self,
        database: Path,
        folder: Path,
        notices: NoticeBoard,
        dispatcher: Dispatcher,
        clock: Clock,
        *,
        is_checked: bool = True,
        local_zone: Callable[[datetime], datetime] = lambda utc: utc.astimezone(),
    ) -> None:
        """Nothing happens before ``start``. ``is_checked``: all of the file was read and is
        sound; otherwise that is the first thing done."""
        self._database = database
        self._folder = folder
        self._notices = notices
        self._dispatcher = dispatcher
        self._clock = clock
        self._is_checked = is_checked
        self._local = local_zone
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="backups", daemon=True)

    def start(self) -> None:
        """Look for the first time in a minute, then some times an hour."""
        self._thread.start()

    def close(self) -> None:
        """End at once; a copy that is being made is dropped."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def _work(self) -> None:
        seconds = FIRST_LOOK_S
        while not self._clock.wait(self._over, seconds):
            seconds = LOOK_EVERY_S
            try:
                self.look()
            except Exception as error:  # noqa: BLE001 - our bug, told and not repeated in silence
                self._dispatcher.post(lambda error=error: self._notices.report(error, FAILED))  # type: ignore[misc]  # binds the loop's variable

    def look(self) -> None:
        """Do what is due now. Any thread; blocking."""
        if not self._is_checked:
            self._is_checked = True
            state = soundness(self._database, go_on=self._goes_on)
            _log.info("The database was looked at: %s", state.value)
            if state is Soundness.DAMAGED:
                self._on_damage()
        now = datetime.fromtimestamp(self._clock.utc_us() / 1_000_000, UTC)
        nightly = [each for each in backups_of(self._database, self._folder) if each.is_nightly]
        if not is_due(nightly[0].taken if nightly else None, self._local(now)):
            return
        try:
            copy = back_up(self._database, self._folder, now=lambda: now, go_on=self._goes_on)
        except DatabaseDamaged:
            self._on_damage()
        except StorageUnavailable as error:
            notice = Notice(FAILED, Severity.WARNING, str(error), error.advice)
            self._dispatcher.post(lambda: self._notices.post(notice))
        else:
            if copy is not None:
                _log.info("The database was copied to %s", copy.name)
                self._dispatcher.post(lambda: self._notices.clear(FAILED))

    def _goes_on(self) -> bool:
        return not self._over.is_set()

    def _on_damage(self) -> None:
        mark_damaged(self._database)
        notice = Notice(
            DAMAGED,
            Severity.ERROR,
            "The database is damaged: some records may not be readable",
            "Close the program and start it again soon: it then puts the newest good copy in its "
            "place and keeps the damaged file.",
        )
        self._dispatcher.post(lambda: self._notices.post(notice))


def restored_notice(restoration: Restoration) -> Notice:
    """What was done at the start, in words."""
    kept = f"The damaged file is kept as {restoration.damaged}."
    if restoration.backup is None:
        return Notice(
            RESTORED,
            Severity.ERROR,
            "The database was damaged and there was no good copy: it begins empty",
            f"{kept} Put the cameras in again from their file.",
        )
    taken = restoration.backup.taken.astimezone()
    return Notice(
        RESTORED,
        Severity.ERROR,
        f"The database was damaged; the copy of {taken:%Y-%m-%d %H:%M} is in its place",
        f"What was saved after that is only in the damaged file. {kept}",
    )
