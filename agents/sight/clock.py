"""Our clock beside the broker's, which dates some topics."""
from __future__ import annotations

import time
from typing import Any

from agents.sight.metrics import CLOCK_AHEAD

_DATED_BY_BROKER = 1  # as Kafka numbers the types of a timestamp


def compare_clocks(sent_at: float, told: Any) -> None:
    """Measure by what the broker `told` of a message that was sent at `sent_at`, in seconds since 1970; it was dated between then and now.

    What is within that is no difference: of a clock that is 3 s ahead at least 3 s less the time until the acknowledgement is seen.
    """
    if getattr(told, "timestamp_type", None) != _DATED_BY_BROKER:
        return
    dated = told.timestamp / 1000
    CLOCK_AHEAD.set(max(0.0, sent_at - dated - 0.001) + min(0.0, time.time() - dated))
