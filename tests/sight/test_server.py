"""/live, /ready and /metrics: what they answer of each moment in the life of a service."""
from __future__ import annotations

import asyncio
from pathlib import Path

import httpx2
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as text

from agents.settings import Settings
from agents.sight.metrics import DECLARED
from agents.sight.server import Sight
from agents.together import Together
from schemas.errors import SettingsError
from tests.sight.parts import NOWHERE, Part, said, seen, started

LIVE, READY = (200, "live\n"), (200, "ready\n")


async def test_it_answers_before_the_first_part_is_started_and_names_those_that_are_not() -> None:
    slow = Part()
    service = Together({"poll": started(), "work": slow, "web": started()})
    async with seen(service) as client:
        starting = asyncio.create_task(service.start())
        await asyncio.sleep(0)
        missing = "it is not started, or no longer"
        assert await said(client, "/ready") == (503, f"work: {missing}\nweb: {missing}\n")
        assert await said(client, "/live") == LIVE
        slow.may_start.set()
        await starting
        assert await said(client, "/ready") == READY
        slow.may_stop.set()
        await service.stop()
        assert (await said(client, "/ready"))[0] == 503


async def test_a_part_that_lacks_something_is_not_ready_and_lives() -> None:
    part = started()
    async with Together({"work": part}) as service, seen(service) as client:
        part.lacks = "partitions are being shared out"
        assert await said(client, "/ready") == (503, "work: partitions are being shared out\n")
        assert await said(client, "/live") == LIVE
        part.lacks = None
        assert await said(client, "/ready") == READY


async def test_a_part_that_does_not_get_on_is_not_live_and_the_others_are_not_named() -> None:
    part = started()
    async with Together({"poll": part, "web": started()}) as service, seen(service) as client:
        part.stands = "looking at what is due has taken 301 s"
        assert await said(client, "/live") == (503, "poll: looking at what is due has taken 301 s\n")


async def test_a_part_that_has_failed_is_not_live_also_while_the_rest_is_stopped() -> None:
    part, slow = started(), Part()
    slow.may_start.set()
    service = Together({"work": part, "web": slow})
    async with seen(service) as client:
        await service.start()
        part.failing.set()
        with pytest.raises(RuntimeError):
            await service.wait()
        stopping = asyncio.create_task(service.stop())
        assert await said(client, "/live") == (503, "work: it cannot go on\n")
        slow.may_stop.set()
        await stopping


async def test_of_a_process_whose_loop_hangs_nobody_gets_an_answer() -> None:
    async with Together({"work": started()}) as service, seen(service) as client:
        assert await said(client, "/live") == LIVE
        with httpx2.Client(base_url=client.base_url, timeout=0.3) as blocking, pytest.raises(httpx2.TimeoutException):
            blocking.get("/live")  # which holds up the loop until then
        assert await said(client, "/live") == LIVE


@pytest.mark.parametrize(
    ("accept", "parse", "kind"),
    [
        ("*/*", text, "text/plain"),
        ("application/openmetrics-text;version=1.0.0", openmetrics, "application/openmetrics-text"),
    ],
    ids=["as text", "as OpenMetrics"],
)
async def test_every_metric_of_the_table_is_told_in_a_form_that_prometheus_reads(accept: str, parse: object, kind: str) -> None:
    part = started()
    part.lacks = "something"
    async with Together({"work": part}) as service, seen(service) as client:
        answer = await client.get("/metrics", headers={"accept": accept})
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, kind)
    assert part.measured == 1
    families = {family.name: family for family in parse(answer.text)}  # type: ignore[operator]
    assert {declared.name.removesuffix("_total") for declared in DECLARED} <= set(families)
    assert {name for name in families if not name.startswith(("dyadwatch_", "process_"))} == set()
    told = {(sample.name, sample.labels.get("part")): sample.value for family in families.values() for sample in family.samples}
    assert (told["dyadwatch_part_live", "work"], told["dyadwatch_part_ready", "work"]) == (1, 0)
    assert not any(name.endswith("_created") for name, _ in told)


async def test_other_paths_and_other_methods_are_refused() -> None:
    async with Together({"work": started()}) as service, seen(service) as client:
        assert (await client.get("/")).status_code == 404
        assert (await client.post("/live")).status_code == 405


async def test_a_site_that_has_its_own_name_lead_here_gets_nothing() -> None:
    async with Together({"work": started()}) as service, seen(service) as client:
        assert (await client.get("/metrics", headers={"host": "evil.example"})).status_code == 400


async def test_an_address_that_is_taken_is_told_with_the_settings_that_name_another(tmp_path: Path) -> None:
    service = Together({})
    async with Sight(0, Settings(), NOWHERE, service) as first:
        port = int(first.address.rpartition(":")[2])
        with pytest.raises(SettingsError, match=rf"the metrics cannot be at 127.0.0.1, port {port}: .*DYADWATCH_METRICS_HOST"):
            await Sight(port, Settings(), NOWHERE, service).start()
