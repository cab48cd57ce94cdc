"""Heavy compression: the borders of the coded blocks stand out in the picture.

H.264, MPEG-4 and JPEG code blocks on a grid of 8 (and 16) pixels. Coarsely quantised, neighbours
differ across the borders of the blocks and are alike inside them. A decoder's loop filter hides the
borders together with the detail; that is then found as lost detail.
"""

import cv2

from app.video.worker.health.hysteresis import Hysteresis
from app.video.worker.health.luma import Grey

_GRID = 8
_ALIGN = 16
_ROWS, _COLUMNS = 96, 384
"""What of the picture is looked at, around its middle."""
_STRONGEST = 16
"""Steps beyond this are edges of things and count no more than this."""
_BLOCKY = 1.8
"""How much stronger steps are on the grid than off it. At the usual rate and decoded without loop
filter 1.3 at most, at a seventh of it 2.0 to 2.5."""
_FINE = 1.5
_SEEN = 0.8
"""By how many grey levels; less is not seen, though it is much in a plain picture."""


class BlockDetector:
    """Judges the full picture of some looks."""

    def __init__(self) -> None:
        self._state = Hysteresis(enter=2, leave=2)

    @property
    def is_eager(self) -> bool:
        """Whether the next look is wanted soon, because something begins or ends."""
        return self._state.is_undecided

    def look(self, full: Grey) -> bool:
        """Take a picture into account; whether blocks show."""
        border, inside = mean_steps(full)
        is_seen = border - inside > _SEEN
        return self._state.see(
            is_bad=is_seen and border > _BLOCKY * inside,
            is_good=not is_seen or border < _FINE * inside,
        )


def mean_steps(full: Grey) -> tuple[float, float]:
    """The mean step in grey levels between neighbours across the borders of the blocks, and
    inside them; much the same in pictures that are not coded in blocks."""
    height, width = full.shape
    rows, columns = min(_ROWS, height), min(_COLUMNS, width // _ALIGN * _ALIGN)
    top = (height - rows) // 2
    left = (width - columns) // 2 // _ALIGN * _ALIGN
    cut = full[top : top + rows, left : left + columns]
    steps = cv2.absdiff(cut[:, 1:], cut[:, :-1])
    cv2.threshold(steps, _STRONGEST, _STRONGEST, cv2.THRESH_TRUNC, dst=steps)
    sums = cv2.reduce(steps, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S)[0]
    whole = sums[: sums.size // _GRID * _GRID].reshape(-1, _GRID)
    *inside, border = whole.sum(axis=0).tolist()
    count = rows * whole.shape[0]
    return border / count, sum(inside) / (len(inside) * count)
