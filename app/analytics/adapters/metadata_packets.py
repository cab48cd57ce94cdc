"""Which encoding an RTSP metadata track uses, and where its documents begin.

ONVIF Streaming Specification, "Metadata": plain XML, gzip, or EXI, which is refused. FFmpeg hands
on neither the name of the encoding nor RTP's marker bit, which ends a document; so both are seen
in the bytes. A document always begins in a packet of its own.
"""

import zlib
from collections.abc import Iterator

from app.analytics.adapters.adapter import NOTHING, Reading
from app.analytics.adapters.errors import BadMessage
from app.analytics.adapters.onvif_xml import MetadataStream, begins_document

_GZIP = b"\x1f\x8b"
_EXI = b"$EXI"
_LARGEST_PIECE = 4 * 1024 * 1024
_PATIENCE = 200
"""Packets that may pass before the first document begins: one is sent each second at least."""


class UnreadableTrack(BadMessage):
    """The track will never be understood; asking for it again does not help."""


class MetadataPackets:
    """The packets of one connection, in their order. Not thread-safe."""

    def __init__(self, stream: MetadataStream) -> None:
        self._stream = stream
        self._inflater: zlib._Decompress | None = None
        self._is_beginning = False
        self._is_known = False
        self._passed_over = 0

    def feed(self, packet: bytes, received_us: int) -> Reading:
        """What the packet completes.

        Raises ``BadMessage`` for what is broken, and goes on with the next document;
        ``UnreadableTrack`` for an encoding that is not supported.
        """
        if self._inflater is not None:
            return self._inflated(packet, received_us)
        if self._stream.is_open:
            return self._stream.feed(packet, received_us)
        if packet.startswith(_GZIP):
            self._is_known = True
            return self._inflated(packet, received_us)
        if begins_document(packet):
            self._is_known = True
            return self._stream.feed(packet, received_us)
        if not self._is_known:
            self._pass_over(packet)
        return NOTHING  # The rest of a document whose beginning was missed or broken.

    def _pass_over(self, packet: bytes) -> None:
        self._passed_over += 1
        if packet.startswith(_EXI):
            raise UnreadableTrack(
                "The camera sends its metadata as binary EXI: set them to XML or gzip"
            )
        if self._passed_over > _PATIENCE:
            raise UnreadableTrack("The camera's metadata are neither XML nor gzip")

    def _inflated(self, packet: bytes, received_us: int) -> Reading:
        readings = []
        for piece, is_beginning in self._inflate(packet):
            try:
                readings.append(self._stream.feed(piece, received_us, is_beginning=is_beginning))
            except BadMessage:
                self._inflater = None
                raise
        if len(readings) == 1:
            return readings[0]
        return Reading(
            tuple(frame for reading in readings for frame in reading.frames),
            tuple(event for reading in readings for event in reading.events),
            faults=tuple(fault for reading in readings for fault in reading.faults),
        )

    def _inflate(self, packet: bytes) -> Iterator[tuple[bytes, bool]]:
        """The pieces of documents, and of each whether it is the first of its document."""
        while packet:
            if self._inflater is None:
                if not packet.startswith(_GZIP):
                    return
                self._inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
                self._is_beginning = True
            inflater = self._inflater
            try:
                piece = inflater.decompress(packet, _LARGEST_PIECE)
            except zlib.error:
                self._forget()
                raise BadMessage("A compressed document is broken") from None
            if inflater.unconsumed_tail:
                self._forget()
                raise BadMessage("A compressed document is too large")
            packet = inflater.unused_data
            if inflater.eof:
                self._inflater = None
            if piece:
                yield piece, self._is_beginning
                self._is_beginning = False

    def _forget(self) -> None:
        self._inflater = None
        self._stream.reset()
