"""The web page on the stream: an article is sent, and who has a page open sees the meeting. The tests build on each other."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx2
import pytest
import pytest_asyncio

from agents.cluster import Cluster
from agents.outlets.web.server import Web
from agents.service import Service
from agents.settings import Settings
from schemas.errors import SettingsError
from tests.broker.articles import meeting_in
from tests.broker.stream import Stream

WITHIN = 30.0  # seconds


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def web(cluster: Cluster, settings: Settings) -> AsyncIterator[Web]:
    """A page that is served."""
    async with Web(settings.model_copy(update={"web_port": 0}), cluster) as running:
        serving = asyncio.create_task(running.wait())
        yield running
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


@pytest_asyncio.fixture(loop_scope="module")
async def client(web: Web) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=web.address, timeout=WITHIN) as one:
        yield one


async def events(client: httpx2.AsyncClient, address: str, number: int, headers: dict[str, str] | None = None) -> list[tuple[int, str]]:
    """The ids of the next alerts of a stream, with the meeting's id that each shows."""
    seen: list[tuple[int, str]] = []
    async with asyncio.timeout(WITHIN), client.stream("GET", address, headers=headers or {}) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        async for line in answer.aiter_lines():
            if line.startswith("id: "):
                seen.append((int(line.removeprefix("id: ")), ""))
            elif 'data-meeting="' in line:
                seen[-1] = (seen[-1][0], line.partition('data-meeting="')[2].partition('"')[0])
            elif not line and len(seen) == number:
                break
    return seen


async def test_an_article_that_tells_of_a_meeting_shows_on_open_pages_at_once(
    web: Web, service: Service, stream: Stream, client: httpx2.AsyncClient
) -> None:
    assert "No meetings yet" in (await client.get("/")).text
    watching = [asyncio.create_task(events(client, f"/events?after=0{more}", 1)) for more in ("", "&place=astana", "&language=en")]
    await stream.send([meeting_in("Astana", "first")])
    ((number, meeting_id),), *others = await asyncio.gather(*watching)
    assert all(other == [(number, meeting_id)] for other in others)
    assert (await client.get("/meetings")).json()["items"][0]["meeting_id"] == meeting_id
    assert "Astana" in (await client.get(f"/meetings/{meeting_id}", headers={"accept": "text/html"})).text


async def test_a_stream_that_broke_off_goes_on_behind_what_it_had(
    web: Web, service: Service, stream: Stream, client: httpx2.AsyncClient
) -> None:
    await stream.send([meeting_in("Dalian", "second"), meeting_in("Harbin", "third")])
    await stream.through()
    assert [number for number, _ in await events(client, "/events?after=0", 2, {"last-event-id": "1"})] == [2, 3]


async def test_how_the_service_is_shows_on_a_page(web: Web, service: Service, client: httpx2.AsyncClient) -> None:
    page = (await client.get("/health")).text
    assert "news.raw" in page
    assert "No feeds are subscribed" in page


async def test_an_address_that_is_taken_is_refused_with_the_settings_to_look_at(web: Web, cluster: Cluster, settings: Settings) -> None:
    port = int(web.address.rpartition(":")[2])
    with pytest.raises(SettingsError, match=rf"port {port}: .*DYADWATCH_WEB_HOST and DYADWATCH_WEB_PORT"):
        await Web(settings.model_copy(update={"web_port": port}), cluster).start()
