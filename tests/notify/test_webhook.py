"""Webhooks: signed so that any receiver can tell, never to where they must not go, and whatever a receiver does is known for what it is."""
from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_address

import pytest
import pytest_asyncio
import trustme
from jsonschema import Draft202012Validator

from agents.outlets.notify.webhook import Webhook
from agents.poll.connect import Endpoint
from schemas.errors import NotTaken
from schemas.meetings import Alert
from tests.cli.alerts import PUBLISHED, alert
from tests.notify.receiver import LOOPBACK, SECRET, Receiver, receiver, target
from tests.schemas.test_generated import schema

OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDGdZdTEuAnXJ5"


@pytest_asyncio.fixture
async def there() -> AsyncIterator[Receiver]:
    async with receiver() as running:
        yield running


async def not_taken(webhook: Webhook, one: Alert | None = None) -> NotTaken:
    """Why it was not."""
    async with webhook:
        with pytest.raises(NotTaken) as caught:
            await webhook.alert(one or alert(), PUBLISHED)
    return caught.value


async def test_an_alert_comes_signed_with_its_id_and_its_body_is_valid_by_its_schema(there: Receiver) -> None:
    async with Webhook(target(f"{there.url}/hooks/7?token=abc")) as webhook:
        await webhook.alert(alert(), PUBLISHED)
        await webhook.alert(alert(), PUBLISHED)
    first, second = there.received
    assert (first.message_id, first.body["type"], first.body["timestamp"]) == ("e1", "org.dyadwatch.meeting.new.v1", "2026-01-28T00:00:00Z")
    assert Alert.model_validate(first.body["data"]) == alert()
    Draft202012Validator(schema("webhook-event")).validate(first.body)
    assert (second.message_id, second.body) == (first.message_id, first.body)
    assert first.headers["content-type"] == "application/json"


async def test_what_a_receiver_gets_in_many_scripts_it_can_verify(there: Receiver) -> None:
    told = alert().model_copy(update={"evidence": replace(alert().evidence, sentence="Ван И и Лавров 会晤 “في” 🤝")})
    async with Webhook(target(there.url)) as webhook:
        await webhook.alert(told, PUBLISHED)
    assert there.received[0].body["data"]["evidence"]["sentence"] == told.evidence.sentence


@pytest.mark.parametrize("secret", [[SECRET, OTHER], [OTHER, SECRET]])
async def test_while_one_secret_replaces_another_a_receiver_may_know_either(there: Receiver, secret: list[str]) -> None:
    async with Webhook(target(there.url, secret=secret)) as webhook:
        await webhook.alert(alert(), PUBLISHED)
    assert there.taken == ["e1"]


async def test_a_receiver_that_knows_another_secret_refuses(there: Receiver) -> None:
    there.secret = OTHER
    assert "it answered 500" in str(await not_taken(Webhook(target(there.url))))


async def test_a_sample_is_none_of_the_alerts(there: Receiver) -> None:
    async with Webhook(target(there.url)) as webhook:
        await webhook.sample(alert(), PUBLISHED)
    assert (there.received[0].message_id, there.received[0].body["type"]) == ("test-e1", "org.dyadwatch.test.v1")


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
async def test_any_2xx_means_taken(there: Receiver, status: int) -> None:
    there.status = status
    async with Webhook(target(there.url)) as webhook:
        await webhook.alert(alert(), PUBLISHED)


@pytest.mark.parametrize(
    ("status", "gone", "told"),
    [
        (400, False, "it answered 400 Bad Request"),
        (410, True, "it answered 410 Gone"),
        (429, False, "it answered 429 Too Many Requests"),
        (503, False, "it answered 503 Service Unavailable"),
        (599, False, "it answered 599"),
        (307, False, "it redirects (307), which is not followed: give the address where it leads"),
    ],
)
async def test_any_other_answer_means_not_taken_and_410_gone_for_good(there: Receiver, status: int, gone: bool, told: str) -> None:
    there.status, there.answer = status, {"location": f"{there.url}/elsewhere"}
    error = await not_taken(Webhook(target(there.url)))
    assert (str(error), error.gone, error.not_before) == (told, gone, None)
    assert len(there.received) == 1


@pytest.mark.parametrize("form", ["seconds", "date"])
async def test_a_receiver_says_when_to_come_back(there: Receiver, form: str) -> None:
    begun = datetime.now(UTC)
    told = {"seconds": "120", "date": format_datetime(begun + timedelta(seconds=120), usegmt=True)}
    there.status, there.answer = 429, {"retry-after": told[form]}
    error = await not_taken(Webhook(target(there.url)))
    assert error.not_before is not None
    assert timedelta(seconds=60) < error.not_before - begun < timedelta(seconds=150)


async def test_a_receiver_that_never_answers_is_given_up(there: Receiver) -> None:
    there.hangs = True
    assert str(await not_taken(Webhook(target(there.url), deadline=0.2))) == "no answer within 0.2 s"


async def test_a_receiver_that_is_not_there_is_told_without_the_address() -> None:
    async with receiver() as gone:
        url = gone.url
    told = str(await not_taken(Webhook(target(f"{url}/secret-path"))))
    assert told.startswith("nobody answers at 127.0.0.1, port")
    assert "secret" not in told


async def test_what_is_no_http_is_told() -> None:
    async def nonsense(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.org ESMTP\r\n")
        writer.close()

    server = await asyncio.start_server(nonsense, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        assert "speaks no proper HTTP" in str(await not_taken(Webhook(target(f"http://127.0.0.1:{port}"))))


async def leads_to(address: str) -> Sequence[Endpoint]:
    return [(ip_address(address), 1)]


@pytest.mark.parametrize(
    ("url", "networks", "address", "told"),
    [
        pytest.param("https://hooks.example", [], "10.0.0.7", "10.0.0.7, which is no public address", id="a private network"),
        pytest.param("https://hooks.example", [], "169.254.169.254", "169.254.169.254, which is no public", id="where clouds keep secrets"),
        pytest.param("https://hooks.example", [], "::1", "::1, which is no public address", id="loopback"),
        pytest.param("https://hooks.example", [LOOPBACK], "10.0.0.7", "10.0.0.7, which is no public", id="another network than allowed"),
        pytest.param("http://hooks.example", [LOOPBACK], "1.1.1.1", "1.1.1.1, which is in none of the networks", id="public, unencrypted"),
    ],
)
async def test_a_name_that_leads_to_where_it_must_not_is_refused_as_it_is_connected_to(
    url: str, networks: list[str], address: str, told: str
) -> None:
    async def resolve(host: str, port: int) -> Sequence[Endpoint]:
        return await leads_to(address)

    error = str(await not_taken(Webhook(target(url, networks=networks), resolve=resolve)))
    assert told in error
    assert "if it is yours, name its network in `networks`" in error


async def test_a_receiver_in_a_network_that_is_allowed_is_reached_over_tls_and_its_certificate_counts() -> None:
    authority = trustme.CA()
    serving, trusting = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.create_default_context()
    authority.issue_cert("hooks.example").configure_cert(serving)
    authority.configure_trust(trusting)
    async with receiver(serving, "hooks.example") as there:
        port = int(there.url.rpartition(":")[2])

        async def resolve(host: str, _: int) -> Sequence[Endpoint]:
            return [(ip_address("127.0.0.1"), port)]

        async with Webhook(target(there.url), tls=trusting, resolve=resolve) as webhook:
            await webhook.alert(alert(), PUBLISHED)
        assert there.taken == ["e1"]
        assert "the certificate is not accepted" in str(await not_taken(Webhook(target(there.url), resolve=resolve)))


def test_what_is_shown_of_a_webhook_is_its_host_alone() -> None:
    webhook = Webhook(target("https://hooks.example/secret-path?token=secret"))
    assert webhook.described == "webhook https://hooks.example"
    assert "secret-path" not in repr(webhook.target)
    assert SECRET not in repr(webhook.target)
