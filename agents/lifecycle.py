"""What is started and stopped, as a block: `async with EmbeddedBroker() as broker`."""
from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self


class Lifecycle(ABC):
    """Started when the block is entered, stopped when it is left."""

    @abstractmethod
    async def start(self) -> None:
        """Return when it is ready."""

    @abstractmethod
    async def stop(self) -> None:
        """Return when nothing of it is left."""

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.stop()


class LongLived(Lifecycle):
    """What runs until it is stopped, and can fail meanwhile."""

    @abstractmethod
    async def wait(self) -> None:
        """Return never while all is well; raise what it cannot go on for."""

    @abstractmethod
    def stuck(self) -> str | None:
        """Why it does not get on, once it is started; None while it does. That the broker is away is no reason."""

    @abstractmethod
    def unready(self) -> str | None:
        """What it lacks before it can do its work, once it is started; None when it lacks nothing."""

    def measure(self) -> None:
        """Set the gauges that tell how it is; called before they are read."""
