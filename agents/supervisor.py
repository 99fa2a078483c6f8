"""What systemd is told of a process that it started with `Type=notify`: that it is ready, that it gets on, that it stops.

The protocol of sd_notify(3): a datagram to the socket that `NOTIFY_SOCKET` names. Where nothing names one, nobody is told.
"""
from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Callable, Mapping

from agents.lifecycle import Lifecycle

log = logging.getLogger(__name__)

LOOKS = 3  # at whether it gets on, in the time after which systemd ends who says nothing


class Supervisor(Lifecycle):
    """`async with Supervisor(service.stuck) as supervisor: ...; supervisor.ready()` around all of the service's life.

    With `WatchdogSec=` it says again and again that the service gets on, and is silent where it does not, or its loop hangs.
    """

    def __init__(self, stuck: Callable[[], str | None], environment: Mapping[str, str] = os.environ) -> None:
        """`stuck`: why the service does not get on; None while it does."""
        self._stuck = stuck
        self._address = environment.get("NOTIFY_SOCKET", "")
        ours = environment.get("WATCHDOG_PID") in (None, str(os.getpid()))
        self._patience = int(environment.get("WATCHDOG_USEC", 0)) / 1_000_000 if ours else 0.0  # seconds; 0: as long as you like
        self._socket: socket.socket | None = None
        self._looking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to look whether it gets on, where that is wanted."""
        if not self._address:
            return
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        self._socket.setblocking(False)
        if self._patience:
            self._looking = asyncio.create_task(self._look())

    async def stop(self) -> None:
        """Say nothing more. Idempotent."""
        if self._looking:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        if self._socket:
            self._socket.close()
            self._socket = None

    def ready(self) -> None:
        """It can do its work."""
        self._tell("READY=1", "STATUS=ready")

    def stopping(self) -> None:
        """It finishes what is in progress."""
        self._tell("STOPPING=1", "STATUS=finishing what is in progress")

    async def _look(self) -> None:
        told = None
        while True:
            stuck = self._stuck()
            if stuck != told:
                self._tell(f"STATUS={'; '.join(stuck.splitlines()) if stuck else 'it gets on again'}")
                told = stuck
            if stuck is None:
                self._tell("WATCHDOG=1")
            await asyncio.sleep(self._patience / LOOKS)

    def _tell(self, *lines: str) -> None:
        if self._socket is None:
            return
        path = f"\0{self._address[1:]}" if self._address.startswith("@") else self._address  # @: of Linux' abstract names
        try:
            self._socket.sendto("\n".join(lines).encode(), path)
        except OSError as error:  # no reason to end; who hears nothing draws conclusions
            log.warning("the supervisor at NOTIFY_SOCKET cannot be told %s: %r", lines[0], error)
