"""Gives the keys for replay and snapshots to the clip where the selected tile plays one."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from app.services.clip_player import ClipPlayer
from app.services.clip_playing import Playing
from app.services.snapshots import FULL_SIZE, SeenPicture, SnapshotService
from app.services.wall import WallService
from app.video.engine_types import ViewKey
from app.video.player_types import PlayerState
from ui.texts import QT_TRANSLATE_NOOP
from ui.wall_commands import ClipVerbs, ReplayVerbs

SayNote = Callable[[int, str], None]
_FIXED = QT_TRANSLATE_NOOP("Player", "This stream cannot be sought: it only plays on, as it comes")
_PACED = QT_TRANSLATE_NOOP(
    "Player", "This stream comes at its own pace: not backwards, not faster, not in a loop"
)


class PlayerReplay:
    """Implements ``ReplayVerbs``: of the clip, else of the camera. GUI thread.

    ``say`` tells on the wall why a clip does not go where it was asked to."""

    def __init__(
        self, player: ClipPlayer, cameras: ReplayVerbs, say: Callable[[str], None]
    ) -> None:
        self._player = player
        self._cameras = cameras
        self._say = say

    def jump(self, seconds: float) -> None:
        key = self._player.selected()
        if key is None:
            self._cameras.jump(seconds)
        else:
            self._tell(key, self._player.jump(key, seconds))

    def shuttle(self, direction: int) -> None:
        key = self._player.selected()
        if key is None:
            self._cameras.shuttle(direction)
        else:
            self._tell(key, self._player.shuttle(key, direction))

    def pause(self) -> None:
        key = self._player.selected()
        if key is None:
            self._cameras.pause()
        else:
            self._player.pause(key)

    def toggle_pause(self) -> None:
        key = self._player.selected()
        if key is None:
            self._cameras.toggle_pause()
        else:
            self._player.toggle_pause(key)

    def step(self, by: int) -> None:
        key = self._player.selected()
        if key is None:
            self._cameras.step(by)
        else:
            self._tell(key, self._player.step(key, by))

    def oldest(self) -> None:
        key = self._player.selected()
        if key is None:
            self._cameras.oldest()
        else:
            self._tell(key, self._player.seek(key, 0))

    def live(self) -> None:
        key = self._player.selected()
        if key is None:
            self._cameras.live()
        else:
            self._player.close(key)

    def toggle_in_step(self) -> bool:
        return self._cameras.toggle_in_step()

    def _tell(self, key: ViewKey, is_done: bool) -> None:
        playing = self._player.playing(key)
        if not is_done and playing is not None:
            self._say(refusal_words(playing.state))


class PlayerClips:
    """Implements ``ClipVerbs``: a picture of the clip is kept as one of its camera. GUI thread."""

    def __init__(
        self,
        player: ClipPlayer,
        cameras: ClipVerbs,
        snapshots: SnapshotService,
        wall: WallService,
        say: SayNote,
    ) -> None:
        self._player = player
        self._cameras = cameras
        self._snapshots = snapshots
        self._wall = wall
        self._say = say

    def toggle_recording(self) -> None:
        if self._player.selected() is None:
            self._cameras.toggle_recording()
        else:
            self._say(self._wall.focused, _tr("A clip is played here: End shows the camera again"))

    def discard_recording(self) -> None:
        self._cameras.discard_recording()

    def take_snapshot(self) -> None:
        key = self._player.selected()
        playing = None if key is None else self._player.playing(key)
        if key is None or playing is None:
            self._cameras.take_snapshot()
        else:
            self._keep(key, playing, self._wall.focused)

    def _keep(self, key: ViewKey, playing: Playing, screen: int) -> None:
        camera, taken_us, clip = playing.camera, playing.taken_us, playing.clip
        if camera is None or taken_us is None or clip is None:
            self._say(screen, _tr("No camera and time are known of this clip: nothing is kept"))
            return
        seen = SeenPicture(camera, taken_us, clip.clock, -clip.offset_us / 1e6)

        def done(name: str | None) -> None:
            words = _tr("The picture of {0} is kept") if name else _NOT_KEPT
            self._say(screen, _tr(words).format(camera))

        def answer(jpeg: bytes | None) -> None:
            if jpeg is None:
                self._say(screen, _tr("There is no picture to keep"))
            else:
                self._snapshots.keep(seen, jpeg, done, reason=f"from the clip {clip.file}")

        self._player.still(key, playing.position_us, FULL_SIZE, answer)


_NOT_KEPT = "The picture of {0} was not kept"


def refusal_words(state: PlayerState) -> str:
    """Why a stream does not go where it was asked to."""
    return _tr(_PACED) if state.is_seekable and state.duration_us > 0 else _tr(_FIXED)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Player", text)
