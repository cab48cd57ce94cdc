"""Bookmarks, incidents, clips and decisions of one made-up day."""

import uuid
from collections.abc import Iterator
from itertools import count
from typing import Any

from app.domain.author import Author
from app.domain.bookmark import Bookmark, DrawnBox, FlagState
from app.domain.camera import CameraCode, DistrictCode, SiteCode
from app.domain.clip_record import Clip, ClipState
from app.domain.detection import Box
from app.domain.incident import Incident, IncidentStatus, Note, PersonCalled
from app.domain.review import Decision
from app.domain.stream import PictureClock, StreamKind

NOON_US = 1_795_348_800_000_000
SECOND_US = 1_000_000
HOUR_US = 3600 * SECOND_US
OPERATOR = Author("Amina", "desk-4")
SUPERVISOR = Author("Zarak", "desk-1")
_counter: Iterator[int] = count(1)


def key() -> uuid.UUID:
    """Another one with each call."""
    return uuid.UUID(int=next(_counter) << 64 | 0x8 << 60)


def bookmark(at_s: float = 0, **changes: Any) -> Bookmark:
    """A moment ``at_s`` after noon; nothing of it is at its default."""
    values: dict[str, Any] = {
        "id": key(),
        "camera": CameraCode("BNU-41-3"),
        "site": SiteCode("BNU-41"),
        "district": DistrictCode("BNU"),
        "start_us": NOON_US + round(at_s * SECOND_US),
        "end_us": NOON_US + round(at_s * SECOND_US) + 5 * SECOND_US,
        "clock": PictureClock.CAMERA,
        "offset_us": -3_500,
        "kind": StreamKind.SUB,
        "author": OPERATOR,
        "created_us": NOON_US + round(at_s * SECOND_US) + 140_000,
        "title": "Gate left 12:00",
        "tags": ("car", "گاڑی"),
        "flag": FlagState.NONE,
        "picture_age_ms": 140,
        "drawn": (DrawnBox(Box(0.1, 0.2, 0.3, 0.4), "car", 0.9, "17"),),
        "thumbnail": "one.jpg",
        "clip": key(),
        "event_key": b"0123456789abcdef",
        "incident": key(),
        "severity": 1,
    }
    return Bookmark(**values | changes)


def incident(at_s: float = 0, **changes: Any) -> Incident:
    values: dict[str, Any] = {
        "id": key(),
        "number": f"20261122-DESK4-{next(_counter):03}",
        "type": "fight",
        "status": IncidentStatus.NEW,
        "severity": 2,
        "district": "BNU",
        "site": "BNU-41",
        "place": "behind the بازار",
        "opened_us": NOON_US + round(at_s * SECOND_US),
        "author": OPERATOR,
        "holder": "Amina",
        "people": (PersonCalled("Rescue 1122", "ambulance", NOON_US),),
        "cameras": (CameraCode("BNU-41-3"), CameraCode("BNU-41-1")),
        "bookmarks": (key(), key()),
        "clips": (key(),),
        "snapshots": ("b.png", "a.png"),
    }
    return Incident(**values | changes)


def note(of: Incident, text: str = "Two men run", at_s: float = 0, **changes: Any) -> Note:
    values: dict[str, Any] = {
        "id": key(),
        "incident": of.id,
        "author": OPERATOR,
        "written_us": NOON_US + round(at_s * SECOND_US),
        "text": text,
    }
    return Note(**values | changes)


def clip(at_s: float = 0, **changes: Any) -> Clip:
    at_us = NOON_US + round(at_s * SECOND_US)
    values: dict[str, Any] = {
        "id": key(),
        "camera": CameraCode("BNU-41-3"),
        "kind": StreamKind.MAIN,
        "start_us": at_us - 10 * SECOND_US,
        "end_us": at_us + 10 * SECOND_US,
        "clock": PictureClock.ARRIVAL,
        "offset_us": 0,
        "author": OPERATOR,
        "created_us": at_us,
        "file": "one.mp4",
        "bytes": 1_000,
        "sha256": "ab" * 32,
        "state": ClipState.COMPLETE,
        "gaps": ((at_us, at_us + SECOND_US),),
        "reason": "bookmark",
    }
    return Clip(**values | changes)


def decision(about: Bookmark, verdict: FlagState, at_s: float = 60, **changes: Any) -> Decision:
    values: dict[str, Any] = {
        "id": key(),
        "bookmark": about.id,
        "supervisor": SUPERVISOR,
        "verdict": verdict,
        "note": "who is that?" if verdict is FlagState.NEEDS_MORE else "",
        "decided_us": NOON_US + round(at_s * SECOND_US),
    }
    return Decision(**values | changes)
