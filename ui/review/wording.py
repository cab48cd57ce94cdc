"""What the review says."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication

from app.domain.bookmark import FlagState
from app.domain.review import Decision, standing
from app.services.review import Decided, Outcome, Result
from app.services.review_viewing import Viewing
from ui.bookmarks.wording import flag_text

_US = 1_000_000
_ALARM = 3
_MOST_SAID = 6


def queue_text(waiting: Mapping[int, int], today: Mapping[str, int], own: str) -> str:
    """How much there is to do, and what was done since midnight."""
    count, alarms = sum(waiting.values()), waiting.get(_ALARM, 0)
    words = _tr("{0} wait, {1} of them alarms · decided today: you {2}, all {3}")
    return words.format(count, alarms, today.get(own, 0), sum(today.values()))


def outcome_text(outcome: Outcome) -> str:
    """What became of a decision."""
    title = outcome.bookmark.title
    if outcome.result is Result.REFUSED:
        return _tr("Not saved: {0}").format(outcome.problem)
    if outcome.result is Result.UNDONE:
        return _tr("Taken back: {0} waits again").format(title)
    saved = _tr("{0}: {1} – U takes it back within 10 s")
    return saved.format(flag_text(outcome.verdict), title)


def decision_text(decision: Decision) -> str:
    """Who decided what and when, with the note below."""
    words = _tr("{0} – {1} at {2}, {3}").format(
        flag_text(decision.verdict),
        decision.supervisor.operator,
        decision.supervisor.workstation,
        when_text(decision.decided_us),
    )
    if decision.undone_us is not None:
        words = _tr("{0} – taken back").format(words)
    return f"{words}\n{decision.note}" if decision.note else words


def title_text(decided: Decided) -> str:
    """What a decision is about."""
    return _tr("(no longer there)") if decided.bookmark is None else decided.bookmark.title


def flagged_text(decided: Decided) -> str:
    """Who had asked for it."""
    bookmark = decided.bookmark
    return "" if bookmark is None else _tr("flagged by {0}").format(bookmark.author.operator)


def since_text(decided: Decided) -> str:
    """What became of a decision since: taken back, or overruled; empty where it holds."""
    bookmark = decided.bookmark
    if decided.decision.undone_us is not None:
        return _tr("taken back")
    if bookmark is None or bookmark.flag is decided.decision.verdict:
        return ""
    return _tr("now: {0}").format(flag_text(bookmark.flag))


def decided_text(decided: Decided) -> str:
    """A decision and what it is about."""
    first = " · ".join(filter(None, (title_text(decided), flagged_text(decided))))
    since = "" if decided.decision.undone_us is not None else since_text(decided)
    return "\n".join(filter(None, (first, decision_text(decided.decision), since)))


def reviewed_text(flag: FlagState, decisions: Sequence[Decision]) -> str:
    """The state of a flag overall and, where several supervisors decided, of each; then who decided
    what and when, newest last."""
    own = standing(decisions)
    lines = []
    if own:
        lines.append(_tr("Overall: {0}").format(flag_text(flag)))
    if len(own) > 1:
        each = (f"{name}: {flag_text(last.verdict)}" for name, last in own.items())
        lines.append(" · ".join(each))
    return "\n".join([*lines, *(decision_text(each) for each in decisions[-_MOST_SAID:])])


def beside_text(viewing: Viewing, *, is_shown: bool) -> str:
    """Which other cameras of the incident saw the time of a flag; empty without any."""
    if not viewing.beside:
        return ""
    numbers = ", ".join(each.number for each in viewing.incidents)
    cameras = ", ".join(each.camera for each in viewing.beside)
    if viewing.more:
        cameras = _tr("{0} and {1} more").format(cameras, viewing.more)
    if is_shown:
        words = _tr("In step beside it: {0} (incident {1}) – S shows only this camera")
    else:
        words = _tr("The same time is also seen by {0} (incident {1}) – S shows them beside it")
    return words.format(cameras, numbers)


def when_text(time_us: int) -> str:
    """The day and the time of day, in local time."""
    try:
        when = datetime.fromtimestamp(time_us / _US, UTC).astimezone()
    except (OverflowError, OSError, ValueError):
        return _tr("time unknown")
    is_today = when.date() == datetime.now(UTC).astimezone().date()
    return f"{when:%H:%M:%S}" if is_today else f"{when:%Y-%m-%d %H:%M}"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Review", text)
