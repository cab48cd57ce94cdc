"""Clips that are being written, a line each, with the ways to end them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.services.clips import RunningClip
from ui.clips.wording import running_text
from ui.theme import tokens

_WHOLE = 1000


class RunningList(QWidget):
    """Hidden while nothing is written.

    Signals:
        stop_asked: End a clip and keep it (its key).
        discard_asked: Throw a clip away (its key).
    """

    stop_asked = Signal(object)
    discard_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(tokens.SPACE_XS)
        self.lines: dict[UUID, RunningLine] = {}
        self.hide()

    @property
    def texts(self) -> Mapping[UUID, str]:
        """What is to be read of each."""
        return {key: line.words.text() for key, line in self.lines.items()}

    def show_clips(self, clips: Sequence[RunningClip]) -> None:
        """Show these and no others."""
        keys = {clip.id for clip in clips}
        for key in [key for key in self.lines if key not in keys]:
            line = self.lines.pop(key)
            line.hide()
            line.deleteLater()
        for clip in clips:
            line = self.lines.get(clip.id) or self._add(clip.id)
            line.show_clip(clip)
        self.setVisible(bool(clips))

    def _add(self, key: UUID) -> "RunningLine":
        line = self.lines[key] = RunningLine(self)
        line.stop.clicked.connect(lambda: self.stop_asked.emit(key))
        line.discard.clicked.connect(lambda: self.discard_asked.emit(key))
        self._rows.addWidget(line)
        return line


class RunningLine(QWidget):
    """One clip: words, how much of it is there where that is known, and two buttons."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(tokens.SPACE_S)
        self.words = QLabel("", self)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setMaximumHeight(tokens.SPACE_S)
        self.stop = QPushButton(self.tr("End"), self)
        self.stop.setToolTip(self.tr("End the clip here and keep it"))
        self.discard = QPushButton(self.tr("Throw away"), self)
        row.addWidget(self.words, 1)
        row.addWidget(self.bar, 1)
        row.addWidget(self.stop)
        row.addWidget(self.discard)

    def show_clip(self, clip: RunningClip) -> None:
        self.words.setText(running_text(clip))
        is_known = clip.share is not None and not clip.is_checking
        self.bar.setRange(0, _WHOLE if is_known else 0)
        self.bar.setValue(round((clip.share or 0.0) * _WHOLE))
        self.stop.setEnabled(not clip.is_checking)
        self.discard.setEnabled(not clip.is_checking)
