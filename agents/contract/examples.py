"""A real message of each kind: what the stages make of one of the seeds, and what a poller makes of one of the feeds."""
from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from agents import clean as clean_agent
from agents import dedupe as dedupe_agent
from agents import meet as meet_agent
from agents import review as review_agent
from agents import tag as tag_agent
from agents import topics
from agents.records import raw_article
from agents.seeds import seeds_folder
from agents.stage import Event, dead_letter_headers
from pipeline.clean import clean
from pipeline.dedupe import CopyIndex, mark_copy
from pipeline.delivery import failed, taken
from pipeline.events.ledger import Ledger
from pipeline.feeds.entries import compare
from pipeline.feeds.model import Entry, Hints, ParsedFeed
from pipeline.feeds.opml import read_opml
from pipeline.feeds.schedule import Answer, Pace, after, reserved
from pipeline.lexicon.load import Lexicon
from pipeline.meet import decide
from pipeline.tag import tag
from schemas import kinds
from schemas.articles import ContentType, RawArticle
from schemas.cloudevents import headers
from schemas.deadletters import DeadLetterHeaders, RedrivenHeaders
from schemas.errors import NotTaken, Undecodable
from schemas.feeds import FeedState
from schemas.kinds import Kind
from schemas.message import Message, decode
from schemas.outlets import OutletState
from schemas.tracing import Trace
from schemas.verdicts import Ruling, Verdict, VerdictHeaders

Json = dict[str, Any]

_SEED = "003_*.txt"  # the shortest; Lavrov's talks in Beijing on 13 July 2025
_ADDRESS = "https://news.example.org/politik/lawrow-in-peking"  # the seeds come without one
_PUBLISHED = datetime(2025, 7, 13, 16, 40, tzinfo=UTC)
_CAME = datetime(2025, 7, 13, 16, 55, 2, tzinfo=UTC)
_JUDGED = datetime(2025, 7, 14, 8, 30, tzinfo=UTC)
_FEED = "https://rss.dw.com/xml/rss-de-all"
_MISSPELT = b'{"article_id": "af31", "contents": "text/plain"}'


def examples(lexicon: Lexicon) -> dict[str, Json]:
    """`payload`, `headers` or both of one message of each kind but a tombstone, by its name; the same at each call."""
    return {kind.name: example for kind, example in [*_articles(lexicon), *_feeds(), _outlet(), *_dead_letters()]}


def _articles(lexicon: Lexicon) -> list[tuple[Kind, Json]]:
    """One article on its way through all stages."""
    (seed,) = seeds_folder().glob(_SEED)
    text = seed.read_text("utf-8")
    raw = raw_article(text, ContentType.TEXT, _CAME, url=_ADDRESS, source="news.example.org", published_at=_PUBLISHED)
    (article,) = clean(raw, lexicon).articles
    unique, fingerprint = mark_copy(article, CopyIndex(), _CAME)
    tagged = tag(unique, lexicon)
    decision = decide(tagged, tagged.mentions[0], Ledger(), lexicon.watches)
    alert = decision.alert
    if alert is None:
        raise ValueError(f"{seed.name} raises no alert any more: choose another seed")
    verdict = Verdict.given(alert.meeting_id, alert.watch, Ruling.RIGHT, _JUDGED, note="Both ministries say so.", reviewer="Ada")
    dated = VerdictHeaders(verdict=verdict.verdict_id, traceparent=str(Trace.of(verdict.verdict_id).step(review_agent.STAGE, alert.watch)))
    polled = Trace.of(raw.article_id)
    cleaned = polled.step(clean_agent.STAGE)
    marked = cleaned.step(dedupe_agent.STAGE, article.watch)
    read = marked.step(tag_agent.STAGE, article.watch)
    met = read.step(meet_agent.STAGE, article.watch)
    return [
        (kinds.RAW_ARTICLE, _headers(polled.headers) | _payload(raw)),
        (kinds.CLEAN_ARTICLE, _headers(cleaned.headers) | _payload(article)),
        (kinds.UNIQUE_ARTICLE, _headers(marked.headers) | _payload(unique)),
        (kinds.FINGERPRINT, _payload(fingerprint)),
        (kinds.TAGGED_ARTICLE, _headers(read.headers) | _payload(tagged)),
        (kinds.ALERT, _headers(headers(alert, tagged.came_at, met)) | _payload(alert)),
        (kinds.MEETING, _payload(decision.meeting)),
        (kinds.VERDICT, _headers(Trace.of(verdict.verdict_id).headers) | _payload(verdict)),
        (kinds.DATED_VERDICT, _headers(dated.encoded()) | _payload(verdict.model_copy(update={"came_at": _JUDGED}))),
    ]


def _feeds() -> list[tuple[Kind, Json]]:
    """A feed of the list, after its first poll."""
    (feed,) = (feed for feed in read_opml((seeds_folder() / "feeds.opml").read_bytes()) if feed.url == _FEED)
    state = reserved(FeedState(feed_id=feed.feed_id, url=feed.url), _CAME, timedelta(minutes=15))
    entry = Entry(guid=_ADDRESS, link=_ADDRESS, title=None, html=None, published=None, updated=None)
    parsed = ParsedFeed("rss2.0", feed.title, feed.site, feed.language, (entry,), Hints(ttl=3600))
    answer = Answer(200, {"etag": '"5f1c-63a"'}, parsed=parsed, novelty=compare(parsed.entries, (), state.polls))
    return [(kinds.FEED, _payload(feed)), (kinds.FEED_STATE, _payload(after(state, feed, answer, _CAME, Pace(), 0)))]


def _outlet() -> tuple[Kind, Json]:
    """A target of notifications that took one alert and then did not answer."""
    began = OutletState(outlet_id="desk", place=0, since=_CAME)
    return kinds.OUTLET_STATE, _payload(failed(taken(began, 1, _CAME), NotTaken("no answer within 10 s"), _JUDGED, 0))


def _dead_letters() -> list[tuple[Kind, Json]]:
    """An article with a misspelt field, and the note that it was sent again."""
    told = _failed(_MISSPELT)
    return [
        (kinds.DEAD_LETTER, {"headers": told.model_dump(mode="json"), "payload": _MISSPELT.decode()}),
        (kinds.REDRIVEN, {"headers": RedrivenHeaders(redriven="0/0").model_dump(mode="json"), "payload": ""}),
    ]


def _failed(value: bytes) -> DeadLetterHeaders:
    """What is told of a raw article that cannot be read. Of the stack trace the last line: the others name files of this machine."""
    event = cast(Event, SimpleNamespace(value=value, message=SimpleNamespace(topic=topics.RAW, partition=0, offset=17, headers=())))
    try:
        decode(RawArticle, event.value)
    except Undecodable as error:
        told = dead_letter_headers(clean_agent.STAGE, event, error)
        return told.model_copy(update={"stacktrace": told.stacktrace.splitlines()[-1]})
    raise ValueError(f"{value!r} can be read: choose something else")


def _headers(encoded: Mapping[str, bytes]) -> Json:
    return {"headers": {name: value.decode() for name, value in encoded.items()}}


def _payload(message: Message) -> Json:
    return {"payload": message.model_dump(mode="json")}
