"""A slim strip of what is wrong right now; it takes room of its own and never covers video."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.services.notices import Notice, NoticeBoard, Severity
from ui.binding import bind
from ui.icons import icon
from ui.theme import tokens

_MOST = 3
_ICON_PX = 18
_LOOKS = {
    Severity.INFO: ("info", tokens.INFO),
    Severity.WARNING: ("warning", tokens.WARNING),
    Severity.ERROR: ("error", tokens.ERROR),
}


class NoticeBanner(QWidget):
    """The newest notices, worst first; hidden while there is nothing to say."""

    def __init__(self, board: NoticeBoard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._board = board
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(tokens.SPACE_XS)
        self._bars: dict[Notice, NoticeBar] = {}
        self._more = QLabel(self)
        self._more.setProperty("dim", True)
        self._rows.addWidget(self._more)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        bind(self, board.changed, self.show_notices)
        self.show_notices(board.current)

    @property
    def texts(self) -> Sequence[str]:
        """What is to be read, a line a notice."""
        return [bar.text for bar in self._bars.values()]

    def show_notices(self, notices: Sequence[Notice]) -> None:
        """Show these; bars of notices that stay are not made anew."""
        worst_first = list(reversed(notices))  # newest first among those that are equally bad
        worst_first.sort(key=lambda notice: -notice.severity.value)
        wanted = worst_first[:_MOST]
        for notice in self._bars.keys() - set(wanted):
            bar = self._bars.pop(notice)
            self._rows.removeWidget(bar)
            bar.hide()
            bar.deleteLater()
        bars = {}
        for place, notice in enumerate(wanted):
            bar = self._bars.get(notice) or NoticeBar(notice, self._dismisser(notice), self)
            self._rows.insertWidget(place, bar)
            bars[notice] = bar
        self._bars = bars
        hidden = len(notices) - len(wanted)
        self._more.setText(self.tr("and {0} more").format(hidden))
        self._more.setVisible(hidden > 0)
        self.setVisible(bool(notices))

    def _dismisser(self, notice: Notice) -> Callable[[], None]:
        return lambda: self._board.clear(notice.key)


class NoticeBar(QFrame):
    """One notice: icon and word of its severity, the sentence, the advice, a way to dismiss it."""

    def __init__(
        self, notice: Notice, dismiss: Callable[[], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("noticeBar")
        self.setProperty("severity", notice.severity.name.lower())
        name, colour = _LOOKS[notice.severity]
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.SPACE_S, tokens.SPACE_XS, tokens.SPACE_XS, tokens.SPACE_XS)
        row.setSpacing(tokens.SPACE_S)
        sign = QLabel(self)
        sign.setPixmap(icon(name, colour).pixmap(QSize(_ICON_PX, _ICON_PX)))
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(0)
        self._text = _plain(notice.text, self)
        words.addWidget(self._text)
        self._advice = _plain(notice.advice, self)
        self._advice.setProperty("dim", True)
        self._advice.setVisible(bool(notice.advice))
        words.addWidget(self._advice)
        row.addLayout(words, 1)
        close = QToolButton(self)
        close.setIcon(icon("close", tokens.TEXT_DIM))
        close.setToolTip(self.tr("Dismiss"))
        close.setAccessibleName(self.tr("Dismiss"))
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close.clicked.connect(dismiss)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)

    @property
    def text(self) -> str:
        return " – ".join(part for part in (self._text.text(), self._advice.text()) if part)


def _plain(text: str, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
