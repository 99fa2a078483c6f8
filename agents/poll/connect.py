"""Connections to allowed addresses only: a name is resolved once, and what was checked is what is connected to."""
from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from ipaddress import ip_address
from typing import Any

import httpcore2

from pipeline.feeds.safety import Address, Network, is_public
from schemas.errors import FetchFailed, UnsafeFeed

Endpoint = tuple[Address, int]
Resolve = Callable[[str, int], Awaitable[Sequence[Endpoint]]]

_EACH_WITHIN = 5.0  # seconds for one address, so that a dead one leaves time for the next
_ADVICE = "allow its network in the settings if it is yours"
_MOST_BEFORE = 400_000  # bytes before an answer; its headers may have a quarter of them

_left: ContextVar[int | None] = ContextVar("_left", default=None)  # bytes that this task may read before its answer


class NobodyAnswers(FetchFailed):
    """The host is known, and none of its addresses takes a connection at that port."""


async def resolve(host: str, port: int) -> Sequence[Endpoint]:
    """The addresses of `host` with the port to connect to, in the order of the system's resolver.

    Raises:
        OSError: it knows no such host.
        UnicodeError: no host can be called so.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(ip_address(end[0]), int(end[1])) for *_, end in found]


@contextmanager
def until_answered() -> Iterator[None]:
    """Inside, a task that reads a lot raises FetchFailed: some servers talk and talk (`103 Early Hints`, pings), and never answer."""
    token = _left.set(_MOST_BEFORE)
    try:
        yield
    finally:
        _left.reset(token)


class _Stream(httpcore2.AsyncNetworkStream):
    """A connection whose bytes are counted where `until_answered` wants it."""

    def __init__(self, plain: httpcore2.AsyncNetworkStream) -> None:
        self._plain = plain

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = await self._plain.read(max_bytes, timeout)
        if (left := _left.get()) is not None:
            _left.set(left - len(data))
            if left < len(data):
                raise FetchFailed("the server goes on and on without an answer; nothing can be done but to try again")
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._plain.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._plain.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.AsyncNetworkStream:
        return _Stream(await self._plain.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._plain.get_extra_info(info)


class GuardedBackend(httpcore2.AsyncNetworkBackend):
    """What the connection pool connects with."""

    def __init__(self, allowed: Sequence[Network], resolve: Resolve = resolve, *, public: bool = True, advice: str = _ADVICE) -> None:
        """`allowed`: networks that may be asked besides the public ones, or where these may not be, alone. `advice`: how they are named."""
        self._allowed = allowed
        self._resolve = resolve
        self._public = public
        self._advice = advice
        self._plain = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to the first address of `host` that answers.

        Raises:
            UnsafeFeed: one of its addresses, not only the one that would be taken, may not be asked.
            NobodyAnswers: none of them answers.
            FetchFailed: the host is unknown.
        """
        endpoints = await self._endpoints(host, port)
        for address, _ in endpoints:
            if not (self._public and is_public(address)) and not any(address in network for network in self._allowed):
                kind = "no public address" if self._public else "in none of the networks that are allowed"
                raise UnsafeFeed(f"{host} leads to {address}, which is {kind}; {self._advice}")
        for address, at in endpoints:
            try:
                return _Stream(await self._plain.connect_tcp(str(address), at, _EACH_WITHIN, local_address, socket_options))
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        raise NobodyAnswers(f"nobody answers at {host}, port {port}; look whether the site is down or has moved")

    async def _endpoints(self, host: str, port: int) -> Sequence[Endpoint]:
        with suppress(ValueError):
            return [(ip_address(host), port)]
        try:
            return await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise FetchFailed(f"the host {host} is unknown; look whether its name is right") from error


class Connecting:
    """The `trace` of a request: knows whether it made a connection, and closes one whose TLS handshake is cut short; nobody else does."""

    def __init__(self) -> None:
        self.connected: httpcore2.AsyncNetworkStream | None = None

    async def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        """What the pool tells of the request."""
        if event == "connection.connect_tcp.complete":
            self.connected = info["return_value"]
        elif event == "connection.start_tls.failed" and self.connected:
            await self.connected.aclose()


def explained(error: Exception) -> str:
    """What an error of the HTTP libraries means, in words that do not show the address."""
    cause = error.args[0] if error.args else None
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"the certificate is not accepted: {cause.verify_message}; only the site can put that right"
    if isinstance(error, httpcore2.ConnectError):  # the backend has its own errors, so this is from TLS
        return f"no secure connection: {str(error) or 'the server breaks it off'}; only the site can put that right"
    return f"the server breaks off or speaks no proper HTTP ({str(error) or type(error).__name__}); nothing can be done but to try again"
