"""An operator who writes without end: ``python -m tests.integration.incidents.driver FOLDER``.

Every line on standard output is something that the program has done by then: ``typed N`` letters
are in the editor, ``saved N`` notes are acknowledged. The test kills it in the middle.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from app.core.clock import SystemClock
from app.core.dispatch import ManualDispatcher
from app.core.tasks import Tasks
from app.domain.camera import CameraCode
from app.services.drafts import Drafts
from app.services.incident_store import Answer, Outcome
from app.services.incidents import IncidentService, TileFacts
from app.services.notices import NoticeBoard
from app.storage.database import Database, sqlite_url
from app.storage.migration import bring_up_to_date
from tests.fakes.directory import FakeDirectory
from tests.fakes.incident_desk import AMINA

LETTER_EVERY_S = 0.01
NOTE_OF = 120
"""So many letters are one note."""


def say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def main(folder: Path) -> None:
    dispatcher, notices = ManualDispatcher(), NoticeBoard()
    camera = FakeDirectory().camera(CameraCode("BNU-1-1"))
    assert camera is not None
    with (
        closing(Database(sqlite_url(folder / "wall.db"))) as database,
        ThreadPoolExecutor(1) as one,
        closing(Drafts(folder / "drafts.json", dispatcher, notices)) as drafts,
    ):
        bring_up_to_date(database, folder / "backups")
        tasks = Tasks(one, dispatcher, notices.report)
        drafts.load()
        service = IncidentService(database, tasks, tasks, drafts, notices, SystemClock(), AMINA)
        service.start()
        saved = 0

        def answer(answer: Answer) -> None:
            nonlocal saved
            saved += answer.outcome is Outcome.SAVED
            say(f"saved {saved}")

        key = service.note_tile(TileFacts(camera), lambda _answer: None)
        text, note = "", 0
        while True:
            text += "ب" if len(text) % 10 else "\n"
            service.keep_draft(key, f"note {note}{text}")
            say(f"typed {note} {len(text)}")
            if len(text) == NOTE_OF:
                service.write(key, answer)
                text, note = "", note + 1
            time.sleep(LETTER_EVERY_S)
            dispatcher.drain()
            service.tick()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
