"""What one person changed of an incident: in words, and joined with what others changed meanwhile.

Two workstations may hold the same incident. Changes of different fields go together; only where
both changed the same field to something else must a person decide.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from app.domain.incident import Incident, IncidentStatus, PersonCalled

_FIELDS = ("type", "status", "severity", "district", "site", "place", "holder")
_COLLECTIONS = ("people", "cameras", "bookmarks", "clips", "snapshots")
_STATUS_WORDS = {
    IncidentStatus.NEW: "new",
    IncidentStatus.IN_PROGRESS: "in progress",
    IncidentStatus.ON_HOLD: "on hold",
    IncidentStatus.CLOSED: "closed",
}
SEVERITY_WORDS = ("information", "notice", "warning", "alarm")


class ChangesCollide(Exception):
    """Somebody else changed the same ``field`` to something else meanwhile."""

    def __init__(self, field: str, theirs: str) -> None:
        super().__init__(f"{field} is {theirs} by now")
        self.field = field
        self.theirs = theirs


def joined(newest: Incident, before: Incident, after: Incident) -> Incident:
    """``newest`` with what differs between ``before`` and ``after``; raises ``ChangesCollide``.

    Equal to ``newest`` where all of it is there already, so that a change may be tried twice.
    """
    values: dict[str, Any] = {}
    for name in _FIELDS:
        old, new, now = (getattr(each, name) for each in (before, after, newest))
        if new in (old, now):
            continue
        if now != old:
            raise ChangesCollide(_title(name), _words(name, now))
        values[name] = new
    for name in _COLLECTIONS:
        old, new, now = (getattr(each, name) for each in (before, after, newest))
        gone = set(old) - set(new)
        kept = [each for each in now if each not in gone]
        values[name] = tuple(dict.fromkeys([*kept, *(each for each in new if each not in old)]))
    status = values.get("status")
    if status is not None:
        values["closed_us"] = after.closed_us if status is IncidentStatus.CLOSED else None
    return replace(newest, **values)


def change_words(before: Incident, after: Incident) -> str:
    """What changed, a line each, for the automatic note; empty when nothing did.

    English, like the log: the note is a record and not translated.
    """
    lines = [
        f"{_title(name)}: {_words(name, old) or '–'} → {_words(name, new) or '–'}"
        for name in _FIELDS
        if (old := getattr(before, name)) != (new := getattr(after, name))
    ]
    lines += _people_words(before.people, after.people)
    for name, one, many in (
        ("cameras", "Camera", "Cameras"),
        ("bookmarks", "Bookmark", "bookmarks"),
        ("clips", "Clip", "clips"),
        ("snapshots", "Snapshot", "Snapshots"),
    ):
        old, new = getattr(before, name), getattr(after, name)
        are_names = name in ("cameras", "snapshots")
        for verb, differing in (("added", _without(new, old)), ("removed", _without(old, new))):
            if not differing:
                continue
            if are_names:
                title = one if len(differing) == 1 else many
                lines.append(f"{title} {verb}: {', '.join(map(str, differing))}")
            else:
                title = one if len(differing) == 1 else f"{len(differing)} {many}"
                lines.append(f"{title} {verb}")
    return "\n".join(lines)


def _people_words(before: Sequence[PersonCalled], after: Sequence[PersonCalled]) -> list[str]:
    def words(person: PersonCalled) -> str:
        return f"{person.name} ({person.role})" if person.role else person.name

    lines = [f"Called: {words(person)}" for person in _without(after, before)]
    return lines + [f"No longer listed as called: {words(p)}" for p in _without(before, after)]


def _without(these: Iterable[Any], those: Iterable[Any]) -> list[Any]:
    known = set(those)
    return [each for each in these if each not in known]


def _title(name: str) -> str:
    return {"holder": "Held by"}.get(name, name.capitalize())


def _words(name: str, value: Any) -> str:
    if name == "status":
        return _STATUS_WORDS[value]
    if name == "severity":
        return SEVERITY_WORDS[value]
    return str(value)
