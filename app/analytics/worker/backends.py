"""The interfaces of backends beside their messages: pictures of events, and what they know."""

import logging
import time
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Protocol

from app.analytics.adapters.errors import BackendTrouble
from app.analytics.messages import FetchSnapshot, Snapshot, SourceConfig
from app.analytics.worker.frigate_api import FrigateApi, FrigateCameras
from app.analytics.worker.outbox import Outbox

_RETRY_S = 30.0
_AGAIN_S = 600.0
_log = logging.getLogger(__name__)


class Api(Protocol):
    """What is used of a backend's interface."""

    def cameras(self) -> FrigateCameras: ...

    def fetch(self, ref: str, *, clip: bool = False) -> bytes: ...

    def close(self) -> None: ...


class Backend:
    """The interface of one source, asked on ``executor``. One thread calls it.

    ``learned`` is called there with what the backend says about its cameras.
    """

    def __init__(
        self,
        config: SourceConfig,
        outbox: Outbox,
        executor: Executor,
        learned: Callable[[FrigateCameras], None],
        make_api: Callable[[SourceConfig], Api] = FrigateApi,
    ) -> None:
        self._outbox = outbox
        self._executor = executor
        self._learned = learned
        self._api = make_api(config)
        self._look_at = 0.0
        self.sentence = ""
        """Why the interface does not answer; empty when it did, the last time."""

    def tick(self, now: float) -> None:
        """Ask about the cameras when that is due."""
        if now >= self._look_at:
            self._look_at = now + _AGAIN_S
            self._executor.submit(self._look)

    def fetch(self, question: FetchSnapshot) -> None:
        """The answer goes into the outbox, later."""
        self._executor.submit(self._fetch, question)

    def close(self) -> None:
        self._api.close()

    def _look(self) -> None:
        try:
            self._learned(self._api.cameras())
            self.sentence = ""
        except BackendTrouble as trouble:
            self.sentence = str(trouble)
            self._look_at = time.monotonic() + _RETRY_S
        except Exception:  # noqa: BLE001 - a door: what comes from outside must not go unheard
            _log.exception("A backend's cameras could not be read")
            self._look_at = time.monotonic() + _AGAIN_S

    def _fetch(self, question: FetchSnapshot) -> None:
        try:
            data = self._api.fetch(question.ref, clip=question.clip)
            answer = Snapshot(question.request, data)
        except BackendTrouble as trouble:
            answer = Snapshot(question.request, b"", str(trouble))
        except Exception:  # noqa: BLE001 - a door: a question must not stay without an answer
            _log.exception("A picture could not be fetched")
            answer = Snapshot(question.request, b"", "The picture could not be fetched")
        self._outbox.add_snapshot(answer)
