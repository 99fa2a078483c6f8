"""The file of targets: what is wrong in it is told with file, entry and remedy, and no secret is shown."""
from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from agents.outlets.notify.outlets import outlets_of
from agents.outlets.notify.targets import NotifyTarget, WebhookTarget, load_targets
from agents.settings import Settings
from pipeline.digest import Daily, Every
from pipeline.selection import Selection
from schemas.errors import SettingsError
from schemas.meetings import Level, Status
from tests.notify.receiver import SECRET

ENVIRONMENT = {"TOKEN": "a/b@c&d", "WHOLE": "ntfys://ntfy.example/a", "SECRET": SECRET, "EMPTY": ""}


def written(folder: Path, text: str) -> Path:
    file = folder / "outlets.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_file_says_who_gets_what_and_how(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        """
        [[notify]]
        id = "desk"
        url = "mailto://desk:${TOKEN}@mail.example?to=desk@paper.example"
        filter = { status = ["announced", "held"], level = "minister", place = "beijing", since = 2026-01-01 }
        digest = "08:00"
        time_zone = "Europe/Athens"

        [[notify]]
        id = "phone"
        url = "${WHOLE}"
        every = "PT6H"
        from = "beginning"

        [[webhook]]
        id = "newsroom"
        url = "https://hooks.example/dyadwatch?token=${TOKEN}"
        secret = "${SECRET}"
        """,
    )
    desk, phone, newsroom = load_targets(file, ENVIRONMENT)
    assert isinstance(desk, NotifyTarget) and isinstance(phone, NotifyTarget) and isinstance(newsroom, WebhookTarget)
    assert desk.url.get_secret_value() == "mailto://desk:a%2Fb%40c%26d@mail.example?to=desk@paper.example"
    assert desk.filter == Selection(
        status=frozenset({Status.ANNOUNCED, Status.HELD}), level=frozenset({Level.MINISTER}), place="beijing", since=date(2026, 1, 1)
    )
    assert (desk.schedule, desk.begins) == (Daily(time(8), ZoneInfo("Europe/Athens")), "now")
    assert (phone.url.get_secret_value(), phone.schedule, phone.begins) == (ENVIRONMENT["WHOLE"], Every(timedelta(hours=6)), "beginning")
    assert (newsroom.schedule, newsroom.filter, newsroom.networks) == (None, Selection(), ())
    assert [one.get_secret_value() for one in newsroom.secret] == [SECRET]
    assert "a%2Fb" not in repr((desk, phone, newsroom))


PHONE = 'id = "phone"\nurl = "ntfys://ntfy.example/a"\n'
HOOK = 'id = "hook"\nurl = "https://hooks.example/a"\nsecret = "${SECRET}"\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("", "there is no target in it", id="nothing"),
        pytest.param("[[notify]", "this is no TOML", id="no TOML"),
        pytest.param(f"[[nofity]]\n{PHONE}", "there is no [[nofity]]; [[notify]] and [[webhook]] are", id="an unknown kind"),
        pytest.param(f"[[notify]]\n{PHONE}filtr = {{}}", "[[notify]] phone: filtr: there is no such key; did you mean filter?", id="slip"),
        pytest.param(f"[[notify]]\n{PHONE}a = 1", "a: there is no such key; there are id, url, filter, from, digest", id="an unknown key"),
        pytest.param('[[notify]]\nurl = "ntfy://a"', "[[notify]] number 1: id: Field required", id="no id"),
        pytest.param('[[notify]]\nid = "My Phone"\nurl = "ntfy://a"', "id: up to 63 small letters, digits and hyphens", id="a bad id"),
        pytest.param(f"[[notify]]\n{PHONE}[[notify]]\n{PHONE}", "phone is the id of several targets", id="an id twice"),
        pytest.param(f"[[notify]]\n{PHONE}[[webhook]]\n{HOOK.replace('hook', 'phone', 1)}", "phone is the id of several", id="two kinds"),
        pytest.param('[[notify]]\nid = "a"\nurl = "${MISSING}"', "a: url: the environment variable MISSING is not set", id="not set"),
        pytest.param('[[notify]]\nid = "a"\nurl = "x://${EMPTY}"', "url: the environment variable EMPTY is not set", id="set to nothing"),
        pytest.param(f'[[notify]]\n{PHONE}filter = {{ status = "hel" }}', "filter.status.0: Input should be 'announced'", id="no status"),
        pytest.param(f"[[notify]]\n{PHONE}filter = {{ stat = 1 }}", "filter.stat: there is no such key; did you mean status?", id="filter"),
        pytest.param(f"[[notify]]\n{PHONE}digest = 8", 'digest: a time of the day, as "08:00"', id="a number for a time"),
        pytest.param(f'[[notify]]\n{PHONE}digest = "08:00Z"', "digest: a time of the clock", id="a time with a zone"),
        pytest.param(f'[[notify]]\n{PHONE}digest = "08:00"\ntime_zone = "Europe/Athen"', "time_zone: there is no such", id="no zone"),
        pytest.param(f'[[notify]]\n{PHONE}time_zone = "Europe/Athens"', "give `digest", id="a zone of nothing"),
        pytest.param(f'[[notify]]\n{PHONE}digest = "08:00"\nevery = "PT6H"', "leave one out", id="two schedules"),
        pytest.param(f'[[notify]]\n{PHONE}every = "PT1S"', "every: Input should be greater than or equal to 1 minute", id="every second"),
        pytest.param(f"[[webhook]]\n{HOOK}digest = 08:00:00", "[[webhook]] hook: digest: there is no such key", id="no digest"),
        pytest.param(f"[[webhook]]\n{HOOK.replace('${SECRET}', 'whsec_c2hvcnQ=')}", "secret.0: a secret is whsec_ and 24 to", id="short"),
        pytest.param(f"[[webhook]]\n{HOOK.replace('${SECRET}', SECRET[6:])}", "secret.0: a secret is whsec_ and", id="without whsec_"),
        pytest.param(f"[[webhook]]\n{HOOK.replace('${SECRET}', 'whsec_not base64 at all, but of a good length')}", "secret.0:", id="odd"),
        pytest.param(f"[[webhook]]\n{HOOK.replace('https', 'http')}", "url: give an address that begins with https://", id="unencrypted"),
        pytest.param(f"[[webhook]]\n{HOOK.replace('https', 'file')}", "url: only addresses that begin with", id="no web"),
        pytest.param(f"[[webhook]]\n{HOOK.replace('https://', 'https://me:pass@')}", "url: the address carries a user name", id="a user"),
        pytest.param(f"[[webhook]]\n{HOOK.replace('example', 'example:25')}", "url: port 25 is not one of the web", id="a mail server"),
        pytest.param(f"[[webhook]]\n{HOOK}networks = ['10.0.0.1/8']", "networks.0: a network, as", id="no network"),
        pytest.param("notify = 3", "[[notify]] number 1: Input should be a valid dictionary", id="no table"),
    ],
)
def test_a_mistake_is_told_with_file_and_entry(tmp_path: Path, text: str, told: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        load_targets(file, ENVIRONMENT)
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"{file}: ")
    assert told in line
    assert not any(secret in line for secret in (SECRET[6:], "me:pass", "ntfy.example"))


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    file = written(tmp_path, f"[[notify]]\n{PHONE}a = 1\nb = 2\n[[webhook]]\n{HOOK}c = 3")
    with pytest.raises(SettingsError) as caught:
        load_targets(file, ENVIRONMENT)
    assert len(str(caught.value).splitlines()) == 3


def test_a_file_that_is_not_there_is_told_with_the_setting_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.toml: No such file or directory; DYADWATCH_OUTLETS names"):
        load_targets(tmp_path / "none.toml")


def test_an_address_that_apprise_does_not_understand_is_told_at_the_start_and_not_shown(tmp_path: Path) -> None:
    text = '[[notify]]\nid = "a"\nurl = "nosuch://verysecret"\n[[notify]]\nid = "b"\nurl = "slack://VERYSECRET/A"\n'
    file = written(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        outlets_of(Settings(outlets=file))
    first, second = str(caught.value).splitlines()
    assert first.startswith(f"{file}: [[notify]] a: url: Apprise does not understand it: no service's address is like this; see https://")
    assert second.startswith(f"{file}: [[notify]] b: url: Apprise does not understand it: An invalid Slack")
    assert "secret" not in str(caught.value).lower()


def test_without_a_file_there_is_nobody_to_send_to() -> None:
    with pytest.raises(SettingsError, match=r"DYADWATCH_OUTLETS is not set: .*docs/notifications\.md"):
        outlets_of(Settings())
