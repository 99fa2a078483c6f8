"""Every metric, declared once: its name, what it says, its labels and their values. `docs/metrics.md` is made of this table.

Labels are bounded: no ids of what comes and goes, no addresses, no text from outside.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import version
from itertools import product
from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics
from prometheus_client.metrics import MetricWrapperBase

from agents import topics
from pipeline.delivery import Condition as TargetCondition
from pipeline.feeds.health import Condition as FeedCondition
from pipeline.gate import Rejection
from pipeline.lexicon.load import language_codes
from schemas.articles import PageKind
from schemas.errors import ArticleError, DyadwatchError, VerdictError
from schemas.feeds import Outcome
from schemas.meetings import AlertType
from schemas.verdicts import Ruling

M = TypeVar("M", bound=MetricWrapperBase)
Values = Sequence[str] | str  # each that there is, or what they are in words

REGISTRY = CollectorRegistry(auto_describe=True)
STAGES = ("clean", "dedupe", "tag", "review", "meet")
PARTS = ("poll", "work", "web", "notify")
UNKNOWN = "unknown"  # the language of an article that nobody has identified yet, or could not
QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)  # seconds
SLOW = (0.03, 0.06, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0)
FETCHES = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0)

_LANGUAGES = language_codes()

disable_created_metrics()  # type: ignore[no-untyped-call]  # when each series began tells nobody anything, and is a series more


class Kind(StrEnum):
    """What a metric is to Prometheus."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class Fate(StrEnum):
    """What becomes of an article at a stage."""

    PASSED = "passed"  # clean: it names both sides of a watch
    REJECTED = "rejected"  # clean: the gate lets it go no further
    ORIGINAL = "original"  # dedupe
    COPY = "copy"  # dedupe
    WITH_MEETINGS = "with_meetings"  # tag: it tells of one
    WITHOUT_MEETINGS = "without_meetings"  # tag
    ALERTED = "alerted"  # meet: it raised an alert
    NO_ALERT = "no_alert"  # meet
    DEAD_LETTER = "dead_letter"  # any stage


class Judging(StrEnum):
    """What becomes of a verdict."""

    ALERTED = "alerted"  # it raised an alert
    NO_ALERT = "no_alert"
    REFUSED = "refused"  # it cannot be, and its meeting says why
    DEAD_LETTER = "dead_letter"


class Fetching(StrEnum):
    """How a fetch ends."""

    ANSWERED = "answered"  # whatever the status
    UNSAFE = "unsafe"  # refused by us
    FAILED = "failed"
    TIMED_OUT = "timed_out"


class Delivering(StrEnum):
    """How an attempt to deliver ends."""

    TAKEN = "taken"
    FAILED = "failed"  # and is tried again, unless the target is stopped


@dataclass(frozen=True, slots=True)
class Declared:
    """A metric as the table has it."""

    name: str
    kind: Kind
    about: str
    labels: Mapping[str, Values]
    buckets: tuple[float, ...] = ()  # of a histogram; the upper end of each, in the metric's unit


DECLARED: list[Declared] = []


def _counter(name: str, about: str, **labels: Values) -> Counter:
    DECLARED.append(Declared(name, Kind.COUNTER, about, labels))
    return _begun(Counter(name, about, list(labels), registry=REGISTRY), labels)


def _gauge(name: str, about: str, **labels: Values) -> Gauge:
    DECLARED.append(Declared(name, Kind.GAUGE, about, labels))
    return Gauge(name, about, list(labels), registry=REGISTRY)


def _histogram(name: str, about: str, buckets: tuple[float, ...], **labels: Values) -> Histogram:
    DECLARED.append(Declared(name, Kind.HISTOGRAM, about, labels, buckets))
    return _begun(Histogram(name, about, list(labels), buckets=buckets, registry=REGISTRY), labels)


def _begun(metric: M, labels: Mapping[str, Values]) -> M:
    """With a series for each value that is known beforehand: the first event is an increase only of what was 0 before."""
    known = [values for values in labels.values() if not isinstance(values, str)]
    if labels and len(known) == len(labels):
        for values in product(*known):
            metric.labels(*values)
    return metric


_FORESEEN: Sequence[type[DyadwatchError]] = (ArticleError, *ArticleError.__subclasses__(), VerdictError)
_OF_LANGUAGE = f"code of a language of the lexicon; `{UNKNOWN}` where nobody has identified it"

ARTICLES = _counter(
    "dyadwatch_articles_total",
    "Articles that a stage is done with, by what became of them there; verdicts only where they are dead letters.",
    stage=STAGES,
    language=_OF_LANGUAGE,
    outcome=tuple(Fate),
)
REJECTIONS = _counter("dyadwatch_gate_rejections_total", "Articles that `clean` lets go no further.", reason=tuple(Rejection))
DEAD_LETTERS = _counter(
    "dyadwatch_dead_letters_total",
    "Messages that could not be processed and were put aside.",
    stage=STAGES,
    reason="class of the error, as `Undecodable`, `Unreadable` or `DeadlineExceeded`; one that is not ours is a fault in the program",
)
ALERTS = _counter("dyadwatch_alerts_total", "Alerts that the broker has.", watch="name of a watch", type=tuple(AlertType))
VERDICTS = _counter(
    "dyadwatch_verdicts_total", "Verdicts of analysts, by what became of them.", ruling=tuple(Ruling), outcome=tuple(Judging)
)
FETCH_TO_ALERT = _histogram(
    "dyadwatch_fetch_to_alert_seconds",
    "From when an article was fetched or replayed, by the clock of who did, until the broker has an alert that it raised.",
    SLOW,
)
STAGE_DURATION = _histogram(
    "dyadwatch_stage_duration_seconds",
    "What an article takes at a stage, with its waits: for a process, for articles before it, for the broker's acknowledgement.",
    QUICK,
    stage=STAGES,
)
IN_PROGRESS = _gauge("dyadwatch_articles_in_progress", "Articles that a stage has in its hands.", stage=STAGES)
TABLE_ROWS = _gauge(
    "dyadwatch_table_rows",
    "Known articles and meetings. A worker tells it once it has read an article, and only while it has the table.",
    table=(topics.FINGERPRINTS, topics.MEETINGS),
)
LAG = _gauge(
    "dyadwatch_lag_messages",
    "Messages that a group has still to read. Every process tells the same, whatever its parts; none does while no broker answers.",
    group="a consumer group",
    topic="a topic that it reads",
)
BROKER_REACHABLE = _gauge("dyadwatch_broker_reachable", "Whether the broker answered when it was last asked for what is still to be read.")
CLOCK_AHEAD = _gauge(
    "dyadwatch_clock_ahead_seconds",
    "How much this machine's clock is ahead of the broker's, at least, as of the last article that passed the gate; below 0: behind.",
)
FEEDS = _gauge("dyadwatch_feeds", "Feeds of which this poller has the share, by their health.", condition=tuple(FeedCondition))
POLLS = _counter("dyadwatch_polls_total", "Polls of feeds, by how they ended.", outcome=tuple(Outcome))
POLLS_IN_PROGRESS = _gauge("dyadwatch_polls_in_progress", "Feeds that are polled at this moment.")
POLLS_OVERDUE = _gauge("dyadwatch_polls_overdue_seconds", "How long the feed has been due that waits longest for its poll.")
PAGES = _counter("dyadwatch_pages_total", "Articles that pollers sent, by what was found where the page should be.", kind=tuple(PageKind))
FETCH_DURATION = _histogram(
    "dyadwatch_fetch_duration_seconds",
    "What a request takes, of a feed, a page or robots.txt, with all its redirects.",
    FETCHES,
    outcome=tuple(Fetching),
)
DELIVERIES = _counter(
    "dyadwatch_deliveries_total",
    "Attempts to give an alert or a digest to a target of notifications.",
    target="id of a target",
    outcome=tuple(Delivering),
)
TARGETS = _gauge("dyadwatch_targets", "Targets that this notifier has, by how they are.", condition=tuple(TargetCondition))
UNDELIVERED = _gauge(
    "dyadwatch_undelivered_messages",
    "Alerts that a target has not been given yet, whether they are for it or not.",
    target="id of a target",
)
PART_LIVE = _gauge("dyadwatch_part_live", "1 while a part of this process gets on, as `/live` tells.", part=PARTS)
PART_READY = _gauge("dyadwatch_part_ready", "1 while a part of this process can do its work, as `/ready` tells.", part=PARTS)
BUILD_INFO = _gauge("dyadwatch_build_info", "Always 1.", version="of dyadwatch")

for _stage in STAGES:  # so that the first one is an increase
    ARTICLES.labels(_stage, UNKNOWN, Fate.DEAD_LETTER)
    for _error in _FORESEEN:
        DEAD_LETTERS.labels(_stage, _error.__name__)
BUILD_INFO.labels(version("dyadwatch")).set(1)
ProcessCollector(registry=REGISTRY)  # memory, processor time and open files of this process, where the system tells


def language(code: str | None) -> str:
    """The label of a language; of what is in no lexicon, and may be anything, the one of an unknown language."""
    return code if code in _LANGUAGES else UNKNOWN
