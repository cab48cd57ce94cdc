"""What the windows see: the cameras' pictures, and in their place those of clips."""

from collections.abc import Callable, Mapping, Sequence

from app.domain.camera import CameraCode
from app.domain.picture_health import PictureFault
from app.domain.stream import StreamStatus
from app.video.board import BoardPicture
from app.video.engine_types import Engine, Moment, ReplayCommand, TileStatus, ViewKey, ViewSpec
from app.video.player_types import Players


class ScreenEngine:
    """Implements ``Engine``. Everything but pictures is asked of ``engine``: the camera behind a
    clip goes on. GUI thread."""

    def __init__(self, engine: Engine, players: Players) -> None:
        self._engine = engine
        self._players = players
        self.status_changed = engine.status_changed

    def show(self, wanted: Mapping[ViewKey, ViewSpec], warm: Sequence[CameraCode]) -> None:
        self._engine.show(wanted, warm)

    def fresh(self) -> Sequence[ViewKey]:
        keys, players = self._engine.fresh(), self._players
        if not players.views():
            return keys
        return [*(key for key in keys if not players.has(key)), *players.fresh()]

    def picture(self, key: ViewKey) -> BoardPicture | None:
        if self._players.has(key):
            return self._players.picture(key)
        return self._engine.picture(key)

    def intact(self, picture: BoardPicture) -> bool:
        if self._players.is_ours(picture):
            return self._players.intact(picture)
        return self._engine.intact(picture)

    def status(self, key: ViewKey) -> TileStatus:
        """That of the camera, also behind a clip: what a clip says is ``ClipPlayer.playing``."""
        return self._engine.status(key)

    def hold(self, key: ViewKey, seconds: float) -> None:
        self._engine.hold(key, seconds)

    def look_back(self, key: ViewKey, moment: Moment | None) -> None:
        self._engine.look_back(key, moment)

    def replay(self, keys: Sequence[ViewKey], command: ReplayCommand | None) -> None:
        self._engine.replay(keys, command)

    def replay_of(self, key: ViewKey) -> ReplayCommand | None:
        return self._engine.replay_of(key)

    def still(
        self,
        camera: CameraCode,
        moment: Moment,
        width: int,
        answer: Callable[[bytes | None], None],
    ) -> None:
        self._engine.still(camera, moment, width, answer)

    def camera_faults(self, camera: CameraCode) -> tuple[PictureFault, ...]:
        return self._engine.camera_faults(camera)

    def camera_status(self, camera: CameraCode) -> StreamStatus:
        return self._engine.camera_status(camera)
