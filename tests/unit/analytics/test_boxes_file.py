"""The file of a clip's boxes: what is written is read, and what is damaged is said to be."""

import uuid
import zlib
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analytics import boxes_file
from app.analytics.boxes_file import (
    BoxesFileError,
    BoxesHeader,
    Contents,
    KeptSource,
    append,
    compose,
    parse,
    shift_at,
)
from app.analytics.messages import ZoneShape
from app.domain.detection import DetectionFrame
from tests.unit.analytics.frames import at, frame, thing

CLIP = uuid.UUID(int=7)
GATE = ZoneShape("gate", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)))
_pack = msgspec.msgpack.Encoder().encode


def header(shift_s: float = 0.0, seconds: float = 10.0) -> BoxesHeader:
    return BoxesHeader(
        clip=CLIP,
        camera="BNU-1-1",
        clock="camera",
        start_us=at(0),
        end_us=at(seconds),
        sources=[KeptSource(source="bannu", module="", shifts=[(at(0), round(shift_s * 1e6))])],
        zones=[("bannu", [GATE])],
    )


def crossing(first_s: float, last_s: float) -> list[DetectionFrame]:
    steps = range(round(first_s * 5), round(last_s * 5))
    return [frame(n * 0.2, thing("7", n * 0.02)) for n in steps]


def packed(frames: Sequence[DetectionFrame]) -> list[bytes]:
    return [_pack(each) for each in frames]


def frames_of(contents: Contents) -> list[DetectionFrame]:
    return [each for block in contents.blocks for each in block.frames()]


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "one.boxes.part"


def test_what_was_added_in_portions_is_read_whole(part: Path) -> None:
    append(part, header(), {0: packed(crossing(0, 5))})
    later = header()
    later.left_out = 3
    append(part, later, {0: packed(crossing(5, 10))})
    contents = parse(compose(parse(part.read_bytes())))
    assert contents.is_whole
    assert contents.header == later
    assert frames_of(contents) == crossing(0, 10)
    assert part.stat().st_mode & 0o077 == 0


def test_nothing_is_written_before_something_comes(part: Path) -> None:
    append(part, header(), {})
    append(part, header(), {0: []})
    assert not part.exists()


@pytest.mark.parametrize("shift_s", [0.0, 3600.0, -0.3])
def test_what_lies_beside_the_clip_is_passed_over_on_the_sources_clock(
    part: Path, shift_s: float
) -> None:
    long = [
        msgspec.structs.replace(each, time_us=each.time_us + round(shift_s * 1e6))
        for each in crossing(-30, 30)
    ]
    append(part, header(shift_s), {0: packed(long)}, has_ended=True)
    times = [each.time_us - round(shift_s * 1e6) for each in frames_of(parse(part.read_bytes()))]
    assert at(-3.5) <= times[0] <= at(-3.3)
    assert at(11.8) <= times[-1] <= at(12.0)


def test_a_part_that_was_cut_short_has_what_is_whole(part: Path) -> None:
    append(part, header(), {0: packed(crossing(0, 5))})
    size = part.stat().st_size
    append(part, header(), {0: packed(crossing(5, 10))})
    whole = part.read_bytes()
    for length in (size, size + 1, size + 20, len(whole) - 1):
        contents = parse(whole[:length])
        assert frames_of(contents) == crossing(0, 5)
        assert contents.is_whole is (length == size)


def test_a_disk_that_fills_up_leaves_what_was_there_readable(
    part: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(part, header(), {0: packed(crossing(0, 5))})
    monkeypatch.setattr(boxes_file, "MOST_BYTES", part.stat().st_size + 10)
    assert append(part, header(), {0: packed(crossing(5, 10))}) == 25
    monkeypatch.undo()
    append(part, header(), {0: packed(crossing(10, 12))})
    assert frames_of(parse(part.read_bytes())) == [*crossing(0, 5), *crossing(10, 12)]


def test_large_portions_are_unpacked_in_small_ones(part: Path) -> None:
    things = [thing(str(n), n / 50) for n in range(40)]
    append(part, header(), {0: packed([frame(n * 0.04, *things) for n in range(100)])})
    blocks = parse(part.read_bytes()).blocks
    assert len(blocks) > 3
    assert sum(block.count for block in blocks) == 100
    assert blocks[0].last_us < blocks[1].first_us


def test_a_moving_camera_is_noted(part: Path) -> None:
    said = [None, False, True, True, None, False]
    frames = [frame(n * 0.2, ptz_moving=moving) for n, moving in enumerate(said)]
    append(part, header(), {0: packed(frames)})
    contents = parse(compose(parse(part.read_bytes())))
    assert contents.header.sources[0].moving == [(at(0.4), True), (at(1.0), False)]


def test_the_shift_between_the_clocks_may_change() -> None:
    source = KeptSource(source="bannu", module="", shifts=[(at(0), 5), (at(4), 7)])
    moments = (at(-9), at(0), at(3.9), at(4), at(99))
    assert [shift_at(source, moment) for moment in moments] == [5, 5, 5, 7, 7]
    assert shift_at(KeptSource(source="bannu", module=""), at(0)) == 0


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\0\0 ftypisom",
        b"nigehban-boxes-1\n",
        b"nigehban-boxes-2\n" + b"H" * 40,
    ],
)
def test_another_file_is_refused(data: bytes) -> None:
    with pytest.raises(BoxesFileError):
        parse(data)


def test_a_header_of_another_form_or_without_its_sources_is_refused(part: Path) -> None:
    append(part, header(), {0: packed(crossing(0, 1))})
    contents = parse(part.read_bytes())
    foreign = msgspec.structs.replace(contents.header, form="nigehban-boxes-9")
    without = msgspec.structs.replace(contents.header, sources=[])
    blocks = contents.blocks
    for wrong in (Contents(foreign, blocks, True), Contents(without, blocks, True)):
        with pytest.raises(BoxesFileError):
            parse(_written(wrong))


def test_a_few_bytes_that_claim_to_be_gigabytes_are_refused(part: Path) -> None:
    append(part, header(), {0: packed(crossing(0, 1))})
    contents = parse(part.read_bytes())
    bomb = zlib.compress(bytes(100_000_000))
    block = contents.blocks[0]
    with pytest.raises(BoxesFileError):
        msgspec.structs.replace(block, packed=bomb).frames()


@given(data=st.data())
def test_no_damage_is_taken_for_boxes(data: st.DataObject) -> None:
    whole = bytearray(_SAMPLE)
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    if bytes(whole) == _SAMPLE:
        return
    try:
        contents = parse(bytes(whole))
        frames = frames_of(contents)
    except BoxesFileError:
        return
    # A damaged record ends the reading: what came before it is as it was.
    assert not contents.is_whole
    assert frames == crossing(0, 10)[: len(frames)]


def _written(contents: Contents) -> bytes:
    """As ``compose`` writes it, whatever it holds."""
    record, encode = boxes_file._record, boxes_file._encode
    records = [record(b"H", zlib.compress(encode(contents.header)))]
    records += [record(b"F", encode(block)) for block in contents.blocks]
    return b"nigehban-boxes-1\n" + b"".join(records)


def _sample() -> bytes:
    blocks = [boxes_file._block(0, [(at(0), each) for each in packed(crossing(0, 10))])]
    return _written(Contents(header(), blocks, is_whole=True))


_SAMPLE = _sample()
