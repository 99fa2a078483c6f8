"""When a feed is asked again, and what is remembered of an answer: pure functions of what is known and of `now`."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.feeds.caching import fresh_for, retry_after
from pipeline.feeds.entries import Novelty
from pipeline.feeds.model import Hints, ParsedFeed
from schemas.errors import FeedError, NoFeed, UnsafeFeed
from schemas.feeds import Feed, FeedState, Outcome

_OK, _NOT_MODIFIED, _GONE = 200, 304, 410
_DOUBLINGS = 16  # of the back-off; more only overflow
_MOVED_HITS = 5
_MOVED_DAYS = timedelta(days=2)  # from the first hit to the one that is believed: three different days
_LONGEST_HOLD = timedelta(days=7)  # that a server's Retry-After is obeyed
_GROWTH = 1.1  # of an interval that a gap has shortened, at each poll without one
_NEWEST_WEIGHT = 0.2  # of the last poll in the average of entries a day
_A_DAY = timedelta(days=1)
_ON_THE_WAY = timedelta(seconds=30)  # until a request that goes out now has reached its server


@dataclass(frozen=True, slots=True)
class Pace:
    """How often feeds are asked: never sooner than `interval`, and at least once in `longest` unless the server forbids it."""

    interval: timedelta = timedelta(minutes=15)
    longest: timedelta = timedelta(hours=24)

    def of(self, feed: Feed) -> timedelta:
        """The least time between two polls of `feed`."""
        return timedelta(seconds=feed.interval) if feed.interval is not None else self.interval


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a request; `status` is None where nothing came. A feed that was read has `parsed` and `novelty`, another `error`."""

    status: int | None
    headers: Mapping[str, str]
    permanent_url: str | None = None
    parsed: ParsedFeed | None = None
    novelty: Novelty | None = None
    error: FeedError | None = None


def due(states: Iterable[FeedState], now: datetime) -> list[str]:
    """Ids of the feeds to poll `now`, the longest overdue first; those never polled before all others."""
    waiting = [state for state in states if state.stopped is None and (state.next_poll is None or state.next_poll <= now)]
    waiting.sort(key=lambda state: (state.next_poll is not None, state.next_poll or now, state.feed_id))
    return [state.feed_id for state in waiting]


def overdue(states: Iterable[FeedState], now: datetime) -> timedelta:
    """How long the feed has been due that has waited longest for its poll; one that was never polled does not count."""
    asked = (state.next_poll for state in states if state.stopped is None and state.next_poll is not None)
    return max((now - at for at in asked if at <= now), default=timedelta())


def reserved(state: FeedState, now: datetime, interval: timedelta) -> FeedState:
    """`state` as it is saved before a request, so that nobody asks too early when the poller dies with the answer.

    The server counts from the arrival of the request, which is on its way for some time, but hardly for as long as the interval.
    """
    return state.model_copy(
        update={"polls": state.polls + 1, "attempted_at": now, "next_poll": now + interval + min(interval, _ON_THE_WAY)}
    )


def after(state: FeedState, feed: Feed, answer: Answer, now: datetime, pace: Pace, chance: float) -> FeedState:
    """`state` once the request that it was `reserved` for has its `answer`. `chance`: from 0 up to 1."""
    if answer.status == _GONE:
        reason = "the server says that the feed is gone for good (410): remove it, or add the address it has now"
        return state.model_copy(update={"stopped": reason, "outcome": Outcome.GONE, "error": reason, "next_poll": None})
    if answer.status == _NOT_MODIFIED or (answer.parsed is not None and answer.novelty is not None):
        return _moved(_answered(state, feed, answer, now, pace), answer, now)
    failed = state.model_copy(update={"failures": state.failures + 1, "outcome": _outcome(answer), "error": _told(answer)})
    return failed.model_copy(update={"next_poll": _allowed(_retry(failed, feed, now, pace, chance), answer, now)})


def _answered(state: FeedState, feed: Feed, answer: Answer, now: datetime, pace: Pace) -> FeedState:
    """A poll that went well."""
    novelty, headers = answer.novelty, answer.headers
    fresh = answer.status == _OK
    update: dict[str, object] = {
        "succeeded_at": now,
        "failures": 0,
        "error": None,
        "etag": headers.get("etag", None if fresh else state.etag),
        "last_modified": headers.get("last-modified", None if fresh else state.last_modified),
        "outcome": Outcome.NOT_MODIFIED if not novelty else Outcome.NEW if novelty.new or novelty.edited else Outcome.NOTHING_NEW,
        "entries_a_day": _entries_a_day(state, novelty, now),
    }
    if answer.parsed is not None and novelty is not None:
        update |= {"seen": novelty.seen, "gaps": state.gaps + novelty.gap} | _asked(answer.parsed.hints)
    known = state.model_copy(update=update)
    learned = _learned(state, novelty, now)
    asked = timedelta(seconds=known.asked_interval or 0)
    least = max(pace.of(feed), fresh_for(headers, now) or timedelta(0))
    wait = min(pace.longest, max(least, min(asked, learned) if learned is not None else asked))
    moment = _allowed(_open(known, now + wait, now + pace.longest), answer, now)
    lasting = round(learned.total_seconds()) if learned is not None and least < learned < asked else None
    return known.model_copy(update={"next_poll": moment, "learned_interval": lasting})


def _asked(hints: Hints) -> dict[str, object]:
    """What a feed says of its rhythm, to be remembered for the answers that say nothing."""
    told = [seconds for seconds in (hints.ttl, hints.update_period) if seconds is not None]
    return {
        "asked_interval": max(told, default=None),
        "skip_hours": tuple(sorted(hints.skip_hours)),
        "skip_days": tuple(sorted(hints.skip_days)),
    }


def _learned(state: FeedState, novelty: Novelty | None, now: datetime) -> timedelta | None:
    """How often the feed must be polled whatever it asks for: after a gap half the time that led to it, then a little longer each time."""
    if novelty is not None and novelty.gap and state.succeeded_at is not None:
        return (now - state.succeeded_at) / 2
    return timedelta(seconds=state.learned_interval) * _GROWTH if state.learned_interval is not None else None


def _open(state: FeedState, moment: datetime, latest: datetime) -> datetime:
    """`moment`, or the next hour that the feed does not ask to skip, up to `latest`."""
    while moment < latest and (moment.hour in state.skip_hours or moment.weekday() in state.skip_days):
        moment = moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return min(moment, latest)


def _retry(state: FeedState, feed: Feed, now: datetime, pace: Pace, chance: float) -> datetime:
    """Twice as long with each failure, up to the longest; and up to a quarter more, so that what failed together comes back apart."""
    doubled = pace.of(feed) * (1 << min(state.failures - 1, _DOUBLINGS))
    return now + max(pace.of(feed), min(pace.longest, doubled) * (1 + chance / 4))


def _allowed(moment: datetime, answer: Answer, now: datetime) -> datetime:
    """`moment`, or later where the server says Retry-After."""
    held = retry_after(answer.headers, now)
    return max(moment, min(held, now + _LONGEST_HOLD)) if held else moment


def _moved(state: FeedState, answer: Answer, now: datetime) -> FeedState:
    """A permanent redirect is believed after several hits on several days: servers err. The validators are those of its target already."""
    target = answer.permanent_url
    if target is None or target == state.url:
        return state.model_copy(update={"moved_to": None, "moved_hits": 0, "moved_since": None})
    if target != state.moved_to or state.moved_since is None:
        return state.model_copy(update={"moved_to": target, "moved_hits": 1, "moved_since": now})
    hits = state.moved_hits + 1
    if hits < _MOVED_HITS or now - state.moved_since < _MOVED_DAYS:
        return state.model_copy(update={"moved_hits": hits})
    return state.model_copy(update={"url": target, "moved_to": None, "moved_hits": 0, "moved_since": None, "outcome": Outcome.MOVED})


def _entries_a_day(state: FeedState, novelty: Novelty | None, now: datetime) -> float | None:
    """An average in which old polls fade; None until two polls went well."""
    if state.succeeded_at is None or now <= state.succeeded_at:
        return state.entries_a_day
    rate = (len(novelty.new) if novelty else 0) / ((now - state.succeeded_at) / _A_DAY)
    return rate if state.entries_a_day is None else (1 - _NEWEST_WEIGHT) * state.entries_a_day + _NEWEST_WEIGHT * rate


def _outcome(answer: Answer) -> Outcome:
    if isinstance(answer.error, UnsafeFeed):
        return Outcome.UNSAFE
    if isinstance(answer.error, NoFeed):
        return Outcome.BROKEN
    return Outcome.REFUSED if answer.status is not None and 400 <= answer.status < 500 else Outcome.FAILED


def _told(answer: Answer) -> str:
    return str(answer.error) if answer.error is not None else f"the server answered {answer.status}"
