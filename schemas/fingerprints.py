"""What is remembered of an article to know its copies again."""
from __future__ import annotations

from pydantic import AwareDatetime, Field

from schemas.message import Message


class Fingerprint(Message):
    """About 2 % of an article, as it was last seen. Table `fingerprints`, key `watch/article_id`."""

    article_id: str
    watch: str
    content: str = Field(description="hash of its words; equal for equal texts whatever their case, accents and punctuation")
    sketch: tuple[int, ...] = Field(description="a sample of hashes of its word sequences, sorted, 32 bits each")
    copy_of: str | None = Field(description="article id of the first copy, as it was answered first; None for an original")
    seen_at: AwareDatetime = Field(description="when its first version came (broker time); the oldest original wins; retention begins here")
