"""What the commands that need a broker share: the settings and the cluster."""
from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

from schemas.errors import SettingsError

if TYPE_CHECKING:
    from agents.cluster import Cluster
    from agents.settings import Settings

IN_THE_CLEAR = "the password travels in the clear"
ENCRYPT = "set DYADWATCH_KAFKA_SECURITY_PROTOCOL to SASL_SSL, or DYADWATCH_KAFKA_SASL_MECHANISM to a SCRAM"


def connected_settings() -> tuple[Settings, Cluster]:
    """The settings, and the cluster that they describe. Warns where whoever listens on the way reads the password.

    Raises:
        SettingsError: a setting is wrong, or no broker is set.
    """
    from agents.security import cluster_of
    from agents.settings import load_settings

    quiet_client()
    settings = load_settings()
    cluster = cluster_of(settings)
    if cluster is None:
        raise SettingsError(no_broker())
    if cluster.security.in_the_clear:
        print(f"dyadwatch: {IN_THE_CLEAR}: {ENCRYPT}", file=sys.stderr)
    return settings, cluster


def quiet_client(level: int = logging.CRITICAL) -> None:
    """Keep the client library from telling each attempt: that a broker does not answer is told once, by us."""
    logging.getLogger("aiokafka").setLevel(level)


def no_broker() -> str:
    """What to tell where no broker is set."""
    return (
        "DYADWATCH_KAFKA_BOOTSTRAP is not set: set it to the host:port of a Kafka broker;"
        " for first steps `dyadwatch up --embedded` in another terminal starts one and prints its address"
    )
