"""Words over the whole screen: the number being typed, and the page that was turned to."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter

from app.domain.layout import strip_height_px
from app.services.call_up import CallUpProblem
from app.services.wall_screen import CallUpSnapshot
from ui.theme import tokens
from ui.wall.furniture import font_px
from ui.wall.wording import tr

_GROUND = QColor(tokens.BACKGROUND)
_GROUND.setAlpha(225)
_LINE = QColor(tokens.ACCENT)
_LINE_PROBLEM = QColor(tokens.OFFLINE)
_TEXT = QColor(tokens.TEXT)
_DIM = QColor(tokens.TEXT_DIM)
_ON_ACCENT = QColor(tokens.TEXT_ON_ACCENT)


class Plate:
    """A title and a line below it; nothing is shown while the title is empty."""

    def __init__(self) -> None:
        self.title = ""
        self.line = ""
        self.is_problem = False

    @property
    def is_shown(self) -> bool:
        return bool(self.title)

    def show_call_up(self, call_up: CallUpSnapshot | None) -> None:
        """Show the typed number with its camera, or what is wrong with it."""
        self.title = "" if call_up is None else call_up.text
        self.is_problem = call_up is not None and call_up.problem is not None
        self.line = "" if call_up is None else _line(call_up)

    def paint(self, painter: QPainter, screen: QSize) -> None:
        if not self.is_shown:
            return
        plate = self.area(screen)
        height = plate.height()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(_LINE_PROBLEM if self.is_problem else _LINE)
        painter.setBrush(_GROUND)
        painter.drawRoundedRect(plate, height / 12, height / 12)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        upper = QRect(plate.x(), plate.y() + height // 16, plate.width(), height * 9 // 16)
        lower = QRect(plate.x(), plate.y() + height * 10 // 16, plate.width(), height * 4 // 16)
        painter.setFont(font_px(height // 2, bold=True))
        painter.setPen(_TEXT)
        painter.drawText(upper, Qt.AlignmentFlag.AlignCenter, self.title)
        font = font_px(height // 8)
        painter.setFont(font)
        painter.setPen(_LINE_PROBLEM if self.is_problem else _DIM)
        line = QFontMetrics(font).elidedText(
            self.line, Qt.TextElideMode.ElideRight, plate.width() - height // 4
        )
        painter.drawText(lower, Qt.AlignmentFlag.AlignCenter, line)

    def area(self, screen: QSize) -> QRect:
        """Where it lies, in device pixels."""
        height = screen.height() // 5
        # Wide enough for a camera's name also on a narrow screen.
        width = min(screen.width() * 9 // 10, max(screen.width() * 2 // 5, height * 17 // 5))
        plate = QRect(0, 0, width, height)
        plate.moveCenter(QRect(0, 0, screen.width(), screen.height()).center())
        return plate


class PageNote:
    """One line at the lower edge, on the strips of the lowest tiles; empty text shows nothing."""

    def __init__(self) -> None:
        self.text = ""
        self.lift = 0
        """So many device pixels of the lower edge lie under something else."""

    def paint(self, painter: QPainter, screen: QSize, scale: float) -> None:
        if not self.text:
            return
        where = self.area(screen, scale)
        painter.fillRect(where, _LINE)
        painter.setFont(_note_font(where.height()))
        painter.setPen(_ON_ACCENT)
        painter.drawText(where, Qt.AlignmentFlag.AlignCenter, self.text)

    def area(self, screen: QSize, scale: float) -> QRect:
        """Where it lies, in device pixels."""
        height = strip_height_px(screen.height() // 8, scale)
        width = QFontMetrics(_note_font(height)).horizontalAdvance(self.text) + 2 * height
        top = screen.height() - height - self.lift
        return QRect((screen.width() - width) // 2, top, width, height)


def _note_font(height: int) -> QFont:
    return font_px(round(height * 0.7), bold=True)


def _line(call_up: CallUpSnapshot) -> str:
    if call_up.problem is CallUpProblem.UNKNOWN:
        return tr("No camera has the number {0}").format(call_up.text)
    if call_up.problem is CallUpProblem.INCOMPLETE:
        return tr("Incomplete: a number is district.site.camera, as in 2.41.3")
    if call_up.camera is not None:
        return f"{call_up.camera.code}  {call_up.camera.name}"
    return tr("district.site.camera, then Enter")
