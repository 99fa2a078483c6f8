"""What services get that the documentation names: a mail, by SMTP, and a notification of ntfy."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from agents.outlets.notify.messenger import Messenger
from agents.outlets.notify.targets import NotifyTarget
from tests.cli.alerts import PUBLISHED, alert, evidence
from tests.notify.receiver import receiver

GREEK = alert(evidence=evidence("Ο Λαβρόφ συνάντησε τον Γουάνγκ Γι."))
ANSWERS = {b"EHLO": b"250 mail.example", b"DATA": b"354 go on", b"QUIT": b"221 bye"}


@asynccontextmanager
async def mailbox() -> AsyncIterator[tuple[int, list[EmailMessage]]]:
    """A server that speaks as much SMTP as a mail needs; its port, and what it got."""
    got: list[EmailMessage] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example\r\n")
        while line := await reader.readline():
            command = line[:4].upper()
            writer.write(ANSWERS.get(command, b"250 ok") + b"\r\n")
            if command == b"DATA":
                mail = await reader.readuntil(b"\r\n.\r\n")
                got.append(message_from_bytes(mail.removesuffix(b".\r\n"), policy=policy.default))  # type: ignore[arg-type]
                writer.write(b"250 taken\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], got


def messenger(address: str) -> Messenger:
    return Messenger(NotifyTarget(id="desk", url=address))  # type: ignore[arg-type]


async def test_a_mail_comes_in_any_script() -> None:
    async with mailbox() as (port, got):
        to = messenger(f"mailto://127.0.0.1:{port}?from=dyadwatch@mail.example&to=desk@paper.example")
        await to.alert(GREEK, PUBLISHED)
    (mail,) = got
    assert mail["to"] == "desk@paper.example"
    assert mail["subject"] == "New: Andrei Belousov (defence minister, Russia) – Dong Jun (China), held"
    body = mail.get_body(("plain",))
    assert body
    assert "“Ο Λαβρόφ συνάντησε τον Γουάνγκ Γι.” (de)" in body.get_content()


async def test_a_phone_is_told_by_ntfy() -> None:
    async with receiver() as there:
        there.status = 200
        await messenger(there.url.replace("http", "ntfy") + "/topic").alert(GREEK, PUBLISHED)
    (got,) = there.received
    assert got.body["topic"] == "topic"
    assert got.body["title"].startswith("New: Andrei Belousov")
    assert "Ο Λαβρόφ συνάντησε" in got.body["message"]
