"""The page behind a proxy that has a name of its own and speaks TLS, as nginx or Caddy: what is asked comes in its words."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import feedparser
import httpx2
import pytest_asyncio

from agents.outlets.view.reader import Reader
from agents.outlets.view.store import Store
from agents.outlets.web.access import Access
from agents.outlets.web.app import web_app
from agents.outlets.web.health import HowItIs
from agents.serving import Server, address, allowed_hosts, listening
from tests.outlets.conftest import Still, Tray, Well, records, simple

NAME = "meetings.example.org"
FORWARDED = {"host": NAME, "x-forwarded-proto": "https", "x-forwarded-for": "192.0.2.7"}
TOKEN = "correct-horse-battery"


@pytest_asyncio.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    """What the proxy asks with."""
    path = tmp_path / "view.sqlite"
    with Store(path, "cluster") as store, listening("127.0.0.1", 0, "the page", "web_host", "web_port") as bound:
        store.apply(records(simple("m")))
        with Reader(path) as reader:
            access = Access(TOKEN, loopback=False)
            app = web_app(reader, Still(), Well(HowItIs({}, [], None)), allowed_hosts("127.0.0.1", NAME), access, Tray())
            server = Server(app, 1)
            serving = asyncio.create_task(server.serve(sockets=[bound]))
            async with httpx2.AsyncClient(base_url=address(bound)) as one:
                yield one
            server.should_exit = True
            await serving


async def test_links_lead_to_where_the_proxy_is(client: httpx2.AsyncClient) -> None:
    feed = feedparser.parse((await client.get("/feed.atom", headers=FORWARDED)).content)
    assert feed.entries[0].links[0].href == f"https://{NAME}/meetings/m"
    assert feed.feed.links[0].href == f"https://{NAME}/feed.atom"


async def test_forms_of_its_pages_are_ours_and_their_cookies_go_over_tls_alone(client: httpx2.AsyncClient) -> None:
    page = await client.get("/meetings/m", headers={**FORWARDED, "accept": "text/html"})
    cookie = page.headers["set-cookie"]
    assert "; secure" in cookie.lower()
    fields = {"form": page.text.partition('name="form" value="')[2].partition('"')[0], "meeting": "m", "token": TOKEN}
    sent = {**FORWARDED, "cookie": cookie.partition(";")[0], "sec-fetch-site": "same-origin"}
    for origin, code in ((f"https://{NAME}", 303), ("https://evil.example", 403)):
        assert (await client.post("/login", data=fields, headers={**sent, "origin": origin})).status_code == code


async def test_another_name_is_refused(client: httpx2.AsyncClient) -> None:
    answers = [await client.get("/", headers={**FORWARDED, "host": host}) for host in ("evil.example", f"evil.{NAME}", NAME)]
    assert [answer.status_code for answer in answers] == [400, 400, 200]
    assert "DYADWATCH_WEB_NAME" in answers[0].json()["detail"]


async def test_no_proxy_keeps_what_is_told_at_once(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/events", headers=FORWARDED)).headers["x-accel-buffering"] == "no"
