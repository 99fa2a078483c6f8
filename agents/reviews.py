"""What was ruled and what can be, for whoever asks the broker: verdicts, and the meetings that workers know."""
from __future__ import annotations

import logging
from collections.abc import Mapping

from pydantic import ValidationError

from agents.cluster import Cluster
from agents.compacted import last_of_each
from agents.producer import VerdictProducer
from agents.reading import partitions_of, records
from agents.topics import MEETINGS, VERDICTS, changelog
from pipeline.events.ledger import Ledger
from pipeline.review import check
from schemas.meetings import Meeting
from schemas.verdicts import Verdict

log = logging.getLogger(__name__)


async def known_meetings(cluster: Cluster) -> Mapping[str, Meeting]:
    """All that the workers remember by id, as their own articles tell them, the retracted ones too.

    Raises:
        BrokerError: nobody answers at `cluster`, or the topic does not exist.
    """
    topic = changelog(MEETINGS)
    partitions = [partition.partition for partition in await partitions_of(cluster, topic)]
    return await last_of_each(cluster, topic, Meeting, partitions)


async def given_verdicts(cluster: Cluster) -> list[Verdict]:
    """All verdicts, in the order in which they came. Raises what `known_meetings` raises."""
    found: dict[str, Verdict] = {}
    async for record in records(cluster, await partitions_of(cluster, VERDICTS)):
        try:
            verdict = Verdict.model_validate_json(record.value or b"")
        except ValidationError as error:
            log.warning("offset %d of %s is no verdict of ours, left out: %s", record.offset, VERDICTS, error)
        else:
            found.setdefault(verdict.verdict_id, verdict)
    return list(found.values())


async def give(cluster: Cluster, verdict: Verdict, meetings: Mapping[str, Meeting]) -> None:
    """Return when the broker has `verdict` on one of these meetings.

    Raises:
        VerdictError: it is on none of them, or says what cannot be.
        BrokerError: nobody answers at `cluster`, or it refuses.
    """
    check(verdict, Ledger(one for one in meetings.values() if one.watch == verdict.watch))
    async with VerdictProducer(cluster) as producer:
        await producer.send(verdict)
