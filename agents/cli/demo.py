"""`dyadwatch demo`: the whole stream on this machine, from the seed articles to the alerts, and nothing left afterwards."""
from __future__ import annotations

import asyncio
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Awaitable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from agents.cli.exits import Exit
from schemas.errors import ArticleError, DyadwatchError, InputError

if TYPE_CHECKING:
    from agents.archive import Read
    from agents.cli.progress import Steps
    from agents.cluster import Cluster
    from agents.service import Service
    from agents.subscriber import Subscriber
    from schemas.meetings import Alert

THROUGH_WITHIN = 60.0  # seconds for the articles to pass all stages; 4 s on an idle machine

T = TypeVar("T")


class DemoFailed(DyadwatchError):
    """The demonstration did not show what it should."""


def demo(
    as_json: Annotated[bool, typer.Option("--json", help="The alerts as JSON, one a line, instead of cards and table.")] = False,
) -> None:
    """Start a broker and all agents, replay the seed articles, print each alert as it arrives, and stop everything.

    Needs nothing but this machine and writes only to a temporary folder. Fails when an article could not be processed, or when the
    alerts are not those that the same articles give without a broker.
    """
    try:
        asyncio.run(_demo(as_json))
    except asyncio.CancelledError:  # SIGTERM
        raise typer.Exit(Exit.INTERRUPTED) from None


async def _demo(as_json: bool) -> None:
    from agents.cli.progress import Steps
    from agents.logs import configure
    from agents.settings import LogFormat, LogLevel

    if task := asyncio.current_task():
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    configure(LogLevel.ERROR, LogFormat.CONSOLE)
    steps = Steps()
    reads = _seeds()
    alerts = await _stream(reads, steps, as_json)
    _summarise(alerts, steps, len(reads), as_json)


async def _stream(reads: Sequence[Read], steps: Steps, as_json: bool) -> list[Alert]:
    """The alerts of the stream.

    Raises:
        DemoFailed: they are not the right ones, or an article was left on the way.
    """
    from agents.embedded import EmbeddedBroker
    from agents.producer import ArticleProducer
    from agents.service import Service
    from agents.settings import load_settings
    from agents.subscriber import Subscriber
    from agents.topic_changes import create_topics

    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="dyadwatch-demo-"))
        with steps.step("start the embedded broker"):
            broker = await stack.enter_async_context(EmbeddedBroker())
        ours = {"data_dir": Path(folder), "partitions": 1, "replication": 1, "extraction_processes": 1}
        settings = load_settings().model_copy(update=ours)
        with steps.step("create the topics"):
            await create_topics(broker.cluster, settings)
        # Meanwhile the same articles in this process, to compare.
        expecting = asyncio.create_task(asyncio.to_thread(_without_broker, reads, settings.watches))
        with steps.step("start the agents clean, dedupe, tag and meet"):
            service = await stack.enter_async_context(Service(settings, broker.cluster))
            subscriber = await stack.enter_async_context(Subscriber(broker.cluster, from_beginning=True))
        with steps.step(f"replay {len(reads)} articles into the stream"):
            async with ArticleProducer(broker.cluster) as producer:
                for number, read in enumerate(reads, 1):
                    await producer.send(read.article)
                    steps.say(f"replay articles into the stream: {number}/{len(reads)}")
        with steps.step("process them"):
            alerts = await _unless_ended(service, _collect(subscriber, broker.cluster, steps, as_json))
        with steps.step("compare with the same stages without a broker"):
            await _no_dead_letters(broker.cluster)
            _compare(alerts, await expecting)
        with steps.step("stop everything"):
            await stack.aclose()
    return alerts


async def _collect(subscriber: Subscriber, cluster: Cluster, steps: Steps, as_json: bool) -> list[Alert]:
    """Every alert until the stream is empty, each printed as it arrives."""
    from agents.cli.subscribe import print_card, print_json
    from agents.lag import LOOK_EVERY, Lag

    alerts: list[Alert] = []
    async with Lag(cluster) as lag:
        through = asyncio.create_task(lag.wait_until_none(THROUGH_WITHIN))
        try:
            while True:
                last = through.done()  # before looking: what was sent until then is found
                for delivery in await subscriber.read_to_end():
                    with steps.paused():
                        await (print_json if as_json else print_card)(delivery)
                    alerts.append(delivery.alert)
                    steps.say(f"process them: {len(alerts)} alerts")
                if last:
                    through.result()
                    return alerts
                await asyncio.wait([through], timeout=LOOK_EVERY)
        finally:
            through.cancel()


async def _unless_ended(service: Service, work: Awaitable[T]) -> T:
    """The result of `work`, unless the service breaks down before."""
    tasks = asyncio.ensure_future(work), asyncio.create_task(service.wait())
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if tasks[1].done():
            tasks[1].result()
        return await tasks[0]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _seeds() -> list[Read]:
    from agents.archive import Read, read_articles
    from agents.seeds import seeds_folder

    reads = []
    for item in read_articles([str(seeds_folder())], datetime.now(UTC)):
        if isinstance(item, InputError):
            raise DemoFailed(f"a seed article cannot be read: {item}")
        if isinstance(item, Read):
            reads.append(item)
    return reads


def _without_broker(reads: Sequence[Read], watches: Sequence[Path]) -> list[Alert]:
    from pipeline.chain import Chain
    from pipeline.lexicon.load import load_lexicon

    chain = Chain(load_lexicon(folders=watches))
    alerts = []
    for read in reads:
        try:
            alerts += [decision.alert for _, decision in chain.observe(read.article).decisions if decision.alert]
        except ArticleError as error:
            raise DemoFailed(f"{read.origin}: {error}") from error
    return alerts


def _compare(found: Sequence[Alert], expected: Sequence[Alert]) -> None:
    if not expected:
        raise DemoFailed("the seed articles raise no alert, not even without a broker: run `dyadwatch explain` on them")
    by_id, right = {a.alert_id: a for a in found}, {a.alert_id: a for a in expected}
    differences = [f"{right[i].type} alert {i} is missing" for i in right.keys() - by_id.keys()]
    differences += [f"{by_id[i].type} alert {i} is too many" for i in by_id.keys() - right.keys()]
    differences += [f"alert {i} says something else" for i in by_id.keys() & right.keys() if by_id[i] != right[i]]
    if differences:
        told = "; ".join(sorted(differences))
        raise DemoFailed(f"the stream's alerts are not those that the same articles give without a broker: {told}")


async def _no_dead_letters(cluster: Cluster) -> None:
    from agents.deadletters import DeadLetters

    async with DeadLetters(cluster) as dead_letters:
        told = [letter.told for letter in await dead_letters.listed() if letter.told]
    if told:
        first = told[0]
        raise DemoFailed(f"{len(told)} of the seed articles could not be processed, the first at {first.stage}: {first.reason}")


def _summarise(alerts: Sequence[Alert], steps: Steps, articles: int, as_json: bool) -> None:
    from agents.display import alerts_table, show

    if not as_json:
        show(alerts_table(alerts))
    kinds = ", ".join(f"{number} {kind}" for kind, number in Counter(alert.type.value for alert in alerts).items())
    told = f"{articles} articles, {len(alerts)} alerts ({kinds}), the same as without a broker, in {steps.seconds:.1f} s; all is stopped"
    print(told, file=sys.stderr)
