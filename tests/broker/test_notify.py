"""The notifier on a broker: each target by itself, its state in the stream. The tests build on each other."""
from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
import pytest_asyncio

from agents.cluster import Cluster
from agents.outlets.notify.notifier import Notifier
from agents.outlets.notify.standing import Standing, enable, standings
from agents.outlets.web.health import HealthCheck
from agents.settings import Settings
from agents.topic_changes import create_topics
from agents.topics import ALERTS
from pipeline.delivery import Condition
from schemas.cloudevents import headers
from tests.broker.feed_server import until
from tests.broker.stream import Stream
from tests.broker.test_cli_commands import run
from tests.cli.alerts import PUBLISHED, alert
from tests.notify.receiver import LOOPBACK, SECRET, Receiver, receiver


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def well(cluster: Cluster) -> AsyncIterator[Receiver]:
    async with receiver() as one:
        yield one


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bad(cluster: Cluster) -> AsyncIterator[Receiver]:
    async with receiver() as one:
        yield one


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def phone(cluster: Cluster) -> AsyncIterator[Receiver]:
    async with receiver() as one:
        yield one


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory, well: Receiver, bad: Receiver, phone: Receiver) -> Path:
    """Three targets: a program that takes what it gets, one that does not, and a person."""
    path = tmp_path_factory.mktemp("outlets") / "outlets.toml"
    text = "\n".join(
        f'[[webhook]]\nid = "{name}"\nurl = "{there.url}/{name}"\nsecret = "{SECRET}"\nnetworks = ["{LOOPBACK}"]\n{more}'
        for name, there, more in (("well", well, 'from = "beginning"'), ("bad", bad, ""))
    )
    address = phone.url.replace("http://", "json://")
    path.write_text(f'{text}\n[[notify]]\nid = "phone"\nurl = "{address}"\nfilter = {{ confidence = 0.95 }}\n')
    return path


@pytest.fixture(scope="module")
def notifying(settings: Settings, file: Path) -> Settings:
    return settings.model_copy(update={"outlets": file})


@asynccontextmanager
async def at_work(settings: Settings, cluster: Cluster) -> AsyncIterator[Notifier]:
    """A notifier that runs; that it ends is an error."""
    async with Notifier(settings, cluster) as notifier:
        waiting = asyncio.create_task(notifier.wait())
        yield notifier
        if waiting.done():
            waiting.result()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)


async def send(stream: Stream, *ids: str, confidence: float = 0.9) -> None:
    for one in ids:
        told = alert(alert_id=one, meeting_id=f"m-{one}", confidence=confidence)
        await stream.send_bytes(ALERTS, told.model_dump_json().encode(), told.meeting_id.encode(), headers(told, PUBLISHED))


async def standing(cluster: Cluster, name: str) -> Standing:
    (one,) = await standings(cluster, [name])
    return one


async def until_standing(cluster: Cluster, name: str, is_: Condition) -> Standing:
    async with asyncio.timeout(60):
        while (one := await standing(cluster, name)).condition is not is_:
            await asyncio.sleep(0.1)
    return one


def environment_of(cluster: Cluster, file: Path) -> dict[str, str]:
    paths = {"DYADWATCH_OUTLETS": str(file), "DYADWATCH_DATA_DIR": str(file.parent), "PYTHONPATH": str(Path(__file__).parents[2])}
    return os.environ | paths | {"DYADWATCH_KAFKA_BOOTSTRAP": str(cluster)}


def ids(there: Receiver) -> Sequence[str]:
    return [one.message_id for one in there.received]


async def test_a_new_target_gets_what_comes_from_now_on_or_everything_as_it_asks(
    notifying: Settings, cluster: Cluster, stream: Stream, well: Receiver, bad: Receiver, phone: Receiver
) -> None:
    await create_topics(cluster, notifying)
    await send(stream, "a1", "a2")
    async with at_work(notifying, cluster):
        await until(lambda: well.taken == ["a1", "a2"])
        await send(stream, "a3")
        await send(stream, "a4", confidence=0.99)
        await until(lambda: len(well.taken) == 4 and len(bad.taken) == 2 and len(phone.received) == 1)
    assert well.taken == ["a1", "a2", "a3", "a4"]
    assert bad.taken == ["a3", "a4"]
    assert "confidence 0.99" in phone.received[0].body["message"]


async def test_what_comes_while_nobody_notifies_is_sent_afterwards_and_nothing_again(
    notifying: Settings, cluster: Cluster, stream: Stream, well: Receiver, bad: Receiver
) -> None:
    await send(stream, "b1")
    assert (await standing(cluster, "well")).waiting == 1
    async with at_work(notifying, cluster):
        await until(lambda: len(well.taken) == 5 and len(bad.taken) == 3)
    assert (well.taken[-1], bad.taken[-1]) == ("b1", "b1")
    assert len(ids(well)) == 5


async def test_an_alert_that_was_sent_twice_is_delivered_once(
    notifying: Settings, cluster: Cluster, stream: Stream, well: Receiver
) -> None:
    await send(stream, "b1", "b2")
    async with at_work(notifying, cluster):
        await until(lambda: well.taken[-1] == "b2")
    assert well.taken.count("b1") == 1


async def test_a_target_that_fails_delays_no_other_and_a_restart_does_not_shorten_its_pause(
    notifying: Settings, cluster: Cluster, stream: Stream, well: Receiver, bad: Receiver
) -> None:
    bad.status, bad.answer = 503, {"retry-after": "3600"}
    async with at_work(notifying, cluster):
        await send(stream, "c1", "c2", "c3")
        await until(lambda: well.taken[-3:] == ["c1", "c2", "c3"])
        failing = await until_standing(cluster, "bad", Condition.FAILING)
    assert ids(bad)[-1] == "c1"
    assert (failing.waiting, failing.state and failing.state.error) == (3, "it answered 503 Service Unavailable")
    asked = len(bad.received)
    async with at_work(notifying, cluster):
        await send(stream, "c4")
        await until(lambda: well.taken[-1] == "c4")
        assert (await standing(cluster, "bad")).state == failing.state
        assert len(bad.received) == asked
        bad.status = 204
        await enable(cluster, "bad")
        await until(lambda: bad.taken[-4:] == ["c1", "c2", "c3", "c4"])


async def test_a_target_that_is_gone_is_stopped_over_restarts_until_a_person_enables_it(
    notifying: Settings, cluster: Cluster, stream: Stream, well: Receiver, bad: Receiver, file: Path
) -> None:
    bad.status = 410
    async with at_work(notifying, cluster):
        await send(stream, "d1", "d2")
        await until_standing(cluster, "bad", Condition.STOPPED)
    asked = len(bad.received)
    environment = environment_of(cluster, file)
    async with at_work(notifying, cluster):
        await send(stream, "d3")
        await until(lambda: well.taken[-1] == "d3")
        assert len(bad.received) == asked
        listed = await run(environment, "outlets", "list", "--json")
        told = {one["id"]: one for one in map(json.loads, listed.out.splitlines())}
        assert (told["bad"]["condition"], told["bad"]["waiting"], told["well"]["condition"]) == ("stopped", 3, "well")
        assert told["bad"]["kind"] == "webhook http://127.0.0.1"
        for known in (file, None):
            shown = (await HealthCheck(cluster, known).look()).targets
            assert {one.outlet_id: one.condition for one in shown} == {name: one["condition"] for name, one in told.items()}
        bad.status = 204
        assert (await run(environment, "outlets", "enable", "bad")).code == 0
        await until(lambda: bad.taken[-3:] == ["d1", "d2", "d3"])
        bad.status = 410
        await send(stream, "d4", "d5")
        await until_standing(cluster, "bad", Condition.STOPPED)
        bad.status = 204
        assert (await run(environment, "outlets", "enable", "bad", "--skip")).code == 0
        await until(lambda: bad.taken[-1] == "d5")
    assert "d4" not in bad.taken
    refused = await run(environment, "outlets", "enable", "bad", "--skip")
    assert (refused.code, "nothing to skip" in refused.err) == (1, True)
    unknown = await run(environment, "outlets", "enable", "nobody")
    assert (unknown.code, "has no target nobody; it has phone, well, bad" in unknown.err) == (2, True)


async def test_the_command_notifies_where_a_file_says_whom_and_ends_gracefully(
    cluster: Cluster, stream: Stream, well: Receiver, file: Path
) -> None:
    environment = environment_of(cluster, file)
    command = [sys.executable, "-c", "from agents.cli import main; main()", "up", "--only", "notify"]
    process = await asyncio.create_subprocess_exec(*command, env=environment, stderr=asyncio.subprocess.PIPE)
    assert process.stderr
    try:
        while b"ready: notify" not in (line := await process.stderr.readline()):
            assert line, "it ended"
        await send(stream, "u1")
        await until(lambda: well.taken[-1] == "u1")
        process.terminate()
        assert await process.wait() == 0
    finally:
        with suppress(ProcessLookupError):
            process.kill()


async def test_the_doctor_says_who_needs_a_look(
    notifying: Settings, cluster: Cluster, stream: Stream, bad: Receiver, file: Path
) -> None:
    bad.status = 410
    async with at_work(notifying, cluster):
        await send(stream, "e1")
        await until_standing(cluster, "bad", Condition.STOPPED)
        done = await run(environment_of(cluster, file), "doctor", "--json")
    checks = {check["name"]: check for check in map(json.loads, done.out.splitlines())}
    assert checks["outlets"]["found"] == "phone: JSON; well: webhook http://127.0.0.1; bad: webhook http://127.0.0.1"
    assert checks["deliveries"]["found"] == "3 targets, 1 of them need a look: bad"
    assert done.code == 0, [one for one in checks.values() if not one["ok"]]
