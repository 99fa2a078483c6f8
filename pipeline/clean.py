"""From a page or a text to the article: language, text in blocks, publication date; and the gate.

The gate runs twice on a page: first on all it shows, which is cheap, so that only pages that may pass are extracted; then, as on a plain
text, on what remains: title, lead and body, without captions, related links and furniture.
Only the first 200,000 characters of a text and the first 2,000,000 of a page are read.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.address import host
from pipeline.detect.tags import is_contact
from pipeline.gate import Rejection, may_pass, passing
from pipeline.lexicon.language import Language
from pipeline.lexicon.load import Lexicon
from pipeline.lexicon.matcher import Tag
from pipeline.text import published
from pipeline.text.blocks import join, kinds_of
from pipeline.text.html import Page
from pipeline.text.language import identify
from pipeline.text.line import Line, lines_of
from pipeline.text.plain import tidy, tidy_lines
from schemas.articles import READ, Block, BlockKind, CleanArticle, ContentType, RawArticle
from schemas.errors import Unreadable

LONGEST_HEADER = 100  # letters of a line above the text with author, outlet and date; a headline does not give the year


@dataclass(frozen=True, slots=True)
class Cleaned:
    """One article for each watch whose gate passes; `rejected` says why there is none."""

    articles: tuple[CleanArticle, ...]
    rejected: Rejection | None
    language: str | None = None  # code of a language file; None where it is of none


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
    if isinstance(content, Cleaned):
        return content
    language = identify(content.lines, lexicon)
    if language is None:
        return Cleaned((), Rejection.NO_LANGUAGE)
    title = tidy(raw.title or "") or content.title
    texts = [title, *content.lines] if title else content.lines
    if not may_pass("\n".join(texts), language, lexicon):
        return Cleaned((), Rejection.NOT_BOTH_SIDES, language.code)
    lines = lines_of(texts, language)
    told = [tag for line in lines for tag in line.news]
    if not passing(told, [line.text for line in lines], language, lexicon):  # what parts of them are read makes no difference then
        return Cleaned((), Rejection.NOT_BOTH_SIDES, language.code)
    reading = _read(lines, bool(title), language, raw.fetched_at)
    url = raw.url or content.url
    articles = [
        CleanArticle(
            article_id=raw.article_id,
            watch=watch,
            language=language.code,
            text=reading.text,
            blocks=reading.blocks,
            url=url,
            source=raw.source or (host(url) if url else None),
            published_at=content.published_at or reading.day,
            fetched_at=raw.fetched_at,
        )
        for watch in passing(reading.tags, reading.texts, language, lexicon)
    ]
    return Cleaned(tuple(articles), None if articles else Rejection.NOT_BOTH_SIDES, language.code)


def _plain(raw: RawArticle) -> _Content:
    lines = tidy_lines(raw.body)
    if not any(any(c.isalpha() for c in line) for line in lines):
        raise Unreadable("the text is empty: it holds no letters" if raw.body.strip() else "the text is empty")
    return _Content(lines, None, raw.published_at or published.of_address(raw.url, raw.fetched_at), None)


def _page(raw: RawArticle, lexicon: Lexicon) -> _Content | Cleaned:
    page = Page.parse(raw.body)
    language = identify(page.seen, lexicon)
    if language is None:
        return Cleaned((), Rejection.NO_LANGUAGE)
    seen = "\n".join((tidy(raw.title or ""), *page.seen))
    if not (may_pass(seen, language, lexicon) and passing(language.tags(seen), [seen], language, lexicon)):
        return Cleaned((), Rejection.NOT_BOTH_SIDES, language.code)
    date = raw.published_at or page.published(raw.url, raw.fetched_at)
    return _Content(page.article(), page.title, date, page.address)


@dataclass(frozen=True, slots=True)
class _Reading:
    """The article's text and blocks; what is read of it, with its words and names; the day above its first paragraph, or that opens it."""

    text: str
    blocks: tuple[Block, ...]
    texts: Sequence[str]
    tags: Sequence[Tag]
    day: datetime | None


def _read(lines: Sequence[Line], titled: bool, language: Language, fetched_at: datetime) -> _Reading:
    days = [list(published.header_dates(line.folded, language)) if line.weight <= LONGEST_HEADER else [] for line in lines]
    kinds = kinds_of(lines, titled, header_dates=[any(found) for found in days])
    lead = kinds.index(BlockKind.LEAD) if BlockKind.LEAD in kinds else len(kinds)
    header = [day for found, kind in zip(days[:lead], kinds, strict=False) if kind is BlockKind.FURNITURE for day in found]
    header = header or (_dateline(lines, lead, language) if lead < len(lines) else [])
    text, blocks = join(lines, kinds)
    read = [line for line, kind in zip(lines, kinds, strict=True) if kind in READ]
    tags = [tag for line in read for tag in line.news]
    return _Reading(text, blocks, [line.text for line in read], tags, published.only(header, fetched_at))


def _dateline(lines: Sequence[Line], lead: int, language: Language) -> list[date | None]:
    """The days in the dateline of the line `lead`, which has a place; a short sentence with somebody or a contact in it is none."""
    start = sum(len(line.text) + 1 for line in lines[:lead])
    head = published.dateline(lines[lead].folded)
    told = [tag for tag in lines[lead].news if tag.start < start + len(head)]
    acting = any(tag.kind in ("person", "office") or is_contact(tag) for tag in told)
    placed = any(tag.kind in ("place", "nationality") for tag in told)  # in some languages a capital is both
    return list(published.header_dates(head, language)) if placed and not acting else []
