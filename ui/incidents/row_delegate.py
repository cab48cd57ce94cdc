"""Paints one row of the list of incidents: number, status, what and where, who has it."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from app.domain.analytics_event import EventSeverity
from app.domain.incident import Incident
from ui.events.wording import SEVERITY_COLOURS, severity_text
from ui.incidents.wording import STATUS_COLOURS, number_text, status_text, time_text, title_text
from ui.models.camera_tree import one_line
from ui.models.incident_list_model import INCIDENT_ROLE, MARK_ROLE
from ui.row_ground import STRIPE, paint_ground
from ui.theme import tokens

Index = QModelIndex | QPersistentModelIndex
HEIGHT = 66
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight | Qt.TextFlag.TextSingleLine


class IncidentRowDelegate(QStyledItemDelegate):
    """Every row has the same height."""

    # --- Qt overrides ------------------------------------------------------------------------

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(0, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        incident: Incident | None = index.data(INCIDENT_ROLE)
        if incident is None:
            return
        severity = EventSeverity(min(max(incident.severity, 0), EventSeverity.ALARM))
        painter.save()
        area = paint_ground(painter, option, SEVERITY_COLOURS[severity])
        words = area.adjusted(
            STRIPE + tokens.SPACE_S, tokens.SPACE_XS, -tokens.SPACE_S, -tokens.SPACE_XS
        )
        _paint_words(painter, words, incident, severity, index.data(MARK_ROLE))
        painter.restore()


def _paint_words(
    painter: QPainter, words: QRect, incident: Incident, severity: EventSeverity, mark: str
) -> None:
    third = words.height() // 3
    rows = [QRect(words.left(), words.top() + third * at, words.width(), third) for at in range(3)]
    normal = QFont(painter.font())
    bold, small = QFont(normal), QFont(normal)
    bold.setWeight(QFont.Weight.DemiBold)
    small.setPixelSize(tokens.FONT_SMALL_PX)

    painter.setFont(bold)
    status = status_text(incident.status)
    rows[0].setRight(_right(painter, rows[0], status, STATUS_COLOURS[incident.status]))
    _left(painter, rows[0], number_text(incident), tokens.TEXT)

    painter.setFont(normal)
    _left(painter, rows[1], one_line(title_text(incident)), tokens.TEXT)

    painter.setFont(small)
    rows[2].setRight(_right(painter, rows[2], time_text(incident.opened_us), tokens.TEXT_DIM))
    if mark:
        rows[2].setLeft(_left(painter, rows[2], mark, tokens.SELECTED) + tokens.SPACE_S)
    about = (severity_text(severity), incident.district, one_line(incident.holder))
    _left(painter, rows[2], " · ".join(filter(None, about)), tokens.TEXT_DIM)


def _left(painter: QPainter, area: QRect, text: str, colour: str) -> int:
    """Write from the left, cut where too long; where it ended."""
    metrics = painter.fontMetrics()
    cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, area.width()))
    painter.setPen(QColor(colour))
    painter.drawText(area, _LEFT, cut)
    return area.left() + metrics.horizontalAdvance(cut)


def _right(painter: QPainter, area: QRect, text: str, colour: str) -> int:
    """Write to the right edge; where the room for other words ends."""
    painter.setPen(QColor(colour))
    painter.drawText(area, _RIGHT, text)
    return area.right() - painter.fontMetrics().horizontalAdvance(text) - tokens.SPACE_S
