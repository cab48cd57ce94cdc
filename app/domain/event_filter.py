"""Which events a list shows."""

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.analytics_event import EventSeverity
from app.domain.camera import CameraCode, DistrictCode
from app.domain.event_record import EventSubject

Describe = Callable[[CameraCode], str]
"""The words by which a camera is found: number, code and name in lower case. Any thread."""


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Empty sets let everything through; each word of ``text`` must be found somewhere."""

    districts: frozenset[DistrictCode] = frozenset()
    labels: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()
    least: EventSeverity = EventSeverity.INFORMATION
    text: str = ""

    @property
    def is_open(self) -> bool:
        """It lets everything through."""
        return self == EVERYTHING

    def fits(self, subject: EventSubject, describe: Describe) -> bool:
        if subject.severity < self.least:
            return False
        if self.districts and subject.district not in self.districts:
            return False
        if self.rules and rule_of(subject.rule, subject.kind) not in self.rules:
            return False
        if self.labels and self.labels.isdisjoint(subject.labels):
            return False
        return not self.text or self._is_found(subject, describe)

    def _is_found(self, subject: EventSubject, describe: Describe) -> bool:
        kind = subject.kind.replace("_", " ")
        found = f"{describe(subject.camera)}\n{subject.rule}\n{kind}\n{' '.join(subject.labels)}"
        found = found.lower()
        return all(word in found for word in self.text.lower().split())


EVERYTHING = EventFilter()


def rule_of(rule: str, kind: str) -> str:
    """What the rules are chosen by: their names, or the kind of event where there is no name."""
    return rule or kind
