"""One person plays operator and supervisor through a whole story, with the keyboard alone: an
event, a bookmark with words and a flag, a note, the review, and the answer that comes back."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TypeVar

import cv2
import pytest
from PySide6.QtWidgets import QApplication
from sqlalchemy.orm import Session

from app.demo.process import DemoCity
from app.domain.author import Author
from app.domain.bookmark import Bookmark, FlagState
from app.domain.record_filters import BookmarkFilter, IncidentFilter
from app.storage.bookmarks import BookmarkRepository
from app.storage.database import Database, sqlite_url
from app.storage.incidents import IncidentRepository
from app.storage.reviews import ReviewRepository
from tests.e2e.backend import (
    SOURCE,
    Backend,
    BoxReader,
    BoxWall,
    settings_of,
    show_crossings,
    url_of,
)
from tests.e2e.hands import Hands
from tests.e2e.program import first_cameras, until
from tests.e2e.words import shows_words
from tests.fakes.demo_city import demo_city
from tests.fakes.mosquitto import Mosquitto
from tests.fakes.postgres import PostgresServer
from tests.fakes.xvfb import VirtualScreen

pytestmark = pytest.mark.timeout(400)
CAMERAS = first_cameras(4)
RIGHTS = {"backend": ["readwrite city/#"], "wall": ["read city/#"]}
CONSOLE_WIDTH = 440
SOON_S = 20.0
T = TypeVar("T")


@pytest.fixture(scope="module")
def streets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoCity]:
    with demo_city(tmp_path_factory.mktemp("city")) as city:
        show_crossings(city, CAMERAS)
        yield city


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where the story is kept: in a file, and on the server that workstations share."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path / "wall" / "data" / "nigehban.db")
        return
    with PostgresServer() as server:
        yield server.url


class Desk(BoxWall):
    """One workstation at which people take turns."""

    def __init__(self, folder: Path, screen: VirtualScreen, settings: str, url: str) -> None:
        super().__init__(folder, screen, settings)
        self._backends = settings
        self._url = url
        self._pictures = folder.parent / "pictures"
        self._pictures.mkdir()
        self._steps = 0
        self.hands = Hands(screen)
        self.console = screen.pixels()[:, screen.width - CONSOLE_WIDTH :]

    def command(self, *options: str, is_demo: bool = False) -> list[str]:
        return super().command("--database-url", self._url, *options, is_demo=is_demo)

    def sit_down(self, name: str, role: str) -> None:
        """Start the program as this person, and wait until all is there."""
        who = f'[operator]\nname = "{name}"\nrole = "{role}"\n'
        text = f"[video]\nwarm_pages = 0\n{who}{self._backends}"
        (self.folder / "settings.toml").write_text(text, encoding="utf-8")
        # Without a window manager Qt takes room for its frame off what it remembers.
        (self.data / "windows.ini").unlink(missing_ok=True)
        self.start("--screens", "1", "--layout", "4")
        reader = self.reader("4", width=self.screen.width - CONSOLE_WIDTH)
        self.wait_live(reader)
        boxes = BoxReader(reader)
        for tile in range(4):
            # One after the other: a look at all may fall into a change of one picture.
            until(partial(boxes.has_box, tile), SOON_S * 2, f"boxes on tile {tile}")
        self.picture(f"{name} sits down")

    def picture(self, step: str) -> None:
        """Keep what is on the screen."""
        self._steps += 1
        file = self._pictures / f"{self._steps:02d} {step}.png"
        assert cv2.imwrite(str(file), self.screen.pixels()[..., :3].copy())

    def reads(self, words: str, px: int, *, bold: bool = False) -> None:
        """Wait until these words stand in the console."""
        what = f"“{words}” in the console"
        try:
            until(lambda: shows_words(self.console, words, px, bold=bold), SOON_S, what)
        except AssertionError:
            self.picture("instead of the words")
            raise

    def leaves(self) -> None:
        report = self.leave()
        assert report["ui"]["events_dropped"] == 0
        until(lambda: not self.survivors(), 10, "nothing of it runs")


class Records:
    """What the database has."""

    def __init__(self, url: str) -> None:
        self._database = Database(url)

    def read(self, ask: Callable[[Session], T]) -> T:
        with self._database.reading() as session:
            return ask(session)

    def bookmarks(self) -> Sequence[Bookmark]:
        return self.read(lambda session: BookmarkRepository(session).page(BookmarkFilter(), 10))

    def notes(self) -> Sequence[str]:
        def ask(session: Session) -> Sequence[str]:
            repository = IncidentRepository(session)
            incidents = repository.page(IncidentFilter(), 10)
            return [
                note.text
                for incident in incidents
                for note in repository.notes_of(incident.id)
                if not note.is_automatic
            ]

        return self.read(ask)

    def flags(self) -> Sequence[FlagState]:
        return [each.flag for each in self.bookmarks()]

    def close(self) -> None:
        self._database.close()


def test_from_the_event_to_the_answer(
    tmp_path: Path,
    wide_screen: VirtualScreen,
    streets: DemoCity,
    database_url: str,
    qapp: QApplication,
) -> None:
    with (
        Mosquitto(rights=RIGHTS) as broker,
        Backend(broker, CAMERAS) as backend,
        Desk(tmp_path / "wall", wide_screen, settings_of(SOURCE, broker), database_url) as desk,
    ):
        desk.add_cameras(CAMERAS, lambda camera: url_of(streets, camera))
        with closing(Records(database_url)) as records:
            desk.sit_down("Gul", "operator")
            mark_and_note(desk, backend, records)
            desk.leaves()
            desk.sit_down("Zarin", "supervisor")
            review(desk, records)
            desk.leaves()
            desk.sit_down("Gul", "operator")
            look_at_the_answer(desk)
            desk.leaves()
            made = records.bookmarks()[0]
            decisions = records.read(
                lambda session: ReviewRepository(session).decisions_of(made.id)
            )
            assert [each.verdict for each in decisions] == [
                FlagState.CONFIRMED,
                FlagState.NEEDS_MORE,
            ]
            assert decisions[0].undone_us is not None
            assert decisions[1].note == "which gate"
            assert {each.supervisor.operator for each in decisions} == {"Zarin"}


def mark_and_note(desk: Desk, backend: Backend, records: Records) -> None:
    """The operator marks the event, gives it words and a flag, and writes a note."""
    hands = desk.hands
    backend.raise_event(CAMERAS[2])
    hands.press("F4")
    beside = desk.screen.pixels()[:, : desk.screen.width - CONSOLE_WIDTH]
    code = CAMERAS[2].code
    until(lambda: shows_words(beside, code, 13, bold=True), SOON_S, "the event beside the tiles")
    desk.picture("an event")
    hands.press("shift+F4", "b")
    until(lambda: len(records.bookmarks()) == 1, SOON_S, "a bookmark")
    desk.picture("a bookmark and the line for its words")
    hands.press("ctrl+a")
    hands.write("man at the gate")
    hands.press("Tab")
    hands.write("gate")
    hands.press("alt+f", "Return")
    until(lambda: records.flags() == [FlagState.RAISED], SOON_S, "a flag")
    made = records.bookmarks()[0]
    assert (made.title, made.tags, made.camera) == ("man at the gate", ("gate",), code)
    assert made.author == Author("Gul", made.author.workstation)
    assert made.event_key is not None
    assert made.drawn or made.clip is not None
    hands.press("Escape", "F4", "n")
    desk.picture("the line for a note")
    hands.write("he waits for somebody")
    hands.press("Return")
    until(lambda: records.notes() == ["he waits for somebody"], SOON_S, "a note")
    hands.press("ctrl+b")
    desk.reads("man at the gate", 13, bold=True)
    desk.picture("the bookmark in the list")


def review(desk: Desk, records: Records) -> None:
    """The supervisor confirms, takes that back, and asks for more."""
    hands = desk.hands
    hands.press("ctrl+r")
    desk.reads("man at the gate", 13, bold=True)
    reader = desk.reader("4", width=desk.screen.width - CONSOLE_WIDTH)
    strip, boxes = reader.strips[0], BoxReader(reader)
    caption = reader.pixels[strip.y : strip.y + strip.height, strip.x : strip.x + strip.width]

    def plays() -> bool:
        px = round(strip.height * 0.64)
        return shows_words(caption, "again and again", px) and boxes.index(0) >= 0

    until(plays, SOON_S, "the clip of the flag")
    desk.picture("the flag in the review, and its clip")
    hands.press("1")
    until(lambda: records.flags() == [FlagState.CONFIRMED], SOON_S, "confirmed")
    desk.picture("confirmed")
    hands.press("u")
    until(lambda: records.flags() == [FlagState.RAISED], SOON_S, "taken back")
    desk.picture("taken back")
    hands.press("3")
    hands.write("which gate")
    desk.picture("what more is needed")
    hands.press("Return")
    until(lambda: records.flags() == [FlagState.NEEDS_MORE], SOON_S, "needs more")
    hands.press("d")
    desk.reads("which gate", 13)
    desk.picture("who decided what")
    hands.press("f")
    desk.reads("Decided in the last 30 days: 1, of them false alarms: 0", 13)
    desk.picture("the table of false alarms")


def look_at_the_answer(desk: Desk) -> None:
    """The operator is told by a notice, and finds it in the list."""
    desk.reads("One answer to your flags.", 13)
    desk.picture("a notice about the answer")
    desk.hands.press("ctrl+r")
    desk.reads("which gate", 13)
    desk.picture("the answer")
    console = desk.console
    until(lambda: not shows_words(console, "One answer to your flags.", 13), SOON_S, "no notice")
