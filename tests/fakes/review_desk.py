"""The review without windows: two people at one database, work done at once."""

import json
from pathlib import Path
from uuid import UUID

from app.domain.author import Author, Role
from app.domain.bookmark import Bookmark, FlagState
from app.services.identity import Identity
from app.services.review import Outcome, ReviewService
from app.storage.database import Database
from tests.fakes.bookmark_desk import BookmarkDesk, Refusing

SUPERVISOR = Identity(Author("Zarin", "desk-1"), Role.SUPERVISOR)
OPERATOR = Identity(Author("Gul", "desk-3"), Role.OPERATOR)


class ReviewDesk(BookmarkDesk):
    """The operator Gul marks and flags; Zarin reviews."""

    def __init__(self, database: Database, folder: Path) -> None:
        super().__init__(database, folder)
        self.told: list[Outcome] = []
        self.seen = folder / "review-seen.json"
        self.supervisor = self.review(SUPERVISOR)
        self.operator = self.review(OPERATOR)

    def review(self, identity: Identity) -> ReviewService:
        """A new run for a person."""
        return ReviewService(
            self.database,
            Refusing(self),
            self.tasks,
            self.service.saved.emit,
            self.seen,
            self.notices,
            self.clock,
            identity,
        )

    def flag(self, title: str = "white car", **facts: object) -> Bookmark:
        """Mark a moment and ask the supervisor to look."""
        made = self.mark(**{"utc_us": self.clock.utc_us(), **facts})
        after = self.service.change(made, self.answers.append, title=title, flag=FlagState.RAISED)
        self.settle()
        self.clock.seconds += 1
        return next(each for each in self.stored() if each.id == after.id)

    def look(self) -> None:
        """Let both see what is there."""
        self.supervisor.refresh()
        self.operator.look_for_answers()
        self.settle()

    def decide(self, bookmark: Bookmark, verdict: FlagState, note: str = "") -> Outcome:
        """Let the supervisor decide; what became of it."""
        assert self.supervisor.decide(bookmark, verdict, note, self.told.append)
        self.settle()
        return self.told[-1]

    def kept_as_seen(self) -> set[UUID]:
        return {UUID(each) for each in json.loads(self.seen.read_text(encoding="utf-8"))}
