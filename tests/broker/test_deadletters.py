"""Dead letters from the command line: listed, shown, and re-driven when the cause is removed. The tests build on each other."""
from __future__ import annotations

import asyncio
import json
import os
import sys
import tracemalloc
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agents.brokers import MAX_MESSAGE
from agents.cli.app import app
from agents.cluster import Cluster
from agents.deadletters import DeadLetters, LetterId, Redriver
from agents.service import Service
from agents.settings import Settings
from agents.topic_changes import create_topics
from agents.topics import CLEAN, CURRENT, DEADLETTERS, RAW, UNIQUE
from schemas.articles import ContentType, RawArticle
from schemas.deadletters import TRIED, DeadLetterHeaders
from tests.broker import conftest
from tests.broker.articles import chained, meeting_in, text
from tests.broker.stream import Stream
from tests.broker.test_cli_commands import Done

LONG = "".join(f"<p>The weather was fine on day {day} and <b>nobody</b> complained about it.</p>" for day in range(3_000))


def slow(city: str) -> RawArticle:
    """A page that reports one meeting and takes seconds to clean."""
    page = f"<html><body><article><h1>Talks</h1><p>{meeting_in(city, '').body}</p>{LONG}</article></body></html>"
    return text(f"slow-{city}", page, ContentType.HTML)


def told(**changes: object) -> dict[str, bytes]:
    """The headers of a dead letter."""
    some = DeadLetterHeaders(
        stage="clean", reason="Odd: it was so", topic=RAW, partition=0, offset=7, tries=1, complete=True, stacktrace="x" * 4_000
    )
    return dict(some.model_copy(update=changes).encoded())


@pytest.fixture
def environment(cluster: Cluster, tmp_path: Path) -> dict[str, str]:
    return {"DYADWATCH_KAFKA_BOOTSTRAP": str(cluster), "DYADWATCH_DATA_DIR": str(tmp_path), "COLUMNS": "120"}


async def deadletters(environment: dict[str, str], *arguments: str) -> Done:
    """The command in a thread with a loop of its own: a process of its own takes seconds to start, and a hundred are run here."""
    result = await asyncio.to_thread(CliRunner().invoke, app, ["deadletters", *arguments], env=environment)
    return Done(result.exit_code, result.stdout, result.stderr)


async def listed(environment: dict[str, str], *arguments: str) -> list[dict[str, object]]:
    done = await deadletters(environment, "list", "--json", *arguments)
    assert done.code == 0, done.err
    return [json.loads(line) for line in done.out.splitlines()]


async def raw(environment: dict[str, str], name: str) -> bytes:
    """What `show --raw` writes into a pipe."""
    command = [sys.executable, "-c", "from agents.cli import main; main()", "deadletters", "show", name, "--raw"]
    process = await asyncio.create_subprocess_exec(
        *command, env=os.environ | environment, cwd=Path(__file__).parents[2], stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    return out


async def test_a_broker_without_our_topics_is_told_so(environment: dict[str, str]) -> None:
    for command in (["list"], ["show", "0/0"], ["redrive", "--all"]):
        done = await deadletters(environment, *command)
        assert (done.code, done.out) == (4, "")
        assert "has no topic news.deadletters: `dyadwatch topics --apply` makes it" in done.err


async def test_none_is_said_in_a_sentence(environment: dict[str, str], cluster: Cluster, settings: Settings) -> None:
    await create_topics(cluster, settings)
    for arguments in (["list"], ["list", "--count"], ["list", "--json"]):
        assert await deadletters(environment, *arguments) == Done(0, "", "no dead letters\n")
    assert await deadletters(environment, "redrive", "--all") == Done(0, "", "0 re-driven, 0 refused\n")


HEADERS = {"traceparent": b"00-1\xff", "empty": b""}


async def test_articles_that_fail_for_a_cause_alert_once_it_is_removed_and_they_are_redriven(
    environment: dict[str, str], cluster: Cluster, settings: Settings, stream: Stream
) -> None:
    articles = [slow("Moscow"), slow("Astana")]
    async with Service(settings.model_copy(update={"extraction_deadline": 0.05}), cluster):
        for article in articles:
            await stream.send_bytes(RAW, article.model_dump_json().encode(), article.article_id.encode(), HEADERS)
        await stream.through()
    assert await stream.alerts() == []
    found = await listed(environment)
    assert [(one["id"], one["stage"], one["error"], one["tries"], one["redriven_at"]) for one in found] == [
        ("0/0", "clean", "DeadlineExceeded", 1, None),
        ("0/1", "clean", "DeadlineExceeded", 1, None),
    ]
    dry = await deadletters(environment, "redrive", "--all", "--reason", "deadline", "--dry-run")
    assert (dry.code, dry.err, await listed(environment)) == (0, "2 would be re-driven, 0 refused\n", found)

    async with Service(settings.model_copy(update={"extraction_deadline": 120}), cluster):
        done = await deadletters(environment, "redrive", "--all", "--reason", "deadline", "--stage", "clean", "--json")
        assert (done.code, done.err) == (0, "2 re-driven, 0 refused\n")
        assert [json.loads(line) for line in done.out.splitlines()] == [{"id": "0/0", "refused": None}, {"id": "0/1", "refused": None}]
        await stream.through()
    assert await stream.alerts() == chained(articles)[0]
    first, second, *redriven = await stream.records(RAW)
    assert [(one.key, one.value) for one in redriven] == [(first.key, first.value), (second.key, second.value)]
    assert [one.headers for one in redriven] == [HEADERS | {TRIED: b"1"}] * 2


async def test_what_was_redriven_is_listed_no_more_and_redriven_once_more_only_when_asked(
    environment: dict[str, str], service: Service, stream: Stream
) -> None:
    before, sent = await stream.alerts(), len(await stream.records(RAW))
    assert await deadletters(environment, "list") == Done(0, "", "no dead letters but 2 that were re-driven: --all lists them\n")
    assert [bool(one["redriven_at"]) for one in await listed(environment, "--all")] == [True, True]
    assert "re-driven " in (await deadletters(environment, "list", "--all")).out
    assert await deadletters(environment, "redrive", "--all") == Done(0, "", "0 re-driven, 0 refused\n")
    refused = await deadletters(environment, "redrive", "0/0")
    assert (refused.code, refused.out) == (3, "")
    assert "dyadwatch: 0/0 was re-driven on " in refused.err
    assert len(await stream.records(RAW)) == sent

    again = await deadletters(environment, "redrive", "0/0", "0/0", "--again")
    assert (again.code, again.err) == (0, "1 re-driven, 0 refused\n")
    await stream.through()
    assert len(await stream.records(RAW)) == sent + 1
    assert await stream.alerts() == before


async def test_what_fails_again_is_a_new_dead_letter_that_says_how_often_and_one_run_redrives_it_once(
    environment: dict[str, str], service: Service, stream: Stream
) -> None:
    await stream.send_bytes(UNIQUE, b"{broken", b"russia-china")
    await stream.through()
    for tries in (1, 2, 3):
        (one,) = await listed(environment, "--stage", "tag")
        assert (one["tries"], one["topic"]) == (tries, UNIQUE)
        assert ("failed 3 times" in (await deadletters(environment, "list")).out) is (tries == 3)
        done = await deadletters(environment, "redrive", "--all", "--stage", "tag")
        assert done.err == "1 re-driven, 0 refused\n"
        await stream.through()
    assert len(await listed(environment, "--all", "--stage", "tag")) == 4


async def test_a_kill_after_the_message_and_before_the_note_repeats_and_tells_nothing_twice(
    environment: dict[str, str], cluster: Cluster, service: Service, stream: Stream
) -> None:
    article = meeting_in("Samarkand", "killed")
    await stream.send_bytes(DEADLETTERS, article.model_dump_json().encode(), b"killed", told())
    before = len(await stream.alerts())
    (one,) = await listed(environment, "--reason", "odd")
    async with DeadLetters(cluster) as dead_letters, Redriver(cluster) as redriver:
        await redriver.send(await dead_letters.whole(LetterId.parse(str(one["id"]))))  # and is killed
    await stream.through()
    assert len(await stream.alerts()) == before + 1
    assert await listed(environment, "--reason", "odd") == [one]

    assert (await deadletters(environment, "redrive", "--all", "--reason", "odd")).err == "1 re-driven, 0 refused\n"
    await stream.through()
    assert [record.key for record in await stream.records(RAW)][-2:] == [b"killed", b"killed"]
    assert len(await stream.alerts()) == before + 1
    assert await listed(environment, "--reason", "odd") == []


VALUES = {
    "JSON": b'{"title": "Talks", "city": "\xe5\x8c\x97\xe4\xba\xac", "odd": "\\u001b[2J"}',
    "text": "Λαβρόφ \x1b[31m 王毅\n".encode(),
    "binary": bytes(range(256)),
    "nothing": b"",
    "8 MB": b" " * (MAX_MESSAGE - 1_000),
}


async def test_its_bytes_come_out_as_they_went_in_and_harmless_where_a_person_reads_them(
    environment: dict[str, str], service: Service, stream: Stream
) -> None:
    for name, value in VALUES.items():
        await stream.send_bytes(RAW, value, name.encode(), {"via": b"\x1b]0;x"})
    await stream.through()
    ids = {str(one["id"]): value for one, value in zip((await listed(environment))[-len(VALUES) :], VALUES.values(), strict=True)}
    assert {name: await raw(environment, name) for name in ids} == ids

    shown = {value: await deadletters(environment, "show", name) for name, value in ids.items()}
    assert {done.code for done in shown.values()} == {0}
    assert not any("\x1b" in done.out for done in shown.values())
    assert '"city": "北京"' in shown[VALUES["JSON"]].out
    assert "Λαβρόφ \\x1b[31m 王毅\n" in shown[VALUES["text"]].out
    assert "000000f0  f0 f1 f2" in shown[VALUES["binary"]].out
    for part in ("Undecodable: no RawArticle", "original-via: \\x1b]0;x", "agents/stage.py", "failed     once"):
        assert part in shown[VALUES["text"]].out

    objects = [json.loads((await deadletters(environment, "show", name, "--json")).out) for name in ids]
    assert [one["text"] is None for one in objects] == [False, False, True, False, False]
    assert objects[0]["text"].encode() == VALUES["JSON"]
    assert ["original-via", "\\x1b]0;x"] in objects[0]["headers"]


async def test_the_list_is_chosen_from_counted_and_cut(environment: dict[str, str], service: Service) -> None:
    every = await listed(environment)
    assert [one["at"] for one in every] == sorted(str(one["at"]) for one in every)
    cut = await deadletters(environment, "list", "--json", "--limit", "2")
    assert [json.loads(line)["id"] for line in cut.out.splitlines()] == [one["id"] for one in every[-2:]]
    assert cut.err == f"the newest 2 of {len(every)}; a larger --limit shows more\n"
    counts = [json.loads(line) for line in (await deadletters(environment, "list", "--count", "--json")).out.splitlines()]
    assert counts[0] == {"stage": "clean", "error": "Undecodable", "letters": len(VALUES)}
    assert sum(one["letters"] for one in counts) == len(every)
    table = await deadletters(environment, "list", "--stage", "clean")
    assert (table.code, table.err) == (0, "")
    assert "clean   Undecodable" in table.out
    assert all(str(one["id"]) in table.out for one in every if one["stage"] == "clean")
    assert await deadletters(environment, "list", "--stage", "meet") == Done(
        0, "", f"none of {len(every)} dead letters is of that stage and kind of error\n"
    )


async def test_what_others_put_there_is_listed_as_theirs_and_left_alone(
    environment: dict[str, str], service: Service, stream: Stream
) -> None:
    theirs: list[tuple[dict[str, bytes], str]] = [
        ({}, "is no dead letter of ours"),
        ({"stage": b"\xff", "partition": b"x"}, "is no dead letter of ours"),
        ({"redriven": b"all of them"}, "is no dead letter of ours"),
        (told(topic=CURRENT), "was read from meetings.current, which no agent reads"),
        (told(complete=False), "while the topic keeps them, they are at news.raw/0/7"),
    ]
    for headers, _ in theirs:
        await stream.send_bytes(DEADLETTERS, b"\x00", b"\xff", headers)
    found = (await listed(environment))[-len(theirs) :]
    assert [one["stage"] for one in found] == [None, None, None, "clean", "clean"]
    assert (await deadletters(environment, "list")).out.count("no dead letter of ours") == 1 + 3
    assert "no dead letter of ours" in (await deadletters(environment, "show", str(found[1]["id"]))).out
    sent = {topic: len(await stream.records(topic)) for topic in (RAW, CURRENT, DEADLETTERS)}
    done = await deadletters(environment, "redrive", *(str(one["id"]) for one in found))
    assert (done.code, done.out) == (3, "")
    assert all(f"dyadwatch: {one['id']} " in done.err and why in done.err for one, (_, why) in zip(found, theirs, strict=True))
    assert {topic: len(await stream.records(topic)) for topic in sent} == sent


async def test_what_does_not_exist_is_an_error_and_nothing_is_sent(environment: dict[str, str], service: Service, stream: Stream) -> None:
    last = max(int(str(one["id"]).partition("/")[2]) for one in await listed(environment))
    (note,) = [number for number, record in enumerate(await stream.records(DEADLETTERS)) if record.headers.get("redriven") == b"0/1"]
    sent = len(await stream.records(DEADLETTERS))
    for name, why in ((f"0/{last + 1}", "or no longer"), ("7/0", "or no longer"), (f"0/{note}", "the note that 0/1 was re-driven")):
        shown = await deadletters(environment, "show", name)
        assert (shown.code, shown.out) == (1, "")
        assert why in shown.err
        driven = await deadletters(environment, "redrive", f"0/{last}", name)
        assert driven.code == 1
        assert f"dyadwatch: there is no dead letter {name}; `dyadwatch deadletters list --all` shows what there is" in driven.err
    assert len(await stream.records(DEADLETTERS)) == sent


async def test_one_that_the_topic_does_not_take_is_refused_and_the_others_are_not(
    environment: dict[str, str], broker: str, service: Service, stream: Stream
) -> None:
    if broker == conftest.EMBEDDED:
        pytest.skip("the embedded broker takes messages of any size")
    for value in (b" " * (MAX_MESSAGE + 100), b"small"):
        await stream.send_bytes(DEADLETTERS, value, b"k", told(topic=CLEAN, reason="Large: it was so"))
    done = await deadletters(environment, "redrive", "--all", "--reason", "large")
    assert (done.code, done.err.splitlines()[-1]) == (3, "1 re-driven, 1 refused")
    assert "is larger than news.clean takes" in done.err
    await stream.through()  # the other one fails again


async def test_however_large_they_are_the_list_holds_few_of_them_at_a_time(cluster: Cluster, stream: Stream) -> None:
    for number in range(12):
        await stream.send_bytes(DEADLETTERS, b"x" * (MAX_MESSAGE - 10_000), b"%d" % number, told())
    tracemalloc.start()
    try:
        async with DeadLetters(cluster) as dead_letters:
            found = await dead_letters.listed()
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [letter.size for letter in found[-12:]] == [MAX_MESSAGE - 10_000] * 12
    assert most < 6 * MAX_MESSAGE
