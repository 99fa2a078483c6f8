"""A web application over a database with some meetings in it."""
from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from agents.outlets.view.reader import Reader
from agents.outlets.view.store import Record, Store
from agents.outlets.web.access import Access
from agents.outlets.web.app import web_app
from agents.outlets.web.desk import Desk
from agents.outlets.web.health import HealthCheck, HowItIs
from agents.outlets.web.live import Item, Live
from agents.serving import HOSTS_OF_LOOPBACK
from schemas.errors import BrokerError
from schemas.meetings import Meeting, Source
from schemas.verdicts import Verdict
from tests.outlets.told import MINISTERS, alert_of, current, meeting_of, told

BASE = "http://127.0.0.1"


class Still(Live):
    """Nothing new comes."""

    def __init__(self) -> None:
        self.newest = 0

    async def items(self, query: object, after: int) -> AsyncIterator[Item]:
        return
        yield


class Well(HealthCheck):
    """All is well, and nothing waits."""

    def __init__(self, seen: HowItIs) -> None:
        self.seen = seen

    async def look(self) -> HowItIs:
        return self.seen


class Tray(Desk):
    """Keeps what is handed in; no broker has it."""

    def __init__(self) -> None:
        self.given: list[Verdict] = []
        self.refusal: BrokerError | None = None

    async def give(self, verdict: Verdict) -> None:
        if self.refusal:
            raise self.refusal
        self.given.append(verdict)

    async def shown(self, verdict: Verdict) -> None:
        return


Site = Callable[..., TestClient]
HERE = Access(None, loopback=True)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Makes a client of the site that shows these meetings."""
    with ExitStack() as stack:

        def made(
            *meetings: Meeting,
            seen: HowItIs = HowItIs({}, [], None),  # noqa: B008
            more: Sequence[Record] = (),
            access: Access = HERE,
            desk: Desk | None = None,
        ) -> TestClient:
            path = tmp_path / "view.sqlite"
            with Store(path, "cluster") as store:
                store.apply([*records(*meetings), *more])
            reader = stack.enter_context(Reader(path))
            app = web_app(reader, Still(), Well(seen), list(HOSTS_OF_LOOPBACK), access, desk or Tray())
            return stack.enter_context(TestClient(app, BASE, raise_server_exceptions=True))

        yield made


def records(*meetings: Meeting) -> list[Record]:
    """Their messages, and those of an alert for each."""
    alerts = [told(n, alert_of(one, one.applied[-1].source, sentence=one.applied[-1].evidence.sentence)) for n, one in enumerate(meetings)]
    return [*(current(n, one.meeting_id, one) for n, one in enumerate(meetings)), *alerts]


def source(**changes: object) -> Source:
    """An article."""
    known = {"article_id": "a", "version": "1", "url": "https://example.org/1", "source": "example.org", "title": "Talks", "language": "el"}
    return Source.model_validate({**known, "published_at": None, "copy_of": None, **changes})


def simple(name: str = "m", *, after: int = 0, sentence: str = "Ο Λαβρόφ συνάντησε τον Γουάνγκ Γι.", **changes: object) -> Meeting:
    """Two ministers."""
    return meeting_of(name, MINISTERS, (source(**changes),), 0.9, "russia-china", sentence, after=after)

