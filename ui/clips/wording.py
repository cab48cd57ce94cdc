"""The words of what is kept: times, sizes, and when it goes."""

from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication

from app.services.clips import RunningClip
from app.services.storage_plan import Stay, StoragePlan, StoredItem, StoredKind, StoredSum
from ui.texts import QT_TRANSLATE_NOOP
from ui.wall.recording_painter import clip_length

_US = 1_000_000
_GB, _MB, _KB = 1e9, 1e6, 1e3
_SUMS = {
    StoredKind.CLIP: QT_TRANSLATE_NOOP("Clips", "Clips: {0} ({1})"),
    StoredKind.SNAPSHOT: QT_TRANSLATE_NOOP("Clips", "Snapshots: {0} ({1})"),
    StoredKind.BOOKMARK_PICTURE: QT_TRANSLATE_NOOP("Clips", "Pictures of bookmarks: {0} ({1})"),
    StoredKind.EVENT_PICTURE: QT_TRANSLATE_NOOP(
        "Clips", "Pictures of events: {0} ({1}; at most {2}, not counted above)"
    ),
}


def _tr(text: str) -> str:
    return QCoreApplication.translate("Clips", text)


def day_text(time_us: int) -> str:
    """The local day as in ISO 8601, which fits a narrow column and sorts."""
    when = _local(time_us)
    return _tr("time unknown") if when is None else f"{when:%Y-%m-%d}"


def time_text(time_us: int) -> str:
    """Local day and time, to the minute."""
    when = _local(time_us)
    return _tr("time unknown") if when is None else f"{when:%Y-%m-%d %H:%M}"


def size_text(size: int) -> str:
    """In the largest unit that leaves something before the point."""
    if size >= _GB:
        return _tr("{0} GB").format(f"{size / _GB:.1f}")
    if size >= _MB:
        return _tr("{0} MB").format(f"{size / _MB:.1f}")
    return _tr("{0} kB").format(f"{size / _KB:.0f}")


def what_text(item: StoredItem) -> str:
    """The length of a clip, or what else it is."""
    if item.kind is StoredKind.SNAPSHOT:
        return _tr("snapshot")
    if item.kind is StoredKind.BOOKMARK_PICTURE:
        return _tr("picture")
    length = clip_length((item.end_us - item.start_us) / _US)
    return _tr("{0}, broken").format(length) if item.is_broken else length


def stay_text(item: StoredItem) -> str:
    """When it goes, or why it stays."""
    match item.stay:
        case Stay.LOCKED:
            return _tr("locked: stays")
        case Stay.NEEDED:
            return _tr("in use: stays")
        case Stay.AGE:
            return _tr("goes next: too old")
        case Stay.SIZE:
            return _tr("goes next: no room")
        case Stay.YOUNG:
            return _tr("until {0}").format(day_text(item.goes_us or 0))


def camera_text(item: StoredItem) -> str:
    """What it is of; nobody knows that of what is left of a bookmark."""
    return item.camera or "–"


def stay_detail(item: StoredItem) -> str:
    """The same at length."""
    if item.kind is StoredKind.BOOKMARK_PICTURE:
        return _tr("The small picture of a bookmark that is no longer there; {0}").format(
            stay_text(item)
        )
    match item.stay:
        case Stay.LOCKED:
            return _tr("Locked: it is never deleted by itself")
        case Stay.NEEDED:
            return _tr("A flagged bookmark or an open incident refers to it")
        case Stay.AGE:
            return _tr("Older than what is kept: deleted an hour after this is shown")
        case Stay.SIZE:
            return _tr("There is no room for all: deleted an hour after this is shown")
        case Stay.YOUNG:
            return _tr("Deleted after {0}, or earlier where room is needed").format(
                day_text(item.goes_us or 0)
            )


def plan_text(plan: StoragePlan) -> str:
    """How much is kept, and for how long, in a sentence."""
    return _tr("{0} of {1} · kept for {2} days").format(
        size_text(plan.bytes), size_text(plan.most_bytes), plan.keep_days
    )


def sums_text(plan: StoragePlan) -> str:
    """What there is of each kind, in a line."""
    return " · ".join(_sum_text(each) for each in plan.sums if each.count)


def _sum_text(total: StoredSum) -> str:
    words = _tr(_SUMS[total.kind])
    return words.format(total.count, size_text(total.bytes), size_text(total.most_bytes or 0))


def going_text(plan: StoragePlan) -> str:
    """What is to go, in a sentence."""
    going = plan.going
    if not going:
        return _tr("Nothing goes now")
    size = size_text(sum(item.bytes for item in going))
    return _tr("{0} will be deleted ({1}); lock what has to stay").format(len(going), size)


def running_text(clip: RunningClip) -> str:
    """A clip under way."""
    if clip.is_checking:
        return _tr("{0}: checking {1}").format(clip.camera, clip_length(clip.seconds))
    words = _tr("{0}: {1} with sound written") if clip.has_sound else _tr("{0}: {1} written")
    return words.format(clip.camera, clip_length(clip.seconds))


def _local(time_us: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(time_us / _US, UTC).astimezone()
    except (OverflowError, OSError, ValueError):  # outside of what this system can name
        return None
