"""docs/subscribe.md: each of its snippets is run as it stands there, and says what the alerts say. The tests build on each other."""
from __future__ import annotations

import asyncio
import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka import TopicPartition
from confluent_kafka import OFFSET_BEGINNING, Consumer
from confluent_kafka import TopicPartition as Partition

from agents.cluster import Cluster
from agents.lag import LOOK_EVERY, Lag
from agents.service import Service
from agents.settings import Settings
from agents.subscriber import Subscriber
from agents.topic_changes import create_topics
from agents.topics import ALERTS, CURRENT
from schemas.articles import RawArticle
from schemas.cloudevents import headers
from schemas.meetings import Alert, AlertType, Meeting, Status
from tests.agents import meetings
from tests.agents.fakes import THEN
from tests.broker.articles import meeting_in, seeds
from tests.broker.certificates import Certificates
from tests.broker.conftest import EMBEDDED, GIVEN
from tests.broker.jars import Jars
from tests.broker.secure_kafka import PASSWORD, USER, Listener, SecureKafka
from tests.broker.snippets import WITHIN, Snippets, run, running
from tests.broker.stream import Stream
from tests.broker.tally import not_run

DOCUMENT = Path(__file__).parents[2] / "docs" / "subscribe.md"
SUBSCRIBE = Snippets.of(DOCUMENT)
WIRE, KCAT, CONSOLE, STANDING = "What an alert looks like", "kcat", "Kafka console tools", "All meetings as they stand"
PROGRAMS = {"aiokafka": "desk-aiokafka", "confluent-kafka": "desk-confluent", "Faust": "desk-faust"}  # each with its group
ON_EMBEDDED = {"aiokafka", STANDING}  # the document says why others cannot read there, or wait long
NEEDS = {WIRE: ("kcat",), KCAT: ("kcat", "jq"), CONSOLE: ("jq",)}  # what no package of ours brings


def told(alert: Alert) -> str:
    """What the snippets print of an alert that is new."""
    facts = alert.facts
    who = ", ".join(person.name or person.office or "an official" for person in facts.participants)
    where = facts.place and facts.place.city
    return f"{facts.status}: {who}; {where or 'place not told'}; {alert.article.url or 'no link'}"


def addressed(number: int, article: RawArticle) -> RawArticle:
    """As a feed would have given it."""
    return article.model_copy(update={"url": f"https://example.org/{number}", "source": "example.org"})


def lasting(city: str) -> RawArticle:
    """An article that reports a meeting of its own."""
    return addressed(0, meeting_in(city, city))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a reader has copied all files of the document to."""
    for name, text in SUBSCRIBE.files.items():
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def environment(broker: str, cluster: Cluster) -> dict[str, str]:
    """With the one variable of the document."""
    if broker == GIVEN:
        pytest.skip("the programs would leave their groups on a Kafka that is not ours, or take part in those of others")
    return surroundings() | {"KAFKA": str(cluster)}


def surroundings() -> dict[str, str]:
    return os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


@pytest.fixture
def section(request: pytest.FixtureRequest, broker: str) -> str:
    """The heading of a section whose snippets run here."""
    heading = str(request.param)
    if broker == EMBEDDED and heading not in ON_EMBEDDED:
        pytest.skip(f"{heading}: not on the embedded broker")
    installed(heading)
    return heading


def installed(heading: str) -> None:
    for program in NEEDS.get(heading, ()):
        if shutil.which(program) is None:
            not_run[program] = f"it is not installed (Debian, Ubuntu: apt install {program})"
            if os.environ.get("CI"):
                pytest.fail(f"{program}: {not_run[program]}; with CI set, no test may go without it", pytrace=False)
            pytest.skip(f"{program}: {not_run[program]}")


async def new_meetings(stream: Stream) -> list[str]:
    return [told(alert) for alert in await stream.alerts() if alert.type is AlertType.NEW]


async def test_the_alerts_of_the_demo_one_that_is_sent_twice_and_one_more(service: Service, stream: Stream, cluster: Cluster) -> None:
    await stream.send(addressed(number, article) for number, article in enumerate(seeds()))
    await stream.through()
    async with Subscriber(cluster, from_beginning=True) as alerts:
        first, *_ = await alerts.read_to_end()
    await stream.send_bytes(ALERTS, first.value, first.alert.meeting_id.encode(), first.headers)
    await stream.send([lasting("Astana")])
    await stream.through()
    lines = await new_meetings(stream)
    assert len(lines) == 9
    assert len(await stream.records(ALERTS)) == 11  # a corroboration, and the one that came twice
    assert "Astana; https://example.org/0" in lines[-1]


async def followed(section: str, folder: Path, environment: dict[str, str], last: str) -> list[str]:
    """What the program of a section prints until it has printed and committed the `last` line, and is stopped with Ctrl-C."""
    (command,) = SUBSCRIBE.commands[section]
    alerts = TopicPartition(ALERTS, 0)
    async with Lag(Cluster(environment["KAFKA"])) as lag, running(command, folder, environment) as program:
        await program.until(lambda lines: lines[-1] == last)
        while (await lag.of_partitions(PROGRAMS[section], [alerts]))[alerts].lag:
            await asyncio.sleep(LOOK_EVERY)
        program.interrupt()
        code, err = await program.ended()
    assert code == 0, err
    assert "Traceback" not in err
    return program.lines


@pytest.mark.parametrize("section", PROGRAMS, indirect=True)
async def test_a_program_prints_each_new_meeting_once(section: str, folder: Path, environment: dict[str, str], stream: Stream) -> None:
    expected = await new_meetings(stream)
    assert await followed(section, folder, environment, expected[-1]) == expected


@pytest.mark.parametrize("section", [KCAT], indirect=True)
async def test_kcat_and_jq_print_each_new_meeting_once(section: str, folder: Path, environment: dict[str, str], stream: Stream) -> None:
    command, _ = SUBSCRIBE.commands[section]
    lines, code, err = await run(command, folder, environment)
    assert (lines, code) == (await new_meetings(stream), 0), err


@pytest.mark.parametrize("section", [CONSOLE], indirect=True)
async def test_the_console_tools_and_jq_print_each_new_meeting_once(
    section: str, folder: Path, environment: dict[str, str], stream: Stream, jars: Jars
) -> None:
    script = folder / "kafka-console-consumer.sh"
    script.write_text(f'#!/bin/sh\nexec {shlex.join(jars.java("org.apache.kafka.tools.consumer.ConsoleConsumer"))} "$@"\n')
    script.chmod(0o700)
    (command,) = SUBSCRIBE.commands[section]
    lines, _, err = await run(command, folder, environment | {"PATH": f"{folder}:{environment['PATH']}"})
    assert lines == await new_meetings(stream), err


@pytest.mark.parametrize("section", [WIRE], indirect=True)
async def test_the_newest_alert_is_shown_with_its_key_and_the_headers_of_the_table(
    section: str, folder: Path, environment: dict[str, str], stream: Stream
) -> None:
    *_, newest = await stream.alerts()
    (command,) = SUBSCRIBE.commands[section]
    (key, attributes, value), _, _ = await run(command, folder, environment)
    assert key == f"key {newest.meeting_id}"
    assert Alert.model_validate_json(value.removeprefix("value ")) == newest
    shown = dict(re.findall(r"([\w-]+)=([^,]*)", attributes.removeprefix("headers ")))
    assert shown["ce_id"] == newest.alert_id
    assert list(shown) == re.findall(r"^\| `(ce_\w+|content-type|traceparent)` \|", DOCUMENT.read_text("utf-8"), re.MULTILINE)


async def test_one_more_meeting(service: Service, stream: Stream) -> None:
    await stream.send([lasting("Samarkand")])
    await stream.through()
    assert "Samarkand" in (await new_meetings(stream))[-1]


@pytest.mark.parametrize("section", PROGRAMS, indirect=True)
async def test_a_program_that_is_started_again_goes_on_where_it_stopped(
    section: str, folder: Path, environment: dict[str, str], stream: Stream
) -> None:
    *_, newest = await new_meetings(stream)
    assert await followed(section, folder, environment, newest) == [newest]


@pytest.mark.parametrize("section", [STANDING], indirect=True)
async def test_all_meetings_as_they_stand_without_those_that_are_forgotten(
    section: str, folder: Path, environment: dict[str, str], stream: Stream
) -> None:
    forgotten, *_ = records = await stream.records(CURRENT)
    await stream.send_bytes(CURRENT, None, forgotten.key)
    last = {record.key: record.value for record in records if record.key != forgotten.key}
    standing = [Meeting.model_validate_json(value or b"") for value in last.values()]
    held = sum(meeting.facts.status is Status.HELD for meeting in standing)
    (command,) = SUBSCRIBE.commands[section]
    async with running(command, folder, environment) as program:
        await program.until(lambda lines: len(lines) == len(records) + 1)
        program.interrupt()
        code, err = await program.ended()
    assert (program.lines[-1], code) == (f"{len(standing)} meetings, {held} of them held", 0), err


@pytest.fixture
def secure(jars: Jars, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SecureKafka, dict[str, str]]]:
    """A broker that wants TLS and a user, and what a reader writes into `kafka.conf` for it."""
    folder = tmp_path_factory.mktemp("secure")
    certificates = Certificates(folder)
    with SecureKafka(folder / "node", jars, certificates) as kafka:
        yield kafka, {
            "bootstrap.servers": kafka.address(Listener.SASL_SSL),
            "ssl.ca.location": str(certificates.authority),
            "sasl.username": USER,
            "sasl.password": PASSWORD,
        }


async def test_kcat_and_confluent_kafka_read_over_tls_as_a_user(secure: tuple[SecureKafka, dict[str, str]], folder: Path) -> None:
    installed(KCAT)
    kafka, own = secure
    await create_topics(kafka.cluster, Settings())
    alert = meetings.alert()
    async with Stream(kafka.cluster) as stream:
        await stream.send_bytes(ALERTS, alert.model_dump_json().encode(), alert.meeting_id.encode(), headers(alert, THEN))
    conf = folder / "kafka.conf"
    settings = dict(line.split("=", 1) for line in conf.read_text().splitlines() if "=" in line)
    assert own.keys() < settings.keys()
    settings |= own
    reader = Consumer(settings | {"group.id": "desk"})
    reader.assign([Partition(ALERTS, 0, OFFSET_BEGINNING)])
    (message,) = reader.consume(timeout=WITHIN)
    reader.close()
    assert message.key() == alert.meeting_id.encode()
    settings["sasl.mechanism"] = "PLAIN"  # as the document says of a kcat that is not of today
    conf.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    _, command = SUBSCRIBE.commands[KCAT]
    lines, code, err = await run(command, folder, surroundings())
    assert (lines, code) == ([told(alert)], 0), err
