"""A receiver of webhooks on loopback: verifies what it gets as its documentation asks, and fails as it is told."""
from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from standardwebhooks import Webhook

from agents.outlets.notify.targets import WebhookTarget

HOST = "127.0.0.1"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
LOOPBACK = "127.0.0.0/8"


@dataclass
class Received:
    """A request whose signature is right, and what it was answered."""

    message_id: str
    body: dict[str, Any]
    headers: dict[str, str]
    status: int


@dataclass
class Receiver:
    """What it answers may be changed at any time; `received` holds what it was given."""

    url: str = ""
    status: int = 204
    answer: dict[str, str] = field(default_factory=dict)  # headers
    hangs: bool = False
    received: list[Received] = field(default_factory=list)
    asked: int = 0  # requests, whatever they were
    on_received: Callable[[Received], None] = lambda _: None  # called before the answer
    secret: str = SECRET

    @property
    def taken(self) -> list[str]:
        """The ids of what was answered with a 2xx, in order."""
        return [one.message_id for one in self.received if 200 <= one.status < 300]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked += 1
        raw = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        if "webhook-id" in headers:
            Webhook(self.secret).verify(raw, headers)  # raises, which is a 500
        received = Received(headers.get("webhook-id", ""), json.loads(raw or b"{}"), headers, self.status)
        self.on_received(received)
        received.status = self.status
        self.received.append(received)
        if self.hangs:
            await asyncio.sleep(3600)
        return web.Response(status=received.status, headers=self.answer, text="" if received.status == 204 else "a long answer" * 20_000)


@asynccontextmanager
async def receiver(tls: ssl.SSLContext | None = None, host: str = HOST) -> AsyncIterator[Receiver]:
    """One that runs; `host`: what its address names."""
    running = Receiver()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", running.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0, ssl_context=tls).start()
    running.url = f"{'https' if tls else 'http'}://{host}:{runner.addresses[0][1]}"
    try:
        yield running
    finally:
        await runner.cleanup()


def target(url: str, **changes: Any) -> WebhookTarget:
    """A webhook there."""
    return WebhookTarget.model_validate({"id": "desk", "url": url, "secret": SECRET, "networks": [LOOPBACK]} | changes)
