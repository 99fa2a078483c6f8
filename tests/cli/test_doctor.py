"""doctor: each check says what it found, and where that is bad what to do."""
from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from agents.cli.app import app
from agents.cli.checks import machine, stream
from agents.cli.checks.check import Check
from agents.cli.exits import Exit
from agents.cluster import CLIENT_ID, Cluster
from agents.embedded import HOST, free_port
from agents.extraction import Extraction
from agents.groups import Member
from agents.lag import READERS
from agents.outlets.notify.standing import Standing
from agents.poll.subscriptions import Known
from agents.settings import Settings
from agents.sight.server import Sight
from agents.together import Together
from agents.topic_states import TopicState
from agents.topics import ALERTS, MEET_APP, RAW, READ_APP, RETENTION, TAGGED
from schemas.errors import BrokerError, LexiconError
from schemas.feeds import Feed, FeedState, Outcome, Seen
from schemas.outlets import OutletState
from tests.agents.fakes import THEN
from tests.agents.topic_states import state
from tests.sight.parts import NOWHERE, Part, started

NOBODY_LISTENS = "127.0.0.1:1"


async def test_a_broker_that_does_not_answer_fails_with_its_address_and_a_remedy() -> None:
    (check,) = await stream.check_broker(Settings(), Cluster(NOBODY_LISTENS))
    assert (check.name, check.ok) == ("broker", False)
    assert NOBODY_LISTENS in check.found
    assert "DYADWATCH_KAFKA_BOOTSTRAP" in str(check.remedy)


async def test_no_broker_set_fails_and_says_how_to_get_one() -> None:
    (check,) = await stream.check_broker(Settings(), None)
    assert (check.ok, check.found) == (False, "none is set")
    assert "dyadwatch up --embedded" in str(check.remedy)


async def test_a_process_that_reads_pages_starts_whatever_its_deadline_for_an_article() -> None:
    assert (await machine.check_extraction(Settings(extraction_deadline=0.05))).ok


def test_the_packaged_lexicon_loads_and_its_languages_are_named() -> None:
    check = machine.check_lexicon(Settings())
    assert check.ok
    assert "en" in check.found
    assert "russia-china" in check.found


def test_a_mistake_in_the_lexicon_is_told_with_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def mistaken(folders: object) -> None:
        raise LexiconError("de.toml:7: no such office")

    monkeypatch.setattr(machine, "load_lexicon", mistaken)
    check = machine.check_lexicon(Settings())
    assert (check.ok, check.found) == (False, "de.toml:7: no such office")


def test_a_folder_that_is_there_or_can_be_made_is_well_and_is_left_as_it_was(tmp_path: Path) -> None:
    assert machine.check_folder(tmp_path).found == f"{tmp_path} can be written"
    assert machine.check_folder(tmp_path / "a" / "b").ok
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file_fails_and_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        check = machine.check_folder(folder)
        assert not check.ok
        assert "DYADWATCH_DATA_DIR" in str(check.remedy)


@pytest.mark.parametrize(("free", "verdict"), [(machine.TOO_LITTLE - 1, "failed"), (machine.LITTLE - 1, "look"), (machine.LITTLE, "ok")])
def test_a_disk_that_is_full_fails_and_one_that_soon_will_be_wants_a_look(
    free: int, verdict: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []

    def usage(path: Path) -> SimpleNamespace:
        asked.append(path)
        return SimpleNamespace(total=100 * 2**30, used=0, free=free)

    monkeypatch.setattr(machine.shutil, "disk_usage", usage)
    check = machine.check_disk(tmp_path / "not" / "yet")
    assert (check.verdict, asked) == (verdict, [tmp_path])
    assert ("DYADWATCH_DATA_DIR" in (check.remedy or "")) is (verdict != "ok")


async def test_an_extraction_that_does_not_start_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(_: Extraction) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(Extraction, "start", hang)
    monkeypatch.setattr(machine, "STARTS_WITHIN", 0.1)
    check = await machine.check_extraction(Settings())
    assert (check.ok, check.found) == (False, "no answer within 0.1 s")
    assert check.remedy


async def test_a_lexicon_that_no_process_starts_with_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(_: Extraction) -> None:
        raise LexiconError("de.toml:7: no such office")

    monkeypatch.setattr(Extraction, "start", refuse)
    check = await machine.check_extraction(Settings())
    assert (check.ok, check.remedy) == (False, "correct the lexicon")


async def service(part: Part | None) -> Check:
    """What is found of a service with this part; of one that is not there without."""
    if part is None:
        found = await machine.check_service(Settings(metrics_port=free_port()))
    else:
        whole = Together({"work": part})
        async with Sight(0, Settings(), NOWHERE, whole) as sight, whole:
            found = await machine.check_service(Settings(metrics_port=int(sight.address.rpartition(":")[2])))
    assert found is not None
    return found


async def test_a_service_here_is_asked_how_it_is() -> None:
    assert await machine.check_service(Settings()) is None
    assert (await service(started())).verdict == "ok"
    waiting, stuck = started(), started()
    waiting.lacks, stuck.stands = "partitions are being shared out", "every poll in progress has taken 901 s"
    check = await service(waiting)
    assert (check.verdict, check.found) == ("look", "it cannot do its work: work: partitions are being shared out")
    check = await service(stuck)
    assert (check.verdict, check.found) == ("failed", "it does not get on: work: every poll in progress has taken 901 s")
    check = await service(None)
    assert (check.verdict, "nothing answers at http://127.0.0.1:" in check.found) == ("look", True)


async def test_a_service_that_hangs_fails_and_is_to_be_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "ANSWERS_WITHIN", 0.2)
    server = await asyncio.start_server(lambda *_: None, HOST, 0)
    async with server:
        check = await machine.check_service(Settings(metrics_port=server.sockets[0].getsockname()[1]))
    assert check is not None
    assert (check.ok, check.remedy) == (False, "end the process; its supervisor starts it afresh")


@pytest.mark.parametrize(
    ("found", "wanted", "brokers", "verdict", "told"),
    [
        pytest.param(state(RAW), 1, 1, "ok", "all are up to date, on 1 broker", id="one copy on one broker"),
        pytest.param(state(RAW), 3, 2, "failed", "3 of each topic are asked for, and there are 2 brokers", id="too few brokers"),
        pytest.param(state(RAW, on=((1, 2, 3),)), 3, 3, "ok", "all are up to date, on 3 brokers", id="three copies"),
        pytest.param(state(RAW, on=((1, 2, 3),), in_sync=2), 3, 3, "look", "some are not up to date: news.raw", id="a broker is away"),
        pytest.param(state(RAW, on=((1, 2, 3),), in_sync=1), 3, 3, "failed", "for anything to be written: news.raw", id="two are"),
        pytest.param(TopicState(state(RAW).topic, None), 2, 1, "failed", "2 of each topic are asked for", id="none could be made"),
    ],
)
def test_copies_fail_where_nothing_can_be_written(found: TopicState, wanted: int, brokers: int, verdict: str, told: str) -> None:
    check = stream.check_copies([found], wanted, brokers)
    assert (check.verdict, told in check.found) == (verdict, True), check
    assert (check.remedy is None) is (verdict == "ok")


QUIET = dict.fromkeys((topic for topic, _ in READERS), 0)
OURS = [Member(CLIENT_ID)]


@pytest.mark.parametrize(
    ("waiting", "present", "verdict", "told"),
    [
        pytest.param({}, {READ_APP: OURS * 2, MEET_APP: OURS}, "ok", "2 are there; there waits nothing", id="all is read"),
        pytest.param({RAW: 7}, {READ_APP: OURS, MEET_APP: OURS}, "ok", "1 is there; there waits 7 in news.raw", id="they are at it"),
        pytest.param({RAW: 7}, {}, "failed", "none has joined dyadwatch-read, and there waits 7 in news.raw", id="nobody reads"),
        pytest.param({TAGGED: 2}, {READ_APP: OURS}, "failed", "none has joined dyadwatch-meet", id="one of two applications is missing"),
        pytest.param({}, {}, "look", "none is there; there waits nothing", id="nobody, and nothing to do"),
    ],
)
def test_workers_fail_where_something_waits_that_nobody_reads(
    waiting: dict[str, int], present: dict[str, list[Member]], verdict: str, told: str
) -> None:
    check = stream.check_workers(QUIET | waiting, {READ_APP: [], MEET_APP: []} | present)
    assert (check.verdict, told in check.found) == (verdict, True), check
    assert ("dyadwatch up --only work" in (check.remedy or "")) is (verdict != "ok")


def known(name: str, **state: Any) -> Known:
    return Known(Feed(feed_id=name, url=f"https://{name}.example"), FeedState(feed_id=name, url=f"https://{name}.example", **state))


WELL = known("well", outcome=Outcome.NEW, seen=(Seen(key="k", version="v", article_id="a", last=1),))
BROKEN = known("broken", outcome=Outcome.FAILED, failures=9)


@pytest.mark.parametrize(
    ("feeds", "pollers", "verdict", "told", "remedy"),
    [
        ([], 0, "look", "none is subscribed", "feeds import"),
        ([WELL], 1, "ok", "1 subscribed, 0 of them need a look", None),
        ([WELL, BROKEN], 1, "look", "2 subscribed, 1 of them need a look", "dyadwatch feeds list --broken"),
        ([WELL], 0, "failed", "no poller is there", "dyadwatch up --only poll"),
    ],
    ids=["none", "well", "broken", "nobody polls"],
)
def test_feeds_fail_where_nobody_polls_them(feeds: list[Known], pollers: int, verdict: str, told: str, remedy: str | None) -> None:
    check = stream.check_feeds(feeds, pollers)
    assert (check.verdict, told in check.found) == (verdict, True), check
    assert (remedy or "") in (check.remedy or "")


def target(**state: Any) -> Standing:
    return Standing("desk", OutletState(outlet_id="desk", place=0, since=THEN, **state), 0)


@pytest.mark.parametrize(
    ("targets", "notifier", "verdict", "told", "remedy"),
    [
        ([target(succeeded_at=THEN)], True, "ok", "1 target, 0 of them need a look", None),
        ([target(failures=3)], True, "look", "1 of them need a look: desk", "dyadwatch outlets list"),
        ([target(stopped="it is gone")], True, "look", "1 of them need a look: desk", "dyadwatch outlets list"),
        ([target()], False, "failed", "no notifier is there", "dyadwatch up --only notify"),
    ],
    ids=["well", "failing", "stopped", "nobody delivers"],
)
def test_deliveries_fail_where_nobody_delivers(
    targets: list[Standing], notifier: bool, verdict: str, told: str, remedy: str | None
) -> None:
    check = stream.check_deliveries(targets, notifier)
    assert (check.verdict, told in check.found) == (verdict, True), check
    assert (remedy or "") in (check.remedy or "")


SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("now", "fetched_at", "told"),
    [
        (THEN + 900 * SECOND, THEN - SECOND, None),
        (THEN - SECOND, THEN, None),
        (THEN - 90 * SECOND, THEN - 100 * SECOND, "that of this machine is 90 s behind the broker's, or more"),
        (THEN + SECOND, THEN + 90 * SECOND, "that of who fetched the last article is 90 s ahead of the broker's, or more"),
        (THEN + SECOND, None, None),
    ],
    ids=["an article of a while ago", "at once", "behind", "ahead", "not told"],
)
def test_clocks_that_cannot_be_right_want_a_look(now: datetime, fetched_at: datetime | None, told: str | None) -> None:
    check = stream.check_clocks(now, THEN, fetched_at)
    assert (check.verdict, check.found if told else None) == ("look" if told else "ok", told)
    assert ("NTP" in (check.remedy or "")) is (told is not None)


@pytest.mark.parametrize(
    ("clients", "verdict", "told"),
    [
        ([], "ok", "nobody is there"),
        (["dyadwatch-1.2.0", "dyadwatch-1.2.0-8f7d"], "ok", "1.2.0, as this command"),
        (["dyadwatch-1.2.0", "dyadwatch-1.1.0"], "look", "1.1.0, 1.2.0; this command is 1.2.0"),
        (["dyadwatch-1.1.0"], "look", "1.1.0; this command is 1.2.0"),
        (["faust-0.15.3"], "look", "a version that does not say which; this command is 1.2.0"),
    ],
    ids=["nobody", "one", "two", "another", "an old one"],
)
def test_versions_beside_each_other_want_a_look(clients: list[str], verdict: str, told: str) -> None:
    check = stream.check_versions({"group": [Member(client) for client in clients]}, "1.2.0")
    assert (check.verdict, check.found) == (verdict, told)


@pytest.mark.parametrize(
    ("error", "ok", "told"),
    [(None, True, "the look takes longer"), (BrokerError("no broker answers"), False, "not known: no broker answers")],
    ids=["too slow", "away"],
)
async def test_a_look_that_fails_says_so_and_the_others_go_on(
    error: Exception | None, ok: bool, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def look() -> Check:
        if error:
            raise error
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(stream, "LOOKS_WITHIN", 0.05)
    check = await stream.looking("dead letters", look)
    assert (check.name, check.ok, told in check.found, check.remedy is not None) == ("dead letters", ok, True, True)


@pytest.mark.parametrize(
    ("topic", "ok", "found", "remedy"),
    [
        pytest.param(state(RAW), True, "all 1 as declared", None, id="as the settings say"),
        pytest.param(state(RAW, on=((1,), (1,))), True, "all 1 as declared", None, id="more than they say"),
        pytest.param(state(RAW, entries={RETENTION: "-1"}), True, "retention.ms is -1", "--apply", id="what the service works with"),
        pytest.param(state(RAW, on=((1,),), partitions=2), False, "news.raw: 1 partition, not 2", "--apply", id="too few partitions"),
        pytest.param(TopicState(state(RAW).topic, None), False, "none of the 1 is there", "--apply", id="missing"),
        pytest.param(state(ALERTS, on=((1,), (1,))), False, "delete the topic", None, id="what nothing can change"),
    ],
)
def test_topics_fail_only_where_the_service_cannot_work_with_them(topic: TopicState, ok: bool, found: str, remedy: str | None) -> None:
    check = stream.check_topics([topic])
    assert check.ok is ok
    assert found in check.found
    assert (remedy or "") in (check.remedy or "")
    assert (check.remedy is None) is (remedy is None)


def test_one_failed_check_is_exit_code_1_and_the_others_are_still_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DYADWATCH_KAFKA_BOOTSTRAP", NOBODY_LISTENS)
    monkeypatch.setenv("DYADWATCH_DATA_DIR", str(tmp_path))
    result = CliRunner().invoke(app, ["doctor", "--json"])
    assert result.exit_code == Exit.FAILED
    checks = {check["name"]: check["ok"] for check in map(json.loads, result.stdout.splitlines())}
    assert checks == {"settings": True, "lexicon": True, "folder": True, "disk": True, "extraction": True, "broker": False}


def test_wrong_settings_are_the_only_thing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYADWATCH_PARTITIONS", "none")
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == Exit.FAILED
    assert "failed settings: DYADWATCH_PARTITIONS" in result.stdout
    assert "lexicon" not in result.stdout
