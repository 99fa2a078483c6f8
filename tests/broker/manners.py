"""What a site may complain of: the manners of those who ask it, judged by its own record and nothing else."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import groupby, pairwise

from tests.broker.feed_server import Asked


def complaints(asked: Sequence[Asked], interval: timedelta) -> list[str]:
    """What is wrong with the requests for one feed, in the order of their arrival. Each process that asks tells a contact of its own."""
    return [*early(asked, interval), *invented(asked), *forgetful(asked)]


def early(asked: Sequence[Asked], interval: timedelta) -> Iterator[str]:
    """Those that come too soon after the one before, whoever asks."""
    for before, one in pairwise(asked):
        if one.at - before.at < interval.total_seconds():
            yield f"{one.path} is asked {one.at - before.at:.3f} s after the request before"


def invented(asked: Sequence[Asked]) -> Iterator[str]:
    """Those with validators that no answer had before."""
    for number, one in enumerate(asked):
        if one.conditional and validators(one) not in {(before.etag, None) for before in asked[:number]}:
            yield f"{one.path} is asked with validators that it did not send: {validators(one)}"


def forgetful(asked: Sequence[Asked]) -> Iterator[str]:
    """Those for everything once an answer is remembered, or twice by one process, which only a kill can hinder from remembering."""
    for number, one in enumerate(asked):
        if not one.conditional and any(before.conditional or asker(before) == asker(one) for before in asked[:number]):
            yield f"{one.path} is asked for everything again by {asker(one)}"


def validators(asked: Asked) -> tuple[str | None, str | None]:
    """The ETag and the date that a request carries."""
    return asked.headers.get("if-none-match"), asked.headers.get("if-modified-since")


def asker(asked: Asked) -> str:
    """Who asks, as the request says."""
    return asked.headers["user-agent"]


def askers(asked: Sequence[Asked]) -> list[str]:
    """Who asks, one after the other; who asks several times in a row is named once."""
    return [who for who, _ in groupby(asked, key=asker)]
