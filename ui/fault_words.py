"""The words for what is wrong with a camera's picture; the wall and the console share them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from app.domain.picture_health import PictureFault
from ui.texts import QT_TRANSLATE_NOOP


@dataclass(frozen=True, slots=True)
class FaultWords:
    """A fault said twice: ``short`` beside a sign, ``sentence`` where there is room for it."""

    short: str
    sentence: str


_WORDS: Mapping[PictureFault, tuple[str, str]] = {
    PictureFault.FROZEN: (
        QT_TRANSLATE_NOOP("Fault", "frozen"),
        QT_TRANSLATE_NOOP("Fault", "The camera sends the same picture again and again"),
    ),
    PictureFault.BLACK: (
        QT_TRANSLATE_NOOP("Fault", "black"),
        QT_TRANSLATE_NOOP("Fault", "The picture is black"),
    ),
    PictureFault.WHITE: (
        QT_TRANSLATE_NOOP("Fault", "white"),
        QT_TRANSLATE_NOOP("Fault", "The picture is white: blinded or overexposed"),
    ),
    PictureFault.BLURRED: (
        QT_TRANSLATE_NOOP("Fault", "blurred"),
        QT_TRANSLATE_NOOP("Fault", "The camera is out of focus or covered"),
    ),
    PictureFault.TURNED: (
        QT_TRANSLATE_NOOP("Fault", "turned"),
        QT_TRANSLATE_NOOP("Fault", "The camera looks elsewhere than it used to"),
    ),
    PictureFault.BLOCKY: (
        QT_TRANSLATE_NOOP("Fault", "blocky"),
        QT_TRANSLATE_NOOP("Fault", "The picture is compressed so heavily that details are lost"),
    ),
}
_WORST_FIRST = (
    PictureFault.FROZEN,
    PictureFault.BLACK,
    PictureFault.WHITE,
    PictureFault.TURNED,
    PictureFault.BLURRED,
    PictureFault.BLOCKY,
)


def fault_words(fault: PictureFault) -> FaultWords:
    """What to say of a fault."""
    short, sentence = _WORDS[fault]
    translate = QCoreApplication.translate
    return FaultWords(translate("Fault", short), translate("Fault", sentence))


def worst_fault(faults: Iterable[PictureFault]) -> PictureFault | None:
    """The one to show where there is room for one only; ``None`` without any."""
    present = set(faults)
    return next((fault for fault in _WORST_FIRST if fault in present), None)
