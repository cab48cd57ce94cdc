"""What the GUI process and the player process say to each other, as MessagePack over a pipe.

Times are microseconds from the beginning of a clip. Players have numbers never used twice.
"""

from multiprocessing.connection import Connection
from typing import Any

import msgspec


class OpenClip(msgspec.Struct, frozen=True, tag="open"):
    """``location`` is a path or an address, which may hold a login; ``taken_us`` is Unix time of
    the first picture, where it is known. Its pictures go to the slot."""

    player: int
    location: str
    taken_us: int | None
    slot: int
    offset: int
    capacity: int


class ShowClip(msgspec.Struct, frozen=True, tag="show"):
    """Scale the pictures into so many device pixels; the crop is in fractions."""

    player: int
    width: int
    height: int
    crop_x: float
    crop_y: float
    crop_width: float
    crop_height: float


class Go(msgspec.Struct, frozen=True, tag="go"):
    """A ``player_types.PlayCommand``."""

    player: int
    position_us: int
    speed: float
    since: float
    is_looping: bool
    step: int
    begins_us: int = 0
    span_us: int = 0


class SetVolume(msgspec.Struct, frozen=True, tag="volume"):
    """In per cent; 0 is silent."""

    player: int
    volume: int


class CutStill(msgspec.Struct, frozen=True, tag="still"):
    player: int
    request: int
    position_us: int
    width: int


class CloseClip(msgspec.Struct, frozen=True, tag="close"):
    player: int


Command = OpenClip | ShowClip | Go | SetVolume | CutStill | CloseClip


class ClipOpened(msgspec.Struct, frozen=True, tag="opened"):
    """``pictures_us`` is where the pictures end."""

    player: int
    duration_us: int
    pictures_us: int
    width: int
    height: int
    is_seekable: bool
    is_stream: bool
    has_sound: bool


class ClipFailed(msgspec.Struct, frozen=True, tag="failed"):
    """``reason`` is a ``domain.stream.Reason``; ``detail`` one technical line without secrets."""

    player: int
    reason: str
    detail: str


class ClipStands(msgspec.Struct, frozen=True, tag="stands"):
    """It has been stepped to the picture at ``shown_us``."""

    player: int
    shown_us: int


class ClipMoved(msgspec.Struct, frozen=True, tag="moved"):
    """It is not where it should be by the command that was given with ``asked`` as ``since``: it
    was at ``position_us`` at ``since`` (monotonic), because pictures came late, or it could not
    be sought."""

    player: int
    position_us: int
    since: float
    asked: float
    is_seekable: bool


class ClipSounds(msgspec.Struct, frozen=True, tag="sounds"):
    """``state`` is a ``player_types.SoundState``."""

    player: int
    state: str


class ClipStill(msgspec.Struct, frozen=True, tag="jpeg"):
    """``jpeg`` is empty where there is no picture."""

    request: int
    jpeg: bytes


class ClipClosed(msgspec.Struct, frozen=True, tag="closed"):
    """Nothing is written into its slot any more."""

    player: int


Told = ClipOpened | ClipFailed | ClipStands | ClipMoved | ClipSounds
"""What changes the state of a clip."""
Report = Told | ClipStill | ClipClosed

_encoder = msgspec.msgpack.Encoder()
_commands: msgspec.msgpack.Decoder[Command] = msgspec.msgpack.Decoder(Command)
_reports: msgspec.msgpack.Decoder[Report] = msgspec.msgpack.Decoder(Report)


def send(connection: "Connection[Any, Any]", message: Command | Report) -> None:
    """Raises ``OSError`` when the other side is gone."""
    connection.send_bytes(_encoder.encode(message))


def receive_command(connection: "Connection[Any, Any]") -> Command:
    """Raises ``EOFError`` when the GUI process is gone."""
    return _commands.decode(connection.recv_bytes())


def receive_report(connection: "Connection[Any, Any]") -> Report:
    """Raises ``EOFError`` when the player process is gone."""
    return _reports.decode(connection.recv_bytes())
