"""What is seen from outside of a service that runs: metrics, /live, /ready, and the trace of an article. The tests build on each other."""
from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families

from agents.cluster import Cluster
from agents.embedded import EmbeddedBroker
from agents.lag import READERS
from agents.outlets.notify import notifier
from agents.outlets.notify.notifier import Notifier
from agents.poll.poller import Poller
from agents.poll.subscriptions import subscribe
from agents.service import Service
from agents.settings import Settings
from agents.sight import waiting as watching
from agents.together import Together
from agents.topic_changes import create_topics
from agents.topics import ALERTS, CLEAN, CURRENT, DEADLETTERS, RAW, READ_APP, TAGGED, UNIQUE
from schemas.articles import CleanArticle
from schemas.meetings import Alert
from schemas.tracing import Trace
from tests.broker.articles import meeting_in, seeds, text
from tests.broker.feed_server import Site, feed, until
from tests.broker.polling_process import quick
from tests.broker.stream import Stream
from tests.notify.receiver import LOOPBACK, SECRET, receiver
from tests.sight.parts import seen, started

WITHIN = 60.0  # seconds
NOISE = text("noise", "The cyclist won the stage after a long climb in the rain, his team said on Thursday.")
THEIRS = Trace("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7")
TABLES = {"fingerprints": UNIQUE, "meetings": CURRENT}  # and where each of their keys stands too

Series = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scrape:
    """All samples of one answer of /metrics."""

    samples: dict[tuple[str, frozenset[tuple[str, str]]], float]

    def of(self, name: str, *labels: str, **wanted: str) -> Counter[Series]:
        """The samples of that name with the `wanted` labels, summed up by the values of `labels`."""
        found = Counter[Series]()
        for (sample, told), value in self.samples.items():
            has = dict(told)
            if sample == name and wanted.items() <= has.items():
                found[tuple(has[label] for label in labels)] += value  # type: ignore[assignment]
        return found


async def scraped(client: httpx2.AsyncClient) -> Scrape:
    families = text_string_to_metric_families((await client.get("/metrics")).text)
    return Scrape({(s.name, frozenset(s.labels.items())): s.value for family in families for s in family.samples})


async def scraped_until(client: httpx2.AsyncClient, true: Callable[[Scrape], bool]) -> Scrape:
    async with asyncio.timeout(WITHIN):
        while not true(scrape := await scraped(client)):
            await asyncio.sleep(0.1)
    return scrape


@pytest.fixture(scope="module", autouse=True)
def often() -> Iterator[None]:
    """What waits is asked for often."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(watching, "EVERY", 0.2)
        patch.setattr(notifier, "LOOK_EVERY", 0.2)
        yield


async def test_what_waits_is_told_by_every_process_also_where_no_worker_runs(cluster: Cluster, settings: Settings, stream: Stream) -> None:
    await create_topics(cluster, settings)
    await stream.send([meeting_in(city, city) for city in ("Dalian", "Harbin")])
    async with Together({"web": started()}) as service, seen(service, cluster) as client:
        scrape = await scraped_until(client, lambda told: told.of("dyadwatch_lag_messages", topic=RAW)[()] == 2)
        assert scrape.of("dyadwatch_lag_messages", "group", topic=RAW) == {(READ_APP,): 2}


async def test_a_poller_tells_how_its_feeds_are_and_is_ready_once_it_knows_them(
    cluster: Cluster, settings: Settings, served: Site
) -> None:
    served.entries["world"], served.status["nowhere"] = ["Moscow", "Beijing"], 404
    await subscribe(cluster, settings, [feed(f"{served.url}/feed/world"), feed(f"{served.url}/feed/nowhere")])
    service = Together({"poll": Poller(quick(settings), cluster)})
    async with seen(service, cluster) as client:
        before = await scraped(client)
        assert (await client.get("/ready")).status_code == 503
        async with service:
            await scraped_until(client, lambda told: told.of("dyadwatch_part_ready", part="poll")[()] == 1)
            await until(lambda: served.times("/feed/world") >= 2 and served.times("/feed/nowhere") >= 1)
            well = await scraped_until(client, lambda told: told.of("dyadwatch_feeds", "condition")["broken",] == 1)
            assert well.of("dyadwatch_feeds", "condition")["well",] == 1
            assert (await client.get("/live")).status_code == 200
        grown = await scraped(client)
    assert (grown.of("dyadwatch_pages_total", "kind") - before.of("dyadwatch_pages_total", "kind")) == {("ok",): 2}
    polls = grown.of("dyadwatch_polls_total", "outcome") - before.of("dyadwatch_polls_total", "outcome")
    assert polls["new",] == 1
    assert polls["refused",] >= 1


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(cluster: Cluster, settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    """One who asks how a worker is, that runs."""
    service = Together({"work": Service(settings, cluster)})
    async with AsyncExitStack() as stack:
        asking = await stack.enter_async_context(seen(service, cluster))
        await stack.enter_async_context(service)
        waiting_for = asyncio.create_task(service.wait())
        yield asking
        waiting_for.cancel()
        await asyncio.gather(waiting_for, return_exceptions=True)


async def test_a_worker_that_has_its_partitions_is_ready(client: httpx2.AsyncClient) -> None:
    assert [(await client.get(path)).status_code for path in ("/ready", "/live")] == [200, 200]


async def test_what_the_articles_came_to_is_what_is_counted(client: httpx2.AsyncClient, stream: Stream) -> None:
    await stream.through()
    before = await scraped(client)
    known, articles = len(await stream.alerts()), seeds()
    await stream.send([*articles, NOISE])
    await stream.send_bytes(RAW, b"{broken", b"k")
    await stream.through()
    after = await scraped(client)
    grown = {
        name: {series: value for series, value in (after.of(name, *labels) - before.of(name, *labels)).items() if value}
        for name, *labels in (
            ("dyadwatch_articles_total", "stage", "outcome"),
            ("dyadwatch_gate_rejections_total", "reason"),
            ("dyadwatch_dead_letters_total", "stage", "reason"),
            ("dyadwatch_alerts_total", "watch", "type"),
            ("dyadwatch_fetch_to_alert_seconds_count",),
            ("dyadwatch_stage_duration_seconds_count", "stage"),
        )
    }
    alerts = Counter((alert.watch, str(alert.type)) for alert in (await stream.alerts())[known:])
    passed = len(articles)
    assert grown["dyadwatch_articles_total"] == {
        ("clean", "passed"): passed, ("clean", "rejected"): 1, ("clean", "dead_letter"): 1,
        ("dedupe", "original"): passed, ("tag", "with_meetings"): passed, ("meet", "alerted"): passed,
    }  # fmt: skip
    assert grown["dyadwatch_gate_rejections_total"] == {("not_both_sides",): 1}
    assert grown["dyadwatch_dead_letters_total"] == {("clean", "Undecodable"): 1}
    assert grown["dyadwatch_alerts_total"] == alerts
    assert grown["dyadwatch_fetch_to_alert_seconds_count"] == {(): alerts.total()}
    assert grown["dyadwatch_stage_duration_seconds_count"] == {
        ("clean",): passed + 2, ("dedupe",): passed, ("tag",): passed, ("meet",): passed
    }  # fmt: skip
    rows = {name: len({record.key for record in await stream.records(topic)}) for name, topic in TABLES.items()}
    assert after.of("dyadwatch_table_rows", "table") == {(name,): count for name, count in rows.items()}
    assert set(after.of("dyadwatch_articles_in_progress", "stage").values()) == {0}
    languages = {CleanArticle.model_validate_json(record.value or b"").language for record in await stream.records(CLEAN)}
    assert {language for (language,) in +after.of("dyadwatch_articles_total", "language", stage="clean", outcome="passed")} == languages
    assert abs(after.of("dyadwatch_clock_ahead_seconds")[()]) < 5  # one clock


async def test_nothing_waits_once_all_is_through(client: httpx2.AsyncClient, stream: Stream) -> None:
    groups = {(group, topic) for topic, group in READERS}
    scrape = await scraped_until(client, lambda told: set(told.of("dyadwatch_lag_messages", "group", "topic").values()) == {0})
    assert set(scrape.of("dyadwatch_lag_messages", "group", "topic")) == groups
    assert scrape.of("dyadwatch_broker_reachable")[()] == 1


async def traces(stream: Stream, topic: str, article_id: str) -> list[Trace]:
    """Of the messages of an article, in their order."""
    records = [record for record in await stream.records(topic) if article_id.encode() in (record.value or b"")]
    found = [Trace.decoded(record.headers.items()) for record in records]
    assert None not in found
    return [trace for trace in found if trace]


async def test_an_article_has_one_trace_from_poll_to_alert_and_each_stage_a_span_of_its_own(
    client: httpx2.AsyncClient, stream: Stream
) -> None:
    article = meeting_in("Samarkand", "samarkand")
    await stream.send([article])
    await stream.through()
    way = [trace for topic in (RAW, CLEAN, UNIQUE, TAGGED, ALERTS) for trace in await traces(stream, topic, "samarkand")]
    assert way[0] == Trace.of("samarkand")
    assert len(way) == len({trace.span_id for trace in way}) == 5
    assert {trace.trace_id for trace in way} == {way[0].trace_id}
    alert = (await stream.records(ALERTS))[-1]
    assert Alert.model_validate_json(alert.value or b"").article.article_id == "samarkand"
    assert alert.headers["ce_traceparent"] == alert.headers["traceparent"]

    await stream.send([article])  # once more: the same ids
    await stream.through()
    for topic in (RAW, CLEAN, UNIQUE, TAGGED):
        first, again = await traces(stream, topic, "samarkand")
        assert first == again


async def test_a_trace_that_somebody_else_began_goes_on_also_into_the_dead_letters(client: httpx2.AsyncClient, stream: Stream) -> None:
    article = meeting_in("Vladivostok", "theirs")
    await stream.send_bytes(RAW, article.model_dump_json().encode(), b"theirs", THEIRS.headers)
    await stream.send_bytes(RAW, b"{broken", b"theirs", THEIRS.headers)
    await stream.through()
    (alerted,) = await traces(stream, ALERTS, "theirs")
    assert (alerted.trace_id, alerted.span_id != THEIRS.span_id) == (THEIRS.trace_id, True)
    assert (await stream.records(DEADLETTERS))[-1].headers["original-traceparent"] == str(THEIRS).encode()


async def test_a_notifier_tells_how_its_targets_are_and_is_ready_once_it_has_them(
    cluster: Cluster, settings: Settings, stream: Stream, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        well, bad = [await stack.enter_async_context(receiver()) for _ in range(2)]
        bad.status = 503
        targets = {"well": well, "bad": bad}
        (tmp_path / "outlets.toml").write_text(
            "\n".join(
                f'[[webhook]]\nid = "{name}"\nurl = "{there.url}"\nsecret = "{SECRET}"\nnetworks = ["{LOOPBACK}"]\nfrom = "beginning"'
                for name, there in targets.items()
            )
        )
        service = Together({"notify": Notifier(settings.model_copy(update={"outlets": tmp_path / "outlets.toml"}), cluster)})
        client = await stack.enter_async_context(seen(service, cluster))
        before = await scraped(client)
        assert (await client.get("/ready")).text.startswith("notify: ")
        await stack.enter_async_context(service)
        watched = asyncio.create_task(service.wait())
        stack.callback(watched.cancel)
        assert [(await client.get(path)).status_code for path in ("/ready", "/live")] == [200, 200]
        alerts = await stream.alerts()
        for alert in alerts:
            await until(lambda told=alert.alert_id: told in [one.message_id for one in well.received])
        failing = await scraped_until(client, lambda told: told.of("dyadwatch_targets", "condition")["failing",] == 1)
        assert failing.of("dyadwatch_targets", "condition")["well",] == 1
        await stream.send([meeting_in(city, city) for city in ("Khabarovsk", "Chita", "Omsk")])
        await stream.through()
        alerts = await stream.alerts()
        waiting = {("well",): 0, ("bad",): len(await stream.records(ALERTS))}  # although the one that fails reads no further
        after = await scraped_until(client, lambda told: told.of("dyadwatch_undelivered_messages", "target") == waiting)
        grown = after.of("dyadwatch_deliveries_total", "target", "outcome") - before.of("dyadwatch_deliveries_total", "target", "outcome")
        assert grown["well", "taken"] == len(alerts)
        assert grown["bad", "failed"] >= 1
        assert ("bad", "taken") not in grown


async def test_while_no_broker_answers_nothing_is_told_of_what_waits_and_no_part_is_to_blame(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "ANSWERS_WITHIN", 1.0)
    service = Together({"web": started()})
    async with service, EmbeddedBroker() as broker, seen(service, broker.cluster) as client:
        await create_topics(broker.cluster, Settings())
        await scraped_until(client, lambda told: told.of("dyadwatch_broker_reachable")[()] == 1)
        await broker.stop()
        away = await scraped_until(client, lambda told: told.of("dyadwatch_broker_reachable")[()] == 0)
        assert away.of("dyadwatch_lag_messages") == {}
        assert (await client.get("/live")).status_code == 200


async def test_of_a_process_that_stands_still_nobody_gets_an_answer_until_it_goes_on(tmp_path: Path) -> None:
    async with EmbeddedBroker() as broker:
        environment = os.environ | {
            "DYADWATCH_KAFKA_BOOTSTRAP": str(broker.cluster),
            "DYADWATCH_DATA_DIR": str(tmp_path),
            "DYADWATCH_METRICS_PORT": "0",
            "DYADWATCH_WEB_PORT": "0",
        }
        command = [sys.executable, "-c", "from agents.cli import main; main()", "up", "--only", "web"]
        process = await asyncio.create_subprocess_exec(*command, env=environment, stderr=PIPE)
        try:
            assert process.stderr
            address = (await process.stderr.readline()).decode().removeprefix("metrics: ").removesuffix("/metrics\n")
            async with httpx2.AsyncClient(base_url=address, timeout=WITHIN) as client:
                async with asyncio.timeout(WITHIN):
                    while (await client.get("/ready")).status_code != 200:
                        await asyncio.sleep(0.1)
                process.send_signal(signal.SIGSTOP)
                with pytest.raises(httpx2.TimeoutException):
                    await client.get("/live", timeout=1)
                process.send_signal(signal.SIGCONT)
                assert (await client.get("/live")).status_code == 200
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
