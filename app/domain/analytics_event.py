"""What a backend says happened."""

from enum import IntEnum

import msgspec

from app.domain.detection import Box, SourceClock


class EventPhase(IntEnum):
    """``PULSE`` has no duration; ``STATE`` was so before we listened (a retained message)."""

    PULSE = 0
    START = 1
    UPDATE = 2
    END = 3
    STATE = 4


class EventSeverity(IntEnum):
    """How much an event matters; from the mapping table of the settings, not from the backend."""

    INFORMATION = 0
    NOTICE = 1
    WARNING = 2
    ALARM = 3


class AnalyticsEvent(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One message about something that happened, as received.

    ``event_id`` is the same for all messages about one happening and for a message that is sent
    twice; ``kind`` is a word such as ``line_crossed``, ``zone_entered``, ``loitering``,
    ``object_detected``, ``review``; ``rule`` is the backend's name of the rule. Times are
    microseconds of Unix time on ``clock``; ``received_us`` on this workstation's.
    ``snapshot_ref`` and ``clip_ref`` are what the source's own interface calls them, never a URL
    with a password.
    """

    event_id: str
    camera: str
    source: str
    kind: str
    phase: EventPhase
    time_us: int
    clock: SourceClock
    received_us: int
    end_us: int | None = None
    label: str | None = None
    confidence: float | None = None
    box: Box | None = None
    track_id: str | None = None
    zones: tuple[str, ...] = ()
    rule: str = ""
    snapshot_ref: str = ""
    clip_ref: str = ""
    attributes: tuple[tuple[str, str, float | None], ...] = ()
    is_retained: bool = False
    raw_topic: str = ""
