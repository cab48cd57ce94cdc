"""Who wrote a record, and where."""

from dataclasses import dataclass
from enum import Enum


class Role(Enum):
    """What a person at this workstation may do; a supervisor may do all that an operator may."""

    OPERATOR = "operator"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True)
class Author:
    """The person and the workstation, as they are called in records."""

    operator: str
    workstation: str
