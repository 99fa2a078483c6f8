"""The settings: `DYADWATCH_...` variables, read here and nowhere else."""
from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from datetime import timedelta
from difflib import get_close_matches
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import get_args

from pydantic import Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from agents.cluster import Mechanism, Protocol
from schemas.errors import SettingsError

PREFIX = "DYADWATCH_"
SECONDS_A_DAY = 24 * 60 * 60


class LogLevel(StrEnum):
    """The least severe message that is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """How log messages look on standard error."""

    CONSOLE = "console"
    JSON = "json"


def _data_dir() -> Path:
    """Where a program's state belongs on this system."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "dyadwatch"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "dyadwatch"


class Settings(BaseSettings):
    """Every setting; each is the variable `DYADWATCH_` + its name in capitals."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", env_ignore_empty=True, hide_input_in_errors=True)

    kafka_bootstrap: str | None = Field(
        default=None,
        pattern=r"^[^\s:,/]+:\d{1,5}(,[^\s:,/]+:\d{1,5})*$",
        description="brokers to start from, host:port[,host:port...]; not for `demo`, `observe`, `explain` and `up --embedded`",
    )
    kafka_security_protocol: Protocol = Field(default=Protocol.PLAINTEXT, description="of the brokers, in Kafka's names: SSL is TLS")
    kafka_ssl_ca_file: Path | None = Field(
        default=None, description="PEM: authorities whose word for a broker counts; without it those of the system"
    )
    kafka_ssl_certificate_file: Path | None = Field(default=None, description="PEM: our own certificate, for brokers that ask for one")
    kafka_ssl_key_file: Path | None = Field(default=None, description="PEM: its key; without it the certificate's file holds the key too")
    kafka_ssl_key_password: SecretStr | None = Field(
        default=None, max_length=1024, description="what opens the key, where it is encrypted; no longer than OpenSSL takes it"
    )
    kafka_ssl_key_password_file: Path | None = Field(default=None, description="a file that holds that password, as container secrets are")
    kafka_sasl_mechanism: Mechanism | None = Field(default=None, description="how the user logs in; PLAIN sends the password")
    kafka_sasl_username: str | None = Field(default=None, description="the user that the brokers know")
    kafka_sasl_password: SecretStr | None = Field(default=None, description="the user's password")
    kafka_sasl_password_file: Path | None = Field(default=None, description="a file that holds that password, as container secrets are")
    watches: tuple[Path, ...] = Field(
        default=(), description='folders of what is watched besides russia-china, as ["examples/us-china"]; see its watches.toml'
    )
    data_dir: Path = Field(default_factory=_data_dir, description="folder of the tables' copies; may be lost, for the broker has them")
    partitions: int = Field(default=1, ge=1, le=1000, description="of news.raw and news.unique, at least; order is kept only within each")
    replication: int = Field(default=1, ge=1, le=9, description="copies of each topic, at least; at most the number of brokers")
    extraction_processes: int = Field(default=2, ge=1, le=64, description="that read articles; a spare stands in for one that is killed")
    extraction_deadline: float = Field(default=10.0, gt=0, le=600, description="seconds for one article, then it is a dead letter")
    articles_days: float = Field(default=7.0, gt=0, description="how long the topics news.raw to news.tagged keep an article")
    deadletters_days: float = Field(default=30.0, gt=0, description="how long the topic news.deadletters keeps what could not be processed")
    alerts_days: float = Field(default=365.0, gt=0, description="how long the topic meetings.alerts keeps an alert")
    progress_deadline: float = Field(
        default=120.0, gt=0, description="seconds beyond extraction_deadline without progress in what is to be read; then a worker ends"
    )
    worker_id: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9._-]{1,200}$",
        description="name of this worker alone, the same after a restart: who is back soon under it keeps its partitions",
    )
    fingerprints_days: float = Field(default=30.0, gt=0, description="how long an article's copies are known as copies")
    meetings_days: float = Field(
        default=365.0, gt=0, description="how long a meeting is known after its last day, or after an article last told of it"
    )
    feeds_interval: timedelta = Field(
        default=timedelta(minutes=15), ge=timedelta(minutes=1), description="least time between two polls of a feed, in seconds or as PT15M"
    )
    feeds_spacing: float = Field(default=1.0, ge=0.1, le=60, description="least seconds between two requests to one host")
    feeds_contact: str | None = Field(
        default=None, pattern=r"^https?://\S+$", description="address of a page about you, told to each server that is asked"
    )
    feeds_networks: tuple[IPv4Network | IPv6Network, ...] = Field(
        default=(), description='networks of your own that feeds may be in, as ["10.1.0.0/16"]; all others that are not public are refused'
    )
    web_host: str = Field(
        default="127.0.0.1", pattern=r"^[A-Za-z0-9.:-]{1,253}$", description="address of this machine where the web page answers"
    )
    web_port: int = Field(default=8642, ge=0, le=65535, description="its port; 0: a free one")
    web_name: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9.-]{1,253}$",
        description="host name under which a proxy leads others to the page, as meetings.example.org",
    )
    web_token: SecretStr | None = Field(
        default=None, description="what has to be given to judge meetings there; needed beyond this machine"
    )
    web_token_file: Path | None = Field(default=None, description="a file that holds it, as container secrets are")
    outlets: Path | None = Field(
        default=None, description="TOML: who is sent which alerts, see docs/notifications.md; without it nothing is sent"
    )
    metrics_host: str = Field(
        default="127.0.0.1", pattern=r"^[A-Za-z0-9.:-]{1,253}$", description="address of this machine where metrics and probes answer"
    )
    metrics_port: int | None = Field(
        default=None, ge=0, le=65535, description="its port, see docs/metrics.md; 0: a free one; without it nothing answers"
    )
    log_level: LogLevel = Field(default=LogLevel.WARNING, description="the least severe messages that `up` logs, on standard error")
    log_format: LogFormat = Field(default=LogFormat.CONSOLE, description="how they look: for people, or a JSON object a line")


def load_settings() -> Settings:
    """The settings of the environment.

    Raises:
        SettingsError: a value is wrong or a variable with our prefix is none of ours; the message names the variable.
    """
    _refuse_unknown(os.environ)
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError("\n".join(_told(detail) for detail in error.errors(include_url=False))) from error


def variable(field: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + field.upper()


_FORMS = {  # of what has a pattern
    "kafka_bootstrap": "should be host:port, or several with commas between",
    "feeds_contact": "should be an address, https://...",
    "worker_id": "should be letters, digits, dots, hyphens and underscores",
    "web_host": "should be an address or a name of this machine, without a port",
    "metrics_host": "should be an address or a name of this machine, without a port",
}


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    known = {variable(field) for field in Settings.model_fields}
    for name in environment:
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            meant = get_close_matches(name.upper(), known, n=1)
            hint = f"did you mean {meant[0]}?" if meant else f"there are {', '.join(sorted(known))}"
            raise SettingsError(f"{name} is no setting; {hint}")


def _told(detail: ErrorDetails) -> str:
    field, given, message = str(detail["loc"][0]), repr(detail["input"]), detail["msg"]
    if detail["type"] == "string_pattern_mismatch":
        message = _FORMS.get(field, message)
    secret = SecretStr in get_args(Settings.model_fields[field].annotation) or "@" in given  # before an @ there may be a password
    return f"{variable(field)}{'' if secret else f'={given}'}: {message}"
