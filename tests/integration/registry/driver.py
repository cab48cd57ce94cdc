"""What a test does in a process of its own: ``python -m tests.integration.registry.driver``.

The first argument is the verb. Whatever the program would print or log goes to standard output
and standard error, so that a test can look for secrets there.
"""

import json
import sys
import time
from pathlib import Path

from app.bootstrap import import_registry, running_services
from app.core.dispatch import ManualDispatcher
from app.core.errors import CredentialStoreUnavailable, DataFolderBusy
from app.core.logs import start_logging
from app.services.credentials import KeyringCredentials
from app.services.instance_lock import EXIT_BUSY
from app.services.notices import NoticeBoard
from app.services.wall_memory import NOT_SAVED, ScreenState, WallMemory, WallState
from app.settings.command_line import Options


def say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def import_file(data: Path, file: Path) -> int:
    stop = start_logging(data / "logs", level=10)
    status, text = import_registry(Options(data_dir=data, import_cameras=file))
    say(text)
    stop()
    return status


def ask_key_store(name: str) -> int:
    """Print the state and the user of an entry; never the password."""
    store = KeyringCredentials(limit_s=2.0)
    try:
        login = store.get(name)
    except CredentialStoreUnavailable as error:
        say(json.dumps([store.state.name, str(error), error.advice]))
        return 0
    say(json.dumps([store.state.name, login.user if login else None]))
    return 0


def hold(data: Path) -> int:
    """Run on the data folder until standard input ends."""
    try:
        with running_services(Options(data_dir=data), ManualDispatcher()):
            say("running")
            sys.stdin.read()
    except DataFolderBusy as error:
        say(f"{error}. {error.advice}")
        return EXIT_BUSY
    return 0


def scribble(data: Path) -> int:
    """Remember and write a new state without end or pause; the test kills us in the middle."""
    memory = WallMemory(data / "wall-state.json", ManualDispatcher(), NoticeBoard(), settle_s=0)
    screens = memory.load().screens
    page = screens[0].page if screens else 0
    say(f"start {page}")
    for number in range(page + 1, page + 1_000_000):
        overrides = {cell: f"BNU-{number}-{cell}" for cell in range(64)}
        screen = ScreenState(layout="64", district="BNU", page=number, overrides=overrides)
        memory.remember(WallState(screens=(screen,) * 6))
        say(f"page {number}")
    return 0


def fill(data: Path) -> int:
    """Remember the pages that standard input names, and tell what became of each.

    The test fills and empties the disk in between: ``1 saved``, ``2 refused``, …
    """
    dispatcher = ManualDispatcher()
    with running_services(Options(data_dir=data), dispatcher) as services:
        state = services.places.wall_state
        for line in sys.stdin:
            page, expected = line.split()
            screen = ScreenState(page=int(page))
            services.wall_memory.remember(WallState(screens=(screen,) * 100))
            deadline = time.monotonic() + 30
            found = ""
            while found != expected and time.monotonic() < deadline:
                dispatcher.wait(0.05)
                dispatcher.drain()
                refused = NOT_SAVED in {notice.key for notice in services.notices.current}
                is_saved = state.exists() and f'"page": {page}'.encode() in state.read_bytes()
                found = "refused" if refused else "saved" if is_saved else ""
            say(f"{page} {found}")
    return 0


def main(verb: str, *arguments: str) -> int:
    if verb == "import":
        return import_file(Path(arguments[0]), Path(arguments[1]))
    if verb == "ask":
        return ask_key_store(arguments[0])
    return {"hold": hold, "scribble": scribble, "fill": fill}[verb](Path(arguments[0]))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
