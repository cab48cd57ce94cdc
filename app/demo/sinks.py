"""The two ways of RTP to a client: interleaved in the RTSP connection, or UDP datagrams."""

import asyncio
import contextlib
import socket
import struct
from typing import Protocol

from app.demo.cameras import CameraPath
from app.demo.faults import corrupt
from app.demo.rtp import PacketTemplate, datagrams, stamp


class Sink(Protocol):
    """Sends the packets of one session."""

    def send_media(
        self, template: PacketTemplate, *, sequence: int, timestamp: int, ssrc: int
    ) -> None:
        """Send one access unit."""
        ...

    def send_report(self, packet: bytes) -> None:
        """Send an RTCP packet."""
        ...

    def close(self) -> None:
        """Stop what the sink itself has running; the connection is not its own."""
        ...


class TcpSink:
    """RTP in the RTSP connection (RFC 2326 section 10.12)."""

    def __init__(
        self, transport: asyncio.Transport, camera: CameraPath, channels: tuple[int, int]
    ) -> None:
        """Use the connection's transport and the client's channel numbers."""
        self._transport = transport
        self._camera = camera
        self._rtp, self._rtcp = channels
        self._drip = bytearray()
        self._drip_timer: asyncio.TimerHandle | None = None

    def send_media(
        self, template: PacketTemplate, *, sequence: int, timestamp: int, ssrc: int
    ) -> None:
        """Send one access unit."""
        data = stamp(template, sequence=sequence, timestamp=timestamp, ssrc=ssrc, channel=self._rtp)
        faults, source = self._camera.faults, self._camera.random
        if faults.garbage:
            data = bytearray(source.randbytes(len(data)))
        elif faults.corrupt:
            for start, end in zip(
                template.offsets, (*template.offsets[1:], len(data)), strict=True
            ):
                payload = data[start + 16 : end]
                corrupt(payload, faults.corrupt, source)
                data[start + 16 : end] = payload
        self._write(data)

    def send_report(self, packet: bytes) -> None:
        """Send an RTCP packet."""
        self._write(struct.pack(">BBH", 0x24, self._rtcp, len(packet)) + packet)

    def close(self) -> None:
        """Stop dripping."""
        if self._drip_timer is not None:
            self._drip_timer.cancel()
        self._drip.clear()

    def _write(self, data: bytes | bytearray) -> None:
        if self._camera.faults.drip_bytes_per_s or self._drip:
            if len(self._drip) < self._camera.faults.client_buffer_bytes:
                self._drip += data
            if self._drip_timer is None:
                self._drip_on()
            return
        self._transport.write(data)
        if self._transport.get_write_buffer_size() > self._camera.faults.client_buffer_bytes:
            self._camera.counts.dropped_slow += 1
            self._transport.abort()

    def _drip_on(self) -> None:
        rate = self._camera.faults.drip_bytes_per_s
        self._drip_timer = None
        if not self._drip or self._transport.is_closing():
            return
        count = 1 if 0 < rate <= 20 else max(1, round(rate / 20)) if rate else len(self._drip)
        self._transport.write(bytes(self._drip[:count]))
        del self._drip[:count]
        if self._drip:
            loop = asyncio.get_running_loop()
            self._drip_timer = loop.call_later(count / rate if rate else 0, self._drip_on)


class UdpPorts:
    """The even and odd UDP port from which all sessions of the server are served."""

    def __init__(self, host: str) -> None:
        """Bind a pair of neighbouring ports on `host`."""
        self.rtp, self.rtcp = _bind_pair(host)

    @property
    def numbers(self) -> tuple[int, int]:
        """The two port numbers."""
        return self.rtp.getsockname()[1], self.rtcp.getsockname()[1]

    def close(self) -> None:
        """Free the ports."""
        self.rtp.close()
        self.rtcp.close()


def _bind_pair(host: str) -> tuple[socket.socket, socket.socket]:
    for _ in range(64):
        first = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        first.bind((host, 0))
        port = first.getsockname()[1]
        second = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            second.bind((host, port + 1 if port % 2 == 0 else port - 1))
        except OSError:
            first.close()
            second.close()
            continue
        first.setblocking(False)
        second.setblocking(False)
        return (first, second) if port % 2 == 0 else (second, first)
    raise OSError("no two neighbouring UDP ports are free")


class UdpSink:
    """RTP and RTCP as datagrams to the client's two ports."""

    def __init__(
        self, ports: UdpPorts, camera: CameraPath, host: str, client_ports: tuple[int, int]
    ) -> None:
        """Send from the server's ports to the client's."""
        self._ports = ports
        self._camera = camera
        self._rtp_address = (host, client_ports[0])
        self._rtcp_address = (host, client_ports[1])

    def send_media(
        self, template: PacketTemplate, *, sequence: int, timestamp: int, ssrc: int
    ) -> None:
        """Send one access unit."""
        data = stamp(template, sequence=sequence, timestamp=timestamp, ssrc=ssrc)
        faults, source = self._camera.faults, self._camera.random
        for packet in datagrams(template, data):
            if faults.udp_loss and source.random() < faults.udp_loss:
                continue
            damaged = bytearray(packet)
            if faults.garbage:
                damaged[12:] = source.randbytes(len(packet) - 12)
            elif faults.corrupt:
                corrupt(damaged, faults.corrupt, source, start=12)
            with contextlib.suppress(OSError):  # what does not fit or arrive is lost, as UDP is
                self._ports.rtp.sendto(damaged, self._rtp_address)

    def send_report(self, packet: bytes) -> None:
        """Send an RTCP packet."""
        with contextlib.suppress(OSError):
            self._ports.rtcp.sendto(packet, self._rtcp_address)

    def close(self) -> None:
        """There is nothing to stop."""
