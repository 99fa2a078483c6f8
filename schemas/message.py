"""The base of everything that crosses a topic."""
from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from schemas.errors import Undecodable

M = TypeVar("M", bound="Message")


class Message(BaseModel):
    """Immutable; unknown fields are passed over: a newer worker beside this one may write some."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def decode(model: type[M], value: bytes | None) -> M:
    """The message in the bytes of a topic.

    Raises:
        Undecodable: they are no `model`.
    """
    try:
        return model.model_validate_json(value or b"")
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the whole message"
        raise Undecodable(f"no {model.__name__}: {where}: {first['msg']} ({error.error_count()} mistakes)") from error
