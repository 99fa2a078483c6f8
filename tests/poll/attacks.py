"""What attacks by feeds, pages and servers cost: `python -m tests.poll.attacks [NAME ...]` tells how each ends, its seconds and its memory.

Each is met by a process that has met nothing before, with the attacker in another one, so that only the defence is measured.
"""
from __future__ import annotations

import asyncio
import gzip
import json
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from ipaddress import ip_network

from agents.poll.fetch import DEADLINE, Fetcher
from pipeline.feeds.page import look
from pipeline.feeds.parse import parse
from schemas.errors import FeedError
from tests.poll.hostile import (
    MEGABYTE,
    Answer,
    Asked,
    Names,
    brotli_bomb,
    dripping,
    endlessly,
    gzip_bomb,
    response,
    saying,
    serving,
    zstd_bomb,
)

HOST = "feeds.example"
HERE = Names({HOST: [[("127.0.0.1", 0)]]})
NOW = datetime(2026, 8, 25, 12, tzinfo=UTC)
OK = b"HTTP/1.1 200 X\r\n"
SOON = 0.5  # seconds
PAGE = 2 * MEGABYTE  # as much of a page as is ever read
MORE = 8  # words of an error that are shown
_WHERE = re.compile(r"^https?://\S+(?: \(on the way from \S+\))?: ")


@dataclass(frozen=True, slots=True)
class FeedAttack:
    """A document for the parser of feeds."""

    document: Callable[[], bytes]
    ends: str

    async def meet(self, given: bytes) -> str:
        return f"parsed, {len(parse(given, None, 'https://news.example/feed', NOW).entries)} entries"


@dataclass(frozen=True, slots=True)
class PageAttack:
    """A document for the reader of pages."""

    document: Callable[[], bytes]
    ends: str

    async def meet(self, given: bytes) -> str:
        url = "https://news.example/1"
        return f"page: {look(200, {'content-type': 'text/html; charset=utf-8'}, given, url, url).kind.value}"


@dataclass(frozen=True, slots=True)
class ServerAttack:
    """A server for the fetcher, which may ask only the networks that are `allowed`."""

    answer: Callable[[], Answer]
    ends: str
    deadline: float = DEADLINE
    allowed: str | None = "127.0.0.1/32"
    host: str = "127.0.0.1"

    async def meet(self, given: bytes) -> str:
        allowed = [ip_network(self.allowed)] if self.allowed else []
        async with Fetcher(allowed=allowed, deadline=self.deadline, resolve=HERE) as fetcher:
            fetched = await fetcher.get(f"http://{self.host}:{int(given)}/")
        return f"answered {fetched.status}, {len(fetched.body)} bytes"


Attack = FeedAttack | PageAttack | ServerAttack


def rss(inside: str, before: str = "") -> bytes:
    return f'<?xml version="1.0"?>{before}<rss version="2.0"><channel><title>World</title>{inside}</channel></rss>'.encode()


def laughs() -> str:
    more = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE rss [<!ENTITY l0 "lol">{more}]>'


def packed(coding: bytes, body: bytes) -> Answer:
    return saying(body, 200, b"content-encoding: " + coding)


def redirecting(to: Callable[[Asked], bytes]) -> Answer:
    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(response(b"", 302, b"location: " + to(asked)))

    return answer


def html(part: str, head: str = "", size: int = PAGE) -> bytes:
    """A page of `size` bytes, full of `part`."""
    return f"<!DOCTYPE html><html><head>{head}</head><body>{part * (size // len(part))}".encode()[:size]


def soup() -> bytes:
    """One tag with all the attributes that a page has room for."""
    return b"<!DOCTYPE html><html><body><p " + b" ".join(b"a%d='%d'" % (n, n) for n in range(PAGE // 15)) + b">"


def json_ld(depth: int) -> str:
    return f'<script type="application/ld+json">{"[" * depth}{"]" * depth}</script>'


CHUNKED = OK + b"transfer-encoding: chunked\r\n\r\n"
TOO_LARGE = "TooLarge: the answer is larger than 10 MB"
ATTACKS: dict[str, Attack] = {
    "an entity of 100 KB, used 5,000 times": FeedAttack(
        lambda: rss(f"<item><title>{'&a;' * 5_000}</title></item>", f'<!DOCTYPE rss [<!ENTITY a "{"x" * 100_000}">]>'),
        "UnsafeFeed: it declares entities",
    ),
    "billion laughs": FeedAttack(lambda: rss("<item><title>&l9;</title></item>", laughs()), "UnsafeFeed: it declares entities"),
    "20,000 attributes on a tag": FeedAttack(
        lambda: rss("<item " + " ".join(f'a{n}="1"' for n in range(20_000)) + "/>"), "UnsafeFeed: it has a tag of more than"
    ),
    "100,000 items": FeedAttack(lambda: rss("<item><title>t</title></item>" * 100_000), "UnsafeFeed: it has more than 10,000 entries"),
    "elements nested 100,000 deep": FeedAttack(lambda: rss("<a>" * 100_000), "UnsafeFeed: its elements are nested"),
    "10 MB of tags": FeedAttack(lambda: rss("<skipHours></a>" * (10 * MEGABYTE // 15)), "UnsafeFeed: it has more than 100,000 tags"),
    "10 MB of namespaces": FeedAttack(
        lambda: rss("".join(f"<x{n}:a xmlns:x{n}='u{n}'/>" for n in range(300_000))), "UnsafeFeed: it has more than 200 namespaces"
    ),
    "10 MB of character references": FeedAttack(
        lambda: rss(f"<item><title>{'&#1234;' * (10 * MEGABYTE // 7)}"), "UnsafeFeed: it has more than 500,000 references"
    ),
    "10 MB of '<' signs": FeedAttack(lambda: rss("<" * 10 * MEGABYTE), "UnsafeFeed: it is no XML"),
    "10 MB of blanks before the root": FeedAttack(lambda: b"<!-- -->" + b" " * 10 * MEGABYTE + b"x", "NoFeed: this is no feed"),
    "JSON nested 100,000 deep": FeedAttack(lambda: b'{"items": ' + b"[" * 100_000, "UnsafeFeed: its objects are nested"),
    "10 MB of JSON objects": FeedAttack(lambda: b'{"items": [' + b"{}," * 3_300_000 + b"0]}", "UnsafeFeed: it has more than 500,000 parts"),
    "8 MB in 1,000 items, no attack": FeedAttack(
        lambda: rss(f"<item><title>t</title><description>{'x' * 8_000}</description></item>" * 1_000 + "</channel></rss>"), "parsed"
    ),
    "a gzip bomb of 1 GB": ServerAttack(lambda: packed(b"gzip", gzip_bomb()), TOO_LARGE),
    "a brotli bomb of 1 GB": ServerAttack(lambda: packed(b"br", brotli_bomb()), TOO_LARGE),
    "a zstd bomb of 1 GB": ServerAttack(lambda: packed(b"zstd", zstd_bomb()), TOO_LARGE),
    "11 MB unpacked": ServerAttack(lambda: packed(b"gzip", gzip.compress(b"<item/>" * (11 * MEGABYTE // 7))), TOO_LARGE),
    "a body without end": ServerAttack(lambda: endlessly(OK + b"\r\n", b"<item/>" * 9_000), TOO_LARGE),
    "chunks of a byte without end": ServerAttack(
        lambda: endlessly(CHUNKED, b"1\r\ny\r\n" * 1_000), "UnsafeFeed: the answer comes in more than 30,000 pieces"
    ),
    "103 Early Hints without end": ServerAttack(
        lambda: endlessly(b"", b"HTTP/1.1 103 X\r\n\r\n" * 1_000), "FetchFailed: the server goes on and on without an answer"
    ),
    "headers without end": ServerAttack(lambda: endlessly(OK, b"x: y\r\n" * 1_000), "FetchFailed: the server breaks off"),
    "a drip without end, deadline 0.5 s": ServerAttack(lambda: dripping(OK + b"\r\n", b"y"), "TimedOut: no whole answer within 0.5", SOON),
    "a redirect to itself": ServerAttack(lambda: redirecting(lambda _: b"/"), "FetchFailed: it redirects in a circle"),
    "redirects without end": ServerAttack(
        lambda: redirecting(lambda asked: asked.target + b"x"), "FetchFailed: it redirects more than 5 times"
    ),
    "a redirect to 127.0.0.2": ServerAttack(lambda: redirecting(lambda _: b"http://127.0.0.2/"), "UnsafeFeed: 127.0.0.2 leads to"),
    "a redirect to ::ffff:127.0.0.1": ServerAttack(lambda: redirecting(lambda _: b"http://[::ffff:127.0.0.1]/"), "UnsafeFeed: ::ffff:"),
    "a redirect to 169.254.169.254": ServerAttack(lambda: redirecting(lambda _: b"http://169.254.169.254/"), "UnsafeFeed: 169.254."),
    "a name that leads to 127.0.0.1": ServerAttack(
        lambda: saying(b"secret"), "UnsafeFeed: feeds.example leads to 127.0.0.1", allowed=None, host=HOST
    ),
    "a page of nested <div>": PageAttack(lambda: html("<div>"), "page: ok"),
    "a page of <a href>": PageAttack(lambda: html("<a href='/x'>"), "page: ok"),
    "a page of <p>": PageAttack(lambda: html("<p>"), "page: ok"),
    "a page of attributes on one tag": PageAttack(soup, "page: ok"),
    "a page of '<' signs": PageAttack(lambda: html("<"), "page: ok"),
    "a page of comments that are not closed": PageAttack(lambda: html("<!--"), "page: ok"),
    "a page of blanks where a type should be": PageAttack(lambda: html(" ", '<script>"@type":', MEGABYTE), "page: empty"),
    "JSON-LD nested 100,000 deep": PageAttack(lambda: html("<p>Hello.", json_ld(100_000), 250_000), "page: empty"),
}


@dataclass(frozen=True, slots=True)
class Cost:
    """How it ended, and what that took: seconds, those of them at work, megabytes at the peak."""

    outcome: str
    seconds: float
    working: float
    megabytes: float


async def outcome(attack: Attack, given: bytes) -> str:
    """`attack` met; `given`: its document, or the port of its server."""
    try:
        return await attack.meet(given)
    except FeedError as error:
        return f"{type(error).__name__}: {_WHERE.sub('', str(error))}"


def measured(name: str) -> Cost:
    """What a process of its own says."""
    done = subprocess.run([sys.executable, "-m", __spec__.name, "--meet", name], stdout=subprocess.PIPE, check=True)
    return Cost(**json.loads(done.stdout))


def meet(name: str) -> Cost:
    """Here and now, with the attacker in another process; without a name nothing but the imports."""
    ended, seconds, working = "nothing", 0.0, 0.0
    if name:
        attack = ATTACKS[name]
        command = [sys.executable, "-m", __spec__.name, "--attack", name]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as attacker:
            assert attacker.stdout
            given = attacker.stdout.readline() if isinstance(attack, ServerAttack) else attacker.stdout.read()
            started = time.perf_counter(), time.process_time()
            ended = asyncio.run(outcome(attack, given))
            seconds, working = time.perf_counter() - started[0], time.process_time() - started[1]
            attacker.kill()
    unit = 1 if sys.platform == "darwin" else 1024  # bytes
    return Cost(ended, seconds, working, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / MEGABYTE)


def attack(name: str) -> None:
    """The attacker: tells its document, or the port that it serves at until its input ends."""
    told = ATTACKS[name]

    async def serve(answer: Answer) -> None:
        async with serving(answer) as server:
            print(server.port, flush=True)
            await asyncio.to_thread(sys.stdin.read)

    if isinstance(told, ServerAttack):
        asyncio.run(serve(told.answer()))
    else:
        with suppress(BrokenPipeError):
            sys.stdout.buffer.write(told.document())


def main(*names: str) -> None:
    costs = {name: measured(name) for name in ("", *(names or ATTACKS))}
    from rich.console import Console  # behind the measurements: a process counts its parent's memory as its own
    from rich.table import Table

    idle = costs.pop("").megabytes
    table = Table("attack", "outcome", "seconds", "at work", "MB")
    for column in table.columns[2:]:
        column.justify = "right"
    for name, cost in costs.items():
        figures = f"{cost.seconds:.2f}", f"{cost.working:.2f}", f"{cost.megabytes - idle:.0f}"
        table.add_row(name, " ".join(cost.outcome.split()[:MORE]), *figures)
    Console(width=None if sys.stdout.isatty() else 140).print(table)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--meet"]:
        print(json.dumps(asdict(meet(sys.argv[2]))))
    elif sys.argv[1:2] == ["--attack"]:
        attack(sys.argv[2])
    else:
        main(*sys.argv[1:])
