"""What is kept at this workstation, and what of it goes: values and rules, no disk."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from uuid import UUID

from app.services.event_thumbnails import MOST_BYTES as EVENT_PICTURES_BYTES
from app.services.kept_pictures import PictureCounts
from app.settings.schema import ClipSettings

_DAY_US = 86_400_000_000
_UNITS = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


class StoredKind(Enum):
    CLIP = "clip"
    SNAPSHOT = "snapshot"
    BOOKMARK_PICTURE = "bookmark picture"
    """Single ones are listed only where their bookmark is gone."""
    EVENT_PICTURE = "event picture"
    """Never listed: the oldest give way to new ones by themselves."""


class Stay(Enum):
    """Why something stays, or goes: ``AGE`` and ``SIZE`` go."""

    YOUNG = "young"
    LOCKED = "locked"
    NEEDED = "needed"
    """A flagged bookmark or an incident that is not closed refers to it."""
    AGE = "age"
    SIZE = "size"

    @property
    def goes(self) -> bool:
        return self in (Stay.AGE, Stay.SIZE)


@dataclass(frozen=True, slots=True)
class StoredSum:
    """All of a kind together. ``most_bytes`` is its own limit, where it has one: it does not count
    in what the settings allow then."""

    kind: StoredKind
    count: int
    bytes: int
    most_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class StoredItem:
    """A clip or snapshot of this workstation. ``goes_us`` is when its age is up (Unix time in
    microseconds), ``None`` for what is exempt."""

    kind: StoredKind
    key: UUID
    file: str
    camera: str
    start_us: int
    end_us: int
    created_us: int
    bytes: int
    stay: Stay
    goes_us: int | None
    is_broken: bool = False
    reason: str = ""

    @property
    def can_be_locked(self) -> bool:
        return self.kind in (StoredKind.CLIP, StoredKind.SNAPSHOT)


@dataclass(frozen=True, slots=True)
class StoragePlan:
    """Everything that is kept, the oldest first, and what it takes."""

    items: Sequence[StoredItem] = ()
    bytes: int = 0
    most_bytes: int = 0
    keep_days: int = 0
    sums: Sequence[StoredSum] = ()

    @property
    def going(self) -> Sequence[StoredItem]:
        """What goes once it has been announced for an hour."""
        return [item for item in self.items if item.stay.goes]


def going_words(going: Sequence[StoredItem]) -> str:
    """How much goes, for a sentence."""
    clips = sum(item.can_be_locked for item in going)
    pictures = len(going) - clips
    said = []
    if clips:
        said.append("1 clip or snapshot" if clips == 1 else f"{clips} clips and snapshots")
    if pictures:
        plural = "s" if pictures > 1 else ""
        said.append(f"{pictures} small picture{plural} without a bookmark")
    size = sum(item.bytes for item in going)
    unit, name = next((each for each in _UNITS if size >= each[0] / 10), _UNITS[-1])
    amount = f"{size / unit:.1f} {name}"
    return f"{' and '.join(said)} ({amount})"


def plan_of(
    items: Sequence[StoredItem],
    settings: ClipSettings,
    now_us: int,
    pictures: PictureCounts | None = None,
) -> StoragePlan:
    """Which of ``items``, the oldest first, go: what is too old, then the oldest of the rest
    until it fits. Only what is ``YOUNG`` may; the pictures of bookmarks take room, too."""
    kept_us = settings.keep_days * _DAY_US
    most = round(settings.keep_gigabytes * 1e9)
    sums = _sums(items, pictures or PictureCounts())
    size = total = sum(each.bytes for each in sums if each.most_bytes is None)
    planned = []
    for item in items:
        if item.stay is Stay.YOUNG:
            goes_us = item.created_us + kept_us
            stay = Stay.AGE if goes_us <= now_us else item.stay
            item = replace(item, stay=stay, goes_us=goes_us)  # noqa: PLW2901 - the same, judged
            size -= item.bytes if stay is Stay.AGE else 0
        planned.append(item)
    for index, item in enumerate(planned):
        if size <= most:
            break
        if item.stay is Stay.YOUNG:
            planned[index] = replace(item, stay=Stay.SIZE)
            size -= item.bytes
    return StoragePlan(planned, total, most, settings.keep_days, sums)


def _sums(items: Sequence[StoredItem], pictures: PictureCounts) -> Sequence[StoredSum]:
    """One for each kind; pictures that belong to a bookmark are no items."""
    of_bookmarks, of_events = pictures.of_bookmarks, pictures.of_events
    known = {StoredKind.BOOKMARK_PICTURE: (of_bookmarks.count, of_bookmarks.bytes)}
    sums = []
    for kind in (StoredKind.CLIP, StoredKind.SNAPSHOT, StoredKind.BOOKMARK_PICTURE):
        sizes = [item.bytes for item in items if item.kind is kind]
        count, size = known.get(kind, (0, 0))
        sums.append(StoredSum(kind, count + len(sizes), size + sum(sizes)))
    events = StoredSum(
        StoredKind.EVENT_PICTURE, of_events.count, of_events.bytes, EVENT_PICTURES_BYTES
    )
    return (*sums, events)
