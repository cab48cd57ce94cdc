"""The style sheet and palette made from the tokens."""

from string import Template

from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from ui.theme import tokens

_SHEET = Template("""
QWidget { color: $TEXT; }
QWidget#consoleWindow, QWidget#panel { background: $SURFACE; }
QLabel { background: transparent; }
QLabel[dim="true"] { color: $TEXT_DIM; }
QLabel[title="true"] { font-size: ${FONT_TITLE_PX}px; font-weight: 600; }
QLabel[heading="true"] { font-size: ${FONT_LARGE_PX}px; font-weight: 600; }
QLabel[code="true"] {
    font-family: "DejaVu Sans Mono", "Consolas", monospace; background: $BACKGROUND;
    border: 1px solid $BORDER; border-radius: ${RADIUS}px; padding: ${SPACE_S}px ${SPACE_M}px;
}
QLabel[key="true"] {
    background: $SURFACE_HOVER; border: 1px solid $BORDER; border-bottom-width: 2px;
    border-radius: 4px; padding: 1px ${SPACE_S}px;
}
QFrame#overlay {
    background: $SURFACE_RAISED; border: 1px solid $BORDER; border-radius: ${RADIUS}px;
}
QFrame#wallBar {
    background: $SURFACE_RAISED; border: 0; border-bottom: 1px solid $BORDER;
}
QFrame#eventsDock {
    background: $SURFACE; border: 0; border-left: 1px solid $BORDER;
}
QFrame#noticeBar { background: $SURFACE_RAISED; border: 0; }
QFrame#noticeBar[severity="info"] { border-left: 3px solid $INFO; }
QFrame#noticeBar[severity="warning"] { border-left: 3px solid $WARNING; }
QFrame#noticeBar[severity="error"] { border-left: 3px solid $ERROR; }
QLineEdit {
    background: $SURFACE_RAISED; border: 1px solid $BORDER; border-radius: ${RADIUS}px;
    padding: ${SPACE_S}px ${SPACE_S}px; font-size: ${FONT_LARGE_PX}px;
    selection-background-color: $ACCENT; selection-color: $TEXT_ON_ACCENT;
    placeholder-text-color: $TEXT_DIM;
}
QLineEdit:focus { border-color: $ACCENT; }
QTextEdit {
    background: $SURFACE_RAISED; border: 1px solid $BORDER; border-radius: ${RADIUS}px;
    padding: ${SPACE_XS}px; font-size: ${FONT_LARGE_PX}px;
    selection-background-color: $ACCENT; selection-color: $TEXT_ON_ACCENT;
}
QTextEdit:focus { border-color: $ACCENT; }
QTreeView, QListView, QTableView {
    background: $BACKGROUND; border: 1px solid $BORDER; border-radius: ${RADIUS}px;
    outline: 0; alternate-background-color: $SURFACE;
}
QTreeView::item, QListView::item { padding: 3px ${SPACE_XS}px; border: 0; }
QTreeView::item:hover, QListView::item:hover { background: $SURFACE_HOVER; }
QTreeView::item:selected, QListView::item:selected {
    background: $SELECTION_BACKGROUND; color: $TEXT;
}
QTreeView:focus, QListView:focus, QTableView:focus { border-color: $ACCENT; }
QPushButton, QToolButton {
    background: $SURFACE_RAISED; border: 1px solid $BORDER; border-radius: ${RADIUS}px;
    padding: ${SPACE_XS}px ${SPACE_M}px;
}
QToolButton { padding: ${SPACE_XS}px; }
QPushButton:hover, QToolButton:hover { background: $SURFACE_HOVER; }
QPushButton:focus, QToolButton:focus { border-color: $ACCENT; }
QPushButton[primary="true"] {
    background: $ACCENT; color: $TEXT_ON_ACCENT; border-color: $ACCENT; font-weight: 600;
}
QCheckBox { spacing: ${SPACE_S}px; }
QCheckBox::indicator:unchecked {
    width: 12px; height: 12px; background: $BACKGROUND; border: 1px solid $CLOSED;
    border-radius: 3px;
}
QCheckBox::indicator:unchecked:focus { border-color: $ACCENT; }
QCheckBox:focus { color: $ACCENT; }
QComboBox {
    background: $SURFACE_RAISED; border: 1px solid $BORDER; border-radius: ${RADIUS}px;
    padding: ${SPACE_XS}px ${SPACE_S}px;
}
QComboBox:focus { border-color: $ACCENT; }
QComboBox QAbstractItemView {
    background: $SURFACE_RAISED; selection-background-color: $SELECTION_BACKGROUND;
}
QSlider::groove:horizontal { height: 4px; background: $BORDER; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $ACCENT; border-radius: 2px; }
QSlider::handle:horizontal {
    width: 14px; margin: -5px 0; border-radius: 7px; background: $TEXT_DIM;
}
QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus { background: $TEXT; }
QTabWidget::pane { border: 0; top: ${SPACE_S}px; padding: 0; }
QTabBar { qproperty-drawBase: 0; }
QTabBar::tab {
    background: transparent; color: $TEXT_DIM; padding: ${SPACE_S}px 6px;
    border: 0; border-bottom: 2px solid $BORDER;
}
QTabBar::tab:hover { color: $TEXT; }
QTabBar::tab:selected { color: $TEXT; border-bottom-color: $ACCENT; }
QTabBar::tab:focus { color: $ACCENT; }
QToolTip {
    background: $SURFACE_RAISED; color: $TEXT; border: 1px solid $BORDER; padding: 4px;
}
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar::handle:vertical { background: $BORDER; border-radius: 5px; min-height: 28px; }
QScrollBar::handle:vertical:hover { background: $CLOSED; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle:horizontal { background: $BORDER; border-radius: 5px; min-width: 28px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
""")


def style_sheet() -> str:
    """The whole style sheet, every token filled in."""
    values = {name: value for name, value in vars(tokens).items() if name.isupper()}
    return _SHEET.substitute(values)


def palette() -> QPalette:
    """The palette for what the style sheet does not reach."""
    roles = {
        QPalette.ColorRole.Window: tokens.SURFACE,
        QPalette.ColorRole.WindowText: tokens.TEXT,
        QPalette.ColorRole.Base: tokens.BACKGROUND,
        QPalette.ColorRole.AlternateBase: tokens.SURFACE,
        QPalette.ColorRole.Text: tokens.TEXT,
        QPalette.ColorRole.PlaceholderText: tokens.TEXT_DIM,
        QPalette.ColorRole.Button: tokens.SURFACE_RAISED,
        QPalette.ColorRole.ButtonText: tokens.TEXT,
        QPalette.ColorRole.ToolTipBase: tokens.SURFACE_RAISED,
        QPalette.ColorRole.ToolTipText: tokens.TEXT,
        QPalette.ColorRole.Highlight: tokens.SELECTION_BACKGROUND,
        QPalette.ColorRole.HighlightedText: tokens.TEXT,
        QPalette.ColorRole.Link: tokens.ACCENT,
    }
    result = QPalette()
    for role, colour in roles.items():
        result.setColor(role, QColor(colour))
    return result


def interface_font() -> QFont:
    """The first of our families that this system has, with Urdu families to fall back on."""
    font = QFont()
    font.setFamilies([*tokens.FONT_FAMILIES, *tokens.URDU_FAMILIES])
    font.setPixelSize(tokens.FONT_PX)
    return font


def apply_theme(application: QApplication) -> None:
    """Dress the whole program; before the first window is made."""
    application.setStyle("Fusion")
    application.setPalette(palette())
    application.setFont(interface_font())
    application.setStyleSheet(style_sheet())
