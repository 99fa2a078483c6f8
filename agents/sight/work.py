"""One message at one stage, as metrics, logs and traces tell of it."""
from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from structlog.contextvars import bound_contextvars

from agents.sight import metrics
from agents.sight.metrics import Fate, Judging
from schemas.tracing import Trace
from schemas.verdicts import Verdict


class Work:
    """What is told of the message."""

    def __init__(self, stage: str, came: Trace | None, logged: ExitStack) -> None:
        """`came`: what the message says of its trace. `logged`: what log lines of this task say is bound there."""
        self._stage = stage
        self._came = came
        self._logged = logged
        self._verdict: Verdict | None = None

    def on(self, article_id: str, watch: str = "") -> Trace:
        """Tell which article it is, and for which watch; returns the span of this stage, whose headers go on with the article."""
        return self._on("article_id", article_id, watch)

    def on_verdict(self, verdict: Verdict) -> Trace:
        """The same of a verdict."""
        self._verdict = verdict
        return self._on("verdict_id", verdict.verdict_id, verdict.watch)

    def _on(self, name: str, subject: str, watch: str) -> Trace:
        came = self._came or Trace.of(subject)
        self._logged.enter_context(bound_contextvars(trace_id=came.trace_id, **{name: subject}))
        return came.step(*filter(None, (self._stage, watch)))

    def done(self, fate: Fate, language: str | None) -> None:
        """Count an article."""
        metrics.ARTICLES.labels(self._stage, metrics.language(language), fate).inc()

    def judged(self, judging: Judging) -> None:
        """Count the verdict, where it is one."""
        if self._verdict is not None:
            metrics.VERDICTS.labels(self._verdict.ruling, judging).inc()

    def failed(self, error: Exception) -> None:
        """Count it as a dead letter."""
        metrics.DEAD_LETTERS.labels(self._stage, type(error).__name__).inc()
        self.done(Fate.DEAD_LETTER, None)
        self.judged(Judging.DEAD_LETTER)


def logged_as(stage: str, article_id: str, trace: Trace | None = None) -> AbstractContextManager[None]:
    """Until the block ends, log lines of this task say which article it is; without a `trace`, that it begins its way here."""
    return bound_contextvars(stage=stage, article_id=article_id, trace_id=(trace or Trace.of(article_id)).trace_id)


@contextmanager
def work_on(stage: str, headers: Iterable[tuple[str, bytes | None]]) -> Iterator[Work]:
    """A message with these headers, until the block ends. What is cancelled has taken no time."""
    began = time.perf_counter()
    came = Trace.decoded(headers)
    with ExitStack() as logged, metrics.IN_PROGRESS.labels(stage).track_inprogress():
        logged.enter_context(bound_contextvars(stage=stage, **({"trace_id": came.trace_id} if came else {})))
        yield Work(stage, came, logged)
        metrics.STAGE_DURATION.labels(stage).observe(time.perf_counter() - began)
