"""An article may be as long and as strange as it likes: what is looked at stays bounded."""
from __future__ import annotations

from datetime import UTC, datetime

from pipeline.detect.discourse import MOST_FRAMES, all_frames
from pipeline.detect.document import read
from pipeline.lexicon.load import Lexicon
from schemas.articles import Block, BlockKind, CleanArticle

SENTENCE = "Sergey Lavrov held talks with Wang Yi in Beijing on Monday. "


def test_frames_beyond_the_limit_are_not_looked_at(lexicon: Lexicon) -> None:
    text = SENTENCE * (3 * MOST_FRAMES)
    blocks = (Block(kind=BlockKind.BODY, start=0, end=len(text)),)
    article = CleanArticle(
        article_id="a",
        watch="russia-china",
        language="en",
        text=text,
        blocks=blocks,
        url=None,
        source=None,
        published_at=None,
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    found = all_frames(read(article, lexicon.languages["en"], lexicon))
    assert MOST_FRAMES <= len(found) < MOST_FRAMES + 5
