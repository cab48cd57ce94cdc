"""The commands that a running demo server understands, one JSON object a line."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.demo.auth import Account, Scheme
from app.demo.city_source import CitySource
from app.demo.clips import ClipError
from app.demo.rtsp_server import RtspServer


class CommandError(ValueError):
    """A command that cannot be carried out; the text says why."""


class CommandLoop:
    """Carries out commands in the order in which they came. Event loop thread only."""

    def __init__(
        self, server: RtspServer, source: CitySource, answer: Callable[[str], None]
    ) -> None:
        """Act on `server` and `source`; `answer` takes the reply lines."""
        self._server = server
        self._source = source
        self._answer = answer
        self._last: asyncio.Task[None] | None = None

    def take(self, line: bytes) -> None:
        """Carry out one line after those before it."""
        self._last = asyncio.create_task(self._carry_out(line, self._last))

    async def _carry_out(self, line: bytes, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await before
        reply: dict[str, Any] = {}
        try:
            command = json.loads(line)
            reply["id"] = command.get("id")
            reply["result"] = await self._run(command)
        except (ValueError, KeyError, TypeError, AttributeError, OSError, ClipError) as error:
            reply["error"] = f"{type(error).__name__}: {error}"
        self._answer(json.dumps(reply))

    async def _run(self, command: dict[str, Any]) -> Any:
        target = str(command.get("target", "*"))
        cameras = self._server.cameras
        match command.get("op"):
            case "set" | "clear" | "set-metadata" | "clear-metadata":
                self._misbehave(command, target)
            case "account":
                cameras.set_account(target, _account(command))
            case "drop":
                return self._server.drop(target, reset=bool(command.get("reset", False)))
            case "listen":
                if command.get("on", True):
                    await self._server.listen()
                else:
                    await self._server.refuse()
            case "clip":
                path = Path(command["file"])
                await asyncio.to_thread(
                    self._source.add_file, str(command["name"]), path, command.get("fps")
                )
            case "stats":
                return self._server.stats()
            case "reset-counts":
                self._server.reset_counts()
            case other:
                raise CommandError(f"there is no command {other!r}")
        return None

    def _misbehave(self, command: dict[str, Any], target: str) -> None:
        match command["op"]:
            case "set":
                self._server.cameras.set_faults(target, dict(command["faults"]))
            case "clear":
                self._server.cameras.clear_faults(target)
            case "set-metadata":
                self._server.metadata.switches.set(target, dict(command["switches"]))
            case "clear-metadata":
                self._server.metadata.switches.clear(target)


def _account(command: dict[str, Any]) -> Account | None:
    if command.get("user") is None:
        return None
    scheme = Scheme(command.get("scheme", Scheme.DIGEST.value))
    return Account(str(command["user"]), str(command["password"]), scheme)
