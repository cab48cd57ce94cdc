"""Where data and settings live."""

from dataclasses import dataclass
from pathlib import Path

import platformdirs

from app.core.errors import DataFolderUnavailable

_NAME = "nigehban"


@dataclass(frozen=True, slots=True)
class Places:
    """The data folder and the settings file of this run."""

    data: Path
    settings_file: Path

    @property
    def database(self) -> Path:
        return self.data / "nigehban.db"

    @property
    def clips(self) -> Path:
        return self.data / "clips"

    @property
    def snapshots(self) -> Path:
        return self.data / "snapshots"

    @property
    def thumbnails(self) -> Path:
        """Small pictures of events; may be emptied at any time."""
        return self.data / "thumbnails"

    @property
    def leaving(self) -> Path:
        """Names of files that were deleted here and are to be deleted in the shared folder."""
        return self.data / "leaving"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def backups(self) -> Path:
        return self.data / "backups"

    @property
    def wall_state(self) -> Path:
        """What was on each screen, for the next start."""
        return self.data / "wall-state.json"

    @property
    def drafts(self) -> Path:
        """What operators write and what is not in the database yet."""
        return self.data / "drafts.json"

    @property
    def exports(self) -> Path:
        """Lists that were written for other programs."""
        return self.data / "exports"

    @property
    def unsaved_bookmarks(self) -> Path:
        """Bookmarks that the database has refused, until it takes them."""
        return self.data / "bookmarks-unsaved.json"

    @property
    def answers_seen(self) -> Path:
        """Which answers of supervisors the operator has looked at."""
        return self.data / "review-seen.json"

    @property
    def instance_lock(self) -> Path:
        return self.data / "instance.lock"

    def prepare(self) -> None:
        """Create the folders, for this user only; raises ``DataFolderUnavailable``."""
        folders = (self.clips, self.snapshots, self.thumbnails, self.logs, self.backups)
        for folder in (self.data, *folders):
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                raise DataFolderUnavailable(
                    f"The data folder {self.data} cannot be used: {error.strerror}",
                    advice="Choose a folder that this user may write to with --data-dir.",
                ) from error


def places(data_dir: Path | None = None, config: Path | None = None) -> Places:
    """The places of this user on this system, where the command line does not say otherwise."""
    data = data_dir or platformdirs.user_data_path(_NAME, appauthor=False)
    file = config or platformdirs.user_config_path(_NAME, appauthor=False) / "settings.toml"
    return Places(data.absolute(), file.absolute())
