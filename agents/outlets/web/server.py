"""The web page as a part of the service: the view, what is new in it, and the server."""
from __future__ import annotations

import asyncio
import logging
import re
import socket
from contextlib import AsyncExitStack

from agents.cluster import Cluster
from agents.lifecycle import LongLived
from agents.outlets.view.follower import Follower
from agents.outlets.view.reader import Reader
from agents.outlets.web.access import NOT_HERE, Access
from agents.outlets.web.app import web_app
from agents.outlets.web.desk import Desk
from agents.outlets.web.health import HealthCheck
from agents.outlets.web.live import Live
from agents.producer import VerdictProducer
from agents.security import secret_of
from agents.serving import LOOPBACK, Server, address, allowed_hosts, listening
from agents.settings import Settings, variable
from agents.topic_changes import create_topics
from schemas.errors import SettingsError

log = logging.getLogger(__name__)

DATABASE = "view.sqlite"
STOP_WITHIN = 2  # seconds for answers in progress
_TOKEN = re.compile(r"[!-~]{16,}")


class Web(LongLived):
    """`async with Web(settings, cluster) as web: await web.wait()`; `web.address` is where it answers."""

    def __init__(self, settings: Settings, cluster: Cluster) -> None:
        self._settings = settings
        self._cluster = cluster
        self._stack = AsyncExitStack()
        self._follower = Follower(cluster, settings.data_dir / DATABASE)
        self._live: Live
        self._server: Server
        self._socket: socket.socket

    @property
    def address(self) -> str:
        """`http://host:port`."""
        return address(self._socket)

    async def start(self) -> None:
        """Return when pages can be asked for, with all that the topics hold.

        Raises:
            SettingsError: the address is taken, or none of this machine; the token cannot be read, or is too short.
            BrokerError: no broker answers, or it refuses.
            WorkerError: the database cannot be written.
        """
        name = self._settings.web_name
        loopback = self._settings.web_host in LOOPBACK and name is None
        access = Access(_token(self._settings), loopback=loopback)
        if not access.possible:
            log.warning(NOT_HERE)
        async with AsyncExitStack() as stack:
            host, port = self._settings.web_host, self._settings.web_port
            self._socket = stack.enter_context(listening(host, port, "the web page", "web_host", "web_port"))
            await create_topics(self._cluster, self._settings)
            await stack.enter_async_context(self._follower)
            reader = stack.enter_context(Reader(self._follower.path))
            self._live = Live(self._follower, reader)
            desk = Desk(await stack.enter_async_context(VerdictProducer(self._cluster)), self._follower, reader)
            health = HealthCheck(self._cluster, self._settings.outlets)
            app = web_app(reader, self._live, health, allowed_hosts(host, name), access, desk)
            self._server = Server(app, STOP_WITHIN)
            self._stack = stack.pop_all()

    async def stop(self) -> None:
        """End open streams and answer no more. Idempotent."""
        await self._stack.aclose()

    def stuck(self) -> str | None:
        """Whether its database follows the topics."""
        return self._follower.stuck()

    def unready(self) -> str | None:
        """Whether it answers yet."""
        return None if self._server.started else "it does not answer yet"

    async def wait(self) -> None:
        """Serve, for ever. Raises what the follower raises."""
        serving = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        others = [asyncio.create_task(self._follower.wait()), asyncio.create_task(self._live.run())]
        try:
            done, _ = await asyncio.wait((serving, *others), return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in others:
                task.cancel()
            await self._live.end()
            self._server.should_exit = True  # where it is cancelled instead, it leaves its socket with the loop
            await asyncio.gather(serving, *others, return_exceptions=True)


def _token(settings: Settings) -> str | None:
    secret = secret_of("web_token", settings.web_token, settings.web_token_file)
    if secret is None:
        return None
    if not _TOKEN.fullmatch(secret.get_secret_value()):
        raise SettingsError(f"{variable('web_token')}: has to be 16 letters, digits or signs of ASCII or more, without blanks")
    return secret.get_secret_value()
