"""Who works here: what stands on every record, and what this person may do.

There is no log-in yet: the name is that of the settings, else that of the system's user.
"""

import getpass
import platform
from dataclasses import dataclass

from app.domain.author import Author, Role
from app.settings.schema import OperatorSettings

_NOBODY = "operator"


@dataclass(frozen=True, slots=True)
class Identity:
    """The person and the workstation for the whole run."""

    author: Author
    role: Role

    @property
    def is_supervisor(self) -> bool:
        return self.role is Role.SUPERVISOR


def identity_of(settings: OperatorSettings) -> Identity:
    """The identity that the settings and the system give; never without a name."""
    name = settings.name.strip() or _system_user()
    return Identity(Author(name, platform.node() or "workstation"), Role(settings.role))


def _system_user() -> str:
    try:
        return getpass.getuser().strip() or _NOBODY
    except (OSError, KeyError, ImportError):
        # A user without an entry in the system's list, as in some containers.
        return _NOBODY
