"""What deliveries to a target count and log."""
from __future__ import annotations

import json
from datetime import datetime

import pytest

from agents.logs import configure
from agents.settings import LogFormat, LogLevel
from schemas.errors import NotTaken
from schemas.meetings import Alert
from tests.notify.stands import TRACE, Log, Time, running, until
from tests.sight.counting import Since


async def test_an_attempt_is_counted_by_whether_its_target_took_the_alert_and_a_failure_is_logged_under_the_article_and_its_trace(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tried: list[str] = []

    async def send(alert: Alert, _: datetime) -> None:
        tried.append(alert.alert_id)
        if len(tried) < 3:
            raise NotTaken("it answered 503")

    configure(LogLevel.INFO, LogFormat.JSON)
    since, log = Since(), Log()
    log.add("e0", "e1")
    async with running(log, Time(), lambda courier: courier.alerts(send)) as work:
        await until(work.inbox.idle.is_set)
    assert tried == ["e0", "e0", "e0", "e1"]
    assert since.of("dyadwatch_deliveries_total") == {("desk", "failed"): 2, ("desk", "taken"): 2}
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    article_id = log.alerts[0].article.article_id
    assert [(one["stage"], one["article_id"], one["trace_id"]) for one in lines] == [("notify", article_id, TRACE.trace_id)] * 2
