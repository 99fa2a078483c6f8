"""Articles as they travel between the stages, one model for each topic that carries them."""
from __future__ import annotations

from enum import StrEnum

from pydantic import AwareDatetime, ConfigDict, Field

from schemas.message import Message


class ContentType(StrEnum):
    """What the body of a raw article is."""

    HTML = "text/html"
    TEXT = "text/plain"


class PageKind(StrEnum):
    """What was found where an article's page should be."""

    OK = "ok"
    NOT_MODIFIED = "not_modified"
    PAYWALL = "paywall"
    CONSENT = "consent"
    CHALLENGE = "challenge"
    GONE = "gone"
    REFUSED = "refused"
    TOO_LARGE = "too_large"
    NOT_HTML = "not_html"
    EMPTY = "empty"  # no text in it: a browser would fill it
    DISALLOWED = "disallowed"  # by robots.txt
    UNSAFE = "unsafe"
    TIMEOUT = "timeout"
    FAILED = "failed"
    NO_ADDRESS = "no_address"


class RawArticle(Message):
    """An article as a poller or an archive gives it, or you do: a field of another name is refused. Topic `news.raw`, key `article_id`."""

    model_config = ConfigDict(extra="forbid")  # a misspelt field is an error and not a silence

    article_id: str = Field(description="hash of the normalised address, or of the content where there is none")
    content_type: ContentType
    body: str = Field(description="the page or the text, decoded; never empty of meaning by promise: `clean` decides")
    url: str | None = None
    source: str | None = Field(default=None, description="outlet, as a host name; None where unknown")
    title: str | None = Field(default=None, description="headline given beside the body, by a feed or an archive")
    published_at: AwareDatetime | None = Field(default=None, description="as the feed or archive says; None where it does not")
    fetched_at: AwareDatetime = Field(description="when it was fetched or replayed, by the clock of who did")
    page: PageKind | None = Field(
        default=None, description="of a feed's entry: `ok` where the body is its page; what was found instead where it is the feed's text"
    )


class BlockKind(StrEnum):
    """What a stretch of an article's text is to its reader."""

    TITLE = "title"
    LEAD = "lead"
    BODY = "body"
    CAPTION = "caption"
    RELATED = "related"
    FURNITURE = "furniture"


READ = frozenset({BlockKind.TITLE, BlockKind.LEAD, BlockKind.BODY})  # what tells news; captions, related headlines, furniture do not


class Block(Message):
    """`text[start:end]` of the article that holds it, in characters."""

    kind: BlockKind
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class CleanArticle(Message):
    """An article's text without its page, for one watch whose gate it passed. Topic `news.clean`, key `watch`.

    `text` is in Unicode NFC; blocks cover it in order, one newline between two of them, title first.
    """

    article_id: str
    watch: str
    language: str = Field(description="code of a language file of the lexicon")
    text: str
    blocks: tuple[Block, ...]
    url: str | None
    source: str | None
    published_at: AwareDatetime | None = Field(description="as feed, archive or page says; None where none of them tells")
    fetched_at: AwareDatetime

    @property
    def title(self) -> str | None:
        """The headline; None where the article has none."""
        return next((self.text[b.start : b.end] for b in self.blocks if b.kind is BlockKind.TITLE), None)


class UniqueArticle(Message):
    """A clean article that knows what it copies. Topic `news.unique`, key `article_id`."""

    article: CleanArticle
    version: str = Field(description="hash of its words: an edited article keeps its id and has another version")
    copy_of: str | None = Field(description="article id of the first copy; None for an original")
    came_at: AwareDatetime = Field(description="when this version came, by the broker's clock; the time of every alert it causes")
