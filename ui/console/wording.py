"""The console's words for tallies and states; the states of a tile are worded by the wall."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QCoreApplication

from app.domain.picture_health import PictureFault
from app.domain.stream import StreamState
from app.services.live_counts import Tally
from ui.fault_words import fault_words, worst_fault
from ui.theme import tokens

STATE_COLOURS: Mapping[StreamState, str] = {
    StreamState.CLOSED: tokens.CLOSED,
    StreamState.CONNECTING: tokens.CONNECTING,
    StreamState.LIVE: tokens.LIVE,
    StreamState.STALE: tokens.STALE,
    StreamState.RECONNECTING: tokens.RECONNECTING,
    StreamState.UNAUTHORISED: tokens.UNAUTHORISED,
    StreamState.OFFLINE: tokens.OFFLINE,
    StreamState.REPLAY: tokens.REPLAY,
}


def tally_text(tally: Tally) -> str:
    """For example ``16 live · 1 offline · 383 not open``; what is zero is not said."""
    translate = QCoreApplication.translate
    parts = (
        (tally.live, translate("Console", "{0} live")),
        (tally.faulty, translate("Console", "{0} faulty")),
        (tally.stale, translate("Console", "{0} stale")),
        (tally.connecting, translate("Console", "{0} connecting")),
        (tally.unauthorised, translate("Console", "{0} unauthorised")),
        (tally.offline, translate("Console", "{0} offline")),
        (tally.closed, translate("Console", "{0} not open")),
    )
    return " · ".join(words.format(number) for number, words in parts if number)


def state_text(state: StreamState) -> str:
    """The word of a camera's state; a camera that nobody looks at has none."""
    translate = QCoreApplication.translate
    words = {
        StreamState.CLOSED: "",
        StreamState.CONNECTING: translate("Console", "connecting"),
        StreamState.LIVE: translate("Console", "live"),
        StreamState.STALE: translate("Console", "stale"),
        StreamState.RECONNECTING: translate("Console", "reconnecting"),
        StreamState.UNAUTHORISED: translate("Console", "unauthorised"),
        StreamState.OFFLINE: translate("Console", "offline"),
        StreamState.REPLAY: translate("Console", "replay"),
    }
    return words[state]


def camera_words(state: StreamState, faults: Sequence[PictureFault]) -> str:
    """The state, or what is wrong with the picture of a live camera: ``blurred +1``."""
    worst = worst_fault(faults) if state is StreamState.LIVE else None
    if worst is None:
        return state_text(state)
    word = fault_words(worst).short
    return f"{word} +{len(faults) - 1}" if len(faults) > 1 else word
