"""robots.txt as RFC 9309 wants it obeyed, on hosts that stand in for the web, on a loop whose clock jumps to what it waits for."""
from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from agents.poll.fetch import Fetched, Fetcher
from agents.poll.hosts import Lanes
from agents.poll.robots import MOST_KEPT, MOST_RULES, Robots
from schemas.errors import FeedError, FetchFailed, TimedOut, TooLarge, UnsafeFeed
from tests.poll.test_hosts import Log, now, run

HOST = "https://news.example"
HOUR = timedelta(hours=1)


@dataclass
class Web:
    """Stands in for the fetcher: the same robots.txt everywhere, or an error; remembers what it was asked."""

    answer: bytes | FeedError = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    takes: float = 0.0
    asked: list[str] = field(default_factory=list)

    async def get(self, url: str, headers: Mapping[str, str] = {}, *, one_host: bool = False) -> Fetched:
        assert not headers and not one_host
        self.asked.append(url)
        await asyncio.sleep(self.takes)
        if isinstance(self.answer, FeedError):
            raise self.answer
        return Fetched(self.status, self.headers, self.answer, url, None, 0)


@dataclass
class Clock:
    time: datetime = datetime(2026, 11, 26, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time


Scenario = Callable[[Robots], Coroutine[None, None, None]]


def on(web: Web, scenario: Scenario, clock: Clock | None = None) -> None:
    async def started(lanes: Lanes) -> None:
        await scenario(Robots(cast(Fetcher, web), lanes, clock or Clock()))

    run(started)


def allowed(web: Web, path: str) -> bool:
    answers: list[bool] = []

    async def scenario(robots: Robots) -> None:
        answers.append(await robots.allows(HOST + path))

    on(web, scenario)
    return answers[0]


@pytest.mark.parametrize(
    ("rules", "path", "expected"),
    [
        ("Disallow: /a", "/a", False),
        ("Disallow: /a", "/about", False),
        ("Disallow: /a/", "/about", True),
        ("Disallow: /a", "/A", True),
        ("Disallow: /a", "/b/a", True),
        ("Disallow:", "/a", True),
        ("Disallow: /", "/", False),
        ("Disallow: /\nAllow: /news", "/news/1", True),
        ("Allow: /news\nDisallow: /", "/news/1", True),
        ("Allow: /\nDisallow: /news", "/news/1", False),
        ("Disallow: /a\nAllow: /a", "/a", True),
        ("Disallow: /*.pdf$", "/x/y.pdf", False),
        ("Disallow: /*.pdf$", "/x/y.pdf?z", True),
        ("Disallow: /*?print=", "/news/1?a=1&print=1", True),
        ("Disallow: /*print=", "/news/1?a=1&print=1", False),
        ("Disallow: /*/amp", "/news/1/amp", False),
        ("Disallow: /a%3Cd", "/a<d", False),
        ("Disallow: /новости", "/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/1", False),
        ("Disallow: /%D0%BD", "/новости", False),
        ("Disallow: /", "/robots.txt", True),
        ("Noindex: /a\nDisallow: b", "/a", True),
    ],
)
def test_rules_are_matched_by_the_longest(rules: str, path: str, expected: bool) -> None:
    assert allowed(Web(f"User-agent: *\n{rules}\n".encode()), path) is expected


def test_only_the_group_for_us_counts() -> None:
    web = Web(b"User-agent: *\nDisallow: /\n\nUser-agent: DyadWatch\nDisallow: /private\n")
    assert (allowed(web, "/news"), allowed(web, "/private/1")) == (True, False)


FORBIDS = b"User-agent: *\nDisallow: /"


@pytest.mark.parametrize(
    ("web", "expected"),
    [
        pytest.param(Web(FORBIDS, 400), True, id="400"),
        pytest.param(Web(FORBIDS, 401), True, id="401"),
        pytest.param(Web(FORBIDS, 403), True, id="403"),
        pytest.param(Web(FORBIDS, 404), True, id="404"),
        pytest.param(Web(FORBIDS, 410), True, id="410"),
        pytest.param(Web(FORBIDS, 204), True, id="no content"),
        pytest.param(Web(b"", 200), True, id="an empty file"),
        pytest.param(Web(b"\x00\xff\xfe\x80" * 100, 200), True, id="bytes"),
        pytest.param(Web(b"<!DOCTYPE html><html><body>Not found</body></html>", 200), True, id="a page in its place"),
        pytest.param(Web(b"", 429), False, id="429, which asks for less of everything"),
        pytest.param(Web(b"", 500), False, id="500"),
        pytest.param(Web(b"", 503), False, id="503"),
        pytest.param(Web(b"", 599), False, id="599"),
        pytest.param(Web(FetchFailed("nobody answers")), False, id="no answer"),
        pytest.param(Web(TimedOut("no whole answer")), False, id="too late"),
        pytest.param(Web(TooLarge("too large")), False, id="too large"),
        pytest.param(Web(b"User-agent: *\n" + b"Disallow: /x\n" * MOST_RULES), True, id="as many rules as are taken"),
        pytest.param(Web(b"User-agent: *\n" + b"Disallow: /x\n" * (MOST_RULES + 1)), False, id="one more"),
    ],
)
def test_a_host_without_rules_allows_all_and_one_that_fails_nothing(web: Web, expected: bool) -> None:
    assert allowed(web, "/news") is expected


def test_a_host_that_is_not_of_the_public_web_is_no_matter_of_rules() -> None:
    web = Web(UnsafeFeed("leads to 10.0.0.1"))

    async def scenario(robots: Robots) -> None:
        for _ in range(2):
            with pytest.raises(UnsafeFeed, match=r"10\.0\.0\.1"):
                await robots.allows(f"{HOST}/news")

    on(web, scenario)


@pytest.mark.parametrize(
    ("web", "kept"),
    [
        pytest.param(Web(), 24 * HOUR, id="a day"),
        pytest.param(Web(headers={"cache-control": "max-age=21600"}), 6 * HOUR, id="as long as the server says"),
        pytest.param(Web(headers={"cache-control": "max-age=864000"}), 24 * HOUR, id="not longer than a day"),
        pytest.param(Web(headers={"cache-control": "max-age=1"}), HOUR, id="not shorter than an hour"),
        pytest.param(Web(headers={"cache-control": "no-store"}), 24 * HOUR, id="a day where it is not to be kept"),
        pytest.param(Web(status=404), 24 * HOUR, id="that there is none"),
        pytest.param(Web(status=503, headers={"cache-control": "max-age=21600"}), HOUR, id="an hour after a failure"),
        pytest.param(Web(FetchFailed("no answer")), HOUR, id="an hour without an answer"),
    ],
)
def test_a_host_is_asked_again_when_its_answer_is_old(web: Web, kept: timedelta) -> None:
    clock = Clock()

    async def scenario(robots: Robots) -> None:
        for later in (timedelta(0), kept - timedelta(seconds=1)):
            clock.time = Clock.time + later
            await robots.allows(f"{HOST}/{later}")
        assert web.asked == [f"{HOST}/robots.txt"]
        clock.time = Clock.time + kept
        await robots.allows(f"{HOST}/again")
        assert len(web.asked) == 2

    on(web, scenario, clock)


def test_a_host_that_recovers_allows_again() -> None:
    clock, web = Clock(), Web(status=503)

    async def scenario(robots: Robots) -> None:
        assert not await robots.allows(f"{HOST}/a")
        web.status, clock.time = 200, clock.time + HOUR
        assert await robots.allows(f"{HOST}/a")

    on(web, scenario, clock)


def test_each_scheme_host_and_port_has_rules_of_its_own_in_any_case() -> None:
    web = Web()

    async def scenario(robots: Robots) -> None:
        for url in ("https://a.example/1", "https://A.example/2?q#f", "http://a.example/", "https://a.example:8443/", "https://www.a.example/"):
            await robots.allows(url)

    on(web, scenario)
    origins = ("https://a.example", "http://a.example", "https://a.example:8443", "https://www.a.example")
    assert web.asked == [f"{origin}/robots.txt" for origin in origins]


def test_many_who_ask_at_once_cause_one_request() -> None:
    web = Web(b"User-agent: *\nDisallow: /odd", takes=5)

    async def scenario(robots: Robots) -> None:
        answers = await asyncio.gather(*(robots.allows(f"{HOST}/{'odd' if n % 2 else 'even'}/{n}") for n in range(50)))
        assert answers == [True, False] * 25

    on(web, scenario)
    assert len(web.asked) == 1


def test_who_gives_up_leaves_the_question_to_the_next() -> None:
    web = Web(takes=5)

    async def scenario(robots: Robots) -> None:
        first, second = (asyncio.create_task(robots.allows(f"{HOST}/{n}")) for n in range(2))
        await asyncio.sleep(1)
        first.cancel()
        assert await second

    on(web, scenario)
    assert len(web.asked) == 2


def test_the_request_for_the_rules_waits_its_turn_like_any_other() -> None:
    web = Web()

    async def started(lanes: Lanes) -> None:
        log = Log(lanes)
        await log.request(f"{HOST}/feed")
        await Robots(cast(Fetcher, web), lanes, Clock()).allows(f"{HOST}/a")
        assert now() == 1.0
        await log.request(f"{HOST}/a")
        assert [began for _, began, _ in log.spans] == [0.0, 2.0]

    run(started)


@pytest.mark.parametrize(
    ("rules", "pause"),
    [
        ("Crawl-delay: 7", 7.0),
        ("crawl-delay: 2.5", 2.5),
        ("Crawl-delay: 86400", 30.0),
        ("Crawl-delay: 0", 1.0),
        ("Crawl-delay: 0.2", 1.0),
        ("Crawl-delay: -5", 1.0),
        ("Crawl-delay: nan", 1.0),
        ("Crawl-delay: inf", 1.0),
        ("Crawl-delay: soon", 1.0),
        ("Disallow: /x", 1.0),
    ],
)
def test_the_pace_that_a_host_asks_for_is_kept_up_to_a_limit(rules: str, pause: float) -> None:
    async def started(lanes: Lanes) -> None:
        robots, log = Robots(cast(Fetcher, Web(f"User-agent: *\n{rules}".encode())), lanes, Clock()), Log(lanes)
        for _ in range(3):
            assert await robots.allows(f"{HOST}/a")
            await log.request(f"{HOST}/a")
        first, second, third = (began for _, began, _ in log.spans)
        assert (second - first, third - second) == (pause, pause)

    run(started)


def test_a_host_that_asks_for_a_pause_instead_of_giving_its_rules_gets_it() -> None:
    async def started(lanes: Lanes) -> None:
        web = Web(status=503, headers={"retry-after": "3600"})
        assert not await Robots(cast(Fetcher, web), lanes, Clock()).allows(f"{HOST}/a")
        with pytest.raises(FetchFailed, match="a pause of another 3600 s"):
            await Log(lanes).request(f"{HOST}/feed")

    run(started)


def test_a_pace_for_others_is_not_ours() -> None:
    async def started(lanes: Lanes) -> None:
        web, log = Web(b"User-agent: slow\nCrawl-delay: 20\n\nUser-agent: *\nDisallow: /x"), Log(lanes)
        await Robots(cast(Fetcher, web), lanes, Clock()).allows(f"{HOST}/a")
        await log.request(f"{HOST}/a")
        await log.request(f"{HOST}/b")
        assert [began for _, began, _ in log.spans] == [1.0, 2.0]

    run(started)


def test_the_hosts_not_asked_about_for_longest_are_forgotten_when_there_are_too_many_rules() -> None:
    web = Web(b"User-agent: *\n" + b"Disallow: /x\n" * MOST_RULES)
    fit = MOST_KEPT // (MOST_RULES + 10)

    async def scenario(robots: Robots) -> None:
        for number in range(fit):
            await robots.allows(f"https://h{number}.example/")
        await robots.allows("https://h0.example/")  # looked at last
        await robots.allows("https://new.example/")
        assert len(web.asked) == fit + 1
        for number in (0, 2):
            await robots.allows(f"https://h{number}.example/")
        assert len(web.asked) == fit + 1
        web.answer = b""
        for number in range(9):
            await robots.allows(f"https://small{number}.example/")  # for them there is room
        await robots.allows("https://h3.example/")
        assert len(web.asked) == fit + 10
        await robots.allows("https://h1.example/")
        assert web.asked[fit + 10 :] == ["https://h1.example/robots.txt"]

    on(web, scenario)


def test_nothing_grows_with_the_number_of_hosts() -> None:
    web = Web(status=404)

    async def scenario(robots: Robots) -> None:
        for number in range(MOST_KEPT // 10 + 1):
            await robots.allows(f"https://h{number}.example/")
        await robots.allows("https://h0.example/")
        assert web.asked[-1] == "https://h0.example/robots.txt"

    on(web, scenario)


def test_a_host_that_is_asked_again_takes_no_more_room() -> None:
    clock, web = Clock(), Web(b"User-agent: *\n" + b"Disallow: /x\n" * MOST_RULES)

    async def scenario(robots: Robots) -> None:
        await robots.allows("https://other.example/")
        web.headers = {"cache-control": "max-age=1"}
        for _ in range(22):
            await robots.allows(f"{HOST}/a")
            clock.time += HOUR
        await robots.allows("https://other.example/")
        assert len(web.asked) == 1 + 22

    on(web, scenario, clock)
