"""What the commands that need a broker share: the settings and the cluster."""
from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from schemas.errors import SettingsError

if TYPE_CHECKING:
    from agents.cluster import Cluster
    from agents.settings import Settings


def connected_settings() -> tuple[Settings, Cluster]:
    """The settings, and the cluster among them.

    Raises:
        SettingsError: a setting is wrong, or no broker is set.
    """
    from agents.settings import load_settings

    quiet_client()
    settings = load_settings()
    if settings.cluster is None:
        raise SettingsError(no_broker())
    return settings, settings.cluster


def quiet_client(level: int = logging.CRITICAL) -> None:
    """Keep the client library from telling each attempt: that a broker does not answer is told once, by us."""
    logging.getLogger("aiokafka").setLevel(level)


def no_broker() -> str:
    """What to tell where no broker is set."""
    return (
        "DYADWATCH_KAFKA_BOOTSTRAP is not set: set it to the host:port of a Kafka broker;"
        " for first steps `dyadwatch up --embedded` in another terminal starts one and prints its address"
    )
