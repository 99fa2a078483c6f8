"""Alerts to programs: an HTTP request for each, signed after Standard Webhooks (standardwebhooks.com), to allowed addresses alone."""
from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from contextlib import aclosing
from datetime import UTC, datetime
from http import HTTPStatus
from importlib.metadata import version

import httpcore2
import httpx2
from standardwebhooks import Webhook as Signer

from agents.lifecycle import Lifecycle
from agents.outlets.notify.targets import WebhookTarget
from agents.poll.connect import Connecting, GuardedBackend, Resolve, explained, resolve, until_answered
from pipeline.feeds.caching import retry_after
from schemas.cloudevents import TEST_TYPE, event_type
from schemas.errors import FeedError, NotTaken
from schemas.meetings import Alert
from schemas.outlets import WebhookEvent

DEADLINE = 20.0  # seconds for a whole exchange; Standard Webhooks asks for 15 to 30
_KEPT_FOR = 5.0  # seconds that a connection waits for the next alert
_ADVICE = "if it is yours, name its network in `networks` of the webhook"
_MOST_BODY = 65_536  # bytes of an answer, of which nothing is used; a connection on which more come is closed


class Webhook(Lifecycle):
    """`async with Webhook(target) as webhook: await webhook.alert(alert, time)`.

    Redirects are not followed, and nothing that the environment says is heeded (proxies, certificates). Each address that the host has is
    checked where it is connected to, so that no name leads into a network behind this machine.
    """

    def __init__(
        self, target: WebhookTarget, deadline: float = DEADLINE, tls: ssl.SSLContext | None = None, resolve: Resolve = resolve
    ) -> None:
        """`deadline` is in seconds. `tls`: whom to trust, if not those whom the system trusts."""
        self.target = target
        self._url = httpx2.URL(target.url.get_secret_value())
        self._signers = [Signer(secret.get_secret_value()) for secret in target.secret]
        self.described = f"webhook {self._url.scheme}://{self._url.host}"  # path and query may be secret
        self._deadline = deadline
        self._tls = tls
        self._backend = GuardedBackend(target.networks, resolve, public=self._url.scheme == "https", advice=_ADVICE)

    async def start(self) -> None:
        """Open nothing yet: a connection comes with an alert."""
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=self._tls or httpx2.create_ssl_context(trust_env=False),
            keepalive_expiry=_KEPT_FOR,
            network_backend=self._backend,
        )

    async def stop(self) -> None:
        """Close the connection."""
        await self._pool.aclose()

    async def alert(self, alert: Alert, time: datetime) -> None:
        """Send it; `time` is that of the alert. The same body and id at each attempt, by which a receiver knows a repeated one.

        Raises:
            NotTaken: it was not accepted with a 2xx within the deadline; nobody knows whether the receiver has it.
        """
        await self._post(alert.alert_id, WebhookEvent(type=event_type(alert.type), timestamp=time, data=alert))

    async def sample(self, alert: Alert, now: datetime) -> None:
        """Send it as a sample that is none of the alerts. Raises what `alert` raises."""
        await self._post(f"test-{alert.alert_id}", WebhookEvent(type=TEST_TYPE, timestamp=now, data=alert))

    async def _post(self, message_id: str, event: WebhookEvent) -> None:
        body, now = event.model_dump_json(), datetime.now(UTC)
        data = body.encode()
        headers = {
            "host": self._url.netloc.decode(),
            "user-agent": f"dyadwatch/{version('dyadwatch')}",
            "content-type": "application/json",
            "content-length": str(len(data)),
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signer.sign(message_id, now, body) for signer in self._signers),
        }
        try:
            async with asyncio.timeout(self._deadline):
                status, answered = await self._exchange(headers, data)
        except FeedError as error:
            raise NotTaken(str(error)) from error
        except TimeoutError as error:
            raise NotTaken(f"no answer within {self._deadline:g} s") from error
        except Exception as error:  # of the HTTP libraries, whose errors are not all documented
            raise NotTaken(explained(error)) from error
        if not 200 <= status < 300:
            raise NotTaken(_told(status), not_before=retry_after(answered, now), gone=status == HTTPStatus.GONE)

    async def _exchange(self, headers: Mapping[str, str], body: bytes) -> tuple[int, Mapping[str, str]]:
        url = httpcore2.URL(scheme=self._url.raw_scheme, host=self._url.raw_host, port=self._url.port, target=self._url.raw_path)
        sent = [(name.title().encode(), value.encode()) for name, value in headers.items()]
        request = httpcore2.Request("POST", url, headers=sent, content=body, extensions={"trace": Connecting()})
        with until_answered():
            response = await self._pool.handle_async_request(request)
        try:
            size = 0
            async with aclosing(response.aiter_stream()) as arriving:
                async for piece in arriving:
                    size += len(piece)
                    if size > _MOST_BODY:
                        break
        finally:
            await response.aclose()
        return response.status, {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}


def _told(status: int) -> str:
    if 300 <= status < 400:
        return f"it redirects ({status}), which is not followed: give the address where it leads"
    try:
        return f"it answered {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"it answered {status}"
