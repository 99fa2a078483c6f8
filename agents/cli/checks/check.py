"""What a check comes to."""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """What was checked, what was found, and what to do. `ok` is false where the stream cannot go on; a remedy without that can wait."""

    name: str
    ok: bool
    found: str
    remedy: str | None = None

    @property
    def verdict(self) -> str:
        """In a word."""
        if not self.ok:
            return "failed"
        return "look" if self.remedy else "ok"
