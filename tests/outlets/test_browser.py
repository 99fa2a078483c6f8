"""The pages in a real Chromium: live, readable by all, on a phone and in the dark."""
from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import pytest
import pytest_asyncio
import uvicorn
from axe_playwright_python.async_playwright import Axe
from fastapi import FastAPI
from playwright.async_api import Browser, Page, async_playwright, expect

from agents.outlets.notify.standing import Standing
from agents.outlets.view.reader import Reader
from agents.outlets.web.access import Access
from agents.outlets.web.app import web_app
from agents.outlets.web.health import HowItIs
from agents.outlets.web.live import Live
from agents.poll.subscriptions import Known
from schemas.feeds import Feed, FeedState, Outcome
from schemas.meetings import Level, Status
from schemas.outlets import OutletState
from schemas.verdicts import Ruling, Verdict
from tests.outlets.conftest import HERE, Tray, Well, simple
from tests.outlets.following import Following
from tests.outlets.told import MINISTERS, THEN, days, verdict_on

pytestmark = pytest.mark.asyncio(loop_scope="module")

OPTIONS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run"
    " --disable-background-networking --disable-component-update --disable-sync"
)
MEETINGS = ("/meetings/m1", "/meetings/gone", "/meetings/none")
PAGES = ("/", "/?status=held&language=ar", "/?status=cancelled", "/calendar?month=2025-01", "/health", *MEETINGS)
TOKEN = "correct-horse-battery"
EXPECTED = ("404 (Not Found)", "410 (Gone)", "403 (Forbidden)")  # what the browser says of pages that say so themselves
ARABIC = "التقى لافروف وانغ يي في كوالالمبور."


@dataclass(frozen=True, slots=True)
class Site:
    """A site that runs, also with a token and for nobody's verdicts, and who tells it what is new."""

    address: str
    with_token: str
    closed: str
    follower: Following


class Working(Tray):
    """Takes up what is handed in, as a worker does."""

    def __init__(self, follower: Following, reader: Reader) -> None:
        super().__init__()
        self._follower = follower
        self._reader = reader

    async def give(self, verdict: Verdict) -> None:
        meeting = self._reader.meeting(verdict.meeting_id)
        assert meeting
        await self._follower.judge(meeting, verdict)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        why = "there is no Chromium: on Debian and Ubuntu apt install chromium"
        pytest.fail(why, pytrace=False) if os.environ.get("CI") else pytest.skip(why)
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=chromium, args=OPTIONS.split())
        yield running
        await running.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """With some meetings of several months, told of in several scripts."""
    path = tmp_path_factory.mktemp("web") / "view.sqlite"
    feed = Feed(feed_id="f", url="https://example.org/feed", title="Example")
    state = FeedState(feed_id="f", url=feed.url, outcome=Outcome.FAILED, failures=9, error="no answer")
    with Following(path) as follower, Reader(path) as reader:
        for n, (level, status) in enumerate(zip([*Level] * 3, [*Status] * 6, strict=False)):
            facts = MINISTERS.model_copy(update={"level": level, "status": status, "date": days(n * 4, 0)})
            language, sentence = ("ar", ARABIC) if n % 2 else ("el", "Ο Λαβρόφ συνάντησε τον Γουάνγκ Γι.")
            await follower.tell(simple(f"m{n}", after=n, language=language, sentence=sentence).model_copy(update={"facts": facts}))
        gone = simple("gone", after=50)
        await follower.tell(gone)
        same = verdict_on("gone", Ruling.SAME_AS, same_as="m1", note="The same visit, told of\na day later.", reviewer="Ada")
        await follower.judge(gone, same)
        await follower.judge(simple("m1"), verdict_on("m1", Ruling.RIGHT, note="As the ministry says."))
        live = Live(follower, reader)
        gone = OutletState(outlet_id="hook", place=0, since=THEN, failures=1, stopped="410: it wants nothing any more")
        seen = HowItIs({"news.raw": 3}, [Known(feed, state), Known(feed, None)], None, [Standing("hook", gone, 3)])
        async with AsyncExitStack() as stack:
            told = asyncio.create_task(live.run())
            ways = (HERE, Access(TOKEN, loopback=False), Access(None, loopback=False))
            apps = [web_app(reader, live, Well(seen), ["*"], access, Working(follower, reader)) for access in ways]
            yield Site(*[await stack.enter_async_context(served(app)) for app in apps], follower)
            told.cancel()


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """Its address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off", timeout_graceful_shutdown=1))
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await task


@pytest_asyncio.fixture(loop_scope="module", params=["light", "dark"])
async def page(browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    """A page that must not complain of anything."""
    context = await browser.new_context(color_scheme=request.param, viewport={"width": 1100, "height": 800})
    one = await context.new_page()
    complaints: list[str] = []
    one.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
    one.on("pageerror", lambda error: complaints.append(str(error)))
    yield one
    await context.close()
    assert [complaint for complaint in complaints if not any(told in complaint for told in EXPECTED)] == []


@pytest.mark.parametrize("address", PAGES)
async def test_everybody_can_read_every_page_in_both_colour_schemes(page: Page, site: Site, address: str) -> None:
    await page.goto(site.address + address)
    await nothing_is_in_the_way(page)


@pytest.mark.parametrize("site_of", ["with_token", "closed"])
async def test_so_they_can_where_judging_needs_a_token_or_is_not_possible(page: Page, site: Site, site_of: str) -> None:
    await page.goto(f"{getattr(site, site_of)}/meetings/m1")
    await nothing_is_in_the_way(page)


async def nothing_is_in_the_way(page: Page) -> None:
    """Of who reads with whatever device; with all that can be opened open."""
    for summary in await page.locator("details > summary").all():
        if await summary.is_visible() and not await summary.evaluate("one => one.parentElement.open"):
            await summary.click()
    found = (await Axe().run(page)).response
    assert len(found["passes"]) > 10
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []


async def test_what_comes_appears_on_open_pages_that_ask_for_it_and_what_a_meeting_was_before_goes(
    page: Page, site: Site, request: pytest.FixtureRequest
) -> None:
    scheme = str(request.node.callspec.params["page"])
    other = await page.context.new_page()
    await page.goto(f"{site.address}/?status=announced")
    await other.goto(f"{site.address}/?status=cancelled")
    before = await other.locator(".card").count()
    meeting = simple(f"new-{scheme}", after=1000).model_copy(update={"facts": MINISTERS.model_copy(update={"status": Status.ANNOUNCED})})
    await site.follower.tell(meeting)
    card = page.locator(f".card[data-meeting='new-{scheme}']")
    await expect(card).to_have_count(1)
    await expect(page.locator(".card").first).to_have_attribute("data-meeting", f"new-{scheme}")
    await expect(page.locator("[data-news]")).to_have_text("1 alert since you opened this page.")
    place = MINISTERS.model_copy(update={"status": Status.ANNOUNCED, "place": None})
    await site.follower.tell(meeting.model_copy(update={"facts": place, "revision": 2}))
    await expect(card).to_contain_text("not told")
    await expect(card).to_have_count(1)
    assert await other.locator(".card").count() == before


async def test_what_is_retracted_leaves_open_pages_and_the_focus_goes_on(page: Page, site: Site, request: pytest.FixtureRequest) -> None:
    name = f"taken-back-{request.node.callspec.params['page']}"
    meeting = simple(name, after=2000)
    await site.follower.tell(meeting)
    await page.goto(site.address)
    card = page.locator(f".card[data-meeting='{name}']")
    await card.locator("a").focus()
    await site.follower.judge(meeting, verdict_on(name, Ruling.NO_MEETING))
    await expect(card).to_have_count(0)
    await expect(page.locator("[data-news]")).to_have_text("1 meeting retracted since you opened this page.")
    await expect(page.locator(".card").first.locator("a")).to_be_focused()


async def test_a_keyboard_gives_a_verdict_which_shows_at_once(page: Page, site: Site, request: pytest.FixtureRequest) -> None:
    name = f"judged-{request.node.callspec.params['page']}"
    await site.follower.tell(simple(name))
    await page.goto(f"{site.address}/meetings/{name}")
    await page.locator("summary").focus()
    for key in ("Enter", "Tab", "ArrowDown", "ArrowUp"):
        await page.keyboard.press(key)
    await expect(page.locator("input[value='right']")).to_be_checked()
    await page.get_by_label("Your name").focus()
    await page.keyboard.type("Ada <script>")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**#verdicts")
    await expect(page.locator(".review li")).to_contain_text("right, by Ada <script>")
    await expect(page.locator(".review li")).not_to_contain_text("waits")


async def test_who_has_the_token_may_judge_and_who_has_another_is_told(page: Page, site: Site) -> None:
    await page.goto(f"{site.with_token}/meetings/m2")
    for token, outcome in (("wrong", page.get_by_role("alert")), (TOKEN, page.locator("input[value='right']"))):
        if not await page.get_by_label("token").is_visible():
            await page.locator("summary").click()
        await page.get_by_label("token").fill(token)
        await page.keyboard.press("Enter")
        await expect(outcome).to_have_count(1)
        await nothing_is_in_the_way(page)
    await page.get_by_role("button", name="Forget the token").click()
    await expect(page.locator("input[name='token']")).to_have_count(1)


async def test_a_keyboard_reaches_the_content_first_and_shows_where_it_is(page: Page, site: Site) -> None:
    await page.goto(site.address)
    await page.keyboard.press("Tab")
    skip = page.locator(":focus")
    await expect(skip).to_have_text("Skip to content")
    await expect(skip).to_be_in_viewport()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(page.locator(":focus")).to_have_attribute("name", "q")
    await page.keyboard.type("λαβροφ")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/?q=*")
    await expect(page.locator(".card").first).to_contain_text("Λαβρόφ")


@pytest.mark.parametrize("address", PAGES)
async def test_nothing_is_wider_than_a_phone(page: Page, site: Site, address: str) -> None:
    await page.set_viewport_size({"width": 360, "height": 700})
    await page.goto(site.address + address)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
