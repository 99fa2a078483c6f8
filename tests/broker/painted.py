"""How soon an open page shows an alert, from the topic to the screen: `python -m tests.broker.painted ALERTS`, in a headless Chromium.

The page runs in a process of its own, over 10,000 meetings, on Apache Kafka; alerts come one after the other.
"""
from __future__ import annotations

import asyncio
import shutil
import sys
import time
from statistics import median, quantiles

from playwright.async_api import async_playwright

from tests.broker.audience import KNOWN, over_known
from tests.outlets.test_browser import OPTIONS

# A frame begins, the next one begins: in between the first was painted. The clock is the machine's, in milliseconds since 1970.
WATCH = """() => {
  window.painted = {};
  new MutationObserver((changes) => {
    const cards = changes.flatMap((change) => [...change.addedNodes]).filter((one) => one.dataset);
    const now = () => performance.timeOrigin + performance.now();
    const seen = () => cards.forEach((one) => { window.painted[one.dataset.meeting] ??= now(); });
    requestAnimationFrame(() => requestAnimationFrame(seen));
  }).observe(document.querySelector("[data-live]"), { childList: true });
}"""


async def measure(alerts: int) -> None:
    """All of it."""
    async with over_known() as (teller, _, address), async_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        browser = await playwright.chromium.launch(executable_path=path, args=OPTIONS.split())
        page = await browser.new_page()
        await page.goto(address)
        await page.evaluate(WATCH)
        ahead = time.time() - time.monotonic()
        await teller.tell_on(alerts)
        await page.wait_for_function(f"Object.keys(window.painted).length >= {alerts}")
        painted: dict[str, float] = await page.evaluate("window.painted")
        await browser.close()
    delays = [painted[f"m{n:05}"] - (told + ahead) * 1000 for n, told in enumerate(teller.told) if n >= KNOWN]
    print(f"{alerts} alerts: p50 {median(delays):.0f} ms, p95 {quantiles(delays, n=20)[-1]:.0f} ms, at most {max(delays):.0f} ms")


if __name__ == "__main__":
    asyncio.run(measure(*map(int, sys.argv[1:])))
