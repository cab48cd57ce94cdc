"""What can be wrong with a picture that arrives in time."""

from enum import Enum


class PictureFault(Enum):
    """A state of the camera's picture, found by looking at it; it never hides the picture.

    The words for the operator are in ``ui/fault_words.py``.
    """

    FROZEN = "frozen"
    BLACK = "black"
    WHITE = "white"
    BLURRED = "blurred"
    """Out of focus, or covered by something near."""
    TURNED = "turned"
    """Looks elsewhere than in its reference view."""
    BLOCKY = "blocky"
    """So heavily compressed that blocks show."""
