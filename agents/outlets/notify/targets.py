"""The file of targets, which an analyst edits: who gets which alerts, and how. What is wrong in it is told at the start."""
from __future__ import annotations

import base64
import binascii
import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, time, timedelta
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_origin
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_core import ErrorDetails

from pipeline.digest import Daily, Every, Schedule
from pipeline.feeds.safety import check_address
from pipeline.selection import Selection
from schemas.errors import SettingsError, UnsafeFeed

ID = r"^[a-z0-9][a-z0-9-]{0,62}$"
_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_SECRET = "whsec_"  # noqa: S105  # how the secrets of Standard Webhooks begin
_SECRET_BYTES = range(24, 65)  # as the specification asks
_SETS = frozenset(name for name, field in Selection.model_fields.items() if get_origin(field.annotation) is frozenset)


def _clock_time(given: Any) -> Any:
    """A time as TOML or a person writes it; a bare number would mean seconds."""
    if not isinstance(given, str | time):
        raise ValueError('a time of the day, as "08:00"')
    return given


def _in_no_zone(at: time) -> time:
    if at.tzinfo is not None:
        raise ValueError('a time of the clock, as "08:00"; `time_zone` says whose')
    return at


def _several(given: Any) -> Any:
    """One value where there may be several: `status = "held"`."""
    if isinstance(given, Mapping):
        return {name: [value] if name in _SETS and isinstance(value, str) else value for name, value in given.items()}
    return given


def _signing(secret: SecretStr) -> SecretStr:
    written = secret.get_secret_value()
    key = written.removeprefix(_SECRET)
    try:
        size = len(base64.b64decode(key + "=" * (-len(key) % 4), validate=True))
    except binascii.Error:
        size = 0
    if key == written or size not in _SECRET_BYTES:
        raise ValueError(f'a secret is {_SECRET} and 24 to 64 bytes in base64: echo "{_SECRET}$(openssl rand -base64 32)" makes one')
    return secret


def _network(given: Any) -> Any:
    try:
        return ip_network(given)
    except ValueError:
        raise ValueError('a network, as "10.1.0.0/16"; what is behind the prefix is 0') from None


def _some(secrets: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    if not secrets:
        raise ValueError("give at least one")
    return secrets


class Target(BaseModel):
    """What all targets have."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    id: str = Field(pattern=ID, description="its name for ever: under another one it is a new target")
    url: SecretStr = Field(description="may hold secrets, so it is never shown")
    filter: Annotated[Selection, BeforeValidator(_several)] = Selection()
    begins: Literal["now", "beginning"] = Field(default="now", alias="from", description="with which alerts a new target begins")

    @property
    def schedule(self) -> Schedule | None:
        """When it gets a digest; None where it gets each alert at once."""
        return None


class NotifyTarget(Target):
    """People, by an address of Apprise."""

    digest: Annotated[time, BeforeValidator(_clock_time), AfterValidator(_in_no_zone)] | None = None
    time_zone: ZoneInfo | None = None
    every: Annotated[timedelta, Field(ge=timedelta(minutes=1), le=timedelta(days=31))] | None = None

    @model_validator(mode="after")
    def _one_schedule(self) -> Self:
        if self.digest is not None and self.every is not None:
            raise ValueError("`digest` and `every` are two ways to say when: leave one out")
        if self.time_zone is not None and self.digest is None:
            raise ValueError('`time_zone` is that of a digest at a time of the day: give `digest = "08:00"` with it')
        return self

    @property
    def schedule(self) -> Schedule | None:
        """When it gets a digest; None where it gets each alert at once."""
        if self.every is not None:
            return Every(self.every)
        return Daily(self.digest, self.time_zone or UTC) if self.digest is not None else None


class WebhookTarget(Target):
    """A program, by an address of the web."""

    secret: Annotated[tuple[Annotated[SecretStr, AfterValidator(_signing)], ...], AfterValidator(_some)] = Field(
        description="what signs; of several, while one replaces another, each does"
    )
    networks: tuple[Annotated[IPv4Network | IPv6Network, BeforeValidator(_network)], ...] = Field(
        default=(), description="of your own that it may be in"
    )

    @model_validator(mode="before")
    @classmethod
    def _one_secret(cls, given: Any) -> Any:
        if isinstance(given, Mapping) and isinstance(given.get("secret"), str):
            return {**given, "secret": [given["secret"]]}
        return given

    @model_validator(mode="after")
    def _safe(self) -> Self:
        address = self.url.get_secret_value()
        try:
            check_address(address)
        except UnsafeFeed as error:
            raise ValueError(f"url: {error}") from None
        if urlsplit(address).scheme == "http" and not self.networks:
            raise ValueError(
                "url: give an address that begins with https://; http:// is for networks of your own alone, which `networks` names:"
                ' networks = ["127.0.0.0/8"] is this machine'
            )
        return self


def load_targets(path: Path, environment: Mapping[str, str] = os.environ) -> Sequence[NotifyTarget | WebhookTarget]:
    """The targets of the file at `path`, in its order; `${NAME}` in addresses and secrets is filled in from `environment`.

    Raises:
        SettingsError: it cannot be read, or something in it is wrong: each mistake on a line with file, entry and remedy, and no secret.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {getattr(error, 'strerror', None) or error}; DYADWATCH_OUTLETS names the file of targets") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: this is no TOML: {error}") from error
    found: list[NotifyTarget | WebhookTarget] = []
    wrong = [f"{path}: there is no [[{name}]]; [[notify]] and [[webhook]] are" for name in tables if name not in _KINDS]
    for where, kind, entry in _entries(tables):
        try:
            found.append(kind.model_validate(_filled(entry, environment)))
        except ValidationError as error:
            wrong += [f"{path}: {where}: {_told(detail, kind)}" for detail in error.errors(include_url=False, include_input=False)]
        except ValueError as error:
            wrong.append(f"{path}: {where}: {error}")
    ids = [target.id for target in found]
    twice = sorted({one for one in ids if ids.count(one) > 1})
    wrong += [f"{path}: {one} is the id of several targets; give each its own" for one in twice]
    if not wrong and not found:
        wrong = [f"{path}: there is no target in it: it holds a [[notify]] or [[webhook]] for each"]
    if wrong:
        raise SettingsError("\n".join(wrong))
    return found


_KINDS: Mapping[str, type[NotifyTarget] | type[WebhookTarget]] = {"notify": NotifyTarget, "webhook": WebhookTarget}


def _entries(tables: Mapping[str, Any]) -> Iterator[tuple[str, type[NotifyTarget] | type[WebhookTarget], Any]]:
    """Each entry, with what to call it and what it should be."""
    for name, kind in _KINDS.items():
        entries = tables.get(name, [])
        for number, entry in enumerate(entries if isinstance(entries, list) else [entries], 1):
            told = entry.get("id") if isinstance(entry, Mapping) else None
            yield f"[[{name}]] {told if isinstance(told, str) else f'number {number}'}", kind, entry


def _filled(entry: Any, environment: Mapping[str, str]) -> Any:
    """`entry` with the values of variables in its address and secrets.

    Raises:
        ValueError: a variable is not set.
    """
    if not isinstance(entry, Mapping):
        return entry
    filled = {**entry}
    for name in {"url", "secret"} & entry.keys():
        value = entry[name]
        filled[name] = [_with(one, environment, name) for one in value] if isinstance(value, list) else _with(value, environment, name)
    return filled


def _with(value: Any, environment: Mapping[str, str], name: str) -> Any:
    """A variable that is the whole value is taken as it is; what is a part of an address is escaped as such parts are."""
    if not isinstance(value, str):
        return value
    for variable in _REFERENCE.findall(value):
        if not environment.get(variable):
            raise ValueError(f"{name}: the environment variable {variable} is not set")
    if whole := _REFERENCE.fullmatch(value):
        return environment[whole[1]]
    return _REFERENCE.sub(lambda reference: quote(environment[reference[1]], safe=""), value)


def _told(detail: ErrorDetails, kind: type[BaseModel]) -> str:
    """A mistake in words that repeat no value."""
    loc = [str(step) for step in detail["loc"]]
    message = detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "extra_forbidden":
        known = list(Selection.model_fields) if loc[0] == "filter" else [field.alias or name for name, field in kind.model_fields.items()]
        meant = get_close_matches(loc[-1], known, n=1)
        message = f"there is no such key; did you mean {meant[0]}?" if meant else f"there is no such key; there are {', '.join(known)}"
    elif detail["type"] == "string_pattern_mismatch":
        message = "up to 63 small letters, digits and hyphens, as news-desk"
    elif detail["type"] == "zoneinfo_str":
        message = "there is no such time zone; they are called as Europe/Athens or UTC"
    return ": ".join([".".join(loc), message] if loc else [message])
