"""Keeps events in a folder, as the program does, on the orders of a test that may kill it.

Each line on stdin is a number: so many new events come, and are written or refused within
``WITHIN_S``. The answer: ``KEPT known waiting notices``, the first being how many of all events
ever sent are in the database as far as this process was told.
"""

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from app.core.clock import SystemClock
from app.core.dispatch import ManualDispatcher
from app.core.tasks import Tasks
from app.services.event_severity import SeverityTable
from app.services.event_store import EventStore
from app.services.event_thumbnails import EventThumbnails
from app.services.events import TICK_S, EventService
from app.services.notices import NoticeBoard
from app.storage.database import Database, sqlite_url
from app.storage.migration import bring_up_to_date
from tests.fakes.directory import FakeDirectory
from tests.fakes.engine import FakeEngine
from tests.fakes.event_desk import message

WITHIN_S = 5.0
REFUSED_AFTER_S = 1.5


def main() -> None:
    folder = Path(sys.argv[1])
    first = int(sys.argv[2])
    dispatcher, notices, clock = ManualDispatcher(), NoticeBoard(), SystemClock()
    with (
        closing(Database(sqlite_url(folder / "wall.db"))) as database,
        ThreadPoolExecutor(1) as one,
        ThreadPoolExecutor(2) as some,
    ):
        bring_up_to_date(database, folder / "backups")
        writing, reading = (Tasks(pool, dispatcher, notices.report) for pool in (one, some))
        store = EventStore(database, writing, reading, notices, clock, retention_days=30)
        engine = FakeEngine()
        service = EventService(
            FakeDirectory(),
            store,
            EventThumbnails(
                folder / "thumbnails",
                engine,
                lambda _source, _ref, _answer: None,
                dict,
                reading,
                clock,
                ring_seconds=60.0,
            ),
            SeverityTable([]),
            notices,
            clock,
            dispatcher,
            workstation="driver",
        )
        service.start()
        sent = first
        for line in sys.stdin:
            count = int(line)
            service.on_events(
                [
                    message(f"e{at}", rule=f"rule {at % 50}", time_us=clock.utc_us())
                    for at in range(sent, sent + count)
                ]
            )
            sent += count
            _work_on(dispatcher, service, store, notices)
            said = ",".join(notice.key for notice in notices.current) or "-"
            sys.stdout.write(f"KEPT {sent - store.waiting} {store.waiting} {said}\n")
            sys.stdout.flush()
        service.close()


def _work_on(
    dispatcher: ManualDispatcher, service: EventService, store: EventStore, notices: NoticeBoard
) -> None:
    """Until all is written, or a notice says why it is not."""
    began = time.monotonic()
    pause = threading.Event()
    is_done = False
    while not is_done and time.monotonic() - began < WITHIN_S:
        service.tick()
        pause.wait(TICK_S / 10)
        dispatcher.drain()
        refused = any(notice.key == "events-not-saved" for notice in notices.current)
        is_done = not store.waiting or (refused and time.monotonic() - began > REFUSED_AFTER_S)


if __name__ == "__main__":
    main()
