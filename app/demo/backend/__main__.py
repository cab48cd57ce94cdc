"""``python -m app.demo.backend``: serves boxes and events until its standard input ends.

Standard output carries ``READY mqtt://127.0.0.1:PORT`` and one JSON object for each command that
came in. Commands are JSON objects, one a line:
``{"id": 1, "op": "set", "target": "*", "switches": {"lateness_s": 0.3}}``, and ``clear``,
``event`` (raise one now), ``stats``. The names of the switches are those of `Switches`; most are
options too.
"""

import argparse
import asyncio
import json
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any

from app.demo.backend import onvif_json
from app.demo.backend.box_publisher import BoxPublisher
from app.demo.backend.broker import DemoBroker
from app.demo.backend.event_publisher import EventPublisher
from app.demo.backend.switches import GOOD, SwitchTable
from app.demo.city import build_city


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(prog="python -m app.demo.backend", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="MQTT port; 0 takes a free one")
    parser.add_argument("--events-per-minute", type=float, default=4.0, help="in the whole city")
    parser.add_argument("--nice", type=int, default=0, help="give way to other processes")
    for field in fields(GOOD):
        name = f"--{field.name.replace('_', '-')}"
        if isinstance(field.default, bool):
            parser.add_argument(name, action="store_true", help="for every camera")
        else:
            parser.add_argument(name, type=type(field.default), help="for every camera")
    return parser.parse_args(arguments)


class Backend:
    """Broker and publishers together. Event loop thread only."""

    def __init__(self, events_per_minute: float) -> None:
        """Know the cameras of the city."""
        cameras = build_city().cameras
        scenes = {camera.code: camera.scene for camera in cameras}
        topics = {code: onvif_json.boxes_topic(code) for code in scenes}
        self.switches = SwitchTable()
        self.broker = DemoBroker(topics, self._follow)
        self.boxes = BoxPublisher(scenes, self.broker, self.switches)
        # The others have rules of their own, which nobody hears of.
        ruled = {one.code: one.scene for one in cameras if not one.metadata_encoding}
        self.events = EventPublisher(
            ruled, self.broker, self.boxes, self.switches, events_per_minute
        )

    def _follow(self) -> None:
        self.boxes.follow()

    def obey(self, command: dict[str, Any]) -> Any:
        """Carry out one command; raises `ValueError`, `KeyError` and `TypeError`."""
        target = str(command.get("target", "*"))
        match command.get("op"):
            case "set":
                self.switches.set(target, dict(command["switches"]))
                self.boxes.follow()
            case "clear":
                self.switches.clear(target)
                self.boxes.follow()
            case "event":
                self.events.raise_now(target)
            case "stats":
                return {
                    "messages": self.boxes.counts["messages"],
                    "events": self.events.sent,
                    "cameras": self.boxes.wanted,
                    "cpu_s": time.process_time(),
                }
            case other:
                raise ValueError(f"there is no command {other!r}")
        return None


def answer(backend: Backend, line: bytes, say: Callable[[str], None]) -> None:
    """Carry out a command line and say how it went."""
    reply: dict[str, Any] = {}
    try:
        command = json.loads(line)
        reply["id"] = command.get("id")
        reply["result"] = backend.obey(command)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        reply["error"] = f"{type(error).__name__}: {error}"
    say(json.dumps(reply))


def say(line: str) -> None:
    """Write a line to the parent; without one there is nobody to tell."""
    try:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    except (OSError, ValueError):
        return


async def serve(options: argparse.Namespace) -> None:
    """Serve until standard input ends."""
    backend = Backend(options.events_per_minute)
    given = {field.name: getattr(options, field.name) for field in fields(GOOD)}
    backend.switches.set("*", {name: value for name, value in given.items() if value})
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()

    def read() -> None:
        for line in sys.stdin.buffer:
            loop.call_soon_threadsafe(answer, backend, line, say)
        loop.call_soon_threadsafe(ended.set)

    await backend.broker.start(options.port)
    # A daemon, since nothing can interrupt a blocked read where standard input stays open.
    threading.Thread(target=read, name="demo-commands", daemon=True).start()
    events = asyncio.create_task(backend.events.run())
    try:
        say(f"READY mqtt://127.0.0.1:{backend.broker.port}")
        await ended.wait()
    finally:
        events.cancel()
        await asyncio.gather(events, return_exceptions=True)
        backend.boxes.close()
        await backend.broker.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the backend; the entry point of the process."""
    options = parse_arguments(sys.argv[1:] if arguments is None else arguments)
    logging.basicConfig(
        level=logging.WARNING, format="demo backend: %(message)s", stream=sys.stderr
    )
    if options.nice and hasattr(os, "nice"):
        os.nice(options.nice)
    try:
        asyncio.run(serve(options))
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
