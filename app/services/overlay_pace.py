"""What the boxes of a tile are like in time: how late, how long the picture waits, in words."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from app.analytics.arrivals import Arrivals
from app.analytics.clock_pairing import lateness_us
from app.analytics.lateness import StepHold
from app.analytics.messages import ConnectionState, SourceState
from app.analytics.timelines import SourceTimeline
from app.domain.stream import PictureClock
from app.services.overlay_types import OverlayStatus, Sync, Timing
from app.services.overlay_view import OverlayView
from app.settings.schema import SourceSettings

SILENT_AFTER_S = 60.0
"""A camera that a source said nothing of for so long is called silent: an empty street may be."""
LOST_AFTER_S = 2.0
"""The same while the source is known to be in trouble."""
_PATIENCE_S = 3.0
_KNOWN_FROM = 5
"""Frames after which the lateness counts as known: about a second."""
_WITHIN = 0.9
"""The share of the frames for which the picture waits."""
_FUTURE_S = -5.0
"""Boxes can be there before their picture is shown, but not by so much."""
_PAST_S = 3600.0
"""No backend falls so far behind: it is the clock."""
_HOPELESS_S = 1.15
"""What comes so much later than the longest wait has faded before it could be drawn."""
_MAX_RHYTHM_S = 1.0
"""Waiting for the next sample is of no use where they come more rarely: nothing is interpolated."""


@dataclass(frozen=True, slots=True)
class Pace:
    """``lag_s`` is the usual lateness, ``wanted_s`` the wait that fits nearly all frames; both
    ``None`` while unknown. ``clock_ahead_s``: the source's clock is wrong by so much."""

    sync: Sync = Sync.NONE
    lag_s: float | None = None
    wanted_s: float | None = None
    clock_ahead_s: float = 0.0
    stamped_off_s: float = 0.0
    """By how much the boxes' stamps lie after (or, negative, before) those of the pictures, where
    that cannot be."""
    are_times_refused: bool = False
    """Whether nothing comes but boxes whose times cannot be."""
    silent_s: float | None = None
    """How long nothing came; ``None`` when nothing ever did."""


def pace_of(
    view: OverlayView,
    timelines: Sequence[SourceTimeline],
    offsets: Mapping[str, int],
    *,
    troubled: Collection[str],
    longest_s: float,
    now_us: int,
) -> Pace:
    """``offsets``: by source, milliseconds added to the time of the boxes; ``troubled``: the
    sources that are not connected; ``now_us`` Unix.

    A source whose boxes come too late for any wait does not make the picture wait.
    """
    heard = max((each.timeline.arrivals.heard_us for each in timelines), default=0)
    if not heard:
        return Pace()
    silent_s = max(0.0, (now_us - heard) / 1e6)
    refused = max(each.timeline.arrivals.refused_us for each in timelines)
    if silent_s > LOST_AFTER_S and now_us - refused < LOST_AFTER_S * 1e6:
        return Pace(are_times_refused=True, silent_s=silent_s)
    found: list[tuple[float, float | None]] = []
    exact, ahead_us = True, 0
    for each in timelines:
        arrivals, pairing = each.timeline.arrivals, view.pairing(each)
        if pairing is None or is_silent(each, troubled, now_us):
            continue
        exact &= pairing.is_exact
        ahead_us = max(ahead_us, pairing.clock_ahead_us)
        shift_us = pairing.shift_us - offsets.get(each.source, 0) * 1000
        found.append(_lateness(arrivals, shift_us, view.offset_us))
    if not found:
        return Pace(silent_s=silent_s)
    in_reach = [each for each in found if _FUTURE_S <= each[0] <= longest_s + _HOPELESS_S]
    nearest = min((lag for lag, _wait in found), key=abs)
    if not in_reach and not _FUTURE_S <= nearest <= _PAST_S:
        return Pace(wanted_s=0.0, stamped_off_s=-nearest, silent_s=silent_s)
    waits = [wait for _lag, wait in in_reach if wait is not None]
    return Pace(
        Sync.EXACT if exact else Sync.APPROXIMATE,
        max(0.0, *(lag for lag, _wait in in_reach or found)),
        max(waits, default=None) if in_reach else 0.0,
        ahead_us / 1e6,
        silent_s,
    )


def is_silent(of: SourceTimeline, troubled: Collection[str], now_us: int) -> bool:
    """Whether nothing is to be expected of a source that was heard of this camera once."""
    patience_s = LOST_AFTER_S if of.source in troubled else SILENT_AFTER_S
    return now_us - of.timeline.arrivals.heard_us > patience_s * 1e6


def _lateness(
    arrivals: Arrivals, shift_us: int, picture_offset_us: int
) -> tuple[float, float | None]:
    """How late the boxes usually are, and the wait that fits nearly all; seconds."""
    usual, nearly_all = arrivals.delay_us(0.5) or 0, arrivals.delay_us(_WITHIN) or 0
    lag_s = lateness_us(usual, shift_us, picture_offset_us) / 1e6
    if arrivals.count < _KNOWN_FROM:
        return (lag_s, None)
    rhythm_s = arrivals.interval_us / 1e6
    wait_s = lateness_us(nearly_all, shift_us, picture_offset_us) / 1e6
    return (lag_s, wait_s + (rhythm_s if rhythm_s <= _MAX_RHYTHM_S else 0.0))


def follow(view: OverlayView, pace: Pace, longest_s: float, now: float) -> float:
    """How long the tile's pictures wait from now on; in step only."""
    if not view.is_on or view.timing is Timing.FASTEST:
        view.hold = StepHold()
        return 0.0
    wanted = pace.wanted_s
    if wanted is None and pace.silent_s is not None and pace.silent_s > SILENT_AFTER_S:
        wanted = 0.0
    return view.hold.follow(wanted, longest_s, now)


def status_of(
    view: OverlayView,
    pace: Pace,
    sources: Sequence[SourceSettings],
    states: Mapping[str, SourceState],
    *,
    longest_s: float,
    now: float,
) -> OverlayStatus:
    """What the tile says. ``sources`` are those that serve this camera."""
    if not view.is_on:
        return OverlayStatus(timing=view.timing)
    return OverlayStatus(
        is_on=True,
        timing=view.timing,
        sync=Sync.NONE if view.geometry is None else pace.sync,
        lag_s=pace.lag_s,
        hold_s=view.hold.seconds,
        sentence=view.geometry_trouble or _sentence(view, pace, sources, states, longest_s, now),
        hidden_while_moving=view.is_moving,
    )


def _sentence(
    view: OverlayView,
    pace: Pace,
    sources: Sequence[SourceSettings],
    states: Mapping[str, SourceState],
    longest_s: float,
    now: float,
) -> str:
    if not sources:
        return "No analytics source is set up for this camera"
    if pace.sync is Sync.NONE:
        return _why_none(view, pace, sources, states, now)
    if pace.clock_ahead_s:
        return f"The clock of the boxes runs {_span(pace.clock_ahead_s)} ahead of this workstation"
    if pace.lag_s is not None and pace.lag_s > longest_s:
        late = f"Boxes come {_span(pace.lag_s)} after the picture"
        return late if pace.lag_s < longest_s + _HOPELESS_S else f"{late}: too late to be drawn"
    if view.clock is PictureClock.CAMERA_APPROXIMATE:
        return "The camera has not told its time for a while; boxes may be a little off"
    if view.clock is PictureClock.ARRIVAL:
        return "The camera does not tell when its pictures were taken; boxes may be off"
    return ""


def _why_none(
    view: OverlayView,
    pace: Pace,
    sources: Sequence[SourceSettings],
    states: Mapping[str, SourceState],
    now: float,
) -> str:
    names = ", ".join(f"'{source.name}'" for source in sources)
    for source in sources:
        state = states.get(source.name)
        if state is not None and state.state is not ConnectionState.CONNECTED:
            why = state.sentence or _STATES[state.state]
            return f"No boxes come from '{source.name}': {why}"
    if pace.are_times_refused:
        return f"Boxes come from {names} with times that cannot be right"
    if pace.stamped_off_s:
        side = "after" if pace.stamped_off_s > 0 else "before"
        off = _span(abs(pace.stamped_off_s))
        return f"The boxes are stamped {off} {side} the pictures: their clocks do not agree"
    if pace.silent_s is not None and pace.silent_s > SILENT_AFTER_S:
        return f"No boxes have come from {names} for {_span(pace.silent_s)}"
    if view.clock is None or now - view.shown_at < _PATIENCE_S:
        return "Waiting for boxes"
    return f"No boxes come from {names}"


def _span(seconds: float) -> str:
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds // 10 * 10:.0f} s"
    if seconds < 7200:
        return f"{seconds // 60:.0f} min"
    if seconds < 2 * _DAY_S:
        return f"{seconds // 3600:.0f} h"
    if seconds < 730 * _DAY_S:
        return f"{seconds // _DAY_S:.0f} days"
    return f"{seconds // (365.25 * _DAY_S):.0f} years"


_DAY_S = 86_400


_STATES = {
    ConnectionState.CONNECTING: "it is being connected",
    ConnectionState.CONNECTED: "",
    ConnectionState.WAITING: "the connection is lost",
    ConnectionState.REFUSED: "it refuses us",
    ConnectionState.NOT_CONFIGURED: "it is not set up",
}
