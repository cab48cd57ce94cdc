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

_SIZE = (80, 45)
_RECENT = 0.5
"""Weight of the newest look in the recent view, which is compared with the reference."""
_ELSEWHERE = 0.48
"""Agreement below which the view is another one."""
_DOUBTFUL = 0.72
"""Agreement below which a shift is looked for."""
_BACK = 0.62
_REACH = (12, 8)
"""How far a shift is looked for, in pixels of the small picture: 15 and 18 hundredths."""
_CLEARLY = 0.15
"""By so much the shifted view must agree better than the unshifted one."""
_KNOWN_AFTER = 30
_MEMORY = 400
"""Looks over which the reference is averaged; each second picture is looked at."""
_ACCEPTED_AFTER = 4 * 3600
"""A view that stayed for a shift is the new reference: somebody wanted it so."""
_LEAST_EDGES = 8.0
"""A picture with less structure than that (fog, a wall) has no view to compare."""


class ViewDetector:
    """Judges the low picture of each second look."""

    def __init__(self) -> None:
        self._work: tuple[Grey, Grey, Grey] | None = None
        self._reference: Edges = np.zeros(_SIZE[::-1], np.float32)
        self._recent: Edges | None = None
        self._learnt = 0
        self._bad_for = 0
        self._state = Hysteresis(enter=2, leave=2)

    def look(self, low: Grey) -> bool:
        """Take a picture into account; whether the camera looks elsewhere."""
        edges = self._edges(low)
        if edges is None:
            return self._state.is_present
        if self._recent is None:
            self._recent = edges.copy()
        else:
            cv2.accumulateWeighted(edges, self._recent, _RECENT)
        if self._learnt < _KNOWN_AFTER:
            self._learn(edges)
            return False
        agreement = _agreement(self._recent, self._reference)
        is_bad = agreement < _ELSEWHERE or (
            agreement < _DOUBTFUL and self._is_shifted(self._recent)
        )
        self._bad_for = self._bad_for + 1 if is_bad else 0
        present = self._state.see(is_bad=is_bad, is_good=agreement > _BACK and not is_bad)
        if not (present or is_bad) or self._bad_for > _ACCEPTED_AFTER:
            self._learn(edges)
        return present

    def _edges(self, low: Grey) -> Edges | None:
        """The strength of the edges, its square root so that one bright lamp is not all there is;
        without its mean. ``None`` where there are none."""
        height, width = low.shape
        if self._work is None or self._work[0].shape != low.shape:
            inner = (height - 2, width - 2)
            across, down = np.empty(inner, np.uint8), np.empty(inner, np.uint8)
            self._work = np.empty_like(low), across, down
        smooth, across, down = self._work
        cv2.blur(low, (3, 3), dst=smooth)
        cv2.absdiff(smooth[:-2, 2:], smooth[:-2, :-2], dst=across)
        cv2.absdiff(smooth[2:, :-2], smooth[:-2, :-2], dst=down)
        cv2.add(across, down, dst=across)
        edges = cv2.resize(across, _SIZE, interpolation=cv2.INTER_AREA).astype(np.float32)
        cv2.sqrt(edges, dst=edges)
        edges -= edges.mean()
        return edges if cv2.norm(edges) > _LEAST_EDGES else None

    def _is_shifted(self, recent: Edges) -> bool:
        """Whether the view agrees clearly better with a shifted reference."""
        x, y = _REACH
        inner = recent[y:-y, x:-x]
        scores = cv2.matchTemplate(self._reference, inner, cv2.TM_CCOEFF_NORMED)
        middle = scores[y - 1 : y + 2, x - 1 : x + 2]
        here = float(middle.max())
        return float(scores.max()) > here + _CLEARLY

    def _learn(self, edges: Edges) -> None:
        self._learnt = min(self._learnt + 1, _MEMORY)
        cv2.accumulateWeighted(edges, self._reference, 1 / self._learnt)


def _agreement(one: Edges, other: Edges) -> float:
    """1: the same edges, 0: unrelated ones."""
    size = cv2.norm(one) * cv2.norm(other)
    return float(np.dot(one.ravel(), other.ravel())) / size if size else 1.0
