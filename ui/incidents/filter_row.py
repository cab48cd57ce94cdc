"""The choices by which a list of incidents is narrowed."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from app.domain.camera import District
from app.domain.incident import IncidentStatus
from app.domain.record_filters import IncidentFilter
from ui.filter_fields import FilterFields, fill
from ui.incidents.wording import status_text

_OPEN = "open"


class IncidentFilterRow(FilterFields):
    """Text, status and district."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        placeholder = self.tr("Number, place, type, or words of a note")
        self.name_field(self.tr("Search incidents"), placeholder)
        self.status = self.box(self.tr("Status"))
        self.district = self.box(self.tr("District"))
        self.arrange((self.status, self.district))
        statuses = [(status_text(status), status.value) for status in IncidentStatus]
        are_open = (self.tr("All that are not closed"), _OPEN)
        fill(self.status, [(self.tr("All statuses"), ""), are_open, *statuses])
        self.offer([])

    @property
    def filter(self) -> IncidentFilter:
        """What is chosen now."""
        district = self.district.currentData()
        return IncidentFilter(
            text=self.text,
            statuses=self._statuses(),
            districts=frozenset([district] if district else []),
        )

    def offer(self, districts: Sequence[District]) -> None:
        """Offer these districts; what is chosen stays chosen."""
        there = [(district.name, str(district.code)) for district in districts]
        fill(self.district, [(self.tr("All districts"), ""), *there])

    def _statuses(self) -> frozenset[IncidentStatus]:
        chosen = self.status.currentData()
        if chosen == _OPEN:
            return frozenset(IncidentStatus) - {IncidentStatus.CLOSED}
        return frozenset([IncidentStatus(chosen)] if chosen else [])
