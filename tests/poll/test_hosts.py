"""Lanes: one request at a time for each host, pauses kept, on a loop whose clock jumps to what it waits for."""
from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from agents.poll.hosts import Lanes
from schemas.errors import FetchFailed

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


class Jump(selectors.DefaultSelector):
    """Waits for nothing: time passes at once."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.now += timeout or 0.0
        return super().select(0)


class JumpingLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jump = Jump()
        super().__init__(self._jump)

    def time(self) -> float:
        return self._jump.now


def run(scenario: Callable[[Lanes], Coroutine[None, None, None]], spacing: float = 1.0) -> None:
    with asyncio.Runner(loop_factory=JumpingLoop) as runner, time_machine.travel(NOON, tick=False):
        runner.run(scenario(Lanes(spacing)))


class Log:
    """When each request began and ended, in seconds."""

    def __init__(self, lanes: Lanes, takes: float = 0.0) -> None:
        self.lanes = lanes
        self.takes = takes
        self.spans: list[tuple[str, float, float]] = []

    async def request(self, url: str) -> None:
        async with self.lanes.of(url):
            began = now()
            await asyncio.sleep(self.takes)
            self.spans.append((url, began, now()))


def now() -> float:
    return asyncio.get_running_loop().time()


def test_requests_to_one_host_follow_each_other_with_a_pause_from_end_to_start() -> None:
    async def scenario(lanes: Lanes) -> None:
        log = Log(lanes, takes=3)
        urls = ["http://a.example/1", "https://www.a.example/2", "http://A.example:8080/3"]
        await asyncio.gather(*map(log.request, urls))
        assert log.spans == [(urls[0], 0, 3), (urls[1], 4, 7), (urls[2], 8, 11)]

    run(scenario)


def test_hosts_do_not_wait_for_each_other() -> None:
    async def scenario(lanes: Lanes) -> None:
        log = Log(lanes, takes=3)
        await asyncio.gather(*(log.request(f"http://{n}.example/") for n in range(100)))
        assert {(began, ended) for _, began, ended in log.spans} == {(0, 3)}

    run(scenario)


def test_who_comes_after_the_pause_does_not_wait() -> None:
    async def scenario(lanes: Lanes) -> None:
        log = Log(lanes)
        await log.request("http://a.example/")
        await asyncio.sleep(5)
        await log.request("http://a.example/")
        assert [began for _, began, _ in log.spans] == [0, 5]

    run(scenario)


@pytest.mark.parametrize(("asked_for", "kept"), [(10.0, 10.0), (0.5, 2.0)], ids=["longer than the spacing", "shorter than the spacing"])
def test_a_crawl_delay_is_kept_and_never_shortens_the_spacing(asked_for: float, kept: float) -> None:
    async def scenario(lanes: Lanes) -> None:
        log = Log(lanes)
        lanes.delay("www.a.example", asked_for)
        for _ in range(3):
            await log.request("http://a.example/")
        assert [began for _, began, _ in log.spans] == [0, kept, 2 * kept]

    run(scenario, spacing=2.0)


def test_a_short_pause_that_a_host_asks_for_is_waited_for_by_that_host_alone() -> None:
    async def scenario(lanes: Lanes) -> None:
        log = Log(lanes)
        lanes.hold("a.example", NOON + timedelta(seconds=20))
        await asyncio.gather(log.request("http://a.example/"), log.request("http://b.example/"))
        assert log.spans == [("http://b.example/", 0, 0), ("http://a.example/", 20, 20)]

    run(scenario)


def test_a_long_pause_lets_requests_fail_at_once_until_it_is_nearly_over() -> None:
    async def scenario(lanes: Lanes) -> None:
        log = Log(lanes)
        lanes.hold("www.a.example", NOON + timedelta(hours=1))
        for _ in range(3):
            with pytest.raises(FetchFailed, match=r"a\.example has asked for a pause of another 3600 s"):
                await log.request("http://a.example/")
        assert now() == 0
        await asyncio.sleep(3590)
        await log.request("http://a.example/")
        assert log.spans == [("http://a.example/", 3600, 3600)]

    run(scenario)


def test_a_pause_asked_for_while_others_wait_their_turn_is_for_them_too() -> None:
    async def scenario(lanes: Lanes) -> None:
        log = Log(lanes)
        async with lanes.of("http://a.example/"):
            waiting = [asyncio.create_task(log.request("http://a.example/")) for _ in range(2)]
            await asyncio.sleep(0)
        await asyncio.sleep(0.5)  # the first of them waits for the spacing now
        lanes.hold("a.example", NOON + timedelta(hours=1))
        assert all(isinstance(end, FetchFailed) for end in await asyncio.gather(*waiting, return_exceptions=True))

    run(scenario)


def test_an_earlier_end_does_not_shorten_a_pause() -> None:
    async def scenario(lanes: Lanes) -> None:
        log = Log(lanes)
        for seconds in (20, 10, -5):
            lanes.hold("a.example", NOON + timedelta(seconds=seconds))
        await log.request("http://a.example/")
        assert log.spans == [("http://a.example/", 20, 20)]

    run(scenario)


@pytest.mark.parametrize("end", [RuntimeError, asyncio.CancelledError])
def test_a_request_that_fails_frees_its_lane_and_the_pause_is_kept(end: type[BaseException]) -> None:
    async def scenario(lanes: Lanes) -> None:
        log = Log(lanes)
        with pytest.raises(end):
            async with lanes.of("http://a.example/"):
                raise end
        await log.request("http://a.example/")
        assert log.spans == [("http://a.example/", 1, 1)]

    run(scenario)


def test_who_gives_up_waiting_holds_nobody_up() -> None:
    async def scenario(lanes: Lanes) -> None:
        log = Log(lanes, takes=3)
        first, second, third = (asyncio.create_task(log.request(f"http://a.example/{n}")) for n in range(3))
        await asyncio.sleep(1)
        second.cancel()
        await asyncio.gather(first, third)
        assert [began for _, began, _ in log.spans] == [0, 4]

    run(scenario)


def test_a_host_is_not_forgotten_while_a_request_lasts() -> None:
    async def scenario(lanes: Lanes) -> None:
        slow, others = Log(lanes, takes=2_000), Log(lanes)
        first = asyncio.create_task(slow.request("http://slow.example/1"))
        for n in range(1_000):
            await others.request(f"http://{n}.example/")
            await asyncio.sleep(1)
        await asyncio.gather(first, slow.request("http://slow.example/2"))
        assert [began for _, began, _ in slow.spans] == [0, 2_001]

    run(scenario)


def test_idle_hosts_are_forgotten_and_pauses_are_not() -> None:
    async def scenario(lanes: Lanes) -> None:
        log = Log(lanes)
        lanes.hold("held.example", NOON + timedelta(days=2))
        for n in range(5_000):
            await log.request(f"http://{n}.example/")
            await asyncio.sleep(1)
        assert len(lanes._lanes) < 2_000  # of 5,000
        with pytest.raises(FetchFailed):
            await log.request("http://held.example/")

    run(scenario)
