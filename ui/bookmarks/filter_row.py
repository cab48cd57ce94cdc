"""The choices by which a list of bookmarks is narrowed and sorted."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from app.domain.bookmark import FlagState
from app.domain.camera import CameraCode, District, DistrictCode
from app.domain.record_filters import BookmarkFilter, RecordOrder
from ui.bookmarks.wording import flag_text
from ui.filter_fields import FilterFields, fill

_HOUR_US = 3600 * 1_000_000


class BookmarkFilterRow(FilterFields):
    """Text, district, flag, tag, operator, time and order."""

    def __init__(
        self,
        named: Callable[[str], frozenset[CameraCode]],
        now_us: Callable[[], int],
        parent: QWidget | None = None,
    ) -> None:
        """``named`` finds the cameras that a text names."""
        super().__init__(parent)
        self.name_field(self.tr("Search bookmarks"), self.tr("Title, tag, note or camera"))
        self._named = named
        self._now_us = now_us
        self.district = self.box(self.tr("District"))
        self.flag = self.box(self.tr("State"))
        self.tag = self.box(self.tr("Tag"))
        self.operator = self.box(self.tr("Operator"))
        self.since = self.box(self.tr("Time"))
        self.order = self.box(self.tr("Order"))
        narrowing = (self.district, self.flag, self.tag, self.operator, self.since)
        self.arrange(narrowing, self.order, columns=3)
        flags = [(flag_text(flag), flag.value) for flag in FlagState]
        fill(self.flag, [(self.tr("All states"), ""), *flags])
        fill(
            self.since,
            [
                (self.tr("Any time"), 0),
                (self.tr("Last hour"), 1),
                (self.tr("Last 8 hours"), 8),
                (self.tr("Last 24 hours"), 24),
                (self.tr("Last 7 days"), 168),
                (self.tr("Last 31 days"), 744),
            ],
        )
        fill(
            self.order,
            [
                (self.tr("Newest first"), RecordOrder.NEWEST.value),
                (self.tr("Oldest first"), RecordOrder.OLDEST.value),
            ],
        )
        self.offer([], [], [])

    @property
    def filter(self) -> BookmarkFilter:
        """What is chosen now."""
        text = self.text
        district, flag = self.district.currentData(), self.flag.currentData()
        tag, operator = self.tag.currentData(), self.operator.currentData()
        hours = self.since.currentData() or 0
        return BookmarkFilter(
            text=text,
            named=self._named(text) if text else frozenset(),
            tags=frozenset([tag] if tag else []),
            districts=frozenset([DistrictCode(district)] if district else []),
            operators=frozenset([operator] if operator else []),
            flags=frozenset([FlagState(flag)] if flag else []),
            from_us=self._now_us() - hours * _HOUR_US if hours else None,
        )

    @property
    def chosen_order(self) -> RecordOrder:
        return RecordOrder(self.order.currentData())

    def offer(
        self, districts: Sequence[District], tags: Sequence[str], operators: Sequence[str]
    ) -> None:
        """Offer what there is; what is chosen stays chosen."""
        found = [(district.name, str(district.code)) for district in districts]
        fill(self.district, [(self.tr("All districts"), ""), *found])
        fill(self.tag, [(self.tr("All tags"), ""), *((f"#{tag}", tag) for tag in tags)])
        names = [(operator, operator) for operator in operators]
        fill(self.operator, [(self.tr("All operators"), ""), *names])
