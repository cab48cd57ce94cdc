"""Every colour, distance and font of the program, once, as plain values.

Contrast is held by a test: words at least 4.5:1 on what they stand on, state colours 3:1.
"""

from typing import Final

# --- surfaces ------------------------------------------------------------------------------------
BACKGROUND: Final = "#0a0d12"
"""Behind everything; the gaps between tiles."""
SURFACE: Final = "#12171f"
"""Panels, strips, the console."""
SURFACE_RAISED: Final = "#1b222c"
"""Fields, overlays, what lies on a panel."""
SURFACE_HOVER: Final = "#26303c"
BORDER: Final = "#2d3845"
TILE_EMPTY: Final = "#10151c"
"""A tile without a picture."""
CAPTION: Final = "#0f141b"
"""The furniture strip of a tile."""

# --- words ---------------------------------------------------------------------------------------
TEXT: Final = "#e9eef4"
TEXT_DIM: Final = "#a4b1c1"
TEXT_ON_ACCENT: Final = "#06121e"

# --- emphasis ------------------------------------------------------------------------------------
ACCENT: Final = "#4ba9ff"
SELECTED: Final = "#37d5ff"
"""The frame around the selected tile."""
SELECTION_BACKGROUND: Final = "#17405f"
"""Behind the chosen row of a list."""
HATCH: Final = "#5b6878"
"""Lines over the last picture of a lost camera."""

# --- states of a tile ----------------------------------------------------------------------------
LIVE: Final = "#3ddc84"
CONNECTING: Final = "#6db8ff"
STALE: Final = "#ffc130"
RECONNECTING: Final = "#ff9447"
UNAUTHORISED: Final = "#d79aff"
OFFLINE: Final = "#ff6b6e"
REPLAY: Final = "#ff8fd0"
"""Far from the green of a live picture."""
CLIP: Final = "#b0a4ff"
"""A file or a recording in a tile."""
CLOSED: Final = "#8c9aab"
PAUSED: Final = "#f2e08a"
"""A picture that the operator has stopped to look at."""
RECORDING: Final = "#ff4d4f"
"""The dot of a camera of which a clip is being written."""

# --- severity of a notice ------------------------------------------------------------------------
INFO: Final = ACCENT
WARNING: Final = STALE
ERROR: Final = OFFLINE

# --- boxes on pictures, a colour a family of classes (Okabe and Ito) -----------------------------
BOX_ORANGE: Final = "#e69f00"
BOX_SKY: Final = "#56b4e9"
BOX_GREEN: Final = "#009e73"
BOX_YELLOW: Final = "#f0e442"
BOX_VERMILLION: Final = "#d55e00"
BOX_PURPLE: Final = "#cc79a7"
BOX_WHITE: Final = "#e9eef4"
BOX_OUTLINE: Final = "#05070a"
"""The dark edge around every line of a box, so that it can be seen on a bright picture."""
ZONE: Final = "#78a6c4"
"""Zones and lines of rules."""

# --- severity of an event ------------------------------------------------------------------------
EVENT_INFORMATION: Final = "#8fb8d8"
EVENT_NOTICE: Final = "#4ba9ff"
EVENT_WARNING: Final = "#ffc130"
EVENT_ALARM: Final = "#ff5257"

# --- room and type, in logical pixels ------------------------------------------------------------
SPACE_XS: Final = 4
SPACE_S: Final = 8
SPACE_M: Final = 12
SPACE_L: Final = 20
RADIUS: Final = 6
FONT_FAMILIES: Final = ("Inter", "Segoe UI", "Noto Sans", "DejaVu Sans")
URDU_FAMILIES: Final = (
    "Noto Nastaliq Urdu",
    "Noto Naskh Arabic UI",
    "Noto Naskh Arabic",
    "Urdu Typesetting",
    "Segoe UI",
    "DejaVu Sans",
)
FONT_SMALL_PX: Final = 12
FONT_PX: Final = 13
FONT_LARGE_PX: Final = 16
FONT_TITLE_PX: Final = 22
