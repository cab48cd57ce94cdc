"""What is said of the sound of a clip: how loud it is, or why nothing is heard."""

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from app.services.clip_playing import Playing
from app.video.player_types import SoundState
from ui.texts import QT_TRANSLATE_NOOP

_TROUBLES: Mapping[SoundState, str] = {
    SoundState.NO_LIBRARY: QT_TRANSLATE_NOOP("Clip", "no sound: PortAudio is not installed"),
    SoundState.NO_DEVICE: QT_TRANSLATE_NOOP("Clip", "no sound: no output device"),
    SoundState.REFUSED: QT_TRANSLATE_NOOP("Clip", "no sound: the output device cannot be opened"),
    SoundState.LOST: QT_TRANSLATE_NOOP("Clip", "no sound: the output device is gone"),
    SoundState.HANGS: QT_TRANSLATE_NOOP("Clip", "no sound: the output device does not answer"),
    SoundState.NOT_DECODABLE: QT_TRANSLATE_NOOP("Clip", "no sound: it cannot be decoded"),
}


def volume_words(playing: Playing) -> str:
    """``muted``, ``sound 50 %``, or why nothing is heard."""
    if not playing.state.has_sound:
        return tr("no sound in this clip")
    if not playing.volume:
        return tr("muted")
    if not playing.is_selected:
        return tr("silent while another tile is selected")
    if playing.state.sound in _TROUBLES:
        return tr(_TROUBLES[playing.state.sound])
    if playing.speed not in (0.0, 1.0):
        return tr("silent at this speed")
    return tr("sound {0} %").format(playing.volume)


def short_volume_words(playing: Playing) -> str:
    """The same for a tile, which has little room."""
    if is_troubled(playing):
        return tr("no sound")
    is_heard = playing.is_selected and playing.speed in (0.0, 1.0)
    return tr("sound {0} %").format(playing.volume) if is_heard else tr("silent")


def is_troubled(playing: Playing) -> bool:
    """Whether it should be heard and cannot be."""
    return playing.volume > 0 and playing.state.sound in _TROUBLES


def tr(text: str) -> str:
    return QCoreApplication.translate("Clip", text)
