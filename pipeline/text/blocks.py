"""Which lines are the article: title, lead and body are; captions, related links and furniture around them are not.

Rules rest on form (length, final stop, repetition) and on the `page` words of the language, never on an outlet.
"""
from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby, pairwise

from pipeline.text.line import Line
from schemas.articles import Block, BlockKind

Kinds = list[BlockKind]

_SHORTEST_SENTENCE = 20  # letters; what may be the lead where no paragraph is
_TITLE = (15, 220)  # letters
_LEAST_TITLE_WORDS = 3
_LABEL = (25, 3)  # letters and words up to which a line without a stop is a label: section, outlet, author
_LIST = 3  # headlines one below another that make a list of links; one or two may be headings within the text
_PREFIX = 100  # letters that a repeat may have before it: a section, or a dateline
_DAY = re.compile(r"[^\d\n]{0,20}?(\d{1,2})[^\d\n]{0,20}")  # "Tuesday 3", "3 февраля, вторник", "7月14日" is none
_FEWEST_DAYS = 3  # that make a calendar
_NEXT_DAY = 4  # days from one to the next
_ENDS = " .,:;!?…。！？：；\"'»«”“’‘」「』『()[]（）【】·•-–—*"
_REMEMBERED_FOR_PREFIX = 8  # blocks; only what stands at the top is repeated with something before it


def kinds_of(lines: Sequence[Line], titled: bool, header_dates: Sequence[bool]) -> Kinds:
    """The kind of each of `lines`; `titled` says that the first is the title, `header_dates` which lines are headers that
    hold a full date.

    Deterministic; every line gets a kind. There is a lead wherever there is a line that is not plainly page.
    """
    own = [_own_kind(line) for line in lines]
    if titled:
        own[0] = BlockKind.TITLE
    lead = _find_lead(lines, own)
    if not titled and lead < len(lines) and (title := _find_title(lines, own, lead, header_dates)) is not None:
        own[title] = BlockKind.TITLE
    kinds = [_above_lead(line, kind, dated) for line, kind, dated in zip(lines[:lead], own, header_dates, strict=False)]
    if lead < len(lines):
        kinds.append(BlockKind.LEAD)
    kinds += _below_lead(lines, own, lead)
    _mark_headlines(lines, kinds, lead)
    return kinds


def join(lines: Sequence[Line], kinds: Sequence[BlockKind]) -> tuple[str, tuple[Block, ...]]:
    """The text of `lines` without repeats, one newline between two of them, and its blocks, which cover all but the newlines.

    Of lines with the same fold, whatever marks are around it, the first stays; a line that repeats one of the top behind a section or a
    dateline goes too.
    """
    seen: set[str] = set()
    top: list[str] = []
    kept, blocks, at = [], [], 0
    for line, kind in zip(lines, kinds, strict=True):
        words = line.folded.strip(_ENDS) or line.folded
        if words in seen or any(_repeats(words, earlier) for earlier in top):
            continue
        seen.add(words)
        if len(top) < _REMEMBERED_FOR_PREFIX and len(words) >= _SHORTEST_SENTENCE:
            top.append(words)
        kept.append(line.text)
        blocks.append(Block(kind=kind, start=at, end=at + len(line.text)))
        at += len(line.text) + 1
    return "\n".join(kept), tuple(blocks)


def _repeats(words: str, earlier: str) -> bool:
    return words.endswith(earlier) and len(words) - len(earlier) <= _PREFIX


def _own_kind(line: Line) -> BlockKind | None:
    """What the line alone tells; None for what may be text."""
    if line.captions:
        return BlockKind.CAPTION
    if line.heads_related or line.links:
        return BlockKind.RELATED
    if line.furnishes or line.credits:
        return BlockKind.FURNITURE
    return None


def _find_lead(lines: Sequence[Line], own: Sequence[BlockKind | None]) -> int:
    """The first paragraph; where there is none the first sentence, then the first line of text, then the end."""
    text = [i for i, kind in enumerate(own) if kind is None]
    sentences = (i for i in text if lines[i].stops and lines[i].weight >= _SHORTEST_SENTENCE)
    paragraph = next((i for i in text if lines[i].paragraph), None)
    first = paragraph if paragraph is not None else next(sentences, None)
    return first if first is not None else next(iter(text), len(lines))


def _find_title(lines: Sequence[Line], own: Sequence[BlockKind | None], lead: int, dated: Sequence[bool]) -> int | None:
    """The first line above the lead that reads as a headline and is shorter than the lead."""
    for i in range(lead):
        line = lines[i]
        fits = _TITLE[0] <= line.weight <= _TITLE[1] and line.words >= _LEAST_TITLE_WORDS
        if own[i] is None and fits and not dated[i] and not line.stops_fully and line.weight < lines[lead].weight:
            return i
    return None


def _above_lead(line: Line, own: BlockKind | None, dated: bool) -> BlockKind:
    """Between title and lead stand bylines and labels, and now and then a second headline, which is text."""
    if own is not None:
        return own
    second_headline = line.stops or not (dated or _is_label(line) or line.text.isupper())
    return BlockKind.BODY if second_headline else BlockKind.FURNITURE


def _below_lead(lines: Sequence[Line], own: Sequence[BlockKind | None], lead: int) -> Kinds:
    """Behind a heading of related links, or behind the credit that ends a text, all is page until running text resumes."""
    last_paragraph = max((i for i in range(lead, len(lines)) if own[i] is None and lines[i].stopped_paragraph), default=lead)
    region: BlockKind | None = None
    kinds: Kinds = []
    for i in range(lead + 1, len(lines)):
        line = lines[i]
        if line.heads_related or _pairs(lines, i):
            region = BlockKind.RELATED
        elif line.credits and region is None and i > lead + 1:
            region = BlockKind.FURNITURE
        elif region is not None and _resumes(lines, own, i):
            region = None
        invited = line.invites and i >= last_paragraph
        kinds.append(own[i] or region or (BlockKind.FURNITURE if invited else BlockKind.BODY))
    return kinds


def _pairs(lines: Sequence[Line], i: int) -> bool:
    """Whether a headline is repeated in the next line with its section before it, as lists of teasers do."""
    if i + 1 >= len(lines) or lines[i].stops_fully or lines[i].weight < _TITLE[0] or lines[i].paragraph:
        return False
    upper, lower = lines[i].folded, lines[i + 1].folded
    return upper != lower and lower.endswith(upper) and len(lower) - len(upper) <= _PREFIX


def _resumes(lines: Sequence[Line], own: Sequence[BlockKind | None], i: int) -> bool:
    """Whether running text goes on at line `i`: two paragraphs one below the other, or one of several sentences."""

    def paragraph(at: int) -> bool:
        return at < len(lines) and own[at] is None and lines[at].stopped_paragraph

    return paragraph(i) and (paragraph(i + 1) or lines[i].full_paragraph)


def _mark_headlines(lines: Sequence[Line], kinds: Kinds, lead: int) -> None:
    """Headlines are links where three or more stand one below another, and where no sentence follows them any more."""
    listed = _listed(lines) | _calendar(lines)
    loose = [i > lead and kinds[i] is BlockKind.BODY and not (line.stops or line.paragraph or i in listed) for i, line in enumerate(lines)]
    text = [i for i, kind in enumerate(kinds) if i >= lead and kind in (BlockKind.LEAD, BlockKind.BODY) and not loose[i]]
    for is_loose, run in groupby(range(len(lines)), key=loose.__getitem__):
        where = list(run)
        if is_loose and (len(where) >= _LIST or where[0] > text[-1]):
            for i in where:
                kinds[i] = BlockKind.FURNITURE if _is_label(lines[i]) else BlockKind.RELATED


def _listed(lines: Sequence[Line]) -> set[int]:
    """Lines of a list of the text: those with bullets below a line that ends with a colon, and this line."""
    listed: set[int] = set()
    for i, line in enumerate(lines):
        if line.bulleted and i and (i - 1 in listed or lines[i - 1].introduces):
            listed |= {i - 1, i}
    return listed


def _calendar(lines: Sequence[Line]) -> set[int]:
    """Lines of a calendar: all from the first of three or more that hold nothing but a day, each later than the one before."""
    days = [(i, int(match[1])) for i, line in enumerate(lines) if (match := _DAY.fullmatch(line.text))]
    if len(days) < _FEWEST_DAYS or any(not 0 < number - before <= _NEXT_DAY for (_, before), (_, number) in pairwise(days)):
        return set()
    return {*range(days[0][0], len(lines))}


def _is_label(line: Line) -> bool:
    return line.weight <= _LABEL[0] or line.words <= _LABEL[1]
