"""Two watches in one service: an article about both dyads alerts for each, and neither disturbs the other."""
from __future__ import annotations

import pytest

from agents.service import Service
from agents.settings import Settings
from agents.subscriber import Subscriber
from pipeline.selection import Selection
from tests.broker.articles import chained, seeds, text
from tests.broker.conftest import EMBEDDED, brokers
from tests.broker.stream import Stream
from tests.corpus.gate import EXAMPLE

OTHER = EXAMPLE.name
BOTH = text(
    "both",
    "Chinese President Xi Jinping held a video call with Russian President Vladimir Putin on Wednesday.\n"
    "On Thursday Xi Jinping met US President Donald Trump in Beijing, the foreign ministry said. They discussed tariffs.\n",
)
OURS = text("ours", "US Treasury Secretary Scott Bessent met Chinese Vice Premier He Lifeng in Geneva on Saturday to discuss tariffs.\n")


@pytest.fixture(scope="module")
def broker() -> str:
    """Nothing here depends on the broker."""
    if EMBEDDED not in brokers:
        pytest.skip("the embedded broker asks for no users")
    return EMBEDDED


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(data_dir=tmp_path_factory.mktemp("state"), extraction_processes=1, watches=(EXAMPLE,))


async def test_both_alert_in_one_service_and_the_first_as_if_it_were_alone(service: Service, stream: Stream) -> None:
    articles = [BOTH, OURS, *seeds()]
    await stream.send(articles)
    await stream.through()
    alerts = await stream.alerts()
    assert alerts == chained(articles, [EXAMPLE])[0]
    assert [alert for alert in alerts if alert.watch == "russia-china"] == chained(articles)[0]
    told = {(alert.watch, alert.article.article_id) for alert in alerts}
    assert {("russia-china", "both"), (OTHER, "both"), (OTHER, "ours")} <= told
    assert ("russia-china", "ours") not in told
    assert await stream.dead_letters() == []


async def test_what_was_told_for_one_is_no_copy_for_the_other_and_an_article_again_alerts_neither(service: Service, stream: Stream) -> None:
    before = await stream.alerts()
    assert all(alert.article.copy_of is None for alert in before if alert.article.article_id == "both")
    await stream.send([BOTH, OURS])
    await stream.through()
    assert await stream.alerts() == before


async def test_a_subscriber_asks_for_one_of_them(service: Service, stream: Stream) -> None:
    async with Subscriber(stream.cluster, from_beginning=True) as alerts:
        selected = [one.alert for one in await alerts.read_to_end() if Selection(watch=frozenset({OTHER})).of_alert(one.alert)]
    assert {alert.article.article_id for alert in selected} == {"both", "ours"}
    assert all({person.side for person in alert.facts.participants} == {"US", "CN"} for alert in selected)
