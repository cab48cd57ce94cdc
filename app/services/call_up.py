"""What happens to the keys of a call-up number, as values."""

from dataclasses import dataclass
from enum import Enum

from app.domain.camera import CallUp

_LONGEST_PART = 5
_PARTS = 3


class CallUpProblem(Enum):
    """Why a typed number called nothing up. The words are in ``ui/wall/wording.py``."""

    INCOMPLETE = "incomplete"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CallUpEntry:
    """What stands in the plate: the typed text, and after Enter what is wrong with it."""

    text: str = ""
    problem: CallUpProblem | None = None

    @property
    def is_empty(self) -> bool:
        return not self.text

    def typed(self, key: str) -> "CallUpEntry":
        """One digit or ``.`` more; a key that can lead to no number changes nothing.

        After an answer the first key begins a new number.
        """
        text = "" if self.problem is not None else self.text
        wanted = text + key
        return CallUpEntry(wanted) if _can_become_a_number(wanted) else CallUpEntry(text)

    def erased(self) -> "CallUpEntry":
        """The last key taken back; a number that was refused can be corrected that way."""
        return CallUpEntry(self.text[:-1])

    def refused(self, problem: CallUpProblem) -> "CallUpEntry":
        return CallUpEntry(self.text, problem)

    def call_up(self, district: int | None) -> CallUp | None:
        """The number once it is complete; ``41.3`` means camera 3 of site 41 in ``district``."""
        parts = self.text.split(".")
        if not all(parts):
            return None
        numbers = [int(part) for part in parts]
        if len(numbers) == _PARTS:
            return CallUp(*numbers)
        if len(numbers) == _PARTS - 1 and district is not None:
            return CallUp(district, *numbers)
        return None


def _can_become_a_number(text: str) -> bool:
    parts = text.split(".")
    return (
        len(parts) <= _PARTS
        and all(parts[:-1])
        and all(part.isascii() and (part.isdigit() or not part) for part in parts)
        and all(len(part) <= _LONGEST_PART for part in parts)
    )
