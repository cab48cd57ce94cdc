"""What belongs to an incident: cameras, bookmarks, clips, snapshots, and who was called."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.domain.camera import Camera, CameraCode
from app.domain.incident import Incident, PersonCalled
from app.services.incident_store import IncidentFile
from ui.icons import icon
from ui.incidents.wording import time_text
from ui.models.camera_tree import one_line
from ui.theme import tokens

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MOST_ROWS = 4
_ROLE = Qt.ItemDataRole.UserRole
_SEPARATORS = ",،"
"""Between a name and a role, in Latin and in Arabic script."""


@dataclass(frozen=True, slots=True)
class Belonging:
    """One line: what it is called, and what opens it (``None``: nothing does) or takes it away."""

    icon: str
    text: str
    opens: object | None = None
    without: Incident | None = None


class BelongingList(QListWidget):
    """As high as its lines, some at most. Enter opens, Delete takes away.

    Signals:
        opened: What the line stands for.
        removed: The incident without it.
    """

    opened = Signal(object)
    removed = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._shown: Sequence[Belonging] = ()
        self.itemActivated.connect(self._on_activated)

    def show_belongings(self, belongings: Sequence[Belonging]) -> None:
        if [(b.icon, b.text) for b in belongings] != [(b.icon, b.text) for b in self._shown]:
            row = self.currentRow()
            self.clear()
            for each in belongings:
                self.addItem(QListWidgetItem(icon(each.icon, tokens.TEXT_DIM), each.text))
            self.setCurrentRow(min(row, len(belongings) - 1))
        self._shown = tuple(belongings)
        self.setVisible(bool(belongings))
        self.updateGeometry()

    def _on_activated(self, item: QListWidgetItem) -> None:
        opens = self._shown[self.row(item)].opens
        if opens is not None:
            self.opened.emit(opens)

    # --- Qt overrides ------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        rows = max(1, min(_MOST_ROWS, self.count()))
        height = self.sizeHintForRow(0) if self.count() else self.fontMetrics().lineSpacing()
        return QSize(200, rows * height + 2 * self.frameWidth() + 2)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentRow()
        if event.key() in _ENTER and row >= 0:
            self._on_activated(self.item(row))
        elif event.key() == Qt.Key.Key_Delete and row >= 0:
            without = self._shown[row].without
            if without is not None:
                self.removed.emit(without)
        else:
            super().keyPressEvent(event)


class Belongings(QWidget):
    """Two lists and the line for somebody who was called.

    Signals:
        opened: A ``CameraCode``, ``Bookmark`` or ``Clip``.
        changed: The incident as it was shown, and as the operator wants it.
    """

    opened = Signal(object)
    changed = Signal(object, object)

    def __init__(
        self,
        camera: Callable[[CameraCode], Camera | None],
        now_us: Callable[[], int],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._camera = camera
        self._now_us = now_us
        self._incident: Incident | None = None
        self.links = BelongingList(self.tr("Belongs to it"), self)
        self.people = BelongingList(self.tr("Called"), self)
        self.person = QLineEdit(self)
        self.person.setPlaceholderText(self.tr("Called: name, role – Enter adds the time"))
        self.person.setAccessibleName(self.tr("Somebody who was called"))
        self.person.setStyleSheet(f"font-size: {tokens.FONT_PX}px; padding: {tokens.SPACE_XS}px")
        links = QLabel(self.tr("&Belongs to it – Enter opens, Delete takes away"), self)
        links.setProperty("dim", True)
        links.setBuddy(self.links)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.SPACE_XS)
        for widget in (links, self.links, self.person, self.people):
            column.addWidget(widget)
        self.links.opened.connect(self.opened)
        self.links.removed.connect(self._on_wanted)
        self.people.removed.connect(self._on_wanted)
        self.person.returnPressed.connect(self._on_person)

    def show_file(self, file: IncidentFile) -> None:
        self._incident = file.incident
        self.links.show_belongings(self._linked(file))
        self.people.show_belongings(self._called(file.incident))

    # --- inside ------------------------------------------------------------------------------

    def _linked(self, file: IncidentFile) -> list[Belonging]:
        incident = file.incident
        found = []
        for code in incident.cameras:
            camera = self._camera(code)
            name = "" if camera is None else one_line(camera.name)
            cameras = tuple(each for each in incident.cameras if each != code)
            without = replace(incident, cameras=cameras)
            found.append(Belonging("camera", f"{code} {name}".strip(), code, without))
        for key in incident.bookmarks:
            bookmark = file.bookmarks.get(key)
            text = self.tr("A bookmark that is not there any more")
            if bookmark is not None:
                at_us = bookmark.start_us + bookmark.offset_us
                text = f"{one_line(bookmark.title)} · {time_text(at_us)}"
            without = replace(
                incident, bookmarks=tuple(each for each in incident.bookmarks if each != key)
            )
            found.append(Belonging("bookmark", text, bookmark, without))
        for key in incident.clips:
            clip = file.clips.get(key)
            text = self.tr("A clip that is not there yet or any more")
            if clip is not None:
                seconds = (clip.end_us - clip.start_us) / 1_000_000
                at_us = clip.start_us + clip.offset_us
                text = self.tr("Clip of {0} · {1} · {2} s").format(
                    clip.camera, time_text(at_us), f"{seconds:.0f}"
                )
            without = replace(incident, clips=tuple(e for e in incident.clips if e != key))
            found.append(Belonging("clip", text, clip, without))
        found += [Belonging("snapshot", one_line(name)) for name in incident.snapshots]
        return found

    def _called(self, incident: Incident) -> list[Belonging]:
        return [
            Belonging(
                "person",
                " · ".join(filter(None, (time_text(p.at_us), one_line(p.name), one_line(p.role)))),
                without=replace(
                    incident, people=tuple(each for each in incident.people if each != p)
                ),
            )
            for p in incident.people
        ]

    def _on_person(self) -> None:
        text = self.person.text().strip()
        if not text or self._incident is None:
            return
        cut = next((at for at, letter in enumerate(text) if letter in _SEPARATORS), len(text))
        person = PersonCalled(text[:cut].strip(), text[cut + 1 :].strip(), self._now_us())
        if person.name:
            self.person.clear()
            self._on_wanted(replace(self._incident, people=(*self._incident.people, person)))

    def _on_wanted(self, after: Incident) -> None:
        if self._incident is not None:
            self.changed.emit(self._incident, after)
