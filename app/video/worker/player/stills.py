"""Cuts single pictures out of clips, beside their playing."""

import queue
import threading
from collections import OrderedDict
from collections.abc import Callable

from app.video.player_messages import ClipStill, CutStill, Report
from app.video.worker.failures import StreamFailure
from app.video.worker.player.reel import Reel
from app.video.worker.still import to_jpeg

_KEPT = 4


class StillThread:
    """One thread for all clips; keeps the last few of them open. Started with the first job."""

    def __init__(self, tell: Callable[[Report], None]) -> None:
        self._tell = tell
        self._jobs: queue.SimpleQueue[tuple[str, CutStill]] = queue.SimpleQueue()
        self._reels: OrderedDict[str, Reel] = OrderedDict()
        self._thread = threading.Thread(target=self._run, name="clip-stills", daemon=True)

    def cut(self, location: str, wish: CutStill) -> None:
        """``ClipStill`` follows. One thread calls this."""
        if self._thread.ident is None:
            self._thread.start()
        self._jobs.put((location, wish))

    def _run(self) -> None:
        while True:
            location, wish = self._jobs.get()
            jpeg = b""
            try:
                reel = self._reel(location)
                found = reel.find(wish.position_us)
                if found is not None:
                    jpeg = to_jpeg(found.frame, reel.aspect, wish.width)
            except StreamFailure:
                pass  # an empty answer says it
            except Exception:  # noqa: BLE001 - a door: one clip must not end the others
                self._reels.pop(location, None)
            self._tell(ClipStill(wish.request, jpeg))

    def _reel(self, location: str) -> Reel:
        reel = self._reels.get(location)
        if reel is None:
            reel = self._reels[location] = Reel(location)
        self._reels.move_to_end(location)
        while len(self._reels) > _KEPT:
            self._reels.popitem(last=False)[1].close()
        return reel
