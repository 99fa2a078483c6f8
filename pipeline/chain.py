"""All stages in a row, in one process and with their own memory: what the stream does, without the stream."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.clean import Cleaned, clean
from pipeline.dedupe import CopyIndex, mark_copy
from pipeline.events.ledger import Ledger
from pipeline.lexicon.load import Lexicon
from pipeline.meet import Decision, decide
from pipeline.tag import tag
from schemas.articles import RawArticle
from schemas.meetings import Mention, TaggedArticle


@dataclass(frozen=True, slots=True)
class Observed:
    """What the stages made of one article: a tagged article for each watch, a decision for each of its mentions."""

    cleaned: Cleaned
    tagged: tuple[TaggedArticle, ...]
    decisions: tuple[tuple[Mention, Decision], ...]


class Chain:
    """clean → dedupe → tag → meet. The same articles in the same order give the same ids and alerts as the stream."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._copies = {watch: CopyIndex() for watch in lexicon.watches}
        self._known = {watch: Ledger() for watch in lexicon.watches}

    def observe(self, raw: RawArticle) -> Observed:
        """Take the next article.

        Raises:
            ArticleError: it cannot be processed; the stream would have dead-lettered it.
        """
        cleaned = clean(raw, self._lexicon)
        tagged = []
        for article in cleaned.articles:
            unique, fingerprint = mark_copy(article, self._copies[article.watch], raw.fetched_at)
            self._copies[article.watch].add(fingerprint)
            tagged.append(tag(unique, self._lexicon))
        decisions = tuple(decided for article in tagged for decided in self._decide(article))
        return Observed(cleaned, tuple(tagged), decisions)

    def _decide(self, article: TaggedArticle) -> Iterator[tuple[Mention, Decision]]:
        known = self._known[article.watch]
        for mention in article.mentions:
            decision = decide(article, mention, known, self._lexicon.watches)
            known.put(decision.meeting)
            yield mention, decision
