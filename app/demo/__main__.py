"""``python -m app.demo``: serves the demo city until its standard input ends.

Standard output carries lines: ``PROGRESS done total`` for the scenes that READY waits for and
``SCENE name`` for each that is there, once ``READY rtsp://127.0.0.1:PORT``, and one JSON object for
each command that came in. Commands are JSON objects, one a line (see `control`); passwords come in
only that way.
"""

import argparse
import asyncio
import logging
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import platformdirs

from app.demo.cameras import Cameras
from app.demo.city import City, build_city, write_registry
from app.demo.city_source import CitySource
from app.demo.clip_store import ClipKey, ClipStore
from app.demo.command_loop import CommandLoop
from app.demo.metadata_track import MetadataTracks
from app.demo.microphone import Microphones
from app.demo.player import Start
from app.demo.rtsp_server import RtspServer

FIRST_PAGE = 16
"""So many cameras must have pictures before the server says that it is ready."""


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(prog="python -m app.demo", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="RTSP port; 0 takes a free one")
    parser.add_argument("--cache", type=Path, help="folder for encoded scenes")
    parser.add_argument("--registry", type=Path, help="write the registry CSV to this file")
    parser.add_argument(
        "--ready-file", type=Path, help="write the base URL to this file when ready"
    )
    parser.add_argument(
        "--start", choices=[s.value for s in Start], default=Start.KEYFRAME_NOW.value
    )
    parser.add_argument("--workers", type=int, default=0, help="encoding processes")
    parser.add_argument(
        "--prepare",
        choices=("none", "first-page", "sub", "all"),
        default="first-page",
        help="which clips are encoded before READY; the others follow or are made on demand",
    )
    parser.add_argument("--session-timeout", type=int, default=60, help="seconds without a word")
    return parser.parse_args(arguments)


def say(line: str) -> None:
    """Write a line to the parent; without one there is nobody to tell."""
    try:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    except (OSError, ValueError):
        return


async def serve(options: argparse.Namespace) -> None:
    """Serve until standard input ends."""
    city = build_city()
    folder = options.cache or Path(platformdirs.user_cache_dir("nigehban", False)) / "demo"
    store = ClipStore(folder, workers=options.workers)
    store.remove_other_versions()
    source = CitySource(city, store)
    server = RtspServer(
        Cameras(source),
        MetadataTracks(city),
        Microphones(city),
        port=options.port,
        start=Start(options.start),
        session_timeout_s=options.session_timeout,
    )
    ended = asyncio.Event()
    commands = CommandLoop(server, source, say)
    read_commands(asyncio.get_running_loop(), commands, ended)
    waiting = asyncio.create_task(ended.wait())
    try:
        await server.listen()
        if options.registry:
            write_registry(city, options.registry, server.base_url)
        ready = asyncio.create_task(prepare(store, city, options.prepare))
        await asyncio.wait({ready, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if not ended.is_set():
            ready.result()
            if options.ready_file:
                options.ready_file.write_text(server.base_url, encoding="utf-8")
            say(f"READY {server.base_url}")
            await waiting
        ready.cancel()
    finally:
        await server.close()
        store.close()


async def prepare(store: ClipStore, city: City, what: str) -> None:
    """Encode what is to be there before the server is ready; raises `ClipError`.

    With ``first-page`` the other sub clips are encoded while the server already serves; who asks
    for one of
    them waits for it.
    """
    scenes = list(dict.fromkeys(camera.scene for camera in city.cameras))
    keys = [ClipKey("sub", scene) for scene in scenes]
    if what == "all":
        keys += [ClipKey("main", scene) for scene in scenes]
    if what == "none":
        return
    store.prepare(keys)
    needed = keys
    if what == "first-page":
        first = {camera.scene for camera in city.cameras[:FIRST_PAGE]}
        needed = [key for key in keys if key.scene in first]
    done = 0
    say(f"PROGRESS {done} {len(needed)}")

    async def follow(key: ClipKey) -> None:
        nonlocal done
        await store.get(key)
        done += 1
        say(f"SCENE {key.scene}")
        say(f"PROGRESS {done} {len(needed)}")

    await asyncio.gather(*(follow(key) for key in needed))


def read_commands(
    loop: asyncio.AbstractEventLoop, commands: CommandLoop, ended: asyncio.Event
) -> None:
    """Read standard input on a thread; its end ends the server."""

    def read() -> None:
        for line in sys.stdin.buffer:
            loop.call_soon_threadsafe(commands.take, line)
        loop.call_soon_threadsafe(ended.set)

    # A daemon, since nothing can interrupt a blocked read where standard input stays open.
    threading.Thread(target=read, name="demo-commands", daemon=True).start()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the server; the entry point of the process."""
    options = parse_arguments(sys.argv[1:] if arguments is None else arguments)
    logging.basicConfig(level=logging.WARNING, format="demo city: %(message)s", stream=sys.stderr)
    try:
        asyncio.run(serve(options))
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
