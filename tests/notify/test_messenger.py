"""Notifications through Apprise itself, to a server on loopback: what people read, what goes wrong, and that no secret is told."""
from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from agents.outlets.notify.message import alert_message, digest_message, sample_message
from agents.outlets.notify.messenger import Messenger, without_secrets
from agents.outlets.notify.targets import NotifyTarget
from pipeline.digest import Digest
from schemas.errors import NotTaken
from schemas.meetings import Alert, AlertType
from schemas.verdicts import Ruling, Verdict
from tests.cli.alerts import PUBLISHED, alert, evidence, facts, source
from tests.notify.receiver import Receiver, receiver

TOKEN = "t0psecrett0ken"


@pytest_asyncio.fixture
async def there() -> AsyncIterator[Receiver]:
    async with receiver() as running:
        yield running


def messenger(address: str, deadline: float = 10) -> Messenger:
    return Messenger(NotifyTarget.model_validate({"id": "desk", "url": address}), deadline)


def at(there: Receiver, more: str = "") -> str:
    """Apprise's address for JSON to there."""
    return there.url.replace("http://", "json://") + f"/{TOKEN}{more}"


async def test_a_person_reads_what_happened_and_the_sentence_that_says_so(there: Receiver) -> None:
    async with messenger(at(there)) as to:
        await to.alert(alert(), PUBLISHED)
    (got,) = there.received
    assert got.body["title"] == "New: Andrei Belousov (defence minister, Russia) – Dong Jun (China), held"
    assert got.body["message"].splitlines() == [
        "held · video · bilateral · level: minister",
        "where: Moscow, Russia",
        "when: 2026-01-27",
        "sources: 1, confidence 0.91",
        "",
        "“Der russische Verteidigungsminister sprach am Dienstag per Video mit Dong Jun.” (de)",
        "Minister reden · zeitung.example",
        "https://zeitung.example/1",
    ]


async def test_a_digest_is_one_message(there: Receiver) -> None:
    digest = Digest()
    kinds = (AlertType.NEW, AlertType.CORROBORATED, AlertType.CORROBORATED)
    for number, kind in enumerate(kinds):
        digest.add(alert(type=kind, sources=number + 1))
    digest.add(alert(meeting_id="m2", facts=facts(place=None, date=None)))
    async with messenger(at(there)) as to:
        await to.digest(digest.entries)
    (got,) = there.received
    assert got.body["title"] == "2 meetings, 4 alerts"
    lines = got.body["message"].splitlines()
    assert lines[:2] == ["1. Andrei Belousov (defence minister, Russia) – Dong Jun (China)", "new, corroborated 2 times"]
    assert "sources: 3, confidence 0.91" in lines
    assert lines[lines.index("") + 1].startswith("2. ")


async def test_a_message_that_is_too_long_for_a_service_comes_in_parts(there: Receiver) -> None:
    digest = Digest()
    for number in range(200):
        digest.add(alert(meeting_id=f"m{number}"))
    async with messenger(at(there)) as to:
        await to.digest(digest.entries)
    assert len(there.received) > 1
    assert "200. " in there.received[-1].body["message"]


async def test_why_a_service_does_not_take_it_is_told_without_the_address(there: Receiver) -> None:
    there.status = 500
    async with messenger(at(there)) as to:
        with pytest.raises(NotTaken, match="error=500") as caught:
            await to.alert(alert(), PUBLISHED)
    assert TOKEN not in str(caught.value)
    there.status = 200
    async with messenger(at(there)) as to:
        await to.alert(alert(), PUBLISHED)


async def test_a_plugin_that_breaks_is_a_service_that_did_not_take_it(there: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise LookupError(f"no such thing at {TOKEN}")

    to = messenger(at(there))
    monkeypatch.setattr(to._apprise, "notify", broken)
    with pytest.raises(NotTaken, match="LookupError") as caught:
        await to.alert(alert(), PUBLISHED)
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("more", ["?optional=yes", "?redirect=no"])
async def test_what_has_not_arrived_is_never_said_to_have(there: Receiver, more: str) -> None:
    there.status, there.answer = 307, {"location": f"{there.url}/elsewhere"}
    async with messenger(at(there, more)) as to:
        with pytest.raises(NotTaken):
            await to.alert(alert(), PUBLISHED)
    assert len(there.received) == 1  # a redirect is not followed either


async def test_a_service_that_hangs_is_given_up_and_asked_no_more_while_it_does(there: Receiver) -> None:
    there.hangs = True
    async with messenger(at(there, "?rto=60"), deadline=0.3) as to:
        with pytest.raises(NotTaken, match=r"no answer within 0\.3 s"):
            await to.alert(alert(), PUBLISHED)
        with pytest.raises(NotTaken, match="still hangs"):
            await to.alert(alert(), PUBLISHED)
    assert len(there.received) == 1


async def test_other_tasks_go_on_while_a_service_hangs(there: Receiver) -> None:
    there.hangs = True
    async with receiver() as well, messenger(at(there, "?rto=60"), deadline=20) as hanging, messenger(at(well)) as other:
        waiting = asyncio.create_task(hanging.alert(alert(), PUBLISHED))
        await other.alert(alert(), PUBLISHED)
        assert len(well.received) == 1
        assert not waiting.done()
        waiting.cancel()


HANGS = """
import asyncio, socket
from agents.outlets.notify.messenger import Messenger
from agents.outlets.notify.targets import NotifyTarget
from schemas.errors import NotTaken
from tests.cli.alerts import PUBLISHED, alert

async def main():
    silent = socket.create_server(("127.0.0.1", 0))
    to = Messenger(NotifyTarget(id="a", url=f"json://127.0.0.1:{silent.getsockname()[1]}?rto=3600"), deadline=0.2)
    try:
        await to.alert(alert(), PUBLISHED)
    except NotTaken as error:
        print(error)

asyncio.run(main())
"""


def test_a_service_that_hangs_does_not_hold_up_the_end_of_the_process() -> None:
    done = subprocess.run([sys.executable, "-c", HANGS], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "no answer within 0.2 s\n"), done.stderr


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """All that a program's log would hold, which takes everything from every library."""
    told: list[str] = []

    class Keeping(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told.append(record.getMessage())

    root, keeping = logging.getLogger(), Keeping(logging.NOTSET)
    level = root.level
    root.addHandler(keeping)
    root.setLevel(logging.NOTSET)
    yield told
    root.removeHandler(keeping)
    root.setLevel(level)


@pytest.mark.parametrize("address", ["json://{}/{}", "xml://u:{1}@{0}/", "form://{}/?a={}", "gotify://{}/{}"])
async def test_no_log_of_any_library_shows_a_secret(there: Receiver, address: str, logged: list[str]) -> None:
    there.status = 500
    async with messenger(address.format(there.url.removeprefix("http://"), TOKEN)) as to:
        with pytest.raises(NotTaken) as caught:
            await to.alert(alert(), PUBLISHED)
    assert there.asked
    logging.getLogger("some.library").debug("it is kept")
    assert "it is kept" in logged
    assert TOKEN not in "\n".join([*logged, str(caught.value)])


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("tgram://123:abcdef/chat1", "no answer from api.telegram.org/bot123:abcdef"),
        ("mailto://me:p%40ssword@mail.example", "user me, password p@ssword or p%40ssword"),
    ],
)
def test_whatever_stands_in_an_address_is_hidden(address: str, text: str) -> None:
    hidden = without_secrets(text, address)
    assert not any(secret in hidden for secret in ("abcdef", "p@ssword", "p%40ssword"))


@pytest.mark.parametrize("called", ["@everyone", "@here", "<!channel>", "<@U123>", "<#C1>"])
def test_an_article_cannot_wake_a_whole_chat(called: str) -> None:
    hostile = alert(
        evidence=evidence(f"They met, {called} said."), article=source(title=called, url=f"https://a.example/{called}", source=called)
    )
    digest = Digest()
    digest.add(hostile)
    for message in (alert_message(hostile), digest_message(digest.entries), sample_message(hostile)):
        assert called not in message.title + message.body
    assert "https://a.example/%40everyone" in alert_message(alert(article=source(url="https://a.example/@everyone"))).body


def test_an_article_cannot_steer_a_screen_or_lead_out_of_the_web() -> None:
    hostile = alert(evidence=evidence("They\x1b[31m met\u202e in\nMoscow"), article=source(url="javascript:alert(1)", title="a\x00b"))
    body = alert_message(hostile).body
    assert "“They [31m met in Moscow” (de)" in body
    assert "javascript" not in body
    assert "a b · " in body


def test_what_an_analyst_ruled_is_told_first() -> None:
    verdict = Verdict.given("m1", "russia-china", Ruling.NO_MEETING, PUBLISHED, note="a letter, @everyone", reviewer="Eleni")
    retracted = alert(type=AlertType.RETRACTED, verdict=verdict)
    message = alert_message(retracted)
    assert message.title.startswith("Retracted: ")
    assert message.body.replace("\N{WORD JOINER}", "").startswith("ruled: no meeting, by Eleni: a letter, @everyone\n")
    assert "@everyone" not in message.body
    digest = Digest()
    for one in (alert(), retracted):
        digest.add(one)
    assert digest_message(digest.entries).body.splitlines()[1] == "new, retracted"
    assert "ruled: no meeting" in digest_message(digest.entries).body


def test_a_kind_of_alert_that_is_not_known_yet_is_told_all_the_same() -> None:
    class Later(str):
        value = "taken_back"

    later: Alert = alert().model_copy(update={"type": Later("taken_back")})
    digest = Digest()
    digest.add(later)
    assert alert_message(later).title.startswith("Taken back: ")
    assert "taken back" in digest_message(digest.entries).body
