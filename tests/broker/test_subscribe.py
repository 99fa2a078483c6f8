"""`dyadwatch subscribe` that goes on where it stopped, and gives alerts to a command. The tests build on each other."""
from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path

import pytest

from agents.cluster import Cluster
from agents.service import Service
from agents.settings import Settings
from agents.subscriber import Subscriber
from schemas.meetings import Alert
from tests.broker.articles import VISITS, meeting_in, text
from tests.broker.stream import Stream
from tests.broker.test_cli_commands import run

LATER = text("later", "Russian President Vladimir Putin met Chinese President Xi Jinping in Kazan on 22 October 2024. They spoke of trade.")


@pytest.fixture
def environment(cluster: Cluster, tmp_path: Path) -> dict[str, str]:
    paths = {"DYADWATCH_DATA_DIR": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])}
    return os.environ | paths | {"DYADWATCH_KAFKA_BOOTSTRAP": str(cluster)}


@pytest.fixture
def command(tmp_path: Path) -> Path:
    """A command that writes down what it is given, and fails on an alert that tells of Astana while there is a file `fail`."""
    program = tmp_path / "command"
    program.write_text(
        f"#!{sys.executable}\nimport os, pathlib, sys\nfolder, alert = pathlib.Path(__file__).parent, sys.stdin.read()\n"
        "if 'Astana' in alert and (folder / 'fail').exists():\n    sys.exit(7)\n"
        "with (folder / 'given').open('a') as given:\n    given.write(os.environ['DYADWATCH_ALERT_ID'] + ' ' + alert + '\\n')\n"
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


async def test_alerts_that_are_there(service: Service, stream: Stream) -> None:
    await stream.send([meeting_in(city, city) for city in VISITS])
    await stream.through()
    assert len(await stream.alerts()) >= 4


async def test_a_group_goes_on_behind_what_it_was_shown_and_others_are_not_touched(environment: dict[str, str], stream: Stream) -> None:
    every = [alert.alert_id for alert in await stream.alerts()]
    seen: list[str] = []
    for number in (1, 2, len(every) - 3):
        done = await run(environment, "subscribe", "--group", "desk", "--from-beginning", "--json", "--limit", str(number))
        assert done.code == 0, done.err
        seen += [Alert.model_validate_json(line).alert_id for line in done.out.splitlines()]
    assert seen == every
    other = await run(environment, "subscribe", "--group", "other", "--from-beginning", "--json", "--limit", "1")
    assert json.loads(other.out)["alert_id"] == every[0]


async def test_an_alert_that_was_sent_again_is_not_shown_again_by_the_next_of_its_group(
    environment: dict[str, str], cluster: Cluster, stream: Stream
) -> None:
    async with Subscriber(cluster, from_beginning=True) as alerts:
        first, *_ = await alerts.read_to_end()
    await stream.send_bytes("meetings.alerts", first.value, first.alert.meeting_id.encode(), first.headers)
    await stream.send([LATER])
    done = await run(environment, "subscribe", "--group", "desk", "--json", "--limit", "1")
    assert "Kazan" in done.out


async def test_a_command_gets_each_alert_and_one_that_it_did_not_take_comes_again(
    environment: dict[str, str], stream: Stream, command: Path
) -> None:
    every = await stream.alerts()
    place = next(number for number, alert in enumerate(every) if "Astana" in alert.evidence.sentence)
    arguments = ("subscribe", "--group", "command", "--from-beginning", "--exec", str(command), "--limit")
    (command.parent / "fail").touch()
    failed = await run(environment, *arguments, str(len(every)))
    assert failed.code == 1
    assert f"{command} ended with 7 on alert {every[place].alert_id}; with --group it comes again" in failed.err
    (command.parent / "fail").unlink()
    done = await run(environment, *arguments, str(len(every) - place))
    assert (done.code, done.out) == (0, "")
    given = [line.partition(" ")[::2] for line in (command.parent / "given").read_text().splitlines()]
    assert [(alert_id, Alert.model_validate_json(alert)) for alert_id, alert in given] == [(alert.alert_id, alert) for alert in every]


async def test_only_what_is_asked_for_is_shown(environment: dict[str, str], settings: Settings) -> None:
    one = await run(environment, "subscribe", "--from-beginning", "--json", "--place", "astana", "--person", "lavrov", "--limit", "1")
    assert one.code == 0
    assert "Astana" in one.out
