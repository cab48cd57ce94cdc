"""What every adapter offers: one message of a backend in, frames and events out.

Adapters know one wire format each. They hold no connection and no thread; all calls on one of
them come from one thread.
"""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from app.analytics.adapters.errors import BadMessage
from app.analytics.messages import SourceConfig, Zones
from app.domain.analytics_event import AnalyticsEvent
from app.domain.detection import DetectionFrame


class Reading(msgspec.Struct, frozen=True, gc=False):
    """What one message held; empty for a message that is fine and says nothing to us.

    ``unknown``: names in the message of cameras that the source's ``cameras`` do not hold.
    ``faults``: sentences about parts that could not be understood, where others could.
    ``is_available``: whether the backend works, where the message is about that.
    """

    frames: Sequence[DetectionFrame] = ()
    events: Sequence[AnalyticsEvent] = ()
    zones: Sequence[Zones] = ()
    unknown: Sequence[str] = ()
    faults: Sequence[str] = ()
    is_available: bool | None = None


NOTHING = Reading()


class Adapter(Protocol):
    """Reads the messages of one source."""

    def read(self, topic: str, payload: bytes, received_us: int, camera: str | None) -> Reading:
        """Understand one message.

        ``camera`` is the camera's code where the topic tells it; with ``None`` the message
        itself has to, by a name that is in the source's ``cameras``. ``received_us`` is this
        workstation's Unix time. Raises ``BadMessage`` and nothing else.

        What is retained is not known here: the caller marks events of retained messages.
        """


def make_adapter(config: SourceConfig) -> Adapter:
    """The adapter for ``config.adapter``; raises ``BadMessage`` where there is none of the name."""
    # Imported here: a process loads lxml only if a source needs it.
    match config.adapter:
        case "onvif-json":
            from app.analytics.adapters.onvif_json import OnvifJson

            return OnvifJson(config)
        case "onvif-xml":
            from app.analytics.adapters.onvif_xml import OnvifXml

            return OnvifXml(config)
        case "deepstream":
            from app.analytics.adapters.deepstream import DeepStream

            return DeepStream(config)
        case "frigate":
            from app.analytics.adapters.frigate import Frigate

            return Frigate(config)
        case "axis":
            from app.analytics.adapters.axis import Axis

            return Axis(config)
    raise BadMessage(f"There is no adapter '{config.adapter}'")
