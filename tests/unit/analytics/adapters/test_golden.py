"""Every format reads the examples of its specification."""

import gzip
import itertools
import random

import pytest

from app.analytics.adapters.adapter import Reading
from app.analytics.adapters.errors import BadMessage
from app.analytics.adapters.metadata_packets import MetadataPackets
from app.analytics.adapters.onvif_xml import OnvifXml
from app.analytics.messages import SourceConfig
from tests.unit.analytics.adapters.golden_cases import (
    CAMERA,
    CASES,
    GOLDEN,
    RECEIVED_US,
    SOURCE,
    TOPIC,
    TWINS,
    Case,
    rounded,
)

_XML = [case for case in CASES if case.adapter == "onvif-xml"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.file)
def test_an_example_means_what_its_specification_says(case: Case) -> None:
    reading = case.read()
    assert reading.frames == case.frames
    assert reading.events == case.events
    assert not reading.unknown


def test_every_golden_file_has_a_case() -> None:
    used = {case.file for case in CASES} | {"metadata_subset.xsd", "notification_subset.xsd"}
    assert {path.name for path in GOLDEN.iterdir()} == used


@pytest.mark.parametrize("name", TWINS)
def test_xml_and_json_twins_give_identical_frames(name: str) -> None:
    """The XML has no topic to take the module from, so the JSON gets none either."""
    config = SourceConfig(SOURCE, "onvif-xml")
    xml = Case(f"{name}.xml", "onvif-xml")
    json = Case(f"{name}.json", "onvif-json", "MyDevice/onvif-mj/VideoAnalytics/1")
    from_xml = OnvifXml(config).read(TOPIC, xml.payload, RECEIVED_US, CAMERA)
    from_json = json.make_adapter().read(json.topic, json.payload, RECEIVED_US, CAMERA)
    assert from_xml.frames == from_json.frames
    assert from_xml.frames


@pytest.mark.parametrize("case", _XML, ids=lambda case: case.file)
@pytest.mark.parametrize("is_compressed", [False, True])
@pytest.mark.parametrize("size", [7, 64, 1400])
def test_a_document_may_arrive_in_any_pieces(case: Case, size: int, is_compressed: bool) -> None:
    document = gzip.compress(case.payload) if is_compressed else case.payload
    # The first packet holds at least the name of the root, as every RTP packet would.
    cuts = [0, *range(max(size, 80), len(document), size), len(document)]
    packets = MetadataPackets(OnvifXml(SourceConfig(SOURCE, "onvif-xml")).stream(CAMERA))
    for _ in range(2):
        readings = [
            packets.feed(document[start:end], RECEIVED_US)
            for start, end in itertools.pairwise(cuts)
        ]
        whole = rounded(
            Reading(
                [frame for reading in readings for frame in reading.frames],
                [event for reading in readings for event in reading.events],
            )
        )
        assert whole.frames == case.frames
        assert whole.events == case.events


def test_a_frame_is_given_out_before_its_document_ends() -> None:
    document = Case("onvif_idle.xml", "onvif-xml").payload
    stream = OnvifXml(SourceConfig(SOURCE, "onvif-xml")).stream(CAMERA)
    ends = [at + len(b"</tt:Frame>") for at in _positions(document, b"</tt:Frame>")]
    start = 0
    for end in ends:
        assert len(stream.feed(document[start:end], RECEIVED_US).frames) == 1
        assert stream.is_open
        start = end
    assert not stream.feed(document[start:], RECEIVED_US).frames
    assert not stream.is_open


def test_two_documents_in_one_packet_are_two_documents() -> None:
    document = Case("onvif_classifier.xml", "onvif-xml").payload
    packets = MetadataPackets(OnvifXml(SourceConfig(SOURCE, "onvif-xml")).stream(CAMERA))
    assert len(packets.feed(document + document, RECEIVED_US).frames) == 2


def test_who_comes_late_begins_with_the_next_document() -> None:
    document = Case("onvif_classifier.xml", "onvif-xml").payload
    dice = random.Random(11)
    for _ in range(50):
        packets = MetadataPackets(OnvifXml(SourceConfig(SOURCE, "onvif-xml")).stream(CAMERA))
        missed = dice.randrange(60, len(document))
        assert not packets.feed(document[missed:], RECEIVED_US).frames
        assert len(packets.feed(document, RECEIVED_US).frames) == 1


def test_a_part_that_is_broken_takes_nothing_else_with_it() -> None:
    document = Case("onvif_idle.xml", "onvif-xml").payload
    stream = OnvifXml(SourceConfig(SOURCE, "onvif-xml")).stream(CAMERA)
    without_a_date = document.replace(b"2008-10-10T12:24:57.421", b"1970-01-01T00:00:00", 1)
    reading = stream.feed(without_a_date, RECEIVED_US)
    assert len(reading.frames) == 3
    (fault,) = reading.faults
    assert "before the year 2000" in fault
    cut = document.rindex(b"<tt:Frame")
    reading = stream.feed(document[:cut], RECEIVED_US)
    assert len(reading.frames) == 3
    with pytest.raises(BadMessage, match="The XML is broken"):
        stream.feed(b"</tt:Nonsense>", RECEIVED_US)
    assert len(stream.feed(document, RECEIVED_US).frames) == 4


def test_a_frame_may_come_without_its_stream() -> None:
    """As Milestone's AI Bridge takes it."""
    frame = (
        b'<tt:Frame xmlns:tt="http://www.onvif.org/ver10/schema" UtcTime="2021-10-05T15:13:27Z">'
        b"</tt:Frame>"
    )
    adapter = OnvifXml(SourceConfig(SOURCE, "onvif-xml"))
    assert len(adapter.read("", frame, RECEIVED_US, CAMERA).frames) == 1
    with pytest.raises(BadMessage, match="not complete"):
        adapter.read("", frame[:-12], RECEIVED_US, CAMERA)


def _positions(text: bytes, word: bytes) -> list[int]:
    found: list[int] = []
    at = text.find(word)
    while at >= 0:
        found.append(at)
        at = text.find(word, at + 1)
    return found
