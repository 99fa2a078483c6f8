"""When a feed is asked again, and what is remembered of it."""
from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.feeds.entries import Novelty, compare
from pipeline.feeds.model import Entry, Hints, ParsedFeed
from pipeline.feeds.schedule import Answer, Pace, after, due, reserved
from schemas.errors import FeedError, FetchFailed, NoFeed, UnsafeFeed
from schemas.feeds import Feed, FeedState, Outcome

NOW = datetime(2026, 8, 20, 12, 10, tzinfo=UTC)  # a Thursday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FEED = Feed(feed_id="f", url="https://news.example/feed")
PACE, SLOW = Pace(), Pace(interval=HOUR)
NOTHING = Novelty((), (), (), gap=False)


def feed_of(hints: Hints) -> ParsedFeed:
    return ParsedFeed(format="rss2.0", title=None, site=None, language=None, entries=(), hints=hints)


def read(headers: dict[str, str] | None = None, hints: Hints | None = None, novelty: Novelty = NOTHING) -> Answer:
    return Answer(200, headers or {}, parsed=feed_of(hints or Hints()), novelty=novelty)


def asked(state: FeedState, answer: Answer, now: datetime = NOW, feed: Feed = FEED) -> FeedState:
    """A whole poll."""
    return after(reserved(state, now, PACE.of(feed)), feed, answer, now, PACE, chance=0.0)


def new_state() -> FeedState:
    return FeedState(feed_id="f", url=FEED.url)


def wait(state: FeedState) -> timedelta | None:
    return state.next_poll - NOW if state.next_poll else None


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        pytest.param(15 * MINUTE, 15.5 * MINUTE, id="a request may be on its way for half a minute"),
        pytest.param(MINUTE / 6, MINUTE / 3, id="but not for longer than a short interval"),
    ],
)
def test_a_poller_that_dies_does_not_make_the_next_one_come_too_early(interval: timedelta, expected: timedelta) -> None:
    saved = reserved(new_state(), NOW, interval)
    assert (wait(saved), saved.attempted_at, saved.polls) == (expected, NOW, 1)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(read(), 15 * MINUTE, id="nothing said: the interval"),
        pytest.param(read({"cache-control": "max-age=60"}), 15 * MINUTE, id="fresh for less than the interval"),
        pytest.param(read({"cache-control": "max-age=3600"}), HOUR, id="fresh for longer"),
        pytest.param(Answer(304, {"cache-control": "max-age=3600"}), HOUR, id="fresh for longer, not modified"),
        pytest.param(read({"expires": "Thu, 20 Aug 2026 14:10:00 GMT"}), 2 * HOUR, id="Expires"),
        pytest.param(read(hints=Hints(ttl=1800)), 30 * MINUTE, id="ttl"),
        pytest.param(read(hints=Hints(update_period=7200)), 2 * HOUR, id="sy:updatePeriod"),
        pytest.param(read({"cache-control": "max-age=9000"}, Hints(ttl=1800, update_period=7200)), 2.5 * HOUR, id="the longest counts"),
        pytest.param(read({"cache-control": "max-age=9999999"}), DAY, id="once a day at least"),
        pytest.param(read(hints=Hints(ttl=60 * 60 * 24 * 30)), DAY, id="whatever the feed says"),
        pytest.param(read(hints=Hints(skip_hours=frozenset({12}))), 50 * MINUTE, id="an hour to skip"),
        pytest.param(read(hints=Hints(skip_days=frozenset({3}))), 11 * HOUR + 50 * MINUTE, id="a day to skip"),
        pytest.param(read(hints=Hints(skip_hours=frozenset(range(24)))), DAY, id="all hours to skip: once a day"),
        pytest.param(read({"retry-after": "7200"}), 2 * HOUR, id="Retry-After beside an answer"),
        pytest.param(Answer(503, {"retry-after": "7200"}), 2 * HOUR, id="Retry-After of a server that is down"),
        pytest.param(Answer(429, {"retry-after": "172800"}), 2 * DAY, id="Retry-After beyond the longest wait"),
        pytest.param(Answer(429, {"retry-after": "99999999"}), 7 * DAY, id="Retry-After of a year: a week"),
        pytest.param(Answer(500, {}), 15 * MINUTE, id="a first failure"),
    ],
)
def test_the_next_poll(answer: Answer, expected: timedelta) -> None:
    assert wait(asked(new_state(), answer)) == expected


def test_a_feed_may_have_an_interval_of_its_own() -> None:
    assert wait(asked(new_state(), read(), feed=FEED.model_copy(update={"interval": 7200}))) == 2 * HOUR


def test_what_the_feed_asks_for_is_remembered_when_an_answer_has_no_feed() -> None:
    hints = Hints(ttl=1800, skip_hours=frozenset({12}))
    state = asked(new_state(), read(hints=hints))
    assert asked(state, Answer(304, {})).next_poll == state.next_poll == NOW.replace(hour=13, minute=0)


def test_failures_wait_twice_as_long_each_time_up_to_a_day_and_success_ends_it() -> None:
    state, waits = new_state(), []
    for _ in range(9):
        state = asked(state, Answer(None, {}, error=FetchFailed("no answer")))
        waits.append(wait(state))
    assert waits[:4] == [15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR]
    assert waits[-1] == DAY
    assert state.failures == 9
    recovered = asked(state, read())
    assert (recovered.failures, recovered.error, wait(recovered)) == (0, None, 15 * MINUTE)


def test_chance_spreads_what_failed_together_and_never_shortens() -> None:
    failed = [after(new_state(), FEED, Answer(500, {}), NOW, PACE, chance / 10) for chance in range(10)]
    waits = [wait(state) for state in failed]
    assert len(set(waits)) == 10
    assert min(filter(None, waits)) == 15 * MINUTE


def test_validators_are_the_servers_byte_for_byte_and_go_when_it_sends_none() -> None:
    odd = '  W/"\xe9,a" '
    state = asked(new_state(), read({"etag": odd, "last-modified": "yesterday, 12 o'clock"}))
    assert (state.etag, state.last_modified) == (odd, "yesterday, 12 o'clock")
    state = asked(state, Answer(304, {"etag": '"b"'}))
    assert (state.etag, state.last_modified) == ('"b"', "yesterday, 12 o'clock")
    state = asked(state, Answer(500, {"etag": '"error page"'}))
    assert state.etag == '"b"'
    state = asked(state, read())
    assert (state.etag, state.last_modified) == (None, None)


def test_a_permanent_redirect_is_adopted_after_five_hits_on_three_days() -> None:
    state, target = new_state(), "https://news.example/new"
    answer = replace(Answer(304, {}), permanent_url=target)
    for hours in (0, 1, 2, 3, 4, 30):
        state = asked(state, answer, NOW + hours * HOUR)
        assert state.url == FEED.url
    state = asked(state, answer, NOW + 49 * HOUR)
    assert (state.url, state.outcome, state.moved_hits) == (target, Outcome.MOVED, 0)


def test_a_redirect_that_changes_or_ends_is_counted_anew() -> None:
    state = new_state()
    for hours in range(4):
        state = asked(state, replace(Answer(304, {}), permanent_url="https://news.example/a"), NOW + hours * DAY)
    state = asked(state, replace(Answer(304, {}), permanent_url="https://news.example/b"), NOW + 4 * DAY)
    assert (state.url, state.moved_hits) == (FEED.url, 1)
    assert asked(state, Answer(304, {}), NOW + 5 * DAY).moved_to is None


def test_a_feed_that_is_gone_is_polled_no_more_and_says_why() -> None:
    state = asked(new_state(), Answer(410, {}))
    assert state.stopped is not None and "410" in state.stopped
    assert due([state], NOW + 365 * DAY) == []


@pytest.mark.parametrize(
    ("status", "error", "outcome", "told"),
    [
        (404, None, Outcome.REFUSED, "404"),
        (429, None, Outcome.REFUSED, "429"),
        (500, None, Outcome.FAILED, "500"),
        (None, FetchFailed("no answer within 30 s"), Outcome.FAILED, "30 s"),
        (200, NoFeed("this is a web page"), Outcome.BROKEN, "web page"),
        (None, UnsafeFeed("10.0.0.1 is a private address"), Outcome.UNSAFE, "private"),
    ],
)
def test_every_failure_says_what_it_is_and_is_tried_again(status: int | None, error: FeedError | None, outcome: Outcome, told: str) -> None:
    state = asked(new_state(), Answer(status, {}, error=error))
    assert state.outcome is outcome
    assert state.error is not None and told in state.error
    assert due([state], NOW + DAY) == ["f"]


def test_a_gap_is_counted_and_shortens_the_wait_that_the_feed_asks_for() -> None:
    slow = Hints(ttl=4 * 3600)
    state = asked(new_state(), read(hints=slow))
    later = NOW + 4 * HOUR
    state = asked(state, read(hints=slow, novelty=replace(NOTHING, gap=True)), later)
    assert (state.gaps, state.next_poll) == (1, later + 2 * HOUR)
    for _ in range(10):
        assert state.next_poll is not None
        state = asked(state, read(hints=slow), state.next_poll)
    assert state.learned_interval is None


def test_the_longest_overdue_is_polled_first_and_what_was_never_polled_before_all() -> None:
    waiting = {"late": NOW - HOUR, "later": NOW - 2 * HOUR, "not yet": NOW + MINUTE, "never": None}
    states = [FeedState(feed_id=name, url="u", next_poll=moment) for name, moment in waiting.items()]
    assert due(states, NOW) == ["never", "later", "late"]


@dataclass
class Server:
    """A server that keeps the score of who asks it: a feed that changes, with validators."""

    validators: dict[str, str] = field(default_factory=dict)
    unconditional: dict[str, int] = field(default_factory=dict)
    asked_at: dict[str, datetime] = field(default_factory=dict)
    early: int = 0
    invented: int = 0

    def answer(self, state: FeedState, now: datetime) -> Answer:
        last = self.asked_at.get(state.feed_id)
        self.early += last is not None and now - last < SLOW.interval
        self.asked_at[state.feed_id] = now
        if state.etag is None:
            self.unconditional[state.feed_id] = self.unconditional.get(state.feed_id, 0) + 1
        elif state.etag not in self.validators.get(state.feed_id, ""):
            self.invented += 1
        current = f'"{state.feed_id} {now:%d %H}"'
        if state.etag == current:
            return Answer(304, {})
        self.validators[state.feed_id] = self.validators.get(state.feed_id, "") + current
        entry = Entry(guid=current, link=None, title=current, html=None, published=None, updated=None)
        return Answer(200, {"etag": current}, parsed=feed_of(Hints()), novelty=compare([entry], state.seen, state.polls))


def test_thirty_days_of_twelve_feeds_and_twenty_kills_are_polled_by_the_rules() -> None:
    chance, server = random.Random(5), Server()
    saved = {f"{number}": FeedState(feed_id=f"{number}", url="u") for number in range(12)}
    kills = {chance.randrange(60, 30 * 24 * 60) for _ in range(20)}
    killed = 0
    for minute in range(0, 30 * 24 * 60, 15):
        now = NOW + minute * MINUTE
        for feed_id in due(saved.values(), now):
            saved[feed_id] = reserved(saved[feed_id], now, SLOW.interval)
            answer = server.answer(saved[feed_id], now)
            if killed < 20 and any(kill <= minute for kill in kills):
                kills = {kill for kill in kills if kill > minute}
                killed += 1
                break  # the answer is lost, and with it the rest of this round
            saved[feed_id] = after(saved[feed_id], FEED, answer, now, SLOW, chance.random())
    assert killed > 10
    assert (server.early, server.invented) == (0, 0)
    assert set(server.unconditional.values()) == {1}
    assert all(state.succeeded_at and NOW + 30 * DAY - state.succeeded_at < DAY for state in saved.values())
