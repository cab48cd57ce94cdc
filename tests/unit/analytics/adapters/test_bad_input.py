"""Whatever comes in, nothing but ``BadMessage`` comes out, soon, and the next message is read."""

import gzip
import itertools
import json
import math
import random
import time
from collections.abc import Callable, Iterable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.analytics.adapters.adapter import Adapter, Reading, make_adapter
from app.analytics.adapters.errors import BadMessage
from app.analytics.adapters.metadata_packets import MetadataPackets
from app.analytics.adapters.onvif_xml import MetadataStream, OnvifXml
from app.analytics.messages import SourceConfig
from tests.unit.analytics.adapters.golden_cases import (
    CAMERA,
    CASES,
    RECEIVED_US,
    SOURCE,
    Case,
)

ADAPTERS = ("onvif-json", "onvif-xml", "deepstream", "frigate", "axis")
MUTATIONS = 10_000
_LONGEST_S = 0.1
_TOKENS = (
    b"null", b"[]", b"{}", b"true", b'""', b"-1", b"1e400", b"-1e400", b"NaN", b"Infinity", b"0x1",
    b"99999999999999999999999999", b'"NaN"', b'"1e999"', b"\xff\xfe", b"\xc3", b"\0", b"\\ud800",
    b'"1970-01-01T00:00:00Z"', b'"2100-02-30T25:61:61Z"', b"9" * 5000, b"[" * 500,
    b'{"Frame":' * 60, b"<", b">", b"</", b"<tt:Object>", b"<!DOCTYPE x>", b"<![CDATA[", b"&amp;",
    b"&x;", b"<?xml", b"<!--", b"|", b"#", b"|#|", b"xmlns:tt=''", b"\xef\xbb\xbf", b"\x1f\x8b",
)  # fmt: skip


def mutated(payload: bytes, dice: random.Random) -> bytes:
    """``payload`` with one to four things wrong."""
    data = bytearray(payload)
    for _ in range(dice.randint(1, 4)):
        start = dice.randrange(len(data) + 1)
        end = min(len(data), start + dice.choice((1, 1, 2, 8, 60)))
        match dice.randrange(6):
            case 0:
                data[start:end] = dice.randbytes(end - start)
            case 1:
                del data[start:end]
            case 2:
                data[start:start] = data[start:end] * dice.choice((1, 2, 30))
            case 3:
                data[start:end] = dice.choice(_TOKENS)
            case 4:
                data = data[:start]
            case 5:
                _replace_a_value(data, dice)
    return bytes(data)


def _replace_a_value(data: bytearray, dice: random.Random) -> None:
    """Put a token where a number or a string stood, so that the rest stays well-formed."""
    marks = [at for at, byte in enumerate(data) if byte in b':"=,|']
    if len(marks) > 1:
        at = dice.randrange(len(marks) - 1)
        data[marks[at] + 1 : marks[at + 1]] = dice.choice(_TOKENS)


def _cases(adapter: str) -> list[Case]:
    return [case for case in CASES if case.adapter == adapter]


def _is_sound(reading: Reading) -> bool:
    boxes = [sample.box for frame in reading.frames for sample in frame.objects]
    boxes += [event.box for event in reading.events if event.box is not None]
    edges = [edge for box in boxes for edge in (box.x1, box.y1, box.x2, box.y2)]
    # What cannot be sent on would stop the thread that sends.
    msgspec.msgpack.encode((reading.frames, reading.events))
    points = [point for frame in reading.frames for each in frame.objects for point in each.polygon]
    edges += [coordinate for point in points for coordinate in point]
    sure = [sample.confidence for frame in reading.frames for sample in frame.objects]
    sure += [event.confidence for event in reading.events]
    times = [frame.time_us for frame in reading.frames] + [e.time_us for e in reading.events]
    return (
        all(confidence is None or 0 <= confidence <= 1 for confidence in sure)
        and all(math.isfinite(edge) and abs(edge) <= 4 for edge in edges)
        and all(box.x1 <= box.x2 and box.y1 <= box.y2 for box in boxes)
        and all(946_684_800_000_000 <= moment <= 4_102_444_800_000_000 for moment in times)
    )


def _read(read: Callable[[], Reading]) -> bool:
    """Whether the message was understood; fails for all that must not happen."""
    begun = time.thread_time()
    try:
        reading = read()
    except BadMessage as error:
        is_a_sentence = 0 < len(str(error)) < 200
        assert is_a_sentence
        return False
    finally:
        assert time.thread_time() - begun < _LONGEST_S
    assert _is_sound(reading)
    return True


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_ten_thousand_mutations_of_the_examples_do_no_harm(adapter: str) -> None:
    cases = _cases(adapter)
    adapters = [case.make_adapter() for case in cases]
    dice = random.Random(f"mutations of {adapter}")
    understood = 0
    for number in range(MUTATIONS):
        at = number % len(cases)
        payload = mutated(cases[at].payload, dice)
        subject, topic = adapters[at], cases[at].topic
        understood += _read(lambda: subject.read(topic, payload, RECEIVED_US, CAMERA))  # noqa: B023 - called at once
    # Some get through and some do not: else this test would not test what it says.
    assert 0 < understood < MUTATIONS
    for case, subject in zip(cases, adapters, strict=True):
        assert subject.read(case.topic, case.payload, RECEIVED_US, CAMERA) is not None


def test_ten_thousand_mutations_on_a_metadata_track_do_not_stop_it() -> None:
    cases = _cases("onvif-xml")
    good = Case("onvif_classifier.xml", "onvif-xml").payload
    dice = random.Random("mutations of a track")
    packets = MetadataPackets(OnvifXml(SourceConfig(SOURCE, "onvif-xml")).stream(CAMERA))
    packets.feed(good, RECEIVED_US)
    for number in range(MUTATIONS):
        payload = mutated(cases[number % len(cases)].payload, dice)
        for start in range(0, len(payload), 1400):
            piece = payload[start : start + 1400]
            _read(lambda: packets.feed(piece, RECEIVED_US))  # noqa: B023 - called at once
        if number % 100 == 0:
            assert _frames_within(packets, good, 3)


def _frames_within(packets: MetadataPackets, good: bytes, documents: int) -> bool:
    """Whether a track that was disturbed is read again after so many documents."""
    for _ in range(documents):
        try:
            if packets.feed(good, RECEIVED_US).frames:
                return True
        except BadMessage:
            continue
    return False


@pytest.mark.parametrize("adapter", ADAPTERS)
@settings(max_examples=300, deadline=None)
@given(payload=st.binary(max_size=400), topic=st.text(max_size=40))
def test_bytes_without_sense_do_no_harm(adapter: str, payload: bytes, topic: str) -> None:
    subject = _adapter(adapter)
    for camera in (CAMERA, None):
        _read(lambda: subject.read(topic, payload, RECEIVED_US, camera))  # noqa: B023 - at once


_WORDS = """
    Frame @UtcTime Object @ObjectId Appearance Shape BoundingBox @left @top @right @bottom Class
    Type #text ObjectTree Delete Rename from to UtcTime Source Data Behaviour Polygon Point @x @y
    PTZStatus Extension MotionInCells objects object bbox @timestamp event sensor id vehicle type
    after camera box frame_time start_time sub_label detections bounding_box class timestamp
    track_events score Transformation Scale VehicleInfo LicensePlateInfo PlateNumber UUID
"""
_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(_WORDS.split()), inner, max_size=5)
    ),
    max_leaves=25,
)


@pytest.mark.parametrize("adapter", [name for name in ADAPTERS if name != "onvif-xml"])
@settings(max_examples=300, deadline=None)
@given(value=_JSON, topic=st.sampled_from(["x/events", "x/reviews", "x/tracked_object_update"]))
def test_json_of_the_wrong_shape_does_no_harm(adapter: str, value: object, topic: str) -> None:
    payload = json.dumps(value).encode()
    subject = _adapter(adapter)
    _read(lambda: subject.read(topic, payload, RECEIVED_US, CAMERA))


def _adapter(name: str) -> Adapter:
    return make_adapter(SourceConfig(SOURCE, name, reference=(1920, 1080)))


@pytest.mark.parametrize("adapter", [name for name in ADAPTERS if name != "onvif-xml"])
@pytest.mark.parametrize("deep", [b"[" * 100_000, b'{"Frame":' * 50_000, b'{"a":[' * 50_000])
def test_deep_nesting_is_refused(adapter: str, deep: bytes) -> None:
    with pytest.raises(BadMessage):
        _adapter(adapter).read("x/events", deep, RECEIVED_US, CAMERA)


def test_deep_xml_is_refused() -> None:
    with pytest.raises(BadMessage):
        _adapter("onvif-xml").read("", b"<Frame>" * 50_000, RECEIVED_US, CAMERA)


_LAUGHS = b"".join(
    b'<!ENTITY l%d "%s">' % (level, b"&l%d;" % (level - 1) * 10) for level in range(1, 10)
)
_ROOT = (
    b'<tt:MetadataStream xmlns:tt="http://www.onvif.org/ver10/schema" a="%s">%s</tt:MetadataStream>'
)


def _document(head: bytes, *, attribute: bytes = b"", text: bytes = b"") -> bytes:
    return b'<?xml version="1.0"?><!DOCTYPE x ' + head + b">" + _ROOT % (attribute, text)


@pytest.mark.parametrize(
    "document",
    [
        _document(b'[<!ENTITY l0 "lol">' + _LAUGHS + b"]", text=b"&l9;"),
        _document(b'[<!ENTITY l0 "lol">' + _LAUGHS + b"]", attribute=b"&l9;"),
        _document(b'[<!ENTITY f SYSTEM "file:///etc/passwd">]', text=b"&f;"),
        _document(b'SYSTEM "http://127.0.0.1:1/x.dtd"'),
    ],
    ids=["laughs in text", "laughs in an attribute", "a file", "a document type elsewhere"],
)
@pytest.mark.parametrize("size", [50, 10_000])
def test_entities_and_document_types_are_refused(document: bytes, size: int) -> None:
    stream = OnvifXml(SourceConfig(SOURCE, "onvif-xml")).stream(CAMERA)
    begun = time.thread_time()
    pieces = [document[start : start + size] for start in range(0, len(document), size)]
    with pytest.raises(BadMessage):
        _feed_all(stream, pieces)
    assert time.thread_time() - begun < _LONGEST_S
    good = Case("onvif_classifier.xml", "onvif-xml").payload
    assert stream.feed(good, RECEIVED_US).frames


def _feed_all(stream: MetadataStream, pieces: Iterable[bytes]) -> None:
    for piece in pieces:
        stream.feed(piece, RECEIVED_US)


def test_a_document_that_never_ends_is_given_up() -> None:
    stream = OnvifXml(SourceConfig(SOURCE, "onvif-xml")).stream(CAMERA)
    stream.feed(b'<tt:MetadataStream xmlns:tt="http://www.onvif.org/ver10/schema">', RECEIVED_US)
    with pytest.raises(BadMessage, match="too large"):
        _feed_all(stream, itertools.repeat(b"<a>" + b"x" * 100_000 + b"</a>", 100))
    assert not stream.is_open


def test_what_swells_when_it_is_inflated_is_given_up() -> None:
    packets = MetadataPackets(OnvifXml(SourceConfig(SOURCE, "onvif-xml")).stream(CAMERA))
    with pytest.raises(BadMessage, match="too large"):
        packets.feed(gzip.compress(b" " * 50_000_000), RECEIVED_US)


@pytest.mark.parametrize("text", ["1970-01-01T00:00:00Z", "2100-01-01T00:00:01Z", "yesterday", ""])
def test_times_that_no_clock_shows_are_refused(text: str) -> None:
    payload = b'{"Frame": {"@UtcTime": "%s"}}' % text.encode()
    with pytest.raises(BadMessage):
        _adapter("onvif-json").read("", payload, RECEIVED_US, CAMERA)


def test_a_camera_whose_clock_is_a_year_wrong_is_believed() -> None:
    payload = b'{"Frame": {"@UtcTime": "2001-01-01T00:00:00Z"}}'
    reading = _adapter("onvif-json").read("", payload, RECEIVED_US, CAMERA)
    assert reading.frames[0].time_us == 978_307_200_000_000
