"""Which worker opens which stream, and what takes the place of one that died."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.video.blame import CrashLedger, Verdict
from app.video.stream_record import StreamId, StreamRecord
from app.video.worker_pool import WorkerPool

YOUNG_S = 5.0
LONGEST_PAUSE_S = 30.0
_WARM_SHARE = 0.2
"""A stream that is decoded weighs far more than one that is kept warm."""


@dataclass(slots=True)
class _Place:
    """One of the shared workers' places; ``early_deaths`` in a row without a settled life."""

    started_at: float = 0.0
    early_deaths: int = 0
    vacant_until: float = 0.0


class WorkerPlaces:
    """Owner thread. Most streams share some workers; one that crashed its worker again and again
    has a worker of its own."""

    def __init__(self, pool: WorkerPool) -> None:
        self._pool = pool
        self._ledger = CrashLedger()
        self._shared: dict[int, _Place] = {}
        self._vacant: list[_Place] = []
        self._isolated: dict[StreamId, int] = {}

    @property
    def are_open(self) -> bool:
        """Whether there is a worker for streams that share one."""
        return bool(self._shared)

    def start(self, workers: int, now: float) -> None:
        """Start so many that are shared."""
        for _ in range(workers):
            self._fill(_Place(), now)

    def fill_due(self, now: float) -> None:
        """Start again what has paused long enough; call it often."""
        for place in [place for place in self._vacant if place.vacant_until <= now]:
            self._vacant.remove(place)
            self._fill(place, now)

    def choose(self, stream: StreamId, connected: Iterable[StreamRecord]) -> int:
        """The worker for a stream: its own, or the shared one that has least to do."""
        if self._ledger.verdict(str(stream)) is Verdict.ISOLATE:
            if stream not in self._isolated:
                self._isolated[stream] = self._pool.start_worker()
            return self._isolated[stream]
        shares = dict.fromkeys(self._shared, 0.0)
        for record in connected:
            if record.worker in shares:
                shares[record.worker] += 1.0 if record.views else _WARM_SHARE
        return min(shares, key=lambda worker: shares[worker])

    def lose(self, worker: int, suspects: Sequence[StreamRecord], now: float) -> dict[int, Verdict]:
        """A worker has died, perhaps of one of ``suspects``; what is to be done with these, by
        their numbers. Another one takes its place: at once, unless they keep dying young."""
        verdicts = {r.number: self._ledger.suspect(str(r.id), now) for r in suspects}
        self._replace(worker, now)
        self._isolated = {s: w for s, w in self._isolated.items() if w != worker}
        return verdicts

    def forget(self, stream: StreamId) -> None:
        """Nobody wants the stream any more: a worker of its own ends."""
        worker = self._isolated.pop(stream, None)
        if worker is not None:
            self._pool.end_worker(worker)

    # --- inside ------------------------------------------------------------------------------

    def _fill(self, place: _Place, now: float) -> None:
        place.started_at = now
        self._shared[self._pool.start_worker()] = place

    def _replace(self, worker: int, now: float) -> None:
        place = self._shared.pop(worker, None)
        if place is None:
            return
        place.early_deaths = place.early_deaths + 1 if now - place.started_at < YOUNG_S else 0
        if place.early_deaths < 2:
            self._fill(place, now)
        else:
            place.vacant_until = now + min(LONGEST_PAUSE_S, 2.0 ** (place.early_deaths - 2))
            self._vacant.append(place)
