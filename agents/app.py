"""The two Faust applications. Each is a consumer group of its own, so that it scales, restarts and lags by itself."""
from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import faust

from agents import clean, dedupe, meet, review, tag, topics
from agents.brokers import MAX_REQUEST, METADATA_AGE, Profile
from agents.cluster import CLIENT_ID, Cluster
from agents.extraction import Extraction
from agents.memory import Memory
from agents.pulse import Fenced, Pulse
from agents.settings import Settings
from agents.sight.metrics import TABLE_ROWS
from agents.stage import source
from agents.transport import ANSWER_WITHIN, SENT_WITHIN, PromptTransport
from pipeline.dedupe import CopyIndex
from pipeline.events.ledger import Ledger
from pipeline.lexicon.world import Watch
from pipeline.meet import decide
from pipeline.review import review as judge
from schemas.fingerprints import Fingerprint
from schemas.meetings import Meeting

COMMIT_EVERY = 0.5  # seconds; a worker that was killed repeats at most as much
BLOCK_CACHE = 32 * 2**20  # bytes for each table on disk, where Faust's own default is 2 GB
WRITE_BUFFER = 8 * 2**20  # bytes, of which a table has two at most; by default three of 64 MB


def read_app(settings: Settings, cluster: Cluster, profile: Profile, extraction: Extraction) -> faust.App:
    """The application `dyadwatch-read`: heavy and stateless, scales with the partitions of `news.raw` and `news.unique`."""
    app = _app(topics.READ_APP, settings, cluster, profile)
    raw, clean_, unique, tagged, dead = (
        source(app, name) for name in (topics.RAW, topics.CLEAN, topics.UNIQUE, topics.TAGGED, topics.DEADLETTERS)
    )
    clean.register(app, raw=raw, out=clean_, dead_letters=dead, clean=extraction.clean, at_once=extraction.at_once)
    tag.register(app, unique=unique, tagged=tagged, dead_letters=dead, tag=extraction.tag, at_once=extraction.at_once)
    return app


def meet_app(settings: Settings, cluster: Cluster, profile: Profile, watches: Mapping[str, Watch], pulse: Pulse) -> faust.App:
    """The application `dyadwatch-meet`: light and stateful, keyed by watch. Without a `pulse` it writes nothing more."""
    app = _app(topics.MEET_APP, settings, cluster, profile)
    fingerprints = _table(app, topics.FINGERPRINTS)
    meetings = _table(app, topics.MEETINGS)
    copies: Memory[Fingerprint, CopyIndex] = Memory(fingerprints, Fingerprint, CopyIndex)
    ledgers: Memory[Meeting, Ledger] = Memory(meetings, Meeting, Ledger)

    @app.on_partitions_revoked.connect
    async def forget(*_: Any, **__: Any) -> None:
        copies.forget()
        ledgers.forget()
        TABLE_ROWS.clear()

    clean_, tagged, verdicts = (source(app, name) for name in (topics.CLEAN, topics.TAGGED, topics.VERDICTS))
    unique, alerts, current, dead = (
        Fenced(source(app, name), pulse) for name in (topics.UNIQUE, topics.ALERTS, topics.CURRENT, topics.DEADLETTERS)
    )
    dedupe.register(
        app,
        clean=clean_,
        unique=unique,
        dead_letters=dead,
        table=fingerprints,
        memory=copies,
        retention=timedelta(days=settings.fingerprints_days),
    )
    review.register(app, verdicts=verdicts, tagged=Fenced(tagged, pulse), dead_letters=dead, watches=watches)
    meet.register(
        app,
        tagged=tagged,
        alerts=alerts,
        current=current,
        dead_letters=dead,
        table=meetings,
        memory=ledgers,
        decide=partial(decide, watches=watches),
        review=partial(judge, watches=watches),
        retention=timedelta(days=settings.meetings_days),
    )
    return app


def _app(name: str, settings: Settings, cluster: Cluster, profile: Profile) -> faust.App:
    session = profile.session(settings)
    app = faust.App(
        name,
        broker=cluster.faust_brokers,
        broker_credentials=cluster.faust_credentials,
        broker_client_id=CLIENT_ID,
        datadir=settings.data_dir / name,
        store=profile.store,
        value_serializer="raw",
        key_serializer="raw",
        broker_session_timeout=session,
        broker_heartbeat_interval=profile.heartbeat_interval,
        broker_rebalance_timeout=profile.rebalance_timeout,
        broker_request_timeout=max(ANSWER_WITHIN, session),  # the transport waits ANSWER_WITHIN
        broker_commit_interval=COMMIT_EVERY,
        consumer_metadata_max_age_ms=round(METADATA_AGE * 1000),
        producer_acks=-1,
        producer_request_timeout=SENT_WITHIN,
        producer_max_batch_size=profile.max_batch_size,
        producer_max_request_size=MAX_REQUEST,
        consumer_group_instance_id=settings.worker_id if profile.shared else None,
        topic_allow_declare=False,  # ours exist before any worker starts
        topic_disable_leader=True,
        web_enabled=False,
    )
    app.transport = PromptTransport(app, profile.fetch_wait)

    # Faust lets messages flow after a recovery before it has moved each partition to where the last worker stopped: those that come in
    # between are taken for read and are never processed. Held back here, the flow goes on when Faust resumes it, after the move.
    @app.on_rebalance_complete.connect
    async def hold(*_: Any, **__: Any) -> None:
        app.consumer.stop_flow()

    return app


def _table(app: faust.App, name: str) -> Any:
    options = {"block_cache_size": BLOCK_CACHE, "write_buffer_size": WRITE_BUFFER, "max_write_buffer_number": 2}
    return app.Table(name, key_type=bytes, value_type=bytes, partitions=1, options=options)
