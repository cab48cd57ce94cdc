"""The choices by which a list of events is narrowed."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from app.domain.analytics_event import EventSeverity
from app.domain.camera import District, DistrictCode
from app.domain.event_filter import EventFilter, rule_of
from ui.events.wording import label_text, rule_text, severity_text
from ui.filter_fields import FilterFields, fill


class FilterRow(FilterFields):
    """District, severity, class, rule and text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name_field(self.tr("Search events"), self.tr("Camera, rule or class"))
        self.district = self.box(self.tr("District"))
        self.severity = self.box(self.tr("Severity"))
        self.label = self.box(self.tr("Class"))
        self.rule = self.box(self.tr("Rule"))
        self.arrange((self.district, self.severity, self.label, self.rule))
        fill(self.severity, [(self._words_of(each), each) for each in EventSeverity])
        self.offer([], [], [])

    @property
    def filter(self) -> EventFilter:
        """What is chosen now."""
        district, label = self.district.currentData(), self.label.currentData()
        rule = self.rule.currentData()
        return EventFilter(
            districts=frozenset([DistrictCode(district)] if district else []),
            labels=frozenset([label] if label else []),
            rules=frozenset([rule] if rule else []),
            least=EventSeverity(self.severity.currentData() or 0),
            text=self.text,
        )

    def offer(
        self,
        districts: Sequence[District],
        labels: Sequence[str],
        rules: Sequence[tuple[str, str]],
    ) -> None:
        """Offer what there is; what is chosen stays chosen."""
        names = {rule_of(rule, kind): rule_text(rule, kind) for rule, kind in rules}
        there = [(district.name, str(district.code)) for district in districts]
        classes = sorted((label_text(label), label) for label in labels)
        broken = sorted((words, rule) for rule, words in names.items())
        fill(self.district, [(self.tr("All districts"), ""), *there])
        fill(self.label, [(self.tr("All classes"), ""), *classes])
        fill(self.rule, [(self.tr("All rules"), ""), *broken])

    def _words_of(self, severity: EventSeverity) -> str:
        words = self.tr("All severities") if not severity else severity_text(severity)
        and_worse = severity not in (EventSeverity.INFORMATION, EventSeverity.ALARM)
        return self.tr("{0} and worse").format(words) if and_worse else words
