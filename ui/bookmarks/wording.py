"""What bookmarks say."""

from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication, QDate, QLocale

from app.domain.bookmark import Bookmark, FlagState
from app.services.bookmark_changes import Answer, Outcome
from ui.theme import tokens

_US = 1_000_000
_MINUTE_S = 60


def flag_text(flag: FlagState) -> str:
    """The state of the request that a supervisor look."""
    translate = QCoreApplication.translate
    return {
        FlagState.NONE: translate("Bookmarks", "Not flagged"),
        FlagState.RAISED: translate("Bookmarks", "For the supervisor"),
        FlagState.CONFIRMED: translate("Bookmarks", "Confirmed"),
        FlagState.FALSE: translate("Bookmarks", "False alarm"),
        FlagState.NEEDS_MORE: translate("Bookmarks", "Needs more"),
    }[flag]


FLAG_COLOURS = {
    FlagState.NONE: tokens.TEXT_DIM,
    FlagState.RAISED: tokens.WARNING,
    FlagState.CONFIRMED: tokens.LIVE,
    FlagState.FALSE: tokens.CLOSED,
    FlagState.NEEDS_MORE: tokens.ACCENT,
}


def moment_us(bookmark: Bookmark) -> int:
    """When it was, on this workstation's clock."""
    return bookmark.start_us + bookmark.offset_us


def clock_time(bookmark: Bookmark) -> str:
    """The time of day in local time."""
    when = _local(moment_us(bookmark))
    return "" if when is None else f"{when:%H:%M:%S}"


def time_text(bookmark: Bookmark, now: datetime) -> str:
    """When it was, in local time, with the day where that is not today, and how long it lasted."""
    when = _local(moment_us(bookmark))
    if when is None:
        return QCoreApplication.translate("Bookmarks", "time unknown")
    words = f"{when:%H:%M:%S}"
    today = now.astimezone().date()
    if when.date() != today:
        form = "d MMM" if when.year == today.year else "d MMM yyyy"
        words = f"{QLocale().toString(QDate(when.year, when.month, when.day), form)} {words}"
    if bookmark.end_us is None:
        return words
    lasted = QCoreApplication.translate("Bookmarks", "{0} for {1}")
    return lasted.format(words, length_text((bookmark.end_us - bookmark.start_us) / _US))


def length_text(seconds: float) -> str:
    """How long a span is."""
    if seconds < _MINUTE_S:
        return QCoreApplication.translate("Bookmarks", "{0} s").format(f"{seconds:.0f}")
    minutes, rest = divmod(round(seconds), _MINUTE_S)
    return QCoreApplication.translate("Bookmarks", "{0} min").format(f"{minutes}:{rest:02d}")


def answer_text(answer: Answer) -> str:
    """What became of a mark, for its tile."""
    translate = QCoreApplication.translate
    if answer.outcome is Outcome.SAVED:
        return translate("Bookmarks", "Bookmark saved: {0}").format(clock_time(answer.bookmark))
    if answer.outcome is Outcome.WAITING:
        return translate("Bookmarks", "Bookmark kept, not in the database yet: it is tried again")
    return answer.problem


def span_text(bookmark: Bookmark) -> str:
    """What a tile says while a span of its camera is open."""
    words = QCoreApplication.translate("Bookmarks", "Span since {0}")
    return words.format(clock_time(bookmark))


def _local(time_us: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(time_us / _US, UTC).astimezone()
    except (OverflowError, OSError, ValueError):  # outside of what this system can name
        return None
