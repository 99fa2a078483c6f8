"""The base of everything that crosses a topic."""
from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Message(BaseModel):
    """Immutable; unknown fields are passed over: a newer worker beside this one may write some."""

    model_config = ConfigDict(frozen=True, extra="ignore")
