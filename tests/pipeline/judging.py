"""The stages in a row, and who judges what they find."""
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from pipeline.address import article_id
from pipeline.clean import clean
from pipeline.dedupe import CopyIndex, mark_copy
from pipeline.events.ledger import Ledger
from pipeline.labels import Label, Omission, judged_articles, label
from pipeline.lexicon.load import Lexicon
from pipeline.meet import decide
from pipeline.review import review
from pipeline.tag import tag
from schemas.articles import ContentType, RawArticle, UniqueArticle
from schemas.meetings import TaggedArticle
from schemas.verdicts import Correction, Ruling, Verdict

NOW = datetime(2026, 8, 1, tzinfo=UTC)


@dataclass
class Desk:
    """An article in, its meetings judged, a label out."""

    lexicon: Lexicon
    known: Ledger = field(default_factory=Ledger)
    copies: CopyIndex = field(default_factory=CopyIndex)
    given: int = 0

    def read(
        self, body: str, kind: ContentType = ContentType.TEXT, url: str | None = None
    ) -> tuple[UniqueArticle, TaggedArticle, list[str]]:
        """An article, and the meetings that it was applied to."""
        raw = RawArticle(article_id=article_id(url, body), content_type=kind, body=body, url=url, fetched_at=NOW)
        (article,) = clean(raw, self.lexicon).articles
        unique, fingerprint = mark_copy(article, self.copies, NOW)
        self.copies.add(fingerprint)
        tagged, ids = tag(unique, self.lexicon), []
        for mention in tagged.mentions:
            decision = decide(tagged, mention, self.known, self.lexicon.watches)
            self.known.put(decision.meeting)
            ids.append(decision.meeting.meeting_id)
        return unique, tagged, ids

    def rule(self, ruling: Ruling, meeting_id: str, same_as: str | None = None, correction: Correction | None = None) -> str:
        self.given += 1
        name, times = f"v{self.given}", {"at": NOW, "came_at": NOW}
        verdict = Verdict(
            verdict_id=name, watch="russia-china", meeting_id=meeting_id, ruling=ruling, same_as=same_as, correction=correction, **times
        )
        for decision in review(verdict, self.known, self.lexicon.watches):
            self.known.put(decision.meeting)
        return verdict.verdict_id

    def label(self, unique: UniqueArticle, tagged: TaggedArticle, _: object = None) -> Label | Omission:
        verdicts = judged_articles(self.known).get(unique.article.article_id, ())
        return label(unique, tagged, self.known, verdicts)
