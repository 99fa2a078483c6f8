"""Fetching as a guest who may be lied to: each hop's address is checked, everything is bounded, and each failure says what to do."""
from __future__ import annotations

import asyncio
import ssl
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from importlib.metadata import version
from urllib.parse import quote

import httpcore2
import httpx2

from agents.lifecycle import Lifecycle
from agents.poll.connect import Connecting, GuardedBackend, NobodyAnswers, Resolve, explained, resolve, until_answered
from agents.poll.decode import ACCEPTED, Decoder, too_large
from agents.sight.metrics import FETCH_DURATION, Fetching
from pipeline import address
from pipeline.feeds.safety import Network, check_address
from schemas.errors import FeedError, FetchFailed, TimedOut, UnsafeFeed

DEADLINE = 30.0  # seconds for an answer with all its redirects
LIMIT = 10_000_000  # bytes of a body, unpacked

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_MOST_HOPS = 5
_KEPT_FOR = 15.0  # seconds that an idle connection waits for the next request to its host
_MOST_KEPT = 100  # idle connections to all hosts
_MOST_PIECES = 30_000  # of a body; a server that sends it byte by byte takes all our time
_BREATH = 500  # pieces after which others have their turn: what is in the buffer already comes without a pause
_LINE_BREAKS = frozenset(b"\r\n\0")
_SHOWN = 300  # characters of an address in a message
_ASCII = "".join(map(chr, range(0x21, 0x7F)))


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer of any status, with all of its body."""

    status: int
    headers: Mapping[str, str]  # names in lower case; values in ISO 8859-1, so that a validator goes back byte for byte
    body: bytes  # unpacked
    url: str  # where it was found
    permanent_url: str | None  # where permanent redirects led, up to the first that is not; None without any
    hops: int  # redirects followed
    downgrades: int = 0  # those of them that led from https to http
    leads_to: str | None = None  # address at another host to which it redirects, where that was not to be followed


class Fetcher(Lifecycle):
    """`async with Fetcher() as fetcher: await fetcher.get(url)`: one pool of connections, HTTP/1.1 and 2, for any number of tasks.

    Sends no cookies and no referrer, heeds nothing that the environment says (proxies, certificates). The HTTP libraries refuse headers of
    more than 100 KB, 64 KB over HTTP/2.
    """

    def __init__(
        self,
        contact: str | None = None,
        allowed: Sequence[Network] = (),
        deadline: float = DEADLINE,
        limit: int = LIMIT,
        tls: ssl.SSLContext | None = None,
        resolve: Resolve = resolve,
    ) -> None:
        """`contact`: address of a page about who polls, for the User-Agent. `allowed`: networks that may be asked though not public.

        `deadline` is in seconds, `limit` in bytes. `tls`: whom to trust, if not those whom the system trusts.
        """
        self._agent = f"dyadwatch/{version('dyadwatch')}" + (f" (+{contact})" if contact else "")
        self._backend = GuardedBackend(allowed, resolve)
        self._deadline = deadline
        self._limit = limit
        self._tls = tls

    async def start(self) -> None:
        """Open the pool; connections come with the requests."""
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=self._tls or httpx2.create_ssl_context(trust_env=False),
            max_connections=None,  # a request that waits for its place would lose its deadline to others
            max_keepalive_connections=_MOST_KEPT,
            keepalive_expiry=_KEPT_FOR,
            http2=True,
            network_backend=self._backend,
        )

    async def stop(self) -> None:
        """Close all connections."""
        await self._pool.aclose()

    async def get(self, url: str, headers: Mapping[str, str] = {}, *, one_host: bool = False) -> Fetched:
        """What is at `url`, redirects followed, the same `headers` at each hop; `one_host`: but not to another host.

        Only one request unless a server redirects, a kept connection turns out to be dead, or nobody answers at port 80: then https is
        tried once.

        Raises:
            UnsafeFeed: an address on the way is not of the public web; TooLarge: the answer has more bytes than the limit.
            FetchFailed: no whole answer: unknown host, no connection, wrong certificate, damaged, endless redirects; TimedOut: too late.
        """
        began = time.perf_counter()
        try:
            fetched = await self._get(_Route(url, at=url), headers, one_host)
        except FeedError as error:
            FETCH_DURATION.labels(_ending(error)).observe(time.perf_counter() - began)
            raise
        FETCH_DURATION.labels(Fetching.ANSWERED).observe(time.perf_counter() - began)
        return fetched

    async def _get(self, route: _Route, headers: Mapping[str, str], one_host: bool) -> Fetched:
        try:
            async with asyncio.timeout(self._deadline):
                return await self._follow(route, headers, one_host)
        except FeedError as error:
            raise type(error)(f"{route}: {error}") from error
        except TimeoutError as error:
            raise TimedOut(f"{route}: no whole answer within {self._deadline:g} s; nothing can be done but to try again") from error
        except Exception as error:  # hostile bytes pass through four libraries, whose errors are not all documented
            raise FetchFailed(f"{route}: {explained(error)}") from error

    async def _follow(self, route: _Route, headers: Mapping[str, str], one_host: bool) -> Fetched:
        while True:
            try:
                status, answered, body = await self._exchange(route.target(), headers)
            except NobodyAnswers:
                if not route.secure():
                    raise
                continue
            if status not in _REDIRECTS or "location" not in answered:
                return Fetched(status, answered, body, route.at, route.permanent_url, route.hops, route.downgrades)
            here = route.at
            route.redirect(answered["location"], permanent=status in _PERMANENT)
            if one_host and address.host(route.at) != address.host(here):
                return Fetched(status, answered, b"", here, None, route.hops - 1, route.downgrades, leads_to=route.at)

    async def _exchange(self, target: httpx2.URL, headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body that one request gets."""
        url = httpcore2.URL(scheme=target.raw_scheme, host=target.raw_host, port=target.port, target=target.raw_path)
        own = {"host": target.netloc.decode(), "user-agent": self._agent, "accept": "*/*", "accept-encoding": ACCEPTED}
        sent = own | {name.lower(): value for name, value in headers.items()}
        try:
            with until_answered():
                response = await self._open(url, [(name.title().encode(), value.encode("latin-1")) for name, value in sent.items()])
            try:
                answered = _readable(response.headers)
                return response.status, answered, await self._body(response, answered)
            finally:
                await response.aclose()
        except BaseException:
            await self._drop(url.origin)
            raise

    async def _open(self, url: httpcore2.URL, headers: Sequence[tuple[bytes, bytes]]) -> httpcore2.Response:
        """The response, its body unread. Where a kept connection turns out to be dead, a new one is tried, once."""
        connecting = Connecting()
        request = httpcore2.Request("GET", url, headers=headers, extensions={"trace": connecting})
        try:
            return await self._pool.handle_async_request(request)
        except (httpcore2.NetworkError, httpcore2.ProtocolError):
            if connecting.connected:
                raise
        await self._drop(url.origin)
        return await self._pool.handle_async_request(request)

    async def _body(self, response: httpcore2.Response, headers: Mapping[str, str]) -> bytes:
        if (length := headers.get("content-length", "")).isdecimal() and int(length) > self._limit:
            raise too_large(self._limit)
        # Nobody needs the body of a redirect, and some servers say of it that it is packed when it is not.
        decoder = Decoder("" if response.status in _REDIRECTS else headers.get("content-encoding", ""), self._limit)
        pieces = 0
        async with aclosing(response.aiter_stream()) as arriving:
            async for raw in arriving:
                decoder.feed(raw)
                pieces += 1
                if pieces > _MOST_PIECES:
                    raise UnsafeFeed(f"the answer comes in more than {_MOST_PIECES:,} pieces; look whether the site offers another feed")
                if pieces % _BREATH == 0:
                    await asyncio.sleep(0)
        return decoder.finish()

    async def _drop(self, origin: httpcore2.Origin) -> None:
        """Close what is kept to a server that failed: over HTTP/2 it may go on sending what nobody reads, until nothing else gets in."""
        for connection in self._pool.connections:
            if connection.can_handle_request(origin) and connection.is_idle():
                await connection.aclose()


@dataclass(slots=True)
class _Route:
    """The way of one request: what was asked for, where it is now, and what the redirects between were like."""

    asked: str
    at: str
    seen: set[httpx2.URL] = field(default_factory=set)
    all_permanent: bool = True
    permanent_url: str | None = None
    hops: int = 0
    downgrades: int = 0

    def __str__(self) -> str:
        return self.at[:_SHOWN] if self.at == self.asked else f"{self.at[:_SHOWN]} (on the way from {self.asked[:_SHOWN]})"

    def target(self) -> httpx2.URL:
        """Where to go now, checked in the form that decides where the request goes: parsers differ on odd addresses."""
        try:
            target = httpx2.URL(self.at)
        except (httpx2.InvalidURL, ValueError) as error:
            raise UnsafeFeed(f"this is no address: {error}") from error
        check_address(str(target))
        if target in self.seen:
            raise FetchFailed("it redirects in a circle, often for want of a cookie; look for another address")
        self.seen.add(target)
        return target

    def redirect(self, location: str, *, permanent: bool) -> None:
        """Go where the header Location says."""
        if self.hops == _MOST_HOPS:
            raise FetchFailed(f"it redirects more than {_MOST_HOPS} times; look where it ends and use that address")
        here = httpx2.URL(self.at)
        try:
            there = here.join(_address(location))
        except (httpx2.InvalidURL, ValueError) as error:
            raise UnsafeFeed(f"it redirects to what is no address: {error}") from error
        self.at = str(there)
        self.hops += 1
        self.downgrades += here.scheme == "https" and there.scheme == "http"
        self.all_permanent = self.all_permanent and permanent
        if self.all_permanent:
            self.permanent_url = self.at

    def secure(self) -> bool:
        """Go on by https; False where that would not be another port."""
        here = httpx2.URL(self.at)
        if here.scheme != "http" or here.port is not None:
            return False
        self.at = str(here.copy_with(scheme="https"))
        self.all_permanent = False
        return True


def _address(location: str) -> str:
    """What a Location means: bytes outside ASCII are UTF-8, or else escaped as they are."""
    raw = location.encode("latin-1")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return quote(raw, safe=_ASCII)


def _readable(headers: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    """Repeated ones joined as RFC 9110 says; without those in which HTTP/2 lets a line break pass, for some are sent back."""
    values = defaultdict[str, list[str]](list)
    for name, value in headers:
        if _LINE_BREAKS.isdisjoint(value):
            values[name.decode("latin-1").lower()].append(value.decode("latin-1"))
    return {name: ", ".join(repeated) for name, repeated in values.items()}


def _ending(error: FeedError) -> Fetching:
    if isinstance(error, UnsafeFeed):
        return Fetching.UNSAFE
    return Fetching.TIMED_OUT if isinstance(error, TimedOut) else Fetching.FAILED
