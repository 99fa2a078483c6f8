"""From a page or a text to the article: language, text in blocks, publication date; and the gate.

The gate runs twice on a page: first on all it shows, which is cheap, so that only pages that may pass are extracted; then, as on a plain
text, on what remains: title, lead and body, without captions, related links and furniture.
Only the first 200,000 characters of a text and the first 2,000,000 of a page are read.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.address import host
from pipeline.gate import passing
from pipeline.lexicon.language import Language
from pipeline.lexicon.load import Lexicon
from pipeline.lexicon.matcher import Tag
from pipeline.text import published
from pipeline.text.blocks import join, kinds_of
from pipeline.text.fold import fold
from pipeline.text.html import Page
from pipeline.text.language import identify
from pipeline.text.line import lines_of
from pipeline.text.plain import tidy, tidy_lines
from schemas.articles import Block, BlockKind, CleanArticle, ContentType, RawArticle
from schemas.errors import Unreadable

LONGEST_HEADER = 100  # letters of a line above the text with author, outlet and date; a headline does not give the year
READ = (BlockKind.TITLE, BlockKind.LEAD, BlockKind.BODY)


class Rejection(StrEnum):
    """Why an article goes no further."""

    NO_LANGUAGE = "no_language"
    NOT_BOTH_SIDES = "not_both_sides"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """One article for each watch whose gate passes; `rejected` says why there is none."""

    articles: tuple[CleanArticle, ...]
    rejected: Rejection | None


@dataclass(frozen=True, slots=True)
class _Content:
    """The tidy lines of an article, and what its page says beside them."""

    lines: Sequence[str]
    title: str | None
    published_at: datetime | None
    url: str | None


def clean(raw: RawArticle, lexicon: Lexicon) -> Cleaned:
    """`raw` without its page. Deterministic; the same for a repeated article.

    Raises:
        Unreadable: there is no text in it; the message says what to look at.
    """
    content = _plain(raw) if raw.content_type is ContentType.TEXT else _page(raw, lexicon)
    if isinstance(content, Rejection):
        return Cleaned((), content)
    language = identify(content.lines, lexicon)
    if language is None:
        return Cleaned((), Rejection.NO_LANGUAGE)
    title = tidy(raw.title or "") or content.title
    text, blocks, header_date = _in_blocks(content.lines, title, language, raw.fetched_at)
    tags = language.tags(fold(text), text)
    watches = passing(_within(tags, blocks), lexicon)
    url = raw.url or content.url
    articles = [
        CleanArticle(
            article_id=raw.article_id,
            watch=watch,
            language=language.code,
            text=text,
            blocks=blocks,
            url=url,
            source=raw.source or (host(url) if url else None),
            published_at=raw.published_at or content.published_at or header_date,
            fetched_at=raw.fetched_at,
        )
        for watch in watches
    ]
    return Cleaned(tuple(articles), None if articles else Rejection.NOT_BOTH_SIDES)


def _plain(raw: RawArticle) -> _Content:
    lines = tidy_lines(raw.body)
    if not any(any(c.isalpha() for c in line) for line in lines):
        raise Unreadable("the text is empty: it holds no letters" if raw.body.strip() else "the text is empty")
    return _Content(lines, None, published.of_address(raw.url, raw.fetched_at), None)


def _page(raw: RawArticle, lexicon: Lexicon) -> _Content | Rejection:
    page = Page.parse(raw.body)
    language = identify(page.seen, lexicon)
    if language is None:
        return Rejection.NO_LANGUAGE
    seen = "\n".join((tidy(raw.title or ""), *page.seen))
    if not passing(language.tags(fold(seen), seen), lexicon):
        return Rejection.NOT_BOTH_SIDES
    date = raw.published_at or page.published(raw.url, raw.fetched_at)
    return _Content(page.article(), page.title, date, page.address)


def _in_blocks(
    lines: Sequence[str], title: str | None, language: Language, fetched_at: datetime
) -> tuple[str, tuple[Block, ...], datetime | None]:
    """The text, its blocks, and the date that a line above the first paragraph holds."""
    texts = [title, *lines] if title else lines
    whole = "\n".join(texts)
    found = lines_of(texts, language.tags(fold(whole), whole))
    dated = [line.weight <= LONGEST_HEADER and any(published.header_dates(line.folded, language)) for line in found]
    kinds = kinds_of(found, titled=bool(title), header_dates=dated)
    above_lead = zip(found, kinds[: _above(kinds)], strict=False)
    header = [line.folded for line, kind in above_lead if kind is BlockKind.FURNITURE and line.weight <= LONGEST_HEADER]
    text, blocks = join(found, kinds)
    return text, blocks, published.of_header(header, language, fetched_at)


def _above(kinds: Sequence[BlockKind]) -> int:
    """How many lines stand above the lead."""
    return kinds.index(BlockKind.LEAD) if BlockKind.LEAD in kinds else len(kinds)


def _within(tags: Sequence[Tag], blocks: Sequence[Block]) -> list[Tag]:
    """Those of `tags` that lie in title, lead or body; both in order of place."""
    read = [block for block in blocks if block.kind in READ]
    inside, at = [], 0
    for tag in tags:
        while at < len(read) and read[at].end <= tag.start:
            at += 1
        if at < len(read) and read[at].start <= tag.start:
            inside.append(tag)
    return inside
