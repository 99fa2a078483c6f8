"""Servers on loopback that behave badly, each in its own way, and a name server that lies."""
from __future__ import annotations

import asyncio
import ssl
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Literal, NoReturn

import brotli
import h2.config
import h2.connection
import h2.events
import hpack
from backports import zstd
from hyperframe.frame import ContinuationFrame, HeadersFrame, PingFrame, SettingsFrame

from agents.poll.connect import Endpoint

MEGABYTE = 1_000_000
ZEROS = bytes(64 * 1024)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came."""

    target: bytes
    headers: Mapping[bytes, bytes]


@dataclass(slots=True)
class Server:
    """What a server has seen so far."""

    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0

    def url(self, path: str = "/", host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"


Answer = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]
Peer = Callable[[Server, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(peer: Peer, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    """A server that does as `peer` does on each connection."""
    server = Server()
    tasks = set[asyncio.Task[None]]()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        if task := asyncio.current_task():
            tasks.add(task)
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await peer(server, reader, writer)
        writer.transport.abort()

    listener = await asyncio.start_server(connected, "127.0.0.1", ssl=tls)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def http1(answer: Answer) -> Peer:
    """HTTP/1.1, as many requests on a connection as come."""

    async def peer(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            first, *lines = head.rstrip().split(b"\r\n")
            asked = Asked(first.split()[1], {name: value for name, _, value in (line.partition(b": ") for line in lines)})
            server.asked.append(asked)
            await answer(asked, writer)
            await writer.drain()

    return peer


def serving(answer: Answer, tls: ssl.SSLContext | None = None) -> AbstractAsyncContextManager[Server]:
    """A server of HTTP/1.1."""
    return listening(http1(answer), tls)


def response(body: bytes = b"", status: int = 200, *headers: bytes) -> bytes:
    """A whole answer in HTTP/1.1."""
    return b"\r\n".join((b"HTTP/1.1 %d X" % status, b"content-length: %d" % len(body), *headers, b"", body))


def saying(body: bytes = b"", status: int = 200, *headers: bytes) -> Answer:
    """Always the same answer."""

    async def answer(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(response(body, status, *headers))

    return answer


def raw(data: bytes, *, then_close: bool = False) -> Answer:
    """Always the same bytes, whether they are HTTP or not."""

    async def answer(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        if then_close:
            writer.close()
            await writer.wait_closed()

    return answer


def endlessly(head: bytes, piece: bytes) -> Answer:
    """As fast as the other side takes it, until it hangs up."""

    async def answer(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(piece)
            await writer.drain()

    return answer


def dripping(head: bytes, drop: bytes) -> Answer:
    """A drop now and then, so that something always seems about to come."""

    async def answer(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(drop)
            await writer.drain()
            await asyncio.sleep(0.01)

    return answer


async def silent(*_: object) -> NoReturn:
    """Takes what comes and never says a word: as a peer, an answer or a name server."""
    while True:
        await asyncio.Event().wait()


@dataclass
class Names:
    """A name server: for each host its answers in turn, the last of them ever after. Hosts that it does not know do not exist."""

    known: Mapping[str, Sequence[Sequence[tuple[str, int]]]]
    asked: list[str] = field(default_factory=list)

    async def __call__(self, host: str, port: int) -> Sequence[Endpoint]:
        self.asked.append(host)
        if host not in self.known:
            raise OSError("no such host")
        answers = self.known[host]
        answer = answers[min(self.asked.count(host), len(answers)) - 1]
        return [(ip_address(address), at or port) for address, at in answer]


@dataclass(frozen=True)
class Http2:
    """An HTTP/2 server that gives all the same answer. `sends` has the pieces of its body, any number."""

    headers: Sequence[tuple[bytes, bytes]] = ()
    sends: Callable[[], Iterator[bytes]] = lambda: iter(())
    answers_on_a_connection: int = 1_000
    then: Literal["hangs up", "resets"] = "hangs up"

    async def __call__(self, server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        rules = h2.config.H2Configuration(client_side=False, header_encoding=None, validate_outbound_headers=False)
        speech = h2.connection.H2Connection(rules)
        speech.initiate_connection()
        pieces: dict[int, Iterator[bytes]] = {}
        left = self.answers_on_a_connection
        while True:
            writer.write(speech.data_to_send())
            await writer.drain()
            if not (data := await reader.read(65_536)):
                return
            for event in speech.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    headers = dict(event.headers)
                    server.asked.append(Asked(headers[b":path"], headers))
                    if left == 0 and self.then == "hangs up":
                        return
                    if left == 0:
                        speech.reset_stream(event.stream_id)
                        continue
                    left -= 1
                    speech.send_headers(event.stream_id, [(b":status", b"200"), *self.headers])
                    pieces[event.stream_id] = self.sends()
            for stream in list(pieces):
                await self._send(speech, stream, pieces, writer)

    async def _send(
        self, speech: h2.connection.H2Connection, stream: int, pieces: dict[int, Iterator[bytes]], writer: asyncio.StreamWriter
    ) -> None:
        """As much as the window takes; what is left goes when it opens again."""
        while (window := speech.local_flow_control_window(stream)) >= speech.max_outbound_frame_size:
            if (piece := next(pieces[stream], None)) is None:
                speech.end_stream(stream)
                del pieces[stream]
                return
            assert len(piece) <= min(window, speech.max_outbound_frame_size)
            speech.send_data(stream, piece)
            writer.write(speech.data_to_send())
            await writer.drain()


async def headers_without_end(_: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """HTTP/2 whose headers go on and on."""
    await reader.read(65_536)
    writer.write(SettingsFrame(0).serialize())
    block = hpack.Encoder().encode([(b":status", b"200")])
    writer.write(HeadersFrame(1, block).serialize())
    more = ContinuationFrame(1, hpack.Encoder().encode([(b"x-%d" % n, b"y" * 100) for n in range(100)], huffman=False)).serialize()
    while True:
        writer.write(more)
        await writer.drain()


async def pings_without_end(_: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """HTTP/2 that is all about the connection and never about the request."""
    await reader.read(65_536)
    writer.write(SettingsFrame(0).serialize())
    more = PingFrame(0, bytes(8)).serialize() * 100
    while True:
        writer.write(more)
        await asyncio.gather(writer.drain(), reader.read(65_536))


def bombs() -> dict[str, bytes]:
    """A gigabyte of zeros in each coding."""
    return {"gzip": gzip_bomb(), "br": brotli_bomb(), "zstd": zstd_bomb()}


def gzip_bomb() -> bytes:
    """Made of one part repeated; its checksum is wrong, which nobody shall get far enough to find out."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    deflate.compress(bytes(10 * MEGABYTE))
    deflate.flush(zlib.Z_FULL_FLUSH)
    part = deflate.compress(bytes(10 * MEGABYTE)) + deflate.flush(zlib.Z_FULL_FLUSH)
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + part * 100 + deflate.flush() + bytes(8)


def brotli_bomb() -> bytes:
    """Quality 1 is twelve times faster than 2."""
    compressor = brotli.Compressor(quality=1, lgwin=24)
    return b"".join([*(compressor.process(bytes(10 * MEGABYTE)) for _ in range(100)), compressor.finish()])


def zstd_bomb() -> bytes:
    compressor = zstd.ZstdCompressor(1)
    return b"".join([*(compressor.compress(bytes(10 * MEGABYTE)) for _ in range(100)), compressor.flush()])
