"""Cuts single pictures out of a stream's packets, one at a time, beside the live pictures."""

import threading
from collections import deque
from collections.abc import Sequence

import cv2
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter

from app.video.worker.decoding import Decoder, Picture
from app.video.worker.errands import Errands, Job
from app.video.worker.ring_entry import RingEntry
from app.video.worker.scaling import matrix_of

_QUALITY = 80
_QUALITY_WHOLE = 95
"""Of a picture that is not made smaller: it is wanted for what can be seen in it."""


class StillQueue:
    """Runs its jobs one after the other, each as a long errand of its own. Any thread."""

    def __init__(self, errands: Errands) -> None:
        self._errands = errands
        self._jobs: deque[Job] = deque()
        self._lock = threading.Lock()
        self._is_running = False

    def add(self, job: Job) -> None:
        with self._lock:
            self._jobs.append(job)
            if self._is_running:
                return
            self._is_running = True
        self._errands.later(self._next)

    def _next(self) -> None:
        with self._lock:
            job = self._jobs.popleft()
        try:
            job()
        finally:
            with self._lock:
                goes_on = self._is_running = bool(self._jobs)
            if goes_on:
                self._errands.later(self._next)


def nearest(
    entries: Sequence[RingEntry], decoder: Decoder, moment_us: int, *, by_camera: bool
) -> VideoFrame | None:
    """The picture nearest to a moment among ``entries``, which begin with a key frame."""
    best: tuple[int, VideoFrame] | None = None

    def is_past(pictures: Sequence[Picture]) -> bool:
        nonlocal best
        for frame, stamp in pictures:
            at_us = stamp.at(by_camera=by_camera)
            distance = abs(at_us - moment_us)
            if best is None or distance < best[0]:
                best = distance, frame
            if at_us >= moment_us:
                return True
        return False

    for entry in entries:
        if is_past(decoder.decode(entry)):
            break
    else:
        is_past(decoder.drain())
    return best[1] if best is not None else None


def to_jpeg(frame: VideoFrame, aspect: float, width: int) -> bytes:
    """The picture as JPEG, at most ``width`` wide; ``aspect`` is that of a pixel."""
    full = frame.width * aspect
    across = max(1, min(round(full), width))
    down = max(1, round(across * frame.height / full))
    pixels = (
        VideoReformatter()
        .reformat(
            frame,
            across,
            down,
            "bgr24",
            src_colorspace=matrix_of(frame),
            interpolation=int(Interpolation.AREA),
            threads=1,
        )
        .to_ndarray()
    )
    quality = _QUALITY_WHOLE if width >= full else _QUALITY
    _is_done, coded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return coded.tobytes()
