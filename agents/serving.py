"""HTTP servers in our own loop: where they listen, and that signals are the service's."""
from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import uvicorn

from agents.settings import variable
from schemas.errors import SettingsError

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
HOSTS_OF_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")  # what a client may call them
_QUEUE = 1024  # connections that wait to be accepted


class Server(uvicorn.Server):
    """Serves until `should_exit`; leaves signals to the service, and logs nothing."""

    def __init__(self, app: Any, stop_within: int) -> None:
        """`stop_within`: seconds for answers in progress."""
        super().__init__(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=stop_within))

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone."""
        yield


@contextlib.contextmanager
def listening(host: str, port: int, what: str, host_setting: str, port_setting: str) -> Iterator[socket.socket]:
    """A socket at `host` and `port`; 0 is a free one.

    Raises:
        SettingsError: the address is taken, or none of this machine; it says `what` cannot be there, and which settings name another.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((host, port))
        except OSError as error:
            advice = f"{variable(host_setting)} and {variable(port_setting)} name another"
            raise SettingsError(f"{what} cannot be at {host}, port {port}: {error.strerror or error}; {advice}") from error
        bound.listen(_QUEUE)
        bound.setblocking(False)
        yield bound


def address(bound: socket.socket) -> str:
    """`http://host:port`."""
    host, port = bound.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def allowed_hosts(host: str, name: str | None = None) -> list[str]:
    """The names under which a server at `host` may be asked: on loopback its own, so that no site has its name resolved to us.

    `name` is that under which a proxy leads others to it; then there is no other anywhere.
    """
    if name is not None:
        return [*HOSTS_OF_LOOPBACK, name]
    return list(HOSTS_OF_LOOPBACK) if host in LOOPBACK else ["*"]
