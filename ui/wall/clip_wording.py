"""What a tile says while it plays a clip, in words that never look live."""

import math
from collections.abc import Mapping
from typing import Protocol

from PySide6.QtCore import QCoreApplication

from app.core.events import Event
from app.domain.stream import Reason, StreamState
from app.services.clip_playing import Playing
from app.services.overlay_types import OverlayStatus, Sync
from app.video.engine_types import ViewKey
from app.video.player_types import PlayerPhase
from ui.texts import QT_TRANSLATE_NOOP
from ui.wall.box_wording import overlay_sign
from ui.wall.sound_wording import short_volume_words
from ui.wall.wording import TileFace, clock_time

_SECOND_US = 1_000_000
_REASONS: Mapping[Reason, str] = {
    Reason.REFUSED: QT_TRANSLATE_NOOP("Clip", "The recorder refuses the connection"),
    Reason.TIMED_OUT: QT_TRANSLATE_NOOP("Clip", "The recorder does not answer in time"),
    Reason.UNREACHABLE: QT_TRANSLATE_NOOP("Clip", "No network path to the recorder"),
    Reason.UNKNOWN_HOST: QT_TRANSLATE_NOOP("Clip", "The recorder's host name is not known"),
    Reason.NOT_FOUND: QT_TRANSLATE_NOOP("Clip", "There is nothing at this place"),
    Reason.WRONG_PASSWORD: QT_TRANSLATE_NOOP("Clip", "The recorder does not accept the login"),
    Reason.CERTIFICATE: QT_TRANSLATE_NOOP("Clip", "The recorder's certificate is not trusted"),
    Reason.NO_VIDEO: QT_TRANSLATE_NOOP("Clip", "There is no video in it"),
    Reason.SILENT: QT_TRANSLATE_NOOP("Clip", "The recorder sends nothing any more"),
    Reason.CONNECTION_LOST: QT_TRANSLATE_NOOP("Clip", "The connection to the recorder broke"),
    Reason.NOT_DECODABLE: QT_TRANSLATE_NOOP("Clip", "It is damaged, or no video at all"),
    Reason.UNSUPPORTED: QT_TRANSLATE_NOOP("Clip", "This kind of video or address cannot be played"),
    Reason.BAD_URL: QT_TRANSLATE_NOOP("Clip", "This is no address of a recording"),
    Reason.SERVER_BUSY: QT_TRANSLATE_NOOP("Clip", "The recorder has no connection free"),
    Reason.OVERLOADED: QT_TRANSLATE_NOOP("Clip", "Too many clips are open: close one with End"),
    Reason.WORKER_CRASHED: QT_TRANSLATE_NOOP("Clip", "The player stopped; open the clip again"),
}
_OTHER = QT_TRANSLATE_NOOP("Clip", "An error in this program; see the log")


class Clips(Protocol):
    """What a canvas asks. GUI thread; from memory."""

    changed: Event[ViewKey]

    def playing(self, key: ViewKey) -> Playing | None: ...


def clip_face(
    playing: Playing, *, zoom: float, now_us: int, boxes: OverlayStatus | None = None
) -> TileFace:
    """Everything a tile says about the clip that it plays; ``boxes`` is about those over it."""
    phase = playing.state.phase
    state = StreamState.REPLAY
    words, reason = clip_words(playing, now_us), ""
    if phase is PlayerPhase.OPENING:
        state, words = StreamState.CONNECTING, tr("Opening the clip")
    elif phase is PlayerPhase.FAILED:
        state, words = StreamState.OFFLINE, tr("The clip cannot be played")
        reason = trouble_sentence(playing.state.reason)
        if playing.elsewhere:
            reason = tr("This clip lies at the workstation {0}").format(playing.elsewhere)
    elif absence := absence_words(playing):
        state, words = StreamState.CLOSED, absence
        if playing.end_us is not None:
            reason = tr("In step with the clip of the flag")
    is_seen = state is StreamState.REPLAY
    return TileFace(
        code=playing.name,
        state=state,
        state_word=words,
        headline=words,
        reason=reason,
        zoom=tr("zoom {0}×").format(f"{zoom:.1f}") if zoom > 1.0 else "",
        boxes=box_sign(boxes) if boxes is not None and is_seen else "",
        note=boxes.sentence if boxes is not None and is_seen else "",
        is_clip=True,
    )


def box_sign(boxes: OverlayStatus) -> str:
    """The word on a clip's strip when its boxes are not as they should be."""
    if boxes.sync is Sync.NONE and not boxes.sentence:
        return ""  # no backend looks at the camera
    return overlay_sign(boxes)


def clip_words(playing: Playing, now_us: int) -> str:
    """``Clip · 12:04:31 · 00:12 / 01:00``, and how it goes on where that is not at 1×."""
    said = [playing.label or tr("Clip")]
    if playing.taken_us is not None:
        said.append(clock_time(playing.taken_us, now_us))
    length = playing.state.duration_us
    place = minutes(playing.position_us)
    said.append(f"{place} / {minutes(length)}" if length else place)
    if playing.is_ended:
        said.append(tr("at its beginning") if playing.speed < 0 else tr("at its end"))
    elif not playing.speed:
        said.append(tr("paused"))
    elif playing.speed != 1.0:
        said.append(speed_words(playing.speed))
    if playing.is_past_pictures:
        said.append(tr("last picture, only sound goes on"))
    if playing.is_looping:
        said.append(tr("again and again"))
    if playing.volume:
        said.append(short_volume_words(playing))
    return " · ".join(said)


def absence_words(playing: Playing) -> str:
    """Why there is no picture of this time; empty where there is one."""
    if playing.begins_in_us:
        seconds = math.ceil(playing.begins_in_us / _SECOND_US)
        return tr("The clip begins in {0} s").format(seconds)
    if playing.gap_us:
        seconds = math.ceil(playing.gap_us / _SECOND_US)
        return tr("Nothing was recorded here for {0} s").format(seconds)
    return tr("The clip has ended") if playing.is_over else ""


def speed_words(speed: float) -> str:
    """``2×``, ``1/8×`` where it is slower, ``−2×`` where it goes backwards."""
    sign, pace = ("−" if speed < 0 else ""), abs(speed)
    return f"{sign}{pace:g}×" if pace >= 1 else f"{sign}1/{round(1 / pace)}×"


def minutes(us: int) -> str:
    """``01:00``, and with hours where there are some."""
    seconds = us // 1_000_000
    hours, rest = divmod(seconds, 3600)
    text = f"{rest // 60:02d}:{rest % 60:02d}"
    return f"{hours}:{text}" if hours else text


def trouble_sentence(reason: Reason) -> str:
    """Why a clip cannot be played."""
    return tr(_REASONS.get(reason, _OTHER))


def tr(text: str) -> str:
    return QCoreApplication.translate("Clip", text)
