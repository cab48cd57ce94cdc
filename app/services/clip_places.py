"""Where a clip's file lies: at this workstation, in the shared folder, or at another one."""

from pathlib import Path

from app.domain.clip_record import Clip
from app.services.shared_folder import SharedFolder


class ClipPlaces:
    """Owner thread; a share is never asked, it might not answer."""

    def __init__(self, own: Path, shared: SharedFolder | None, workstation: str) -> None:
        self._own = own
        self._shared = shared
        self._workstation = workstation

    def file(self, clip: Clip) -> Path:
        """Where to open it. What is nowhere is looked for on this workstation."""
        own = self._own / Path(clip.file).name
        shared = self._shared
        if shared is None or not shared.is_answering or own.exists():
            return own
        return shared.clips / own.name

    def elsewhere(self, clip: Clip) -> str:
        """The workstation at which it was kept, empty where that is this one."""
        made_at = clip.author.workstation
        return "" if made_at == self._workstation else made_at
