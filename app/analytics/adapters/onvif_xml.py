"""ONVIF metadata streams as XML, whole or as they arrive on an RTSP track.

ONVIF Streaming Specification, "Metadata stream"; the schema is ``metadatastream.xsd``. A document
may stay open for a second and hold several frames, so it is parsed as it comes and every frame is
handed on at its end tag. Nothing outside the document is ever looked at: no entities, no document
type, no network.
"""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from app.analytics.adapters.adapter import NOTHING, Reading
from app.analytics.adapters.errors import BadMessage
from app.analytics.adapters.onvif_elements import (
    FRAME,
    NOTIFICATION,
    PTZ_STATUS,
    TT,
    read_frame,
    read_notification,
    read_ptz,
)
from app.analytics.adapters.onvif_events import PropertyEvents
from app.analytics.adapters.onvif_scene import Scene
from app.analytics.messages import SourceConfig
from app.domain.analytics_event import AnalyticsEvent
from app.domain.detection import DetectionFrame

_ROOTS = (TT + "MetadataStream", TT + "MetaDataStream")  # Examples use the second.
_READ = (FRAME, NOTIFICATION, PTZ_STATUS, *_ROOTS)
_ENDS = (b"MetadataStream>", b"MetaDataStream>")
_UNSAFE = "The XML declares a document type, which is not safe to read"
_BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml\s|(?:[\w.-]+:)?Meta[dD]ataStream[\s>])")
_BARE_FRAME = re.compile(rb"\s*<(?:[\w.-]+:)?Frame\s")
_NO_BEGINNING = "The XML does not begin with a metadata stream"
Found = DetectionFrame | AnalyticsEvent
_LARGEST = 4 * 1024 * 1024
"""Bytes of one document; frames may hold pictures of objects."""
_SAFE: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}


class OnvifXml:
    """Reads whole documents, a frame without its stream too; ``stream`` reads pieces."""

    def __init__(self, config: SourceConfig) -> None:
        self._cameras = config.cameras
        self._scene = Scene(config)
        self._events = PropertyEvents(config.name, self._scene.clock, self._scene.classes)

    def stream(self, camera: str) -> "MetadataStream":
        """A reader for one connection to a camera's metadata track.

        What is remembered of objects and properties outlives the connection.
        """
        return MetadataStream(self._scene, self._events, camera)

    def read(self, topic: str, payload: bytes, received_us: int, camera: str | None) -> Reading:
        if camera is None:
            camera = self._cameras.get(topic)
            if camera is None:
                return Reading(unknown=(topic,))
        stream = self.stream(camera)
        is_bare = _BARE_FRAME.match(payload) is not None
        reading = stream.feed(payload, received_us, is_beginning=is_bare)
        if stream.is_open:
            raise BadMessage("The XML document is not complete")
        return reading


class MetadataStream:
    """The documents of one connection, one after the other.

    Not thread-safe. After an error the next document is read as if nothing had happened.
    """

    def __init__(self, scene: Scene, events: PropertyEvents, camera: str) -> None:
        self._scene = scene
        self._events = events
        self._camera = camera
        self._whole_parser = etree.XMLParser(**_SAFE)
        self._parser: etree.XMLPullParser[Any] | None = None
        self._size = 0

    def reset(self) -> None:
        """Forget the document that is open."""
        self._parser = None

    @property
    def is_open(self) -> bool:
        """Whether a document has begun and not ended."""
        return self._parser is not None

    def feed(self, data: bytes, received_us: int, *, is_beginning: bool = False) -> Reading:
        """Read the next bytes: what they complete is returned.

        ``is_beginning``: a document is known to begin here, however short the piece.

        Raises ``BadMessage`` for what is broken, too large or unsafe; where something else was
        complete, that is returned and the faults are with it.
        """
        found: list[Found] = []
        faults: list[str] = []
        try:
            for part in _documents(data):
                for element in self._elements(part, is_beginning=is_beginning):
                    self._read_element(element, received_us, found, faults)
                is_beginning = False
        except BadMessage as error:
            self._parser = None
            faults.append(str(error))
        except (etree.LxmlError, ValueError, RecursionError):
            self._parser = None
            faults.append("The XML is broken")
        if found:
            frames = tuple(each for each in found if isinstance(each, DetectionFrame))
            events = tuple(each for each in found if isinstance(each, AnalyticsEvent))
            return Reading(frames, events, faults=tuple(faults))
        if faults:
            raise BadMessage(faults[0])
        return NOTHING

    def _elements(self, data: bytes, *, is_beginning: bool) -> Iterator[etree._Element]:
        if (self._parser is None or is_beginning) and data.rstrip().endswith(_ENDS):
            return self._of_whole(data)
        if is_beginning:
            self._begin()
        return self._of_piece(data)

    def _of_whole(self, data: bytes) -> Iterator[etree._Element]:
        """A document in one piece: half the time of one that comes in pieces."""
        self._parser = None
        if not begins_document(data):
            raise BadMessage(_NO_BEGINNING)
        self._size = 0
        self._check(data)
        root = etree.fromstring(data, self._whole_parser)
        _check_document(root)
        yield from root.iter(FRAME, NOTIFICATION, PTZ_STATUS)

    def _of_piece(self, data: bytes) -> Iterator[etree._Element]:
        parser = self._open(data)
        if parser is None:
            return
        self._check(data)
        parser.feed(data)
        for _, element in parser.read_events():
            _check_document(element)
            parent = element.getparent()
            yield element
            if parent is None:
                self._parser = None
                parser.close()
            elif element.tag != PTZ_STATUS:
                parent.remove(element)  # A document may stay open for long.

    def _check(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > _LARGEST:
            raise BadMessage("An XML document is too large")
        if b"<!DOCTYPE" in data:
            raise BadMessage(_UNSAFE)

    def _open(self, data: bytes) -> "etree.XMLPullParser[Any] | None":
        """The parser of the document that ``data`` belongs to; ``None`` between two of them."""
        if self._parser is not None and data.startswith(b"<?xml"):
            self._begin()  # The end of the one before got lost.
        if self._parser is None:
            if not begins_document(data):
                if data.strip(b"\0\r\n\t "):
                    raise BadMessage(_NO_BEGINNING)
                return None
            self._begin()
        return self._parser

    def _begin(self) -> None:
        self._parser = etree.XMLPullParser(("end",), tag=_READ, **_SAFE)
        self._size = 0

    def _read_element(
        self, element: etree._Element, received_us: int, found: list[Found], faults: list[str]
    ) -> None:
        try:
            read = self._element(element, received_us)
        except BadMessage as error:
            faults.append(str(error))
        except (ArithmeticError, LookupError, ValueError):
            faults.append("A part of the XML cannot be understood")
        else:
            if read is not None:
                found.append(read)

    def _element(self, element: etree._Element, received_us: int) -> Found | None:
        tag = element.tag
        if tag == FRAME:
            return read_frame(self._scene, self._camera, element, received_us)
        if tag == NOTIFICATION:
            told = read_notification(self._camera, element, received_us)
            return self._events.read(told) if told is not None else None
        parent = element.getparent()
        if tag == PTZ_STATUS and (parent is None or parent.tag != FRAME):
            return read_ptz(self._scene, self._camera, element, received_us)
        return None


def _check_document(element: etree._Element) -> None:
    """Refuse a document type that was written in an encoding of its own."""
    if element.getroottree().docinfo.internalDTD is not None:
        raise BadMessage(_UNSAFE)


def begins_document(data: bytes) -> bool:
    """Whether a document's first bytes are the first of ``data``."""
    return _BEGINS.match(data) is not None


def _documents(data: bytes) -> Iterator[bytes]:
    """Cut before every XML declaration: some devices put two documents into one packet."""
    while (cut := data.find(b"<?xml", 1)) > 0:
        yield data[:cut]
        data = data[cut:]
    yield data
