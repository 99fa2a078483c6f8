"""doctor: each check says what it found, and where that is bad what to do."""
from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agents.cli import doctor
from agents.cli.app import app
from agents.cli.exits import Exit
from agents.cluster import Cluster
from agents.settings import Settings
from agents.topic_states import TopicState
from agents.topics import ALERTS, RAW, RETENTION
from schemas.errors import LexiconError
from tests.agents.topic_states import state

NOBODY_LISTENS = "127.0.0.1:1"


async def test_a_broker_that_does_not_answer_fails_with_its_address_and_a_remedy() -> None:
    (check,) = await doctor.check_broker(Settings(), Cluster(NOBODY_LISTENS))
    assert (check.name, check.ok) == ("broker", False)
    assert NOBODY_LISTENS in check.found
    assert "DYADWATCH_KAFKA_BOOTSTRAP" in str(check.remedy)


async def test_no_broker_set_fails_and_says_how_to_get_one() -> None:
    (check,) = await doctor.check_broker(Settings(), None)
    assert (check.ok, check.found) == (False, "none is set")
    assert "dyadwatch up --embedded" in str(check.remedy)


async def test_a_process_that_reads_pages_starts() -> None:
    assert (await doctor.check_extraction(Settings(extraction_processes=1))).ok


def test_the_packaged_lexicon_loads_and_its_languages_are_named() -> None:
    check = doctor.check_lexicon()
    assert check.ok
    assert "en" in check.found
    assert "russia-china" in check.found


def test_a_mistake_in_the_lexicon_is_told_with_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def mistaken() -> None:
        raise LexiconError("de.toml:7: no such office")

    monkeypatch.setattr("pipeline.lexicon.load.load_lexicon", mistaken)
    check = doctor.check_lexicon()
    assert (check.ok, check.found) == (False, "de.toml:7: no such office")


def test_a_folder_that_is_there_or_can_be_made_is_well_and_is_left_as_it_was(tmp_path: Path) -> None:
    assert doctor.check_folder(tmp_path).found == f"{tmp_path} can be written"
    assert doctor.check_folder(tmp_path / "a" / "b").ok
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file_fails_and_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        check = doctor.check_folder(folder)
        assert not check.ok
        assert "DYADWATCH_DATA_DIR" in str(check.remedy)


@pytest.mark.parametrize(
    ("topic", "ok", "found", "remedy"),
    [
        pytest.param(state(RAW), True, "all 1 as declared", None, id="as the settings say"),
        pytest.param(state(RAW, on=((1,), (1,))), True, "all 1 as declared", None, id="more than they say"),
        pytest.param(state(RAW, entries={RETENTION: "-1"}), True, "retention.ms is -1", "--apply", id="what the service works with"),
        pytest.param(state(RAW, on=((1,),), partitions=2), False, "news.raw: 1 partition, not 2", "--apply", id="too few partitions"),
        pytest.param(TopicState(state(RAW).topic, None), False, "news.raw: missing", "--apply", id="missing"),
        pytest.param(state(ALERTS, on=((1,), (1,))), False, "delete the topic", None, id="what nothing can change"),
    ],
)
def test_topics_fail_only_where_the_service_cannot_work_with_them(topic: TopicState, ok: bool, found: str, remedy: str | None) -> None:
    check = doctor.check_topics([topic])
    assert check.ok is ok
    assert found in check.found
    assert (remedy or "") in (check.remedy or "")
    assert (check.remedy is None) is (remedy is None)


def test_one_failed_check_is_exit_code_1_and_the_others_are_still_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DYADWATCH_KAFKA_BOOTSTRAP", NOBODY_LISTENS)
    monkeypatch.setenv("DYADWATCH_DATA_DIR", str(tmp_path))
    result = CliRunner().invoke(app, ["doctor", "--json"])
    assert result.exit_code == Exit.FAILED
    checks = {check["name"]: check["ok"] for check in map(json.loads, result.stdout.splitlines())}
    assert checks == {"settings": True, "lexicon": True, "folder": True, "extraction": True, "broker": False}


def test_wrong_settings_are_the_only_thing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYADWATCH_PARTITIONS", "none")
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == Exit.FAILED
    assert "failed settings: DYADWATCH_PARTITIONS" in result.stdout
    assert "lexicon" not in result.stdout
