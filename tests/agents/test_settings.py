"""The settings: read from the environment, and refused with the name of the variable."""
from __future__ import annotations

import os
import traceback
from pathlib import Path

import pytest

from agents.settings import PREFIX, load_settings
from schemas.errors import SettingsError


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)


def test_without_any_variable_there_is_a_working_default_for_all() -> None:
    settings = load_settings()
    assert (settings.kafka_bootstrap, settings.partitions) == (None, 1)


def test_variables_set_them_and_an_empty_one_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYADWATCH_KAFKA_BOOTSTRAP", "one:9092,two:9093")
    monkeypatch.setenv("DYADWATCH_DATA_DIR", "/srv/dyadwatch")
    monkeypatch.setenv("DYADWATCH_PARTITIONS", "")
    settings = load_settings()
    assert (settings.kafka_bootstrap, settings.data_dir, settings.partitions) == ("one:9092,two:9093", Path("/srv/dyadwatch"), 1)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("DYADWATCH_PARTITIONS", "none", "DYADWATCH_PARTITIONS='none': Input should be a valid integer"),
        ("DYADWATCH_PARTITIONS", "0", "DYADWATCH_PARTITIONS='0': Input should be greater than or equal to 1"),
        ("DYADWATCH_KAFKA_BOOTSTRAP", "kafka", "DYADWATCH_KAFKA_BOOTSTRAP='kafka': should be host:port"),
        ("DYADWATCH_KAFKA_BOOTSTRAP", "kafka://one:9092", "should be host:port"),
        ("DYADWATCH_LOG_LEVEL", "loud", "DYADWATCH_LOG_LEVEL='loud': Input should be 'debug', 'info', 'warning' or 'error'"),
        ("DYADWATCH_KAFKA_SECURITY_PROTOCOL", "tls", "='tls': Input should be 'PLAINTEXT', 'SSL', 'SASL_PLAINTEXT' or 'SASL_SSL'"),
        ("DYADWATCH_KAFKA_SASL_MECHANISM", "GSSAPI", "Input should be 'PLAIN', 'SCRAM-SHA-256' or 'SCRAM-SHA-512'"),
        ("DYADWATCH_PARTITION", "3", "DYADWATCH_PARTITION is no setting; did you mean DYADWATCH_PARTITIONS?"),
    ],
)
def test_a_wrong_value_or_name_is_refused_with_the_variable_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DYADWATCH_KAFKA_SSL_KEY_PASSWORD", "correct horse" * 99),
        ("DYADWATCH_KAFKA_BOOTSTRAP", "reader:correct horse@one:9092"),
    ],
)
def test_no_secret_is_told_with_a_wrong_value_nor_in_its_trace(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert str(refused.value).startswith(f"{name}: ")
    assert "correct horse" not in "".join(traceback.format_exception(refused.value))


def test_settings_show_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYADWATCH_KAFKA_SASL_PASSWORD", "correct horse")
    settings = load_settings()
    assert settings.kafka_sasl_password is not None
    assert settings.kafka_sasl_password.get_secret_value() == "correct horse"
    assert "correct horse" not in f"{settings} {settings!r} {settings.model_dump()} {settings.model_dump_json()}"
