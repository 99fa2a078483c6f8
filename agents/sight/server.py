"""`/metrics`, `/live` and `/ready` of one process. They answer in its loop: of one that hangs, nothing does."""
from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack

from prometheus_client.exposition import choose_encoder
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from agents.cluster import Cluster
from agents.lifecycle import Lifecycle
from agents.serving import Server, address, allowed_hosts, listening
from agents.settings import Settings
from agents.sight.metrics import PART_LIVE, PART_READY, REGISTRY
from agents.sight.waiting import watch_lag
from agents.together import Together

STOP_WITHIN = 1  # seconds for answers in progress
_OK, _UNAVAILABLE = 200, 503
_FRESH = {"cache-control": "no-store"}


class Sight(Lifecycle):
    """`async with Sight(port, settings, cluster, service): ...` around all of the service's life, so that it tells of its start too."""

    def __init__(self, port: int, settings: Settings, cluster: Cluster, service: Together) -> None:
        """`port`: that of the settings; 0 is a free one."""
        self._port = port
        self._settings = settings
        self._cluster = cluster
        self._service = service
        self._stack = AsyncExitStack()
        self.address = ""  # `http://host:port`

    async def start(self) -> None:
        """Answer.

        Raises:
            SettingsError: the address is taken, or none of this machine.
        """
        async with AsyncExitStack() as stack:
            host = self._settings.metrics_host
            bound = stack.enter_context(listening(host, self._port, "the metrics", "metrics_host", "metrics_port"))
            self.address = address(bound)
            server = Server(application(self._service, allowed_hosts(host)), STOP_WITHIN)
            serving = asyncio.create_task(server.serve(sockets=[bound]))
            watching = asyncio.create_task(watch_lag(self._cluster))

            async def end() -> None:
                watching.cancel()
                server.should_exit = True
                await asyncio.gather(serving, watching, return_exceptions=True)

            stack.push_async_callback(end)
            self._stack = stack.pop_all()

    async def stop(self) -> None:
        """Answer no more. Idempotent."""
        await self._stack.aclose()


def application(service: Together, hosts: list[str]) -> Starlette:
    """What answers of `service`; `hosts` are the names under which it may be asked, `*` any."""

    async def metrics(request: Request) -> Response:
        service.measure()
        for name, standing in service.standings().items():
            PART_LIVE.labels(name).set(standing.stuck is None)
            PART_READY.labels(name).set(standing.unready is None)
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(REGISTRY), headers={"content-type": content_type, **_FRESH})

    async def live(_: Request) -> Response:
        return _told("live", {name: standing.stuck for name, standing in service.standings().items()})

    async def ready(_: Request) -> Response:
        return _told("ready", {name: standing.unready for name, standing in service.standings().items()})

    return Starlette(
        routes=[Route("/metrics", metrics), Route("/live", live), Route("/ready", ready)],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=hosts)],
    )


def _told(well: str, reasons: Mapping[str, str | None]) -> Response:
    """That all is `well`, or what is not, a line for each part."""
    wrong = [f"{name}: {reason}" for name, reason in reasons.items() if reason]
    return PlainTextResponse("".join(f"{line}\n" for line in wrong or [well]), _UNAVAILABLE if wrong else _OK, _FRESH)
