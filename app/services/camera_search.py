"""Finds cameras by what an operator types: part of a code, a number, a name, with typing errors."""

import re
from collections.abc import Sequence

from rapidfuzz import fuzz, process

from app.domain.camera import Camera

_FORGIVING_FROM = 4
"""Below this many letters a typing error matches everything."""
_LIKENESS = 75.0
_NUMBER = re.compile(r"[0-9]+(\.[0-9]*){0,2}")


class CameraSearch:
    """An index of lower-case texts, built once for a registry. Any thread."""

    def __init__(self, cameras: Sequence[Camera]) -> None:
        self._cameras = cameras
        self._codes = [camera.code.lower() for camera in cameras]
        self._numbers = [str(camera.call_up) for camera in cameras]
        self._names = [camera.name.lower() for camera in cameras]
        self._texts = [
            f"{code}\n{number}\n{name}"
            for code, number, name in zip(self._codes, self._numbers, self._names, strict=True)
        ]

    def find(self, text: str, limit: int) -> Sequence[Camera]:
        """Exact first, then beginnings, then parts, then what is alike; else by call-up number."""
        wanted = " ".join(text.lower().split())
        if not wanted or limit <= 0:
            return []
        found = list(range(len(self._texts)))
        for word in wanted.split():
            found = [at for at in found if word in self._texts[at]]
        found.sort(key=lambda at: self._rank(at, wanted))
        if len(found) < limit and len(wanted) >= _FORGIVING_FROM and not _NUMBER.fullmatch(wanted):
            known = set(found)
            found += [at for at in self._alike(wanted, limit) if at not in known]
        return [self._cameras[at] for at in found[:limit]]

    def _rank(self, at: int, wanted: str) -> int:
        """0 is best; the sort keeps the order of call-up numbers among equals."""
        own = (self._codes[at], self._numbers[at], self._names[at])
        if wanted in own:
            return 0
        if any(text.startswith(wanted) for text in own):
            return 1
        return 2 if any(wanted in text for text in own) else 3

    def _alike(self, wanted: str, limit: int) -> list[int]:
        matches = process.extract(
            wanted, self._names, scorer=fuzz.partial_ratio, limit=limit, score_cutoff=_LIKENESS
        )
        matches += process.extract(
            wanted, self._codes, scorer=fuzz.ratio, limit=limit, score_cutoff=_LIKENESS
        )
        matches.sort(key=lambda match: -match[1])
        return list(dict.fromkeys(at for _, _, at in matches))
