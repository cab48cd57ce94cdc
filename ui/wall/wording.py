"""The words of a tile: what its status means to an operator, in sentences."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from PySide6.QtCore import QCoreApplication

from app.domain.camera import Camera
from app.domain.stream import (
    STALE_AFTER_S,
    Effort,
    PictureClock,
    Reason,
    StreamKind,
    StreamState,
)
from app.services.overlay_types import OverlayStatus
from app.services.wall_screen import ScreenSnapshot
from app.video.engine_types import TileStatus
from ui.fault_words import fault_words, worst_fault
from ui.texts import QT_TRANSLATE_NOOP
from ui.wall.box_wording import overlay_lines, overlay_sign

FRESH_WITHIN_S = 1.0
"""Up to this age a picture gets no figures, only its green dot."""

_STATES: Mapping[StreamState, str] = {
    StreamState.CLOSED: QT_TRANSLATE_NOOP("Tile", "Closed"),
    StreamState.CONNECTING: QT_TRANSLATE_NOOP("Tile", "Connecting"),
    StreamState.LIVE: QT_TRANSLATE_NOOP("Tile", "Live"),
    StreamState.STALE: QT_TRANSLATE_NOOP("Tile", "Stale"),
    StreamState.RECONNECTING: QT_TRANSLATE_NOOP("Tile", "Reconnecting"),
    StreamState.UNAUTHORISED: QT_TRANSLATE_NOOP("Tile", "Unauthorised"),
    StreamState.OFFLINE: QT_TRANSLATE_NOOP("Tile", "Offline"),
    StreamState.REPLAY: QT_TRANSLATE_NOOP("Tile", "Replay"),
}
_REASONS: Mapping[Reason, str] = {
    Reason.NONE: "",
    Reason.REFUSED: QT_TRANSLATE_NOOP("Tile", "The camera refuses the connection"),
    Reason.TIMED_OUT: QT_TRANSLATE_NOOP("Tile", "The camera does not answer in time"),
    Reason.UNREACHABLE: QT_TRANSLATE_NOOP("Tile", "No network path to the camera"),
    Reason.UNKNOWN_HOST: QT_TRANSLATE_NOOP("Tile", "The camera's host name is not known"),
    Reason.NOT_FOUND: QT_TRANSLATE_NOOP("Tile", "The camera has no stream at this address"),
    Reason.WRONG_PASSWORD: QT_TRANSLATE_NOOP("Tile", "The camera does not accept the password"),
    Reason.NO_CREDENTIAL: QT_TRANSLATE_NOOP("Tile", "No password is stored for this camera"),
    Reason.KEY_STORE_LOCKED: QT_TRANSLATE_NOOP("Tile", "The key store with the password is locked"),
    Reason.CERTIFICATE: QT_TRANSLATE_NOOP("Tile", "The camera's certificate is not trusted"),
    Reason.NO_VIDEO: QT_TRANSLATE_NOOP("Tile", "The stream carries no video"),
    Reason.ENDED: QT_TRANSLATE_NOOP("Tile", "The camera ended the stream"),
    Reason.SILENT: QT_TRANSLATE_NOOP("Tile", "The camera is connected but sends nothing"),
    Reason.CONNECTION_LOST: QT_TRANSLATE_NOOP("Tile", "The connection to the camera broke"),
    Reason.NOT_DECODABLE: QT_TRANSLATE_NOOP("Tile", "The pictures of the camera are damaged"),
    Reason.UNSUPPORTED: QT_TRANSLATE_NOOP("Tile", "The camera uses a format we cannot show"),
    Reason.BAD_URL: QT_TRANSLATE_NOOP("Tile", "The camera's address in the registry is wrong"),
    Reason.VLC_MISSING: QT_TRANSLATE_NOOP("Tile", "This camera needs VLC, which is not installed"),
    Reason.VLC_NO_RTSP: QT_TRANSLATE_NOOP("Tile", "The installed VLC cannot play RTSP"),
    Reason.WORKER_CRASHED: QT_TRANSLATE_NOOP("Tile", "The decoder stopped and is started again"),
    Reason.WORKER_HUNG: QT_TRANSLATE_NOOP("Tile", "The decoder hung and is started again"),
    Reason.CRASHES_DECODER: QT_TRANSLATE_NOOP(
        "Tile", "The stream crashed the decoder again and again"
    ),
    Reason.SERVER_BUSY: QT_TRANSLATE_NOOP("Tile", "The camera has no connection free"),
    Reason.OVERLOADED: QT_TRANSLATE_NOOP("Tile", "This workstation is overloaded"),
    Reason.INTERNAL: QT_TRANSLATE_NOOP("Tile", "An error in this program; see the log"),
}
_EFFORTS: Mapping[Effort, str] = {
    Effort.FULL: "",
    Effort.NO_LOOP_FILTER: QT_TRANSLATE_NOOP("Tile", "simplified"),
    Effort.SUB_ONLY: QT_TRANSLATE_NOOP("Tile", "reduced to sub"),
    Effort.KEY_FRAMES: QT_TRANSLATE_NOOP("Tile", "key frames only"),
}
_EFFORT_DETAILS: Mapping[Effort, str] = {
    Effort.FULL: "",
    Effort.NO_LOOP_FILTER: QT_TRANSLATE_NOOP(
        "Tile", "Decoding is simplified because this workstation is busy"
    ),
    Effort.SUB_ONLY: QT_TRANSLATE_NOOP(
        "Tile", "The small stream is shown because this workstation is busy"
    ),
    Effort.KEY_FRAMES: QT_TRANSLATE_NOOP(
        "Tile", "Only key frames are shown because this workstation is busy"
    ),
}
_KINDS: Mapping[StreamKind, str] = {
    StreamKind.MAIN: QT_TRANSLATE_NOOP("Tile", "main"),
    StreamKind.SUB: QT_TRANSLATE_NOOP("Tile", "sub"),
}


@dataclass(frozen=True, slots=True)
class TileFace:
    """What a tile says at one moment; a tile is painted anew when its face changes.

    ``state`` is the one shown, judged by the age of the picture. ``headline``, ``reason`` and
    ``last_picture`` stand in the picture's place and are empty while it is live. ``faults`` is
    what is wrong with the picture, ``boxes`` what is wrong with the boxes over it; both are empty
    when all is well. A paused or replayed picture is to be seen, but never live.
    """

    code: str = ""
    name: str = ""
    state: StreamState = StreamState.CLOSED
    state_word: str = ""
    headline: str = ""
    reason: str = ""
    last_picture: str = ""
    age: str = ""
    dot: StreamState | None = None
    stream: str = ""
    effort: str = ""
    zoom: str = ""
    faults: str = ""
    boxes: str = ""
    note: str = ""
    """A sentence over the picture of a clip: what must be known to judge what is seen."""
    is_paused: bool = False
    is_clip: bool = False
    """A clip is played in the place of the camera."""

    @property
    def is_live(self) -> bool:
        return self.state is StreamState.LIVE and not self.is_paused

    @property
    def covers_picture(self) -> bool:
        """Whether the last picture is dimmed and words stand over it."""
        return not (self.is_live or self.is_paused or self.state is StreamState.REPLAY)

    @property
    def place_words(self) -> tuple[object, ...]:
        """What is painted over the picture's place rather than on the strip."""
        words = (self.state_word, self.headline, self.reason, self.last_picture, self.note)
        return (self.state, self.is_paused, *words)

    @property
    def is_empty(self) -> bool:
        """Whether no camera belongs into the cell."""
        return not self.code


EMPTY_FACE = TileFace()


def tr(text: str) -> str:
    return QCoreApplication.translate("Tile", text)


def state_word(state: StreamState) -> str:
    return tr(_STATES[state])


def reason_sentence(reason: Reason) -> str:
    """Why a camera is not live; empty for ``NONE``."""
    return tr(_REASONS[reason]) if _REASONS[reason] else ""


def shown_state(status: TileStatus) -> StreamState:
    """The state by this workstation's own judgement of the picture's age."""
    if status.state is not StreamState.LIVE:
        return status.state
    if status.age_s is None:
        return StreamState.CONNECTING
    return StreamState.LIVE if status.age_s <= STALE_AFTER_S else StreamState.STALE


def duration(seconds: float, *, tenths: bool = True) -> str:
    """An age as short as it can be said: ``1.4 s``, ``12 s``, ``3 min``, ``2 h``."""
    if tenths and seconds < 10:
        return tr("{0} s").format(f"{int(seconds * 10) / 10:.1f}")
    if seconds < 120:
        return tr("{0} s").format(int(seconds))
    if seconds < 7200:
        return tr("{0} min").format(str(int(seconds // 60)))
    if seconds < 172_800:
        return tr("{0} h").format(str(int(seconds // 3600)))
    return tr("{0} days").format(str(int(seconds // 86_400)))


def clock_time(utc_us: int, now_us: int, zone: tzinfo | None = None) -> str:
    """A moment on the workstation's clock on the wall; with its day when it is not today."""
    moment = datetime.fromtimestamp(utc_us / 1e6, UTC).astimezone(zone)
    today = datetime.fromtimestamp(now_us / 1e6, UTC).astimezone(zone).date()
    return moment.strftime("%H:%M:%S" if moment.date() == today else "%d.%m.%Y %H:%M:%S")


def face_of(
    camera: Camera | None,
    status: TileStatus,
    *,
    zoom: float = 1.0,
    now_us: int = 0,
    boxes: OverlayStatus | None = None,
    paused_age_s: float | None = None,
) -> TileFace:
    """Everything a tile says about its camera now.

    ``paused_age_s`` is the age of the picture that the operator has stopped, if one is.
    """
    if camera is None:
        return EMPTY_FACE
    state = shown_state(status)
    is_paused = paused_age_s is not None
    is_live = state is StreamState.LIVE and not is_paused
    is_seen = is_live or is_paused or state is StreamState.REPLAY
    age = paused_age_s if is_paused else status.age_s
    shows_age = age is not None and age > FRESH_WITHIN_S
    return TileFace(
        code=camera.code,
        name=camera.name,
        state=state,
        state_word=tr("Paused") if is_paused else _state_words(state, status),
        headline="" if is_live or is_paused else _headline(state, status),
        reason="" if is_seen else reason_sentence(status.reason),
        last_picture="" if is_seen else _last_picture(state, status, now_us),
        age=duration(age or 0.0) if shows_age and not _is_replayed(state, status) else "",
        dot=_dot(age) if is_live else None,
        stream=tr(_KINDS[status.kind]) if status.kind is not None else "",
        effort=tr(_EFFORTS[status.effort]) if status.effort and is_live else "",
        zoom=tr("zoom {0}×").format(f"{zoom:.1f}") if zoom > 1.0 else "",
        faults=_fault_word(status) if is_seen else "",
        boxes=overlay_sign(boxes) if boxes is not None and is_seen else "",
        is_paused=is_paused,
    )


def page_words(screen: ScreenSnapshot) -> str:
    """Which page of which district a screen shows; empty without a district."""
    if screen.district is None:
        return ""
    return tr("{0} · page {1} of {2}").format(screen.district.name, screen.page + 1, screen.pages)


def detail_lines(
    camera: Camera,
    status: TileStatus,
    *,
    now_us: int,
    boxes: OverlayStatus | None = None,
    is_paused: bool = False,
) -> list[str]:
    """The tooltip: what a technician asks next. No address and no secret."""
    lines = [f"{camera.code}  {camera.name}", f"{tr('Call-up number')} {camera.call_up}"]
    state = shown_state(status)
    word = tr("Paused") if is_paused else _state_words(state, status)
    lines.append(" – ".join(filter(None, (word, reason_sentence(status.reason)))))
    lines += [fault_words(fault).sentence for fault in status.faults]
    if status.attempt:
        lines.append(tr("Attempts without success: {0}").format(str(status.attempt)))
    if status.kind is not None:
        lines.append(tr("Stream: {0}").format(tr(_KINDS[status.kind])))
    if status.effort:
        lines.append(tr(_EFFORT_DETAILS[status.effort]))
    if status.taken_utc_us is not None:
        taken = clock_time(status.taken_utc_us, now_us)
        lines.append(tr("Picture taken: {0}").format(taken))
        lines.append(_clock_words(status))
    if boxes is not None:
        lines += overlay_lines(boxes)
    if status.detail:
        lines.append(status.detail)
    return lines


def _is_replayed(state: StreamState, status: TileStatus) -> bool:
    return state is StreamState.REPLAY and status.replay_s is not None


def _state_words(state: StreamState, status: TileStatus) -> str:
    """The word of the state; how far back, of a replayed picture."""
    if state is StreamState.REPLAY and status.replay_s is not None:
        words = tr("Replay −{0} s").format(f"{status.replay_s:.1f}")
        pace = tr("oldest picture") if status.is_oldest else _pace_words(status.replay_speed)
        return f"{words} · {pace}" if pace else words
    return state_word(state)


def _pace_words(speed: float) -> str:
    """How a replay goes on; empty at the pace at which it was taken."""
    if not speed:
        return tr("paused")
    if speed < 0:
        return tr("backwards {0}×").format(f"{-speed:g}")
    return "" if speed == 1.0 else tr("{0}×").format(f"{speed:g}")


def _fault_word(status: TileStatus) -> str:
    """The worst of what is wrong with the picture, and how much there is besides."""
    fault = worst_fault(status.faults)
    if fault is None:
        return ""
    word = fault_words(fault).short
    return f"{word} +{len(status.faults) - 1}" if len(status.faults) > 1 else word


def _headline(state: StreamState, status: TileStatus) -> str:
    if state is StreamState.STALE and status.age_s is not None:
        return tr("No new picture for {0}").format(duration(status.age_s, tenths=False))
    if state is StreamState.CONNECTING and status.state is StreamState.LIVE:
        return tr("Waiting for the first picture")
    if state is StreamState.RECONNECTING and _has_countdown(status):
        return tr("Reconnecting in {0}").format(_countdown(status))
    return state_word(state)


def _has_countdown(status: TileStatus) -> bool:
    return status.retry_in_s is not None and status.retry_in_s >= 0.5


def _countdown(status: TileStatus) -> str:
    return duration(round(status.retry_in_s or 0.0), tenths=False)


def _last_picture(state: StreamState, status: TileStatus, now_us: int) -> str:
    """When the last picture was taken and, where the headline does not say, the next attempt."""
    said = []
    if status.taken_utc_us is not None:
        taken = clock_time(status.taken_utc_us, now_us)
        said.append(tr("Last picture {0}").format(taken))
    if state is not StreamState.RECONNECTING and _has_countdown(status):
        said.append(tr("Next attempt in {0}").format(_countdown(status)))
    return " · ".join(said)


def _dot(age_s: float | None) -> StreamState | None:
    """The colour of the age dot, named by the state that has it."""
    if age_s is None or age_s > STALE_AFTER_S:
        return None
    return StreamState.LIVE if age_s <= FRESH_WITHIN_S else StreamState.STALE


def _clock_words(status: TileStatus) -> str:
    if status.clock is PictureClock.ARRIVAL:
        return tr("Time of arrival here; the camera gives no clock")
    if status.clock is PictureClock.CAMERA_APPROXIMATE:
        return tr("Time by the camera's clock, approximate: its last report is too old")
    offset = status.clock_offset_s
    if offset is None:
        return tr("Time by the camera's clock")
    words = tr("The camera's clock is {0} s ahead of ours")
    if offset < 0:
        words = tr("The camera's clock is {0} s behind ours")
    return words.format(f"{abs(offset):.1f}")
