"""Who is in a consumer group, as the broker knows it."""
from __future__ import annotations

import re
from dataclasses import dataclass

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError

from agents.cluster import CLIENT

_OURS = re.compile(rf"{CLIENT}-(?P<version>[^-]+)")


@dataclass(frozen=True, slots=True)
class Member:
    """A client in a group."""

    client: str  # begins with what it calls itself

    @property
    def version(self) -> str | None:
        """Its version of dyadwatch; None where it is none, or does not say."""
        found = _OURS.match(self.client)
        return found["version"] if found else None


async def members(admin: AIOKafkaAdminClient, group: str) -> list[Member]:
    """The members of `group`; none where there is no such group. Raises what the client raises."""
    try:
        (answer,) = await admin.describe_consumer_groups([group])  # one group at a time: the client misreads an answer on several
    except GroupCoordinatorNotAvailableError:  # there has never been any group
        return []
    _, _, _, _, _, found, *_ = answer.groups[0]
    # The embedded broker tells no client, but a member's id begins with it.
    return [Member(client or member_id) for member_id, client, *_ in found]
