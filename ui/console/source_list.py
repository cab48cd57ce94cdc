"""How each analytics backend is doing, a block of lines each."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from app.analytics.messages import ConnectionState, SourceState
from ui.texts import QT_TRANSLATE_NOOP
from ui.theme import tokens

_WORDS: Mapping[ConnectionState, str] = {
    ConnectionState.CONNECTING: QT_TRANSLATE_NOOP("Sources", "connecting"),
    ConnectionState.CONNECTED: QT_TRANSLATE_NOOP("Sources", "connected"),
    ConnectionState.WAITING: QT_TRANSLATE_NOOP("Sources", "waiting to try again"),
    ConnectionState.REFUSED: QT_TRANSLATE_NOOP("Sources", "refused"),
    ConnectionState.NOT_CONFIGURED: QT_TRANSLATE_NOOP("Sources", "not configured"),
}
_COLOURS: Mapping[ConnectionState, str] = {
    ConnectionState.CONNECTING: tokens.CONNECTING,
    ConnectionState.CONNECTED: tokens.LIVE,
    ConnectionState.WAITING: tokens.RECONNECTING,
    ConnectionState.REFUSED: tokens.OFFLINE,
    ConnectionState.NOT_CONFIGURED: tokens.CLOSED,
}
_SIGNS: Mapping[ConnectionState, str] = {
    ConnectionState.CONNECTING: "…",
    ConnectionState.CONNECTED: "●",
    ConnectionState.WAITING: "↻",
    ConnectionState.REFUSED: "⊘",
    ConnectionState.NOT_CONFIGURED: "○",
}


def tr(text: str) -> str:
    return QCoreApplication.translate("Sources", text)


def state_words(state: ConnectionState) -> str:
    return tr(_WORDS[state])


def figures(state: SourceState, per_second: float | None) -> str:
    """Rate, lag and what was lost, as far as there is anything to say."""
    parts = []
    if per_second is not None:
        parts.append(tr("{0} messages/s").format(f"{per_second:.0f}"))
    if state.lag_s is not None:
        parts.append(tr("{0} ms behind").format(round(state.lag_s * 1000)))
    if state.bad:
        parts.append(tr("{0} not understood").format(state.bad))
    if state.dropped:
        parts.append(tr("{0} dropped").format(state.dropped))
    if state.unknown:
        parts.append(tr("{0} of unknown cameras").format(state.unknown))
    return " · ".join(parts)


class SourceList(QWidget):
    """State, figures and, where something is wrong, a sentence for each source."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(tokens.SPACE_S)
        self._blocks: dict[str, _Block] = {}
        self._nothing = _plain(tr("No backend is configured; see the README"), self)
        self._nothing.setProperty("dim", True)
        self._nothing.setWordWrap(True)
        self._rows.addWidget(self._nothing)

    @property
    def texts(self) -> Mapping[str, Sequence[str]]:
        """What is to be read, line by line for each source."""
        return {name: block.texts for name, block in self._blocks.items()}

    def show_sources(self, states: Sequence[SourceState]) -> None:
        """Show these sources and no others."""
        names = {state.name for state in states}
        for name in [name for name in self._blocks if name not in names]:
            block = self._blocks.pop(name)
            block.hide()
            block.deleteLater()
        for state in states:
            if state.name not in self._blocks:
                self._blocks[state.name] = _Block(self)
                self._rows.addWidget(self._blocks[state.name])
            self._blocks[state.name].show_state(state)
        self._nothing.setVisible(not states)


class _Block(QFrame):
    """One source."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._before: SourceState | None = None
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(2)
        self._title = _plain("", self)
        self._figures = _plain("", self)
        self._figures.setProperty("dim", True)
        self._sentence = _plain("", self)
        for label in (self._title, self._figures, self._sentence):
            label.setWordWrap(True)
            rows.addWidget(label)

    @property
    def texts(self) -> Sequence[str]:
        labels = (self._title, self._figures, self._sentence)
        return [label.text() for label in labels if not label.isHidden()]

    def show_state(self, state: SourceState) -> None:
        words = state_words(state.state)
        self._title.setText(f"{_SIGNS[state.state]}  {state.name} – {words}")
        self._title.setStyleSheet(f"color: {_COLOURS[state.state]}")
        told = figures(state, self._per_second(state))
        self._figures.setText(told)
        self._figures.setVisible(bool(told))
        self._sentence.setText(state.sentence)
        self._sentence.setVisible(bool(state.sentence))

    def _per_second(self, state: SourceState) -> float | None:
        """Messages since the last report, which come each second; ``None`` after a restart."""
        before, self._before = self._before, state
        if before is None or state.messages < before.messages:
            return None
        return float(state.messages - before.messages)


def _plain(text: str, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
