"""The service of incidents over a real database that can be told to refuse; work done at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from app.core.dispatch import ManualDispatcher
from app.core.tasks import Tasks
from app.domain.author import Author
from app.domain.camera import Camera, CameraCode
from app.domain.incident import Incident, Note
from app.services.drafts import Drafts
from app.services.incident_store import Answer, IncidentFile
from app.services.incidents import IncidentService, TileFacts
from app.services.notices import NoticeBoard
from app.storage.database import Database
from tests.fakes.directory import FakeDirectory
from tests.fakes.event_desk import AtOnce, HandClock

AMINA = Author("Amina Khan", "desk-4")
BILAL = Author("بلال احمد", "desk-5")


class RefusingDatabase(Database):
    """Raises ``refusal`` instead of beginning a transaction, as long as there is one."""

    refusal: Exception | None = None

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        if self.refusal is not None:
            raise self.refusal
        with super().transaction() as session:
            yield session


class IncidentDesk:
    """One workstation. ``close`` ends it as the program does."""

    def __init__(self, database: Database, folder: Path, author: Author = AMINA) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.clock = HandClock()
        self.dispatcher = ManualDispatcher()
        self.notices = NoticeBoard()
        self.directory = FakeDirectory()
        self.tasks = Tasks(AtOnce(), self.dispatcher, self.notices.report)
        self.drafts_file = folder / "drafts.json"
        self.drafts = Drafts(self.drafts_file, self.dispatcher, self.notices, settle_s=0.01)
        self.drafts.load()
        self.service = IncidentService(
            database, self.tasks, self.tasks, self.drafts, self.notices, self.clock, author
        )
        self.answers: list[Answer] = []

    def settle(self) -> None:
        """Do everything that was posted, and what that posts."""
        while self.dispatcher.drain():
            pass

    def start(self) -> None:
        self.service.start()
        self.settle()

    def close(self) -> None:
        self.service.close()
        self.drafts.close()
        self.settle()

    def pass_time(self, seconds: float) -> None:
        self.clock.seconds += seconds
        self.service.tick()
        self.settle()

    # --- what an operator does -----------------------------------------------------------------

    def camera(self, code: str) -> Camera:
        camera = self.directory.camera(CameraCode(code))
        assert camera is not None
        return camera

    def facts(self, code: str = "BNU-1-1") -> TileFacts:
        return TileFacts(self.camera(code), self.clock.utc_us(), 0.3)

    def note_tile(self, code: str = "BNU-1-1") -> UUID:
        key = self.service.note_tile(self.facts(code), self.answers.append)
        self.settle()
        return key

    def open_at(self, code: str = "BNU-1-1") -> UUID:
        key = self.service.open_at(self.facts(code), self.answers.append)
        self.settle()
        return key

    def write(self, incident: UUID, text: str, corrects: UUID | None = None) -> None:
        self.service.keep_draft(incident, text, corrects)
        self.service.write(incident, self.answers.append)
        self.settle()

    def change(self, before: Incident, after: Incident) -> None:
        self.service.change(before, after, self.answers.append)
        self.settle()

    # --- what there is -------------------------------------------------------------------------

    def file(self, incident: UUID) -> IncidentFile:
        found: list[IncidentFile | None] = []
        self.service.read(incident, found.append)
        self.settle()
        assert found[0] is not None
        return found[0]

    def incident(self, key: UUID) -> Incident:
        return self.file(key).incident

    def notes(self, key: UUID, *, automatic: bool = False) -> list[Note]:
        return [note for note in self.file(key).notes if note.is_automatic is automatic]

    @property
    def notice_keys(self) -> list[str]:
        return [notice.key for notice in self.notices.current]
