"""What deliveries to a target count."""
from __future__ import annotations

from datetime import datetime

from schemas.errors import NotTaken
from schemas.meetings import Alert
from tests.notify.stands import Log, Time, running, until
from tests.sight.counting import Since


async def test_an_attempt_is_counted_for_its_target_by_whether_it_took_the_alert() -> None:
    tried: list[str] = []

    async def send(alert: Alert, _: datetime) -> None:
        tried.append(alert.alert_id)
        if len(tried) < 3:
            raise NotTaken("it answered 503")

    since, log = Since(), Log()
    log.add("e0", "e1")
    async with running(log, Time(), lambda courier: courier.alerts(send)) as work:
        await until(work.inbox.idle.is_set)
    assert tried == ["e0", "e0", "e0", "e1"]
    assert since.of("dyadwatch_deliveries_total") == {("desk", "failed"): 2, ("desk", "taken"): 2}
