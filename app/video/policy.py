"""Which encoding a tile gets. Pure.

A tile takes the sub stream as long as that fills it well, and the main stream beyond; between
the two limits it keeps what it has, so that a small change of size does not open a stream.
"""

from app.domain.camera import Camera
from app.domain.stream import Effort, Reason, StreamKind
from app.video.engine_types import ViewSpec

ASSUMED_SUB_HEIGHT = 360
UP = 1.25
"""Main once the tile is this much higher than the sub stream's picture …"""
DOWN = 1.10
"""… and sub again only below this."""
_OF_THE_DEVICE = frozenset(
    {
        Reason.REFUSED,
        Reason.UNREACHABLE,
        Reason.UNKNOWN_HOST,
        Reason.CERTIFICATE,
        Reason.WRONG_PASSWORD,
        Reason.NO_CREDENTIAL,
        Reason.KEY_STORE_LOCKED,
    }
)
"""What a device says to every encoding alike."""
_PERHAPS_OVER = frozenset(
    {Reason.CONNECTION_LOST, Reason.TIMED_OUT, Reason.WORKER_CRASHED, Reason.WORKER_HUNG}
)
"""What one more attempt often mends."""


def choose_kind(
    camera: Camera,
    spec: ViewSpec,
    *,
    now_showing: StreamKind | None,
    sub_height: int = ASSUMED_SUB_HEIGHT,
    effort: Effort = Effort.FULL,
) -> StreamKind:
    """The encoding that the view should show; ``sub_height`` is that of the sub stream's picture.

    A zoomed or enlarged view is a wish of the operator and outranks everything but overload.
    """
    if not camera.sub_url:
        return StreamKind.MAIN
    if effort >= Effort.SUB_ONLY:
        return StreamKind.SUB
    if spec.prefer_main or not spec.crop.is_whole:
        return StreamKind.MAIN
    # A tile is as high as its picture can get in it: 16:9 is what cameras send.
    height = min(spec.height, spec.width * 9 // 16)
    limit = DOWN if now_showing is StreamKind.MAIN else UP
    return StreamKind.MAIN if height >= sub_height * limit else StreamKind.SUB


def other_may_help(reason: Reason, attempts: int, *, same_host: bool) -> bool:
    """Whether a camera's other encoding is worth a connection while this one fails.

    A device that is away, or that refuses the password, is not asked twice as often: when a
    server comes back each camera needs one connection, and cameras count wrong passwords.
    """
    if same_host and reason in _OF_THE_DEVICE:
        return False
    return attempts > (1 if reason in _PERHAPS_OVER else 0)
