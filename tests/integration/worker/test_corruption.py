"""Five hundred damaged streams through one worker: none hangs, none brings it down."""

import logging
import random
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import cast

import pytest

from app.domain.stream import Reason
from app.video.messages import Ended, OpenStream
from tests.integration.worker import damage
from tests.integration.worker.driver import Driver
from tests.integration.worker.media import Recipe, container, encode
from tests.integration.worker.servers import Camera, Server, http

CASES = 500
AT_A_TIME = 16
HANGS_AFTER_S = 5.0
ALTOGETHER_S = 90.0
TIMEOUT_S = 1.5
H264 = Recipe(frames=20, gop=10)
HEVC = Recipe(codec="libx265", frames=20, gop=10)
_log = logging.getLogger(__name__)
Play = Callable[[socket.socket, threading.Event, random.Random], None]


@cache
def units(recipe: Recipe) -> tuple[bytes, ...]:
    return tuple(encode(recipe))


@cache
def file(form: str) -> bytes:
    return container(H264, form)


def camera(pictures: list[bytes] | tuple[bytes, ...], codec: str = "H264") -> Camera:
    """Sends everything once, faster than life."""
    return Camera(pictures, codec, fps=200.0, loops=False)


def flipped(client: socket.socket, leaving: threading.Event, dice: random.Random) -> None:
    camera(damage.flipped_units(units(H264), dice))(client, leaving)


def flipped_hevc(client: socket.socket, leaving: threading.Event, dice: random.Random) -> None:
    camera(damage.flipped_units(units(HEVC), dice), "H265")(client, leaving)


def truncated(client: socket.socket, leaving: threading.Event, dice: random.Random) -> None:
    camera(damage.truncated_units(units(H264), dice))(client, leaving)


def noisy(client: socket.socket, leaving: threading.Event, dice: random.Random) -> None:
    camera(damage.noisy_units(H264, dice))(client, leaving)


def flipped_wire(client: socket.socket, leaving: threading.Event, dice: random.Random) -> None:
    wire = damage.BadWire(client, dice, loses=False)
    camera(units(H264))(cast("socket.socket", wire), leaving)


def broken_wire(client: socket.socket, leaving: threading.Event, dice: random.Random) -> None:
    wire = damage.BadWire(client, dice, loses=True)
    camera(units(H264))(cast("socket.socket", wire), leaving)


def flipped_file(client: socket.socket, leaving: threading.Event, dice: random.Random) -> None:
    form = dice.choice(("mpegts", "matroska", "flv"))
    body = damage.flip_bits(file(form), dice, dice.choice((0.0005, 0.02)))
    http(body, "application/octet-stream")(client, leaving)


def truncated_file(client: socket.socket, leaving: threading.Event, dice: random.Random) -> None:
    form = dice.choice(("mpegts", "matroska", "flv"))
    body = damage.truncate(file(form), dice)
    http(body, "application/octet-stream")(client, leaving)


RTSP: dict[str, Play] = {
    play.__name__: play
    for play in (flipped, flipped_hevc, truncated, noisy, flipped_wire, broken_wire)
}
HTTP: dict[str, Play] = {play.__name__: play for play in (flipped_file, truncated_file)}
KINDS = {**RTSP, **HTTP}


def play_case(client: socket.socket, leaving: threading.Event) -> None:
    """Serve the case that the address names: ``/flipped/17`` is that kind with the seed 17."""
    asked = re.search(rb"/(\w+)/(\d+)", client.recv(200, socket.MSG_PEEK))
    if asked is None:  # connected and gone: nobody will ask any more
        return
    KINDS[asked[1].decode()](client, leaving, random.Random(int(asked[2])))


@pytest.mark.timeout(300)
def test_five_hundred_damaged_streams_end_in_time_and_the_worker_lives(worker: Driver) -> None:
    names = list(KINDS)
    for recipe in (H264, HEVC):
        units(recipe)
    waiting = list(range(CASES, 0, -1))
    began_at: dict[int, float] = {}
    slots = list(range(AT_A_TIME))
    slot_of: dict[int, int] = {}
    longest, reasons, shown = 0.0, Counter[str](), 0
    begun = time.monotonic()
    with Server(play_case) as server:
        while waiting or began_at:
            while waiting and slots:
                case = waiting.pop()
                name = names[case % len(names)]
                scheme = "rtsp" if name in RTSP else "http"
                slot = slot_of[case] = slots.pop()
                worker.reader.reset(slot)
                began_at[case] = time.monotonic()
                url = f"{scheme}://127.0.0.1:{server.port}/{name}/{case}"
                worker.send(
                    OpenStream(
                        case, slot, f"CAM-{case}", "sub", url,
                        open_timeout_s=TIMEOUT_S, read_timeout_s=TIMEOUT_S,
                    )
                )  # fmt: skip
                worker.show(case, worker.view(slot))
            worker.poll(0.02)
            assert worker.process.is_alive(), f"the worker died of {sorted(began_at)}"
            ended = [report for report in worker.said if isinstance(report, Ended)]
            worker.said.clear()
            for report in ended:
                took = time.monotonic() - began_at.pop(report.stream)
                longest = max(longest, took)
                reasons[report.reason] += 1
                slot = slot_of.pop(report.stream)
                shown += worker.reader.take(worker.space(slot)) is not None
                slots.append(slot)
            late = {case for case, at in began_at.items() if time.monotonic() - at > HANGS_AFTER_S}
            assert not late, [f"{names[case % len(names)]} with seed {case}" for case in late]
    took = time.monotonic() - begun
    _log.info("%d cases in %.1f s, the longest %.2f s; %s", CASES, took, longest, dict(reasons))
    _log.info("%d of them showed something", shown)
    assert took < ALTOGETHER_S
    assert reasons[Reason.INTERNAL.value] == 0
    assert shown > CASES // 4
    # The worker is as good as new: a sound stream is shown.
    with Server(Camera(units(H264))) as server:
        worker.open(CASES + 1, f"rtsp://127.0.0.1:{server.port}/x")
        worker.show(CASES + 1, worker.view(0))
        worker.picture(0, beyond=3)
