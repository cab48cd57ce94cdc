"""The console's page about boxes: which are drawn, and how the backends are doing."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from app.analytics.messages import SourceState
from app.core.events import Event
from app.domain.detection import LABELS
from app.services.overlay_types import OverlayFilter, OverlayVerbs
from ui.binding import bind
from ui.console.source_list import SourceList
from ui.theme import tokens
from ui.wall.box_style import style_sample
from ui.wall.box_wording import label_word

_COLUMNS = 2
_SAMPLE = QSize(34, 24)
_PER_CENT = 100
_STEP = 5


class Sources(Protocol):
    """What the page needs of the analytics service."""

    sources_changed: Event[Sequence[SourceState]]

    @property
    def sources(self) -> Sequence[SourceState]: ...


class BoxesPanel(QWidget):
    """Filters by class and confidence for all screens or the focused one, switches, sources.

    Signals:
        left: Escape: the keyboard goes back to the wall.
    """

    left = Signal()

    def __init__(
        self, overlays: OverlayVerbs, sources: Sources, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._overlays = overlays
        self._screen = 0
        self.scope = self._make_scope()
        self.labels = {label: self._make_label(label) for label in LABELS}
        self.confidence = self._make_confidence()
        self._confidence_words = _plain("", self)
        self.show_confidence = QCheckBox(self.tr("Confidence in per cent"), self)
        self.show_trails = QCheckBox(self.tr("Trails"), self)
        self.show_zones = QCheckBox(self.tr("Zones and lines of the rules"), self)
        for box in (self.show_confidence, self.show_trails, self.show_zones):
            box.toggled.connect(self._on_switched)
        self.source_list = SourceList(self)
        self._arrange()
        bind(self, overlays.options_changed, lambda _nothing: self._read())
        bind(self, sources.sources_changed, self.source_list.show_sources)
        self.source_list.show_sources(sources.sources)
        self._read()

    def follow(self, screen: int) -> None:
        """The screen with the focus is another one."""
        if screen != self._screen:
            self._screen = screen
            self._read()

    # --- making ----------------------------------------------------------------------------------

    def _arrange(self) -> None:
        content = QWidget(self)
        rows = QVBoxLayout(content)
        rows.setContentsMargins(0, 0, tokens.SPACE_S, 0)
        rows.setSpacing(tokens.SPACE_S)
        rows.addWidget(_heading(self.tr("Boxes that are drawn"), self))
        rows.addWidget(self.scope)
        grid = QGridLayout()
        grid.setHorizontalSpacing(tokens.SPACE_M)
        grid.setVerticalSpacing(tokens.SPACE_XS)
        for number, box in enumerate(self.labels.values()):
            grid.addWidget(box, number // _COLUMNS, number % _COLUMNS)
        rows.addLayout(grid)
        row = QHBoxLayout()
        row.addWidget(_plain(self.tr("At least as sure as"), self))
        row.addWidget(self.confidence, 1)
        self._confidence_words.setMinimumWidth(
            self._confidence_words.fontMetrics().horizontalAdvance("100 %")
        )
        row.addWidget(self._confidence_words)
        rows.addLayout(row)
        rows.addSpacing(tokens.SPACE_M)
        rows.addWidget(_heading(self.tr("Drawn besides, on all screens"), self))
        for box in (self.show_confidence, self.show_trails, self.show_zones):
            rows.addWidget(box)
        rows.addSpacing(tokens.SPACE_M)
        rows.addWidget(_heading(self.tr("Backends"), self))
        rows.addWidget(self.source_list)
        rows.addStretch()
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(content)
        content.setObjectName("panel")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(area)
        self.setFocusProxy(self.scope)

    def _make_scope(self) -> QComboBox:
        scope = QComboBox(self)
        scope.addItem(self.tr("on all screens"))
        scope.addItem("")
        scope.activated.connect(self._on_scope_chosen)
        return scope

    def _make_label(self, label: str) -> QCheckBox:
        box = QCheckBox(label_word(label), self)
        sample = style_sample(label, _SAMPLE.width(), _SAMPLE.height(), self.devicePixelRatioF())
        box.setIcon(QIcon(sample))
        box.setIconSize(_SAMPLE)
        box.toggled.connect(self._on_filtered)
        return box

    def _make_confidence(self) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal, self)
        slider.setRange(0, _PER_CENT)
        slider.setSingleStep(_STEP)
        slider.setPageStep(2 * _STEP)
        slider.setAccessibleName(self.tr("At least as sure as"))
        slider.valueChanged.connect(self._on_filtered)
        return slider

    # --- showing what holds ----------------------------------------------------------------------

    def _read(self) -> None:
        """Show what the service says; nothing of it is a change by the operator."""
        is_own = self._overlays.has_own_filter(self._screen)
        shown = self._overlays.filter(self._screen if is_own else None)
        switches = self._overlays.switches
        widgets: list[QWidget] = [
            self.scope,
            self.confidence,
            self.show_confidence,
            self.show_trails,
            self.show_zones,
            *self.labels.values(),
        ]
        before = [widget.blockSignals(True) for widget in widgets]
        self.scope.setItemText(1, self.tr("only on screen {0}").format(self._screen + 1))
        self.scope.setCurrentIndex(1 if is_own else 0)
        for label, box in self.labels.items():
            box.setChecked(label in shown.labels)
        percent = round(shown.minimum_confidence * _PER_CENT)
        self.confidence.setValue(percent)
        self._confidence_words.setText(f"{percent} %")
        self.show_confidence.setChecked(switches.confidence)
        self.show_trails.setChecked(switches.trails)
        self.show_zones.setChecked(switches.zones)
        for widget, was in zip(widgets, before, strict=True):
            widget.blockSignals(was)

    # --- what the operator does ------------------------------------------------------------------

    def _on_scope_chosen(self, index: int) -> None:
        """A screen of its own begins with what holds now; else it follows all others again."""
        common = self._overlays.filter(None)
        self._overlays.set_filter(self._screen, common if index else None)

    def _on_filtered(self, _value: int) -> None:
        wanted = OverlayFilter(
            frozenset(label for label, box in self.labels.items() if box.isChecked()),
            self.confidence.value() / _PER_CENT,
        )
        screen = self._screen if self.scope.currentIndex() else None
        self._overlays.set_filter(screen, wanted)

    def _on_switched(self, _checked: bool) -> None:
        self._overlays.set_switches(
            replace(
                self._overlays.switches,
                confidence=self.show_confidence.isChecked(),
                trails=self.show_trails.isChecked(),
                zones=self.show_zones.isChecked(),
            )
        )

    # --- Qt overrides ----------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


def _plain(text: str, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def _heading(text: str, parent: QWidget) -> QLabel:
    label = _plain(text, parent)
    label.setProperty("heading", True)
    return label
