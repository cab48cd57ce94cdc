"""Turned away: the edges of the picture are elsewhere than in the camera's reference view.

The reference is the mean strength of the edges in a small picture, learnt over the first minute
and followed slowly. Edges of houses, kerbs and masts stay where they are by day and by night (a
switch from noon to night within one look still agrees to 0.52), while those of another view do not
(below 0.45). Vehicles go out of the mean.
"""

import cv2
import numpy as np
import numpy.typing as npt

from app.video.worker.health.hysteresis import Hysteresis
from app.video.worker.health.luma import Grey

Edges = npt.NDArray[np.float32]

_ELSEWHERE = 0.48
"""Agreement below which the view is another one."""
_DOUBTFUL = 0.72
"""Agreement below which a shift is looked for."""
_BACK = 0.62
_REACH = 0.15
"""How far a shift is looked for, as a share of width and height."""
_CLEARLY = 0.15
"""By so much the shifted view must agree better than the unshifted one."""
_KNOWN_AFTER = 30
_MEMORY = 120
"""Looks over which the reference is averaged; each eighth picture is looked at, so a quarter of an
hour."""
_ACCEPTED_AFTER = 8 * 3600 // 8
"""A view that stayed for a shift of eight hours is the new reference: somebody wanted it so."""
_LEAST_SHARE = 0.35
"""A picture with so few edges against the reference (fog, a cover) shows no view to compare."""


class ViewDetector:
    """Judges the low picture of some looks."""

    def __init__(self, low: Grey) -> None:
        """``low`` is a picture of the shape that all will have."""
        height, width = low.shape
        self._smooth = np.empty_like(low)
        # Even, for halving is many times cheaper than any other shrinking.
        inner = ((height - 2) & ~1, (width - 2) & ~1)
        self._across = np.empty(inner, np.uint8)
        self._down = np.empty(inner, np.uint8)
        self._small = np.empty((inner[0] // 2, inner[1] // 2), np.uint8)
        self._reach = round(_REACH * width / 2), round(_REACH * height / 2)
        self._reference: Edges = np.zeros(self._small.shape, np.float32)
        self._size = 1.0
        self._learnt = 0
        self._lasts = 0
        self._state = Hysteresis(enter=3, leave=2)

    @property
    def is_eager(self) -> bool:
        """Whether the next look is wanted soon: to learn, or because something begins or ends."""
        return self._learnt < _KNOWN_AFTER or self._state.is_undecided

    def look(self, low: Grey) -> bool:
        """Take a picture into account; whether the camera looks elsewhere."""
        edges = self._edges(low)
        size = cv2.norm(edges)
        if self._learnt < _KNOWN_AFTER:
            self._learn(edges)
            return False
        if size < _LEAST_SHARE * self._size:
            return self._state.is_present
        agreement = float(np.vdot(edges, self._reference)) / max(1.0, size * self._size)
        is_bad = agreement < _ELSEWHERE or (agreement < _DOUBTFUL and self._is_shifted(edges))
        present = self._state.see(is_bad=is_bad, is_good=agreement > _BACK and not is_bad)
        self._lasts = self._lasts + 1 if present else 0
        if not (present or is_bad) or self._lasts > _ACCEPTED_AFTER:
            self._learn(edges)
        return present

    def _edges(self, low: Grey) -> Edges:
        """The strength of the edges, its square root so that one bright lamp is not all there is;
        without its mean."""
        smooth, across, down = self._smooth, self._across, self._down
        cv2.blur(low, (3, 3), dst=smooth)
        high, wide = across.shape
        here = smooth[:high, :wide]
        cv2.absdiff(smooth[:high, 2 : wide + 2], here, dst=across)
        cv2.absdiff(smooth[2 : high + 2, :wide], here, dst=down)
        cv2.add(across, down, dst=across)
        small = self._small
        cv2.resize(across, (wide // 2, high // 2), dst=small, interpolation=cv2.INTER_AREA)
        edges: Edges = small.astype(np.float32)
        cv2.sqrt(edges, dst=edges)
        edges -= cv2.mean(edges)[0]
        return edges

    def _is_shifted(self, edges: Edges) -> bool:
        """Whether the view agrees clearly better with a shifted reference."""
        x, y = self._reach
        inner = edges[y:-y, x:-x]
        scores = cv2.matchTemplate(self._reference, inner, cv2.TM_CCOEFF_NORMED)
        middle = scores[y - 1 : y + 2, x - 1 : x + 2]
        here = float(middle.max())
        return float(scores.max()) > here + _CLEARLY

    def _learn(self, edges: Edges) -> None:
        self._learnt = min(self._learnt + 1, _MEMORY)
        cv2.accumulateWeighted(edges, self._reference, 1 / self._learnt)
        self._size = max(1.0, cv2.norm(self._reference))
