"""Verdicts on a running service: what is retracted, told once more, shown and exported. The tests build on each other."""
from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
from typer.testing import CliRunner

from agents.cli.app import app
from agents.cluster import Cluster
from agents.outlets.web.server import Web
from agents.service import Service
from agents.settings import Settings
from agents.topics import CURRENT, TAGGED, VERDICTS
from pipeline.lexicon.load import Lexicon
from schemas.meetings import AlertType, Meeting
from schemas.verdicts import Ruling, Verdict
from tests.broker.articles import THEN, meeting_in, text
from tests.broker.stream import Stream
from tests.broker.test_cli_commands import Done
from tests.corpus.evaluate import observe
from tests.corpus.score import score

PUTIN = "Russian President Vladimir Putin met Chinese President Xi Jinping in Kazan on 22 October 2024. They discussed the price of gas."
SHOIGU = "Russian Defence Minister Sergey Shoigu met Chinese Defence Minister Wei Fenghe in Sochi on 24 August 2021 and spoke of exercises."
WITHIN = 30.0  # seconds
AGAIN = "Sergey Lavrov and Wang Yi met in Astana on 3 July 2025, and their subject was gas, a Russian and a Chinese spokeswoman said."


@pytest.fixture
def environment(cluster: Cluster, tmp_path: Path) -> dict[str, str]:
    return {"DYADWATCH_KAFKA_BOOTSTRAP": str(cluster), "DYADWATCH_DATA_DIR": str(tmp_path), "COLUMNS": "120"}


async def review(environment: dict[str, str], *arguments: object) -> Done:
    """The command in a thread with a loop of its own: a process of its own takes seconds to start."""
    result = await asyncio.to_thread(CliRunner().invoke, app, ["review", *map(str, arguments)], env=environment)
    return Done(result.exit_code, result.stdout, result.stderr)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(cluster: Cluster, settings: Settings, service: Service) -> AsyncIterator[httpx2.AsyncClient]:
    """Of a page that is served."""
    async with Web(settings.model_copy(update={"web_port": 0}), cluster) as running:
        serving = asyncio.create_task(running.wait())
        async with httpx2.AsyncClient(base_url=running.address, timeout=WITHIN) as one:
            yield one
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def current(stream: Stream) -> dict[str, Meeting | None]:
    """The last message of each meeting, None for a tombstone."""
    last = {(record.key or b"").decode(): record.value for record in await stream.records(CURRENT)}
    return {key: Meeting.model_validate_json(value) if value else None for key, value in last.items()}


async def told(stream: Stream) -> list[tuple[str, AlertType]]:
    """The alerts, each with the article or ruling that caused it."""
    await stream.through()
    return [(alert.verdict.ruling if alert.verdict else alert.article.article_id, alert.type) for alert in await stream.alerts()]


@pytest.fixture(scope="module")
def ids() -> dict[str, str]:
    """The meetings, by city."""
    return {}


async def test_what_is_no_meeting_is_retracted_on_both_topics_and_who_repeats_it_is_not_heard(
    environment: dict[str, str], service: Service, stream: Stream, ids: dict[str, str]
) -> None:
    await stream.send([meeting_in("Astana", "astana"), meeting_in("Dalian", "dalian")])
    await stream.through()
    ids |= {str(alert.facts.place and alert.facts.place.city): alert.meeting_id for alert in await stream.alerts()}
    done = await review(environment, "none", ids["Astana"], "--note", "a letter", "--reviewer", "Ada")
    assert (done.code, done.out) == (0, "")
    assert done.err == "Sergey Lavrov – Wang Yi: ruled no meeting, by Ada: a letter; a worker takes it up\n"
    expected = [("astana", AlertType.NEW), ("dalian", AlertType.NEW), (Ruling.NO_MEETING, AlertType.RETRACTED)]
    assert await told(stream) == expected
    assert {city: (await current(stream))[ids[city]] is None for city in ids} == {"Astana": True, "Dalian": False}
    await stream.send([text("astana-again", AGAIN)])
    assert await told(stream) == expected
    assert (await current(stream))[ids["Astana"]] is None


async def test_what_is_right_after_all_is_told_once_more_with_who_repeated_it_meanwhile(
    environment: dict[str, str], stream: Stream, ids: dict[str, str]
) -> None:
    assert (await review(environment, "right", ids["Astana"])).code == 0
    assert (await told(stream))[3:] == [(Ruling.RIGHT, AlertType.NEW)]
    meeting = (await current(stream))[ids["Astana"]]
    assert meeting and meeting.sources == 2
    assert [part.verdict.ruling for part in meeting.verdicts] == [Ruling.NO_MEETING, Ruling.RIGHT]


async def test_a_page_and_the_api_take_verdicts_and_show_at_once_what_they_do(
    client: httpx2.AsyncClient, stream: Stream, ids: dict[str, str]
) -> None:
    one, other = (f"/meetings/{ids[city]}" for city in ("Dalian", "Astana"))
    page = await client.get(one, headers={"accept": "text/html"})
    field = page.text.partition('name="form" value="')[2].partition('"')[0]
    said = {"form": field, "ruling": "same_as", "same_as": ids["Astana"], "note": "one visit"}
    answer = await client.post(f"{one}/review", data=said, headers={"origin": str(client.base_url).rstrip("/")})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{one}#verdicts")
    gone = await client.get(one, headers={"accept": "text/html"})
    assert (gone.status_code, "waits for a worker" in gone.text, other in gone.text) == (410, False, True)
    assert (await client.get(other)).json()["applied"][-1]["source"]["article_id"] == "dalian"
    assert (await told(stream))[4:] == [(Ruling.SAME_AS, AlertType.CORROBORATED), (Ruling.SAME_AS, AlertType.RETRACTED)]

    assert (await client.post(f"{one}/verdicts", json={"ruling": "right"})).status_code == 201
    assert (await told(stream))[6:] == [(Ruling.RIGHT, AlertType.NEW)]
    assert (await client.get(one)).json()["revision"] == 3
    assert len((await client.get(f"{other}/verdicts")).json()) == 3


async def test_a_verdict_that_cannot_be_is_refused_or_a_dead_letter(
    environment: dict[str, str], stream: Stream, ids: dict[str, str]
) -> None:
    before = await told(stream)
    for arguments, code, message in (
        (["right", "nothing"], 1, "there is no meeting nothing"),
        (["same", ids["Astana"], "nothing"], 1, "there is no meeting nothing of the watch russia-china"),
        (["same", ids["Astana"], ids["Astana"]], 2, "names the meeting itself"),
        (["wrong", ids["Astana"], "--note", "x" * 2_001], 2, "note: String should have at most 2000 characters"),
        (["wrong", ids["Astana"], "--note", "\udcff"], 2, "note: "),
    ):
        done = await review(environment, *arguments)
        assert (done.code, done.out) == (code, "")
        assert message in " ".join(done.err.replace("│", " ").split())
    unknown = Verdict.given("nothing", "russia-china", Ruling.RIGHT, THEN)
    await stream.send_bytes(VERDICTS, unknown.model_dump_json().encode(), b"russia-china")
    await stream.send_bytes(VERDICTS, b"{broken", b"russia-china")
    assert await told(stream) == before
    letters = sorted((letter.stage, letter.topic, letter.error) for letter, _ in await stream.dead_letters())
    assert letters == [("meet", TAGGED, "VerdictError"), ("review", VERDICTS, "Undecodable")]


async def test_verdicts_are_listed_and_exported_as_labelled_articles(
    environment: dict[str, str], stream: Stream, ids: dict[str, str], tmp_path: Path, lexicon: Lexicon
) -> None:
    listed = await review(environment, "list", "--json")
    verdicts = [Verdict.model_validate_json(line) for line in listed.out.splitlines()]
    assert [one.ruling for one in verdicts if one.meeting_id != "nothing"] == ["no_meeting", "right", "same_as", "right"]
    table = (await review(environment, "list")).out
    assert "Sergey Lavrov – Wang Yi" in table and "a letter" in table and table.count("(before)") == 2

    await review(environment, "none", ids["Dalian"])
    await stream.send([text("kazan", PUTIN), text("sochi", SHOIGU)])
    await stream.through()
    others = [alert.meeting_id for alert in await stream.alerts()][-2:]
    await review(environment, "wrong", others[0])
    await stream.through()
    file = tmp_path / "reviewed.jsonl"
    done = await review(environment, "export", file)
    assert (done.code, done.out) == (0, "")
    assert done.err == "3 articles, 0 before\nleft out: 1 that tell of a meeting that was ruled wrong, and nobody has said what is right\n"
    labels = [json.loads(line) for line in file.read_text().splitlines()]
    assert [(label["doc_id"], len(label["meetings"])) for label in labels] == [
        ("russia-china-astana", 1), ("russia-china-dalian", 0), ("russia-china-astana-again", 1),
    ]  # fmt: skip
    figures, _ = score(labels, observe(labels, lexicon))
    assert (figures["mentions"]["tp"], figures["mentions"]["fp"]) == (2, 1)

    edited = [label | {"text": "corrected by hand"} for label in labels]
    file.write_text("".join(f"{json.dumps(label)}\n" for label in edited))
    await review(environment, "right", others[1])
    await review(environment, "right", ids["Dalian"])
    told_right = ["--city", "Moscow", "--country", "RU", "--date", "2024-10-23", "--who", "RU:Vladimir Putin", "--who", "CN:Li Qiang"]
    done = await review(environment, "wrong", others[0], *told_right)
    assert "ruled wrong (right: Vladimir Putin (Russia); Li Qiang (China); Moscow, Russia; 2024-10-23)" in done.err
    assert (await review(environment, "wrong", others[0], "--status", "perhaps")).code == 2
    await stream.through()
    assert (await review(environment, "export", file)).err.startswith("5 articles, 3 before\n")
    labels = [json.loads(line) for line in file.read_text().splitlines()]
    new = {one["doc_id"].removeprefix("russia-china-"): one["meetings"] for one in labels if one["text"] != "corrected by hand"}
    assert list(new) == ["dalian", "kazan", "sochi"]
    kazan = new["kazan"][0]
    assert (kazan["place"], kazan["date"]) == ({"city": "Moscow", "country": "RU"}, {"start": "2024-10-23", "end": "2024-10-23"})
    assert (kazan["ru"], kazan["cn"], kazan["status"]) == (["Vladimir Putin"], ["Li Qiang"], "held")
    assert (await review(environment, "export")).out.count("\n") == 5

    file.write_text("{}\n")
    assert "is no labelled article" in (await review(environment, "export", file)).err
