"""The console's words for tallies and states; the states of a tile are worded by the wall."""

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from app.domain.stream import StreamState
from app.services.live_counts import Tally
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
