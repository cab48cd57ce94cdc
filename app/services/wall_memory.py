"""What was on each screen, so that it is back after a restart, a crash or a kill."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from app.core.dispatch import Dispatcher
from app.services.notices import NoticeBoard
from app.services.overlay_memory import OverlayState
from app.services.state_file import StateFile, StateWords
from app.settings.settled_file import RETRY_S, SETTLE_S

VERSION = 1
NOT_SAVED = "wall-state-not-saved"
DAMAGED = "wall-state-damaged"
_WORDS = StateWords(
    damaged_key=DAMAGED,
    damaged="The file that remembers what was on the screens",
    damaged_advice="The screens start with their first pages.",
    refused_key=NOT_SAVED,
    refused="What is on the screens cannot be saved",
    refused_advice="Free space on the disk of the data folder; saving is tried again by itself.",
)

Cell = Annotated[int, Meta(ge=0, le=10_000)]


class ScreenState(msgspec.Struct, frozen=True, kw_only=True):
    """One screen. ``overrides`` are the cameras that do not come from the page, by cell."""

    layout: Annotated[str, Meta(min_length=1, max_length=32)] = "16"
    district: Annotated[str, Meta(max_length=64)] | None = None
    page: Annotated[int, Meta(ge=0, le=100_000)] = 0
    overrides: Mapping[Cell, str] = msgspec.field(default_factory=dict)
    selected: Cell = 0
    enlarged: Cell | None = None


class WallState(msgspec.Struct, frozen=True, kw_only=True):
    """All screens, in their order, and what is drawn over their pictures."""

    version: int = VERSION
    screens: tuple[ScreenState, ...] = ()
    overlay: OverlayState = OverlayState()


class WallMemory:
    """Keeps the newest state in a file. Owner thread; a thread of its own does the writing.

    A state is on the disk at the latest a second after ``remember``. While the disk refuses, a
    notice says so, the last good state stays and the newest one is tried again.
    """

    def __init__(
        self,
        file: Path,
        dispatcher: Dispatcher,
        notices: NoticeBoard,
        *,
        settle_s: float = SETTLE_S,
        retry_s: float = RETRY_S,
    ) -> None:
        self._kept = StateFile(
            file,
            "wall-memory",
            WallState,
            VERSION,
            dispatcher,
            notices,
            words=_WORDS,
            settle_s=settle_s,
            retry_s=retry_s,
        )

    def load(self) -> WallState:
        """The state of the last run, empty the first time. Blocking: at the start only.

        A damaged file is kept aside and a notice says so.
        """
        return self._kept.load() or WallState()

    def remember(self, state: WallState) -> None:
        """Write ``state`` soon; returns at once. The newest one wins."""
        self._kept.write(msgspec.json.format(msgspec.json.encode(state), indent=1))

    def close(self) -> None:
        """Write what is not written yet, once, and end the thread."""
        self._kept.close()
