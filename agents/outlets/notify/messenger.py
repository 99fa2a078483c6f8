"""Alerts to people, through Apprise: mail, chats, phones, each by an address of its own. https://github.com/caronc/apprise"""
from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from typing import TypeVar
from urllib.parse import unquote

from apprise import Apprise, AppriseAsset, NotifyFormat
from apprise.common import OverflowMode
from apprise.plugins import NotifyBase

from agents.lifecycle import Lifecycle
from agents.outlets.notify.message import Message, alert_message, digest_message, sample_message
from agents.outlets.notify.targets import NotifyTarget
from pipeline.digest import Entry
from schemas.errors import NotTaken, SettingsError
from schemas.meetings import Alert

_SERVICES = "https://appriseit.com/services/ for the address of each service"
DEADLINE = 30.0  # seconds for one message; most services are given up by Apprise after 4 to 15
_LONGEST_REASON = 300  # characters
_LEAST_SECRET = 4  # characters; what is shorter in an address is no secret, and stands in many words
_SEPARATORS = str.maketrans(dict.fromkeys("/:@?&=,#+", " "))

T = TypeVar("T")


class Messenger(Lifecycle):
    """`async with Messenger(target) as messenger: await messenger.alert(alert, time)`.

    Apprise blocks, and some services for long: each message is given to a thread of its own, which is left alone after a deadline. While it
    hangs there, no further message is tried, so that there is never more than one such thread of a target.
    """

    def __init__(self, target: NotifyTarget, deadline: float = DEADLINE) -> None:
        """`deadline` is in seconds.

        Raises:
            SettingsError: Apprise does not understand the address.
        """
        _keep_secrets()
        self.target = target
        self._address = target.url.get_secret_value()
        self._deadline = deadline
        self._sending: threading.Thread | None = None
        # One after the other and without an end of its own: so it sends in our thread, and not in one that would hold up the exit.
        asset = AppriseAsset(
            app_id="dyadwatch",
            app_desc="dyadwatch",
            app_url="",
            image_url_mask="",  # pictures would be fetched from Apprise's own site by whoever reads the message
            image_url_logo="",
            async_mode=False,
            service_timeout=0,
            http_redirects=False,
        )
        service = self._service(target.id, asset)
        service.optional = False  # else it would say that a message has arrived which has not
        if "overflow=" not in self._address:
            service.overflow_mode = OverflowMode.SPLIT  # what is too long comes in parts, and is not refused for ever
        self._apprise = Apprise(service, asset=asset)
        self.described = str(service.service_name)

    def _service(self, target_id: str, asset: AppriseAsset) -> NotifyBase:
        try:
            service = Apprise.instantiate(self._address, asset=asset, suppress_exceptions=False)
            why = "no service's address is like this"
        except Exception as error:  # noqa: BLE001  # of some 190 plugins
            service, why = None, without_secrets(str(error), self._address)
        if service is None:
            raise SettingsError(f"[[notify]] {target_id}: url: Apprise does not understand it: {why}; see {_SERVICES}")
        return service

    async def start(self) -> None:
        """Nothing is kept open."""

    async def stop(self) -> None:
        """A message that hangs is left to its thread, which ends with the process."""

    async def alert(self, alert: Alert, time: datetime) -> None:
        """Send it; `time` is not told.

        Raises:
            NotTaken: the service did not take it, or not within the deadline; then nobody knows whether it has it.
        """
        await self._send(alert_message(alert))

    async def digest(self, entries: Iterable[Entry]) -> None:
        """Send a digest. Raises what `alert` raises."""
        await self._send(digest_message(tuple(entries)))

    async def sample(self, alert: Alert, now: datetime) -> None:
        """Send it as a sample that is none of the alerts. Raises what `alert` raises."""
        await self._send(sample_message(alert))

    async def _send(self, message: Message) -> None:
        if self._sending is not None and self._sending.is_alive():
            raise NotTaken("the message before still hangs in the service's library; a restart ends it")
        future, self._sending = in_thread(lambda: self._blocking(message))
        try:
            async with asyncio.timeout(self._deadline):
                error = await future
        except TimeoutError as late:
            raise NotTaken(f"no answer within {self._deadline:g} s") from late
        if error is not None:
            raise NotTaken(error)

    def _blocking(self, message: Message) -> str | None:
        """Why it was not taken; None where it was."""
        try:
            result = self._apprise.notify(body=message.body, title=message.title, body_format=NotifyFormat.TEXT)
        except Exception as error:  # noqa: BLE001  # of some 190 plugins
            told = [repr(error)]
        else:
            if result:
                return None
            told = [entry.message for entry in result.logs()] or ["Apprise does not say why"]
        return without_secrets(told[-1], self._address)[:_LONGEST_REASON]


def in_thread(call: Callable[[], T]) -> tuple[asyncio.Future[T], threading.Thread]:
    """What comes of `call`, which raises nothing, in a thread that the exit of the process does not wait for."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def done(result: T) -> None:
        if not future.done():  # who waited may have given up
            future.set_result(result)

    def run() -> None:
        result = call()
        with suppress(RuntimeError):  # the loop is gone
            loop.call_soon_threadsafe(done, result)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return future, thread


def without_secrets(text: str, address: str) -> str:
    """`text` without anything that stands in `address` behind its scheme: what of it is secret differs from service to service."""
    _, _, rest = address.partition("://")
    pieces = {piece for written in (rest, unquote(rest)) for piece in written.translate(_SEPARATORS).split()}
    for piece in sorted(pieces, key=len, reverse=True):
        if len(piece) >= _LEAST_SECRET:
            text = text.replace(piece, "…").replace(unquote(piece), "…")
    return text


def _keep_secrets() -> None:
    """Let nothing that Apprise and its libraries log reach our logs: addresses with tokens are in it. Why it failed, we tell ourselves."""
    for name in ("apprise", "oauthlib", "requests", "requests_oauthlib", "urllib3"):
        logger = logging.getLogger(name)
        logger.propagate = False
        logger.handlers = logger.handlers or [logging.NullHandler()]  # without any, Python prints warnings
    logging.getLogger("apprise").setLevel(logging.WARNING)  # from which on it tells us why
