"""What is written in one transaction when an incident is started or changed, or a note added."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from app.core.errors import RecordChanged
from app.domain.bookmark import Bookmark
from app.domain.incident import Incident, Note
from app.domain.incident_changes import change_words, joined
from app.domain.record_filters import BookmarkFilter
from app.services.drafts import Changed, Opened, Recent, Unsaved
from app.storage.bookmarks import BookmarkRepository
from app.storage.incidents import IncidentRepository

_NOT_IN_A_NUMBER = re.compile(r"[^\w.-]+")
_US = 1_000_000


def number_prefix(opened_us: int, workstation: str) -> str:
    """The local date on which it was opened and the workstation, as in ``20261122-desk4``."""
    day = datetime.fromtimestamp(opened_us / _US, UTC).astimezone()
    return f"{day:%Y%m%d}-{_NOT_IN_A_NUMBER.sub('_', workstation)}"


class IncidentWriting:
    """Lives as long as its transaction, on the thread that writes. All may be tried twice."""

    def __init__(self, incidents: IncidentRepository, bookmarks: BookmarkRepository) -> None:
        self._incidents = incidents
        self._bookmarks = bookmarks

    def write(self, unsaved: Unsaved) -> Incident:
        """The incident as it is then.

        Raises ``ChangesCollide`` where a person must decide, and ``RecordChanged`` where it is
        not there or changed between reading and writing.
        """
        if isinstance(unsaved, Opened):
            return self._open(unsaved)
        if isinstance(unsaved, Changed):
            return self._change(unsaved)
        self._incidents.add_note(unsaved.note)
        return self._found(unsaved.note.incident)

    def _open(self, unsaved: Opened) -> Incident:
        there = self._incidents.get(unsaved.incident.id)
        if there is not None:
            return there
        incident, bookmark = self._with_recent(unsaved.incident, unsaved.note, unsaved.recent)
        prefix = number_prefix(incident.opened_us, incident.author.workstation)
        incident = replace(incident, number=self._incidents.next_number(prefix))
        self._incidents.add(incident)
        self._note(unsaved.note, unsaved.note.text, _bookmark_words(bookmark))
        self._name_in_bookmarks(incident.id, incident.bookmarks)
        return incident

    def _change(self, unsaved: Changed) -> Incident:
        newest = self._found(unsaved.after.id)
        wanted = joined(newest, unsaved.before, unsaved.after)
        wanted, bookmark = self._with_recent(wanted, unsaved.note, unsaved.recent)
        if wanted == newest:
            return newest
        changed = self._incidents.change(wanted)
        words = change_words(newest, changed)
        self._note(unsaved.note, words, unsaved.note.text, _bookmark_words(bookmark))
        self._name_in_bookmarks(changed.id, set(changed.bookmarks) - set(newest.bookmarks))
        return changed

    def _with_recent(
        self, incident: Incident, note: Note, recent: Recent | None
    ) -> tuple[Incident, Bookmark | None]:
        if recent is None:
            return incident, None
        wanted = BookmarkFilter(
            cameras=frozenset([recent.camera]),
            operators=frozenset([note.author.operator]),
            from_us=recent.since_us,
        )
        found = next(iter(self._bookmarks.page(wanted, 1)), None)
        if found is None or found.incident not in (None, incident.id):
            return incident, None
        bookmarks = tuple(dict.fromkeys((*incident.bookmarks, found.id)))
        clips = incident.clips
        if found.clip is not None:
            clips = tuple(dict.fromkeys((*clips, found.clip)))
        return replace(incident, bookmarks=bookmarks, clips=clips), found

    def _name_in_bookmarks(self, incident: UUID, keys: Iterable[UUID]) -> None:
        """A bookmark says itself to which incident it belongs; the first one counts."""
        for bookmark in self._bookmarks.many(set(keys)).values():
            if bookmark.incident is None:
                self._bookmarks.change(replace(bookmark, incident=incident))

    def _note(self, note: Note, *lines: str) -> None:
        text = "\n".join(filter(None, lines))
        if text:
            self._incidents.add_note(replace(note, text=text))

    def _found(self, key: UUID) -> Incident:
        found = self._incidents.get(key)
        if found is None:
            raise RecordChanged(
                "The incident is not in the database",
                advice="What you wrote is kept as a draft. Look at the list of incidents.",
            )
        return found


def _bookmark_words(bookmark: Bookmark | None) -> str:
    return "" if bookmark is None else f"With the bookmark “{bookmark.title}”"
