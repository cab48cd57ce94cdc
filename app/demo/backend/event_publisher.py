"""Sends a few events a minute about what breaks the rules of the drawn places.

More often about cameras whose boxes somebody watches, so that there is something to see. Crossed
lines are pulses; loitering is a property: retained, and deleted by an empty message when it ends.
Event loop thread only.
"""

import asyncio
import random
import time

from app.demo.backend import onvif_json
from app.demo.backend.box_publisher import BoxPublisher
from app.demo.backend.broker import DemoBroker
from app.demo.backend.onvif_scene import CLASSES, utc_text
from app.demo.backend.rules import LINE_RULE, Happening, happenings
from app.demo.backend.switches import SwitchTable
from app.demo.cameras import phase
from app.demo.scenes.catalogue import FPS, LOOP_S

_VIDEO_SOURCE = "VideoSource_1"
_ANALYTICS = "Analytics_1"
_WATCHED_SHARE = 0.6
_LOITERING_SHARE = 0.2
_SOON_S = 15.0


class EventPublisher:
    """The rule engine of all cameras."""

    def __init__(
        self,
        scenes: dict[str, str],
        broker: DemoBroker,
        boxes: BoxPublisher,
        switches: SwitchTable,
        per_minute: float,
    ) -> None:
        """Send about `per_minute` events of the whole city."""
        self._scenes = scenes
        self._broker = broker
        self._boxes = boxes
        self._switches = switches
        self._random = random.Random(20)
        self._tasks: set[asyncio.Task[None]] = set()
        self.per_minute = per_minute
        self.sent = 0

    async def run(self) -> None:
        """Send events until cancelled."""
        try:
            while True:
                await asyncio.sleep(1.0)
                count = self.per_minute / 60
                whole = int(count) + (self._random.random() < count % 1)
                for _ in range(whole):
                    self._start(self._choose())
        finally:
            for task in self._tasks:
                task.cancel()

    def raise_now(self, code: str) -> None:
        """Send the next event that the scene of a camera has to offer; raises `KeyError`."""
        self._start((code, self._next_of(code, happenings(self._scenes[code]))))

    def _choose(self) -> tuple[str, Happening | None]:
        watched = [code for code in self._boxes.wanted if code in self._scenes]
        is_watched = watched and self._random.random() < _WATCHED_SHARE
        code = self._random.choice(watched if is_watched else list(self._scenes))
        found = happenings(self._scenes[code])
        is_line = self._random.random() >= _LOITERING_SHARE
        return code, self._next_of(
            code, tuple(one for one in found if (one.rule == LINE_RULE) == is_line)
        )

    def _next_of(self, code: str, found: tuple[Happening, ...]) -> Happening | None:
        now = (time.time() - self._phase(code)) % LOOP_S
        coming = [one for one in found if (one.second - now) % LOOP_S < _SOON_S]
        return min(coming, key=lambda one: (one.second - now) % LOOP_S, default=None)

    def _start(self, chosen: tuple[str, Happening | None]) -> None:
        code, happening = chosen
        if happening is None:
            return
        send = self._cross if happening.rule == LINE_RULE else self._loiter
        task = asyncio.create_task(send(code, happening))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _cross(self, code: str, happening: Happening) -> None:
        at = await self._wait_for(code, happening.second)
        await self._send(
            code,
            "RuleEngine/LineDetector/Crossed",
            happening,
            {"ObjectId": self._boxes.object_id(code, happening.track_id)},
            at,
        )

    async def _loiter(self, code: str, happening: Happening) -> None:
        at = await self._wait_for(code, happening.second)
        topic = await self._send(
            code,
            "RuleEngine/LoiteringDetector/ObjectIsLoitering",
            happening,
            {
                "ObjectId": self._boxes.object_id(code, happening.track_id),
                "Since": utc_text(self._switches.of(code).stamp(at)),
            },
            at,
            retain=True,
        )
        lasts = (happening.until or happening.second) - happening.second
        await asyncio.sleep(lasts)
        await self._broker.publish(topic, b"", retain=True)

    async def _wait_for(self, code: str, second: float) -> float:
        """Return the Unix time at which the scene of a camera comes to a second, once it has."""
        shift = self._phase(code)
        now = time.time()
        at = now + (second + shift - now) % LOOP_S
        switches = self._switches.of(code)
        await asyncio.sleep(at - now + switches.delay(self._random))
        return at

    async def _send(
        self,
        code: str,
        topic: str,
        happening: Happening,
        data: dict[str, str | int | bool],
        at: float,
        *,
        retain: bool = False,
    ) -> str:
        data["ClassTypes"] = CLASSES[happening.label][0]
        source = {
            "VideoSourceConfigurationToken": _VIDEO_SOURCE,
            "VideoAnalyticsConfigurationToken": _ANALYTICS,
            "Rule": happening.rule,
        }
        full = onvif_json.event_topic(code, topic, *source.values())
        stamp = self._switches.of(code).stamp(at)
        await self._broker.publish(
            full, onvif_json.event_message(stamp, source, data), retain=retain
        )
        self.sent += 1
        return full

    def _phase(self, code: str) -> float:
        """Return how many seconds after the whole minute the scene of a camera begins anew."""
        return phase(f"{code}/sub") / FPS
