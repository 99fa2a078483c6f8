"""Fetching from servers on loopback: what is sent, what comes back, and that no attack ends in anything but an error of ours."""
from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from importlib.metadata import version
from ipaddress import ip_address, ip_network
from itertools import count, repeat
from pathlib import Path

import pytest
import trustme

from agents.poll.connect import Endpoint, Resolve, resolve
from agents.poll.fetch import Fetched, Fetcher
from schemas.errors import FeedError, FetchFailed, UnsafeFeed
from tests.poll.hostile import (
    MEGABYTE,
    ZEROS,
    Answer,
    Asked,
    Http2,
    Names,
    Peer,
    Server,
    bombs,
    dripping,
    endlessly,
    headers_without_end,
    http1,
    listening,
    pings_without_end,
    raw,
    response,
    saying,
    serving,
    silent,
)

LOOPBACK = (ip_network("127.0.0.0/8"),)
HOST = "feeds.example"
HERE = Names({HOST: [[("127.0.0.1", 0)]]})
ODD = bytes(range(0x21, 0x7F)) + b" " + bytes(range(0x80, 0x100))  # whatever a header's value may hold
EVER = 60.0  # seconds; a test that waits so long has failed
SOON = 0.5


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def trusted(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def certified(authority: trustme.CA, host: str = HOST, *protocols: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(host).configure_cert(context)
    context.set_alpn_protocols(protocols or ["http/1.1"])
    return context


def fetcher(trusted: ssl.SSLContext | None = None, *, deadline: float = EVER, limit: int = MEGABYTE, names: Resolve = HERE) -> Fetcher:
    return Fetcher("https://news.example/bot", LOOPBACK, deadline, limit, trusted, names)


@pytest.fixture
async def fetch(trusted: ssl.SSLContext) -> AsyncIterator[Fetcher]:
    async with fetcher(trusted) as fetch:
        yield fetch


def redirecting(status: int, to: Callable[[Asked], str], *headers: bytes) -> Answer:
    """Sends everybody on."""

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(response(b"", status, b"location: " + to(asked).encode(), *headers))

    return answer


# What is sent


async def test_a_request_has_these_headers_and_no_others(fetch: Fetcher) -> None:
    async with serving(saying()) as server:
        await fetch.get(server.url("/feed?a=%20b&c="))
    assert server.asked == [
        Asked(
            b"/feed?a=%20b&c=",
            {
                b"Host": b"127.0.0.1:%d" % server.port,
                b"User-Agent": f"dyadwatch/{version('dyadwatch')} (+https://news.example/bot)".encode(),
                b"Accept": b"*/*",
                b"Accept-Encoding": b"gzip, deflate, br, zstd",
            },
        )
    ]


@pytest.mark.parametrize("speech", ["HTTP/1.1", "HTTP/2"])
async def test_validators_go_back_byte_for_byte(speech: str, authority: trustme.CA, trusted: ssl.SSLContext) -> None:
    given = [(b"etag", b'W/"' + ODD + b'"'), (b"last-modified", b"yesterday, " + ODD)]
    peer: Peer = Http2(given) if speech == "HTTP/2" else http1(saying(b"", 200, *(b"%b: %b" % pair for pair in given)))
    tls = certified(authority, HOST, *(["h2"] if speech == "HTTP/2" else []))
    async with fetcher(trusted) as fetch, listening(peer, tls) as server:
        url = server.url(host=HOST, scheme="https")
        first = await fetch.get(url)
        await fetch.get(url, {"If-None-Match": first.headers["etag"], "If-Modified-Since": first.headers["last-modified"]})
    sent = {name.lower(): value for name, value in server.asked[1].headers.items()}
    assert (sent[b"if-none-match"], sent[b"if-modified-since"]) == (given[0][1], given[1][1])


async def test_a_cookie_is_never_sent_back(fetch: Fetcher) -> None:
    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        on = [b"location: /there"] if asked.target == b"/" else []
        writer.write(response(b"", 302 if on else 200, b"set-cookie: a=1; path=/", b"set-cookie: b=2; max-age=999", *on))

    async with serving(answer) as server:
        await fetch.get(server.url())
        await fetch.get(server.url())
    assert [asked.target for asked in server.asked] == [b"/", b"/there"] * 2
    assert {name for asked in server.asked for name in asked.headers} == {b"Host", b"User-Agent", b"Accept", b"Accept-Encoding"}


# What comes back


async def test_an_answer_comes_whole_with_the_names_of_its_headers_in_lower_case(fetch: Fetcher) -> None:
    body = gzip.compress(b"<rss/>")
    async with serving(saying(body, 404, b"Content-Encoding: gzip", b"X-A: 1", b"x-a: 2")) as server:
        fetched = await fetch.get(server.url())
    headers = {"content-length": str(len(body)), "content-encoding": "gzip", "x-a": "1, 2"}
    assert fetched == Fetched(404, headers, b"<rss/>", server.url(), None, 0)


async def test_not_modified_has_no_body(fetch: Fetcher) -> None:
    async with serving(raw(b'HTTP/1.1 304 X\r\netag: "1"\r\ncontent-encoding: gzip\r\ncontent-length: 9\r\n\r\n')) as server:
        fetched = [await fetch.get(server.url()), await fetch.get(server.url())]
    assert [(one.status, one.body) for one in fetched] == [(304, b"")] * 2


async def test_an_answer_that_ends_with_its_connection_is_whole(fetch: Fetcher) -> None:
    async with serving(raw(b"HTTP/1.0 200 X\r\n\r\n<rss/>", then_close=True)) as server:
        assert (await fetch.get(server.url())).body == b"<rss/>"


@pytest.mark.parametrize("speech", ["HTTP/1.1", "HTTP/2"])
async def test_a_connection_is_used_again(speech: str, authority: trustme.CA, trusted: ssl.SSLContext) -> None:
    peer: Peer = Http2((), lambda: iter([b"a"])) if speech == "HTTP/2" else http1(saying(b"a"))
    tls = certified(authority, HOST, *(["h2"] if speech == "HTTP/2" else []))
    async with fetcher(trusted) as fetch, listening(peer, tls) as server:
        for _ in range(3):
            assert (await fetch.get(server.url(host=HOST, scheme="https"))).body == b"a"
    assert (len(server.asked), server.connections) == (3, 1)


async def one_answer_a_connection(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    for answer in (response(b"a"), b""):
        await reader.readuntil(b"\r\n\r\n")
        server.asked.append(Asked(b"", {}))
        writer.write(answer)


SPENT: dict[str, tuple[Peer, str]] = {
    "HTTP/1.1": (one_answer_a_connection, "http/1.1"),
    "HTTP/2, closed": (Http2((), lambda: iter([b"a"]), 1, "hangs up"), "h2"),
    "HTTP/2, open but refusing": (Http2((), lambda: iter([b"a"]), 1, "resets"), "h2"),
}


@pytest.mark.parametrize("spent", SPENT)
async def test_a_kept_connection_that_is_spent_is_replaced_once(spent: str, authority: trustme.CA, trusted: ssl.SSLContext) -> None:
    peer, protocol = SPENT[spent]
    async with fetcher(trusted) as fetch, listening(peer, certified(authority, HOST, protocol)) as server:
        for _ in range(3):
            assert (await fetch.get(server.url(host=HOST, scheme="https"))).body == b"a"
    assert (len(server.asked), server.connections) == (5, 3)


async def test_a_new_connection_that_breaks_off_is_not_tried_again(fetch: Fetcher) -> None:
    async with serving(raw(b"", then_close=True)) as server:
        with pytest.raises(FetchFailed, match="breaks off"):
            await fetch.get(server.url())
    assert server.connections == 1


# Redirects


@pytest.mark.parametrize(
    ("statuses", "permanent"),
    [
        ([], None),
        ([301], "/1"),
        ([308, 301], "/2"),
        ([301, 302], "/1"),
        ([302, 301], None),
        ([301, 307, 301], "/1"),
        ([303], None),
        ([301] * 5, "/5"),
    ],
)
async def test_a_permanent_address_is_where_permanent_redirects_lead_from_the_start(
    fetch: Fetcher, statuses: list[int], permanent: str | None
) -> None:
    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        hop = int(asked.target[1:])
        writer.write(response(b"", statuses[hop], b"location: /%d" % (hop + 1)) if hop < len(statuses) else response(b"end"))

    async with serving(answer) as server:
        fetched = await fetch.get(server.url("/0"), {"If-None-Match": '"1"'})
    expected = server.url(permanent) if permanent else None
    assert (fetched.body, fetched.url, fetched.permanent_url) == (b"end", server.url(f"/{len(statuses)}"), expected)
    assert (fetched.hops, server.connections) == (len(statuses), 1)
    assert all(asked.headers[b"If-None-Match"] == b'"1"' for asked in server.asked)


@pytest.mark.parametrize(
    ("location", "target"),
    [
        (b"there?a=1", b"/feeds/there?a=1"),
        ("/новости".encode(), b"/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8"),
        ("/новости".encode("cp1251"), b"/%ED%EE%E2%EE%F1%F2%E8"),
        (b"/a b", b"/a%20b"),
        (b"?b=2", b"/feeds/start?b=2"),
    ],
    ids=["relative", "UTF-8", "another charset", "a blank", "only a query"],
)
async def test_a_redirect_leads_where_a_browser_would_go(fetch: Fetcher, location: bytes, target: bytes) -> None:
    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(response(b"", 302, b"location: " + location) if asked.target == b"/feeds/start" else response())

    async with serving(answer) as server:
        await fetch.get(server.url("/feeds/start"))
    assert server.asked[-1].target == target


async def test_a_redirect_to_a_host_in_its_own_letters_is_followed() -> None:
    ours = "xn--b1amnebsh.example"
    async with AsyncExitStack() as stack:
        fetch = await stack.enter_async_context(fetcher(names=Names({ours: [[("127.0.0.1", 0)]]})))
        new = await stack.enter_async_context(serving(saying(b"a")))
        old = await stack.enter_async_context(serving(redirecting(302, lambda _: new.url(host="новости.example"))))
        assert (await fetch.get(old.url())).url == new.url(host=ours)


async def test_a_redirect_without_a_location_is_an_answer(fetch: Fetcher) -> None:
    async with serving(saying(b"moved", 301)) as server:
        fetched = await fetch.get(server.url())
    assert (fetched.status, fetched.hops) == (301, 0)


async def test_what_a_redirect_says_of_its_own_body_does_not_matter(fetch: Fetcher) -> None:
    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(response(b"moved", 301, b"content-encoding: gzip", b"location: /there") if asked.target == b"/" else response())

    async with serving(answer) as server:
        assert (await fetch.get(server.url())).status == 200


async def test_going_from_https_to_http_is_counted(authority: trustme.CA, trusted: ssl.SSLContext) -> None:
    async with AsyncExitStack() as stack:
        fetch = await stack.enter_async_context(fetcher(trusted))
        plain = await stack.enter_async_context(serving(saying(b"a")))
        secure = await stack.enter_async_context(serving(redirecting(302, lambda _: plain.url()), certified(authority)))
        fetched = await fetch.get(secure.url(host=HOST, scheme="https"))
    assert (fetched.body, fetched.hops, fetched.downgrades) == (b"a", 1, 1)


@pytest.mark.parametrize(
    ("onward", "reason"),
    [(lambda _: "/", "in a circle"), (lambda asked: f"{asked.target.decode()}x", "more than 5 times")],
    ids=["to itself", "ever on"],
)
async def test_redirects_without_end_are_given_up(fetch: Fetcher, onward: Callable[[Asked], str], reason: str) -> None:
    async with serving(redirecting(301, onward)) as server:
        with pytest.raises(FetchFailed, match=reason):
            await fetch.get(server.url())
    assert len(server.asked) <= 6


# Addresses


@pytest.mark.parametrize(
    "to",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[fe80::1%25eth0]/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "http://127.0.0.1:22/",
        "http://me:secret@127.0.0.1/",
        "http://[::1",
        "http://a.example:99999/",
    ],
)
async def test_a_redirect_to_what_is_not_of_the_public_web_is_refused(fetch: Fetcher, to: str) -> None:
    async with serving(redirecting(301, lambda _: to)) as server, serving(saying(b"good")) as other:
        with pytest.raises(UnsafeFeed):
            await fetch.get(server.url())
        assert (await fetch.get(other.url())).body == b"good"


async def test_loopback_is_refused_unless_the_operator_allows_it() -> None:
    async with Fetcher(resolve=HERE) as fetch, serving(saying()) as server:
        for host in ("127.0.0.1", HOST):
            with pytest.raises(UnsafeFeed, match=r"127\.0\.0\.1, which is no public address; allow its network"):
                await fetch.get(server.url(host=host))
    assert server.connections == 0


@pytest.mark.parametrize("numbers", ["2130706433", "0x7f.1", "127.1", "0177.0.0.1"])
async def test_loopback_in_old_spellings_is_refused(numbers: str) -> None:
    async with Fetcher() as fetch:
        with pytest.raises(UnsafeFeed):
            await fetch.get(f"http://{numbers}:8080/")


async def test_one_address_that_is_not_public_condemns_its_host() -> None:
    names = Names({HOST: [[("127.0.0.1", 0), ("10.0.0.1", 0)]]})
    async with fetcher(names=names) as fetch, serving(saying()) as server:
        with pytest.raises(UnsafeFeed, match=r"feeds\.example leads to 10\.0\.0\.1"):
            await fetch.get(server.url(host=HOST))
    assert server.connections == 0


async def test_a_name_is_resolved_once_for_a_connection_and_a_rebound_one_is_refused() -> None:
    names = Names({HOST: [[("127.0.0.1", 0)], [("169.254.169.254", 0)]]})
    async with fetcher(names=names) as fetch, serving(saying(b"a", 200, b"connection: close")) as server:
        assert (await fetch.get(server.url(host=HOST))).body == b"a"
        assert names.asked == [HOST]
        with pytest.raises(UnsafeFeed, match=r"169\.254\.169\.254"):
            await fetch.get(server.url(host=HOST))
    assert (names.asked, server.connections) == ([HOST, HOST], 1)


async def test_a_dead_address_does_not_hide_the_next() -> None:
    async with serving(saying(b"a")) as server:
        names = Names({HOST: [[("127.0.0.1", unused_port()), ("127.0.0.1", server.port)]]})
        async with fetcher(names=names) as fetch:
            assert (await fetch.get(f"http://{HOST}/")).body == b"a"


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Ports:
    """A name server whose hosts have one address, and a dead port for each that is not given."""

    given: Mapping[int, int] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)

    async def __call__(self, _: str, port: int) -> Sequence[Endpoint]:
        self.asked.append(port)
        return [(ip_address("127.0.0.1"), self.given.get(port) or unused_port())]


async def test_where_nobody_answers_at_port_80_https_is_tried(authority: trustme.CA, trusted: ssl.SSLContext) -> None:
    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(response(b"", 301, b"location: /new?a=1") if asked.target == b"/old?a=1" else response(b"a"))

    async with serving(answer, certified(authority)) as server, fetcher(trusted, names=Ports({443: server.port})) as fetch:
        fetched = await fetch.get(f"http://{HOST}/new?a=1")
        assert (fetched.body, fetched.url, fetched.hops) == (b"a", f"https://{HOST}/new?a=1", 0)
        moved = await fetch.get(f"http://{HOST}/old?a=1")
        assert (moved.url, moved.permanent_url, moved.hops) == (f"https://{HOST}/new?a=1", None, 1)  # nobody said that https is for good


@pytest.mark.parametrize(
    ("url", "asked"),
    [(f"http://{HOST}/", [80, 443]), (f"https://{HOST}/", [443]), (f"http://{HOST}:8080/", [8080])],
)
async def test_a_host_where_nobody_answers_is_named(url: str, asked: list[int]) -> None:
    ports = Ports()
    async with fetcher(names=ports) as fetch:
        with pytest.raises(FetchFailed, match=rf"nobody answers at feeds\.example, port {asked[-1]}"):
            await fetch.get(url)
    assert ports.asked == asked


async def test_a_host_that_does_not_exist_is_named(fetch: Fetcher) -> None:
    with pytest.raises(FetchFailed, match=r"http://nowhere\.example/: the host nowhere\.example is unknown"):
        await fetch.get("http://nowhere.example/")


@pytest.mark.parametrize("url", [f"http://{'a' * 64}.example/", "http://.example/"])
async def test_a_host_that_cannot_exist_is_named(url: str) -> None:
    async with Fetcher() as fetch:
        with pytest.raises(FetchFailed, match="is unknown"):
            await fetch.get(url)


@pytest.mark.parametrize("url", ["", "feeds.example", "ftp://feeds.example/", "http://\ud800.example/", "http://a.example/\ud800", "http://\0/"])
async def test_what_is_no_address_is_refused(fetch: Fetcher, url: str) -> None:
    with pytest.raises(UnsafeFeed):
        await fetch.get(url)


async def test_the_system_s_resolver_is_asked() -> None:
    assert {(str(address), port) for address, port in await resolve("localhost", 8080)} & {("127.0.0.1", 8080), ("::1", 8080)}
    with pytest.raises(UnicodeError):
        await resolve("a" * 64, 80)


# Attacks: each ends in its error, and the same fetcher goes on


SLOW: dict[str, Answer] = {
    "says nothing": silent,
    "drips its headers": dripping(b"HTTP/1.1 200 X\r\nx: ", b"y"),
    "drips its body": dripping(b"HTTP/1.1 200 X\r\ncontent-length: 1000000\r\n\r\n", b"y"),
    "drips its chunks": dripping(b"HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n", b"1\r\ny\r\n"),
    "is always about to answer": dripping(b"", b"HTTP/1.1 103 X\r\n\r\n"),
}


@pytest.mark.parametrize("attack", SLOW)
async def test_a_server_that_takes_too_long_is_left(attack: str) -> None:
    async with fetcher(deadline=SOON) as fetch, serving(SLOW[attack]) as server, serving(saying(b"good")) as other:
        with pytest.raises(FetchFailed, match=r"no whole answer within 0\.5 s"):
            await fetch.get(server.url())
        assert (await fetch.get(other.url())).body == b"good"


async def test_the_deadline_is_for_all_hops_together() -> None:
    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(SOON / 4)
        writer.write(response(b"", 302, b"location: " + asked.target + b"x"))

    async with fetcher(deadline=SOON) as fetch, serving(answer) as server:
        with pytest.raises(FetchFailed, match="no whole answer"):
            await fetch.get(server.url())
    assert len(server.asked) > 1


async def test_a_handshake_that_never_ends_is_left_and_its_connection_closed(trusted: ssl.SSLContext) -> None:
    closed = asyncio.Event()

    async def peer(_: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()  # to the end
        closed.set()

    async with fetcher(trusted, deadline=SOON) as fetch, listening(peer) as server, serving(saying(b"good")) as other:
        with pytest.raises(FetchFailed, match="no whole answer"):
            await fetch.get(server.url(host=HOST, scheme="https"))
        assert (await fetch.get(other.url())).body == b"good"
        async with asyncio.timeout(EVER):
            await closed.wait()


async def test_a_name_server_that_never_answers_is_left() -> None:
    async with fetcher(deadline=SOON, names=silent) as fetch, serving(saying(b"good")) as other:
        with pytest.raises(FetchFailed, match="no whole answer"):
            await fetch.get(f"http://{HOST}/")
        assert (await fetch.get(other.url())).body == b"good"


OK = b"HTTP/1.1 200 X\r\n"
LARGE: dict[str, Answer] = {
    "body without end": endlessly(OK + b"\r\n", ZEROS),
    "chunks without end": endlessly(OK + b"transfer-encoding: chunked\r\n\r\n", b"10000\r\n" + ZEROS + b"\r\n"),
    "body of a length said beforehand": raw(OK + b"content-length: 1000001\r\n\r\n"),
    "redirect's body": endlessly(b"HTTP/1.1 302 X\r\nlocation: /\r\n\r\n", ZEROS),
}


@pytest.mark.parametrize("attack", LARGE)
async def test_a_body_that_is_too_large_is_refused(fetch: Fetcher, attack: str) -> None:
    async with serving(LARGE[attack]) as server, serving(saying(b"good")) as other:
        with pytest.raises(UnsafeFeed, match="larger than 1 MB"):
            await fetch.get(server.url())
        assert (await fetch.get(other.url())).body == b"good"


@pytest.mark.parametrize("piece", [b"1\r\ny\r\n", b"2\r\nyy\r\n"], ids=["of a byte", "of two"])
async def test_a_body_in_crumbs_is_refused(fetch: Fetcher, piece: bytes) -> None:
    async with serving(endlessly(OK + b"transfer-encoding: chunked\r\n\r\n", piece * 1000)) as server, serving(saying(b"good")) as other:
        with pytest.raises(UnsafeFeed, match="more than 30,000 pieces"):
            await fetch.get(server.url())
        assert (await fetch.get(other.url())).body == b"good"


async def test_a_body_that_just_fits_is_taken(fetch: Fetcher) -> None:
    async with serving(saying(bytes(MEGABYTE))) as server:
        assert (await fetch.get(server.url())).body == bytes(MEGABYTE)


async def test_a_bomb_is_refused(fetch: Fetcher) -> None:
    for coding, bomb in bombs().items():
        async with serving(saying(bomb, 200, b"content-encoding: " + coding.encode())) as server, serving(saying(b"good")) as other:
            with pytest.raises(UnsafeFeed, match="larger than 1 MB"):
                await fetch.get(server.url())
            assert (await fetch.get(other.url())).body == b"good"


BROKEN: dict[str, Answer] = {
    "headers without end": endlessly(OK, b"".join(b"x-%d: y\r\n" % n for n in range(1000))),
    "one header without end": endlessly(OK + b"x: ", ZEROS.replace(b"\0", b"y")),
    "a first line without end": endlessly(b"HTTP/1.1 200 ", ZEROS.replace(b"\0", b"y")),
    "the length of a chunk without end": endlessly(OK + b"transfer-encoding: chunked\r\n\r\n1;", ZEROS.replace(b"\0", b"y")),
    "early answers without end": endlessly(b"", b"HTTP/1.1 103 X\r\n\r\n" * 1000),
    "trailers without end": endlessly(OK + b"transfer-encoding: chunked\r\n\r\n0\r\n", b"x: y\r\n" * 1000),
    "no HTTP": raw(b"220 mail.example ESMTP\r\n\r\n"),
    "no answer": raw(b"", then_close=True),
    "half a body": raw(OK + b"content-length: 10\r\n\r\nhalf", then_close=True),
    "half a chunk": raw(OK + b"transfer-encoding: chunked\r\n\r\na\r\nhalf", then_close=True),
    "two lengths": raw(OK + b"content-length: 1\r\ncontent-length: 2\r\n\r\naa"),
    "a body that is not packed as it says": raw(response(b"<rss/>", 200, b"content-encoding: gzip")),
    "half of a packed body": raw(response(gzip.compress(b"<rss/>")[:-4], 200, b"content-encoding: gzip")),
    "another protocol": raw(b"HTTP/1.1 101 X\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n"),
}


@pytest.mark.parametrize("attack", BROKEN)
async def test_a_server_that_breaks_the_rules_is_an_error_of_ours(fetch: Fetcher, attack: str) -> None:
    async with serving(BROKEN[attack]) as server, serving(saying(b"good")) as other:
        with pytest.raises(FetchFailed, match="try again"):
            await fetch.get(server.url())
        assert (await fetch.get(other.url())).body == b"good"


async def test_a_certificate_of_another_host_is_refused(authority: trustme.CA, trusted: ssl.SSLContext) -> None:
    async with fetcher(trusted) as fetch, serving(saying(), certified(authority, "other.example")) as server:
        with pytest.raises(FetchFailed, match=r"the certificate is not accepted: .*feeds\.example"):
            await fetch.get(server.url(host=HOST, scheme="https"))
    assert server.asked == []


async def test_a_certificate_that_nobody_vouches_for_is_refused(trusted: ssl.SSLContext) -> None:
    async with fetcher(trusted) as fetch, serving(saying(), certified(trustme.CA())) as server:
        with pytest.raises(FetchFailed, match="the certificate is not accepted"):
            await fetch.get(server.url(host=HOST, scheme="https"))
    assert server.asked == []


async def test_the_environment_says_neither_whom_to_trust_nor_whom_to_ask(
    authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(variable, f"http://127.0.0.1:{unused_port()}")
    async with fetcher() as fetch, serving(saying(), certified(authority)) as secure, serving(saying(b"a")) as plain:
        with pytest.raises(FetchFailed, match="the certificate is not accepted"):
            await fetch.get(secure.url(host=HOST, scheme="https"))
        assert (await fetch.get(plain.url())).body == b"a"


@pytest.mark.parametrize("greeting", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b""], ids=["plain HTTP", "nothing"])
async def test_a_server_without_tls_is_told(trusted: ssl.SSLContext, greeting: bytes) -> None:
    async def peer(_: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(greeting)
        await writer.drain()

    async with fetcher(trusted) as fetch, listening(peer) as server:
        with pytest.raises(FetchFailed, match="no secure connection"):
            await fetch.get(server.url(host=HOST, scheme="https"))


FRAMES: dict[str, tuple[Peer, type[FeedError]]] = {
    "body without end": (Http2((), lambda: repeat(bytes(16_384))), UnsafeFeed),
    "headers without end": (headers_without_end, FetchFailed),
    "pings without end": (pings_without_end, FetchFailed),
    "too many headers": (Http2([(b"x-%d" % n, b"y" * 1000) for n in range(100)]), FetchFailed),
    "a body that is not packed as it says": (Http2([(b"content-encoding", b"br")], lambda: iter([b"<rss/>" * 9])), FetchFailed),
    "a length that is no number": (Http2([(b"content-length", b"9" * 5000)]), FetchFailed),
    "a status that is no number": (Http2([(b":status", b"abc")]), FetchFailed),
}


@pytest.mark.parametrize("attack", FRAMES)
async def test_attacks_over_http_2_end_the_same_way(attack: str, authority: trustme.CA, trusted: ssl.SSLContext) -> None:
    peer, kind = FRAMES[attack]
    async with AsyncExitStack() as stack:
        fetch = await stack.enter_async_context(fetcher(trusted))
        server = await stack.enter_async_context(listening(peer, certified(authority, HOST, "h2")))
        other = await stack.enter_async_context(listening(Http2((), lambda: iter([b"good"])), certified(authority, HOST, "h2")))
        for _ in range(2):
            with pytest.raises(kind):
                await fetch.get(server.url(host=HOST, scheme="https"))
        assert server.connections == 2  # what the server may still send does not get in the way
        assert (await fetch.get(other.url(host=HOST, scheme="https"))).body == b"good"


async def test_a_header_with_a_line_break_is_dropped(authority: trustme.CA, trusted: ssl.SSLContext) -> None:
    peer = Http2([(b"etag", b'"a"\r\nx-evil: 1'), (b"last-modified", b"today")])
    async with fetcher(trusted) as fetch, listening(peer, certified(authority, HOST, "h2")) as server:
        assert (await fetch.get(server.url(host=HOST, scheme="https"))).headers == {"last-modified": "today"}


async def test_many_fetch_at_once_with_attackers_among_them() -> None:
    numbers = count()

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        if next(numbers) % 3 == 0:
            await silent()
        writer.write(response(asked.target))

    async with fetcher(deadline=3 * SOON) as fetch, serving(answer) as server:
        ends = await asyncio.gather(*(fetch.get(server.url(f"/{n}")) for n in range(30)), return_exceptions=True)
        good = [(n, end.body) for n, end in enumerate(ends) if isinstance(end, Fetched)]
    assert [body for _, body in good] == [b"/%d" % n for n, _ in good]
    assert (len(good), sum(isinstance(end, FetchFailed) for end in ends)) == (20, 10)
