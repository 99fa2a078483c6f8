"""`dyadwatch doctor`: is all in order? Also a container's health check."""
from __future__ import annotations

import asyncio
import json
import os
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agents.cli.connection import ENCRYPT, IN_THE_CLEAR, no_broker, quiet_client
from agents.cli.exits import Exit

if TYPE_CHECKING:
    from agents.cluster import Cluster
    from agents.settings import Settings
    from agents.topic_states import TopicState

ANSWERS_WITHIN = 2.5  # seconds; a broker that needs longer makes nobody healthy


@dataclass(frozen=True, slots=True)
class Check:
    """What was checked, what was found, and, where that is bad, what to do."""

    name: str
    ok: bool
    found: str
    remedy: str | None = None


def doctor(as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False) -> None:
    """Check settings, lexicon, folder, page extraction, broker, topics, feeds and outlets. Exit code 1 when one fails; takes about 2 s."""
    quiet_client()
    checks = asyncio.run(_told(as_json))
    raise typer.Exit(Exit.OK if all(check.ok for check in checks) else Exit.FAILED)


async def _told(as_json: bool) -> list[Check]:
    from agents.display import stdout

    console = stdout()
    checks = []
    async for check in check_all():
        checks.append(check)
        if as_json:
            print(json.dumps(asdict(check)), flush=True)
        else:
            from rich.text import Text

            verdict = Text("ok     ", "green") if check.ok else Text("failed ", "bold red")
            console.print(Text.assemble(verdict, (f"{check.name}: ", "bold"), check.found), soft_wrap=True)
            if check.remedy:
                console.print(Text(f"       → {check.remedy}"), soft_wrap=True)
    return checks


async def check_all() -> AsyncIterator[Check]:
    """Every check; where the settings are wrong, only that."""
    from agents.security import cluster_of
    from agents.settings import load_settings
    from schemas.errors import SettingsError

    try:
        settings = load_settings()
        cluster = cluster_of(settings)
    except SettingsError as error:
        yield Check("settings", False, str(error), "correct the environment variable")
        return
    yield Check("settings", True, "as declared")
    waiting = asyncio.ensure_future(check_extraction(settings)), asyncio.ensure_future(check_broker(settings, cluster))
    yield await asyncio.to_thread(check_lexicon)
    yield check_folder(settings.data_dir)
    if settings.outlets is not None:
        yield await asyncio.to_thread(check_outlets, settings)
    yield await waiting[0]
    for check in await waiting[1]:
        yield check


def check_lexicon() -> Check:
    """Does it load?"""
    from pipeline.lexicon.load import load_lexicon
    from schemas.errors import LexiconError

    try:
        lexicon = load_lexicon()
    except LexiconError as error:
        return Check("lexicon", False, str(error), "correct the file at that line")
    return Check("lexicon", True, f"languages {' '.join(sorted(lexicon.languages))}; watches {' '.join(sorted(lexicon.watches))}")


def check_folder(folder: Path) -> Check:
    """Can the tables' copies be written to `folder`, or can it be made?"""
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    try:
        if existing != folder and not os.access(existing, os.W_OK | os.X_OK):
            raise PermissionError(f"cannot be made in {existing}")
        if existing == folder:
            tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        remedy = "make it writable, or set DYADWATCH_DATA_DIR to a folder that is"
        return Check("folder", False, f"{folder}: {error.strerror or error}", remedy)
    return Check("folder", True, f"{folder} {'can be written' if existing == folder else 'will be made at the first start'}")


def check_outlets(settings: Settings) -> Check:
    """Is the file of targets right?"""
    from agents.outlets.notify.outlets import outlets_of
    from schemas.errors import SettingsError

    try:
        outlets = outlets_of(settings)
    except SettingsError as error:
        return Check("outlets", False, str(error), "correct the file there")
    return Check("outlets", True, "; ".join(f"{outlet.target.id}: {outlet.described}" for outlet in outlets))


async def check_broker(settings: Settings, cluster: Cluster | None) -> list[Check]:
    """Does it answer, and has it the topics as declared?"""
    from agents.brokers import EMBEDDED, profile_of
    from agents.topic_states import describe_topics
    from schemas.errors import AccessRefused, BrokerError

    if cluster is None:
        return [Check("broker", False, "none is set", no_broker())]
    remedy = "start it, or set DYADWATCH_KAFKA_BOOTSTRAP to one that runs"
    try:
        async with asyncio.timeout(ANSWERS_WITHIN):
            profile = await profile_of(cluster)
            states = await describe_topics(cluster, settings)
    except TimeoutError:
        return [Check("broker", False, f"{cluster} does not answer within {ANSWERS_WITHIN} s", remedy)]
    except AccessRefused as error:
        return [Check("broker", False, str(error), "put that right, and ask again")]
    except BrokerError as error:
        return [Check("broker", False, str(error), remedy)]
    topics = check_topics(states)
    at, clear = f"{'embedded broker' if profile is EMBEDDED else 'Kafka'} at {cluster}", cluster.security.in_the_clear
    broker = Check("broker", True, f"{at}, {IN_THE_CLEAR}", ENCRYPT) if clear else Check("broker", True, at)
    if not topics.ok:
        return [broker, topics]
    return [broker, topics, await check_feeds(cluster), *([await check_deliveries(cluster, settings.outlets)] if settings.outlets else [])]


def check_topics(states: Sequence[TopicState]) -> Check:
    """Are they as the settings say? One that differs in what the service can work with does not fail."""
    from agents.topic_states import differing

    usable = not any(state.obstacle or state.found is None for state in states)
    told = "; ".join(differing(states)) or f"all {len(states)} as declared"
    changeable = any(state.differences and not state.stuck for state in states)
    return Check("topics", usable, told, "run `dyadwatch topics --apply`" if changeable else None)


async def check_feeds(cluster: Cluster) -> Check:
    """How many feeds are there, and how many of them need a look? Neither stops the service, so neither fails."""
    from agents.poll.subscriptions import read_subscriptions

    known = await read_subscriptions(cluster)
    wrong = sum(one.health.needs_a_look for one in known)
    if not known:
        return Check("feeds", True, "none is subscribed", "`dyadwatch feeds import seeds/feeds.opml`, unless articles come another way")
    told = f"{len(known)} subscribed, {wrong} of them need a look"
    return Check("feeds", True, told, "`dyadwatch feeds list --broken` says why" if wrong else None)


async def check_deliveries(cluster: Cluster, outlets: Path) -> Check:
    """How many targets fail or are stopped? That stops nothing else, so it does not fail."""
    from agents.outlets.notify.standing import standings
    from agents.outlets.notify.targets import load_targets
    from pipeline.delivery import Condition
    from schemas.errors import SettingsError

    try:
        targets = load_targets(outlets)
    except SettingsError:
        return Check("deliveries", True, "not known, for the file of targets is wrong")
    known = await standings(cluster, [target.id for target in targets])
    wrong = [one.outlet_id for one in known if one.condition in (Condition.FAILING, Condition.STOPPED)]
    told = f"{len(known)} targets, {len(wrong)} of them need a look" + (f": {', '.join(wrong)}" if wrong else "")
    return Check("deliveries", True, told, "`dyadwatch outlets list` says why" if wrong else None)


async def check_extraction(settings: Settings) -> Check:
    """Does a process for reading pages start and answer?"""
    from agents.extraction import Extraction
    from schemas.errors import ArticleError, LexiconError

    extraction = Extraction(1, settings.extraction_deadline)
    try:
        async with asyncio.timeout(settings.extraction_deadline), extraction:
            return Check("extraction", True, "a process starts and answers")
    except LexiconError:
        return Check("extraction", False, "no process starts with this lexicon", "correct the lexicon")
    except (TimeoutError, ArticleError) as error:
        return Check("extraction", False, str(error) or "no answer in time", "look at memory and at the number of processes allowed")
