"""Talks to a demo server from another process: its command lines out, its answers in.

Used by tests, benchmarks and the demo itself. Imports no codec library and no server code.
"""

import itertools
import json
import threading
from collections.abc import Callable
from typing import IO, Any


class ControlError(Exception):
    """The server refused a command or is gone; the text says which."""


class CommandPipe:
    """Commands and answers over a server's standard input and output, JSON objects line by line.

    Any thread may call; one reading thread takes the answers apart.
    """

    def __init__(
        self, to_server: IO[bytes], from_server: IO[bytes], on_line: Callable[[str], None]
    ) -> None:
        """Read answers until the output ends; other lines go to `on_line`, on the reading
        thread."""
        self._to_server, self._from_server = to_server, from_server
        self._on_line = on_line
        self._ids = itertools.count(1)
        self._answers: dict[int, dict[str, Any]] = {}
        self._changed = threading.Condition()
        self._is_gone = False
        self._reader = threading.Thread(target=self._read, name="demo-answers")
        self._reader.start()

    def join(self, timeout: float) -> None:
        """Wait until the reading thread has seen the end of the output."""
        self._reader.join(timeout)

    def ask(self, command: dict[str, Any], timeout: float = 15.0) -> Any:
        """Return the result of a command; raises `ControlError`."""
        number = next(self._ids)
        line = json.dumps({"id": number, **command}).encode() + b"\n"
        try:
            self._to_server.write(line)
            self._to_server.flush()
        except (OSError, ValueError) as error:
            raise ControlError("the demo server is gone") from error
        with self._changed:
            self._changed.wait_for(lambda: self._is_gone or number in self._answers, timeout)
            answer = self._answers.pop(number, None)
        if answer is None:
            raise ControlError("the demo server did not answer")
        if "error" in answer:
            raise ControlError(str(answer["error"]))
        return answer.get("result")

    def _read(self) -> None:
        for raw in self._from_server:
            line = raw.decode("utf-8", "replace").strip()
            if not line.startswith("{"):
                self._on_line(line)
                continue
            answer = json.loads(line)
            with self._changed:
                self._answers[int(answer.get("id") or 0)] = answer
                self._changed.notify_all()
        with self._changed:
            self._is_gone = True
            self._changed.notify_all()


class ControlClient(CommandPipe):
    """The commands of `command_loop`."""

    def set_faults(self, target: str, **faults: Any) -> None:
        """Change what is wrong with ``*``, a camera or a path; the names are those of `Faults`."""
        self.ask({"op": "set", "target": target, "faults": faults})

    def clear_faults(self, target: str = "*") -> None:
        """Make the cameras work again."""
        self.ask({"op": "clear", "target": target})

    def set_metadata(self, target: str = "*", **switches: Any) -> None:
        """Change how the metadata tracks misbehave; the names are those of `Switches`."""
        self.ask({"op": "set-metadata", "target": target, "switches": switches})

    def clear_metadata(self, target: str = "*") -> None:
        """Make the metadata tracks good again."""
        self.ask({"op": "clear-metadata", "target": target})

    def set_account(self, target: str, user: str, password: str, scheme: str = "digest") -> None:
        """Ask for a password: ``basic``, ``digest`` or ``both``."""
        self.ask(
            {
                "op": "account",
                "target": target,
                "user": user,
                "password": password,
                "scheme": scheme,
            }
        )

    def remove_account(self, target: str) -> None:
        """Ask for no password any more."""
        self.ask({"op": "account", "target": target})

    def drop(self, target: str = "*", *, reset: bool = False) -> int:
        """End connections now, with a TCP reset if asked; returns how many."""
        return int(self.ask({"op": "drop", "target": target, "reset": reset}))

    def refuse(self) -> None:
        """Close the listening socket and all connections."""
        self.ask({"op": "listen", "on": False})

    def listen(self) -> None:
        """Listen again on the same port."""
        self.ask({"op": "listen", "on": True})

    def add_clip(self, name: str, file: str, fps: float | None = None) -> None:
        """Serve an H.264 or HEVC file as ``/clip/NAME``."""
        self.ask({"op": "clip", "name": name, "file": file, "fps": fps})

    def stats(self) -> dict[str, Any]:
        """Return the counts of the server and of each path in use."""
        return dict(self.ask({"op": "stats"}))

    def reset_counts(self) -> None:
        """Begin the server's own counts anew."""
        self.ask({"op": "reset-counts"})
