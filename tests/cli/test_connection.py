"""What every command that needs a broker does first: refuse settings that make no sense, and warn of a password in the clear."""
from __future__ import annotations

import pytest
from typer.testing import CliRunner

from agents.cli.app import app
from agents.cli.exits import Exit

NOBODY_LISTENS = "127.0.0.1:1"
SECRET = "correct horse"
USER = {"SECURITY_PROTOCOL": "SASL_PLAINTEXT", "SASL_MECHANISM": "PLAIN", "SASL_USERNAME": "reader", "SASL_PASSWORD": SECRET}


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The environment of a user whose password is sent as it is."""
    for name, value in (USER | {"BOOTSTRAP": NOBODY_LISTENS}).items():
        monkeypatch.setenv(f"DYADWATCH_KAFKA_{name}", value)
    return monkeypatch


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-512"])
def test_a_password_in_the_clear_is_warned_of(given: pytest.MonkeyPatch, mechanism: str) -> None:
    given.setenv("DYADWATCH_KAFKA_SASL_MECHANISM", mechanism)
    result = CliRunner().invoke(app, ["topics"])
    assert result.exit_code == Exit.NO_BROKER
    *warned, last = result.stderr.splitlines()
    assert [line.partition(":")[2] for line in warned] == [" the password travels in the clear: " + REMEDY] * (mechanism == "PLAIN")
    assert last.startswith(f"dyadwatch: no broker answers at {NOBODY_LISTENS}")
    assert SECRET not in result.output


REMEDY = "set DYADWATCH_KAFKA_SECURITY_PROTOCOL to SASL_SSL, or DYADWATCH_KAFKA_SASL_MECHANISM to a SCRAM"


@pytest.mark.parametrize("command", [["topics"], ["up"], ["subscribe"], ["feeds", "list"], ["replay", "seeds"]])
def test_settings_that_make_no_sense_are_refused_before_anything_else(given: pytest.MonkeyPatch, command: list[str]) -> None:
    given.setenv("DYADWATCH_KAFKA_SECURITY_PROTOCOL", "SSL")
    result = CliRunner().invoke(app, command)
    assert (result.exit_code, result.stdout) == (Exit.USAGE, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith("dyadwatch: DYADWATCH_KAFKA_SASL_MECHANISM is set, but")


def test_the_doctor_tells_them_too_and_no_secret(given: pytest.MonkeyPatch) -> None:
    given.setenv("DYADWATCH_KAFKA_SASL_PASSWORD_FILE", SECRET)
    result = CliRunner().invoke(app, ["doctor", "--json"])
    assert result.exit_code == Exit.FAILED
    assert "DYADWATCH_KAFKA_SASL_PASSWORD_FILE are both set" in result.stdout
    assert SECRET not in result.output
