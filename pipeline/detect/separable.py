"""Separable verbs: "sagte seine Reise ab" is one verb in two parts, of which the second ends the clause."""
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.lexicon.language import SEPARABLE
from pipeline.lexicon.matcher import Tag

_CLAUSE_ENDS = re.compile(r"[.,;:!?()–—\"“”„»«]")


def joined(folded: str, end: int, tags: Sequence[Tag]) -> list[Tag]:
    """`tags` of a sentence that ends at `end`, in which a verb whose second part follows is that verb, and else nothing of the kind."""
    verbs = {(tag.start, tag.end): verb for tag in tags if tag.kind == SEPARABLE and (verb := _whole(folded, end, tags, tag)) is not None}
    return [tag for tag in _with(verbs, tags) if tag.kind != SEPARABLE]


def _with(verbs: dict[tuple[int, int], Tag], tags: Sequence[Tag]) -> Iterator[Tag]:
    """`tags`, where those of a verb's first part give way to the verb: "sagte" says nothing in "sagte … ab"."""
    told = set()
    for tag in tags:
        span = tag.start, tag.end
        if span not in verbs:
            yield tag
        elif span not in told:
            told.add(span)
            yield verbs[span]


def _whole(folded: str, end: int, tags: Sequence[Tag], first: Tag) -> Tag | None:
    """The verb that begins at `first`; None where the last word of its clause is not its second part."""
    kind, _, last = (first.value or "").partition(" ")
    borders = [tag.start for tag in tags if tag.kind in ("structure.and", "structure.clause") and tag.start > first.end]
    stop = _CLAUSE_ENDS.search(folded, first.end, end)
    clause_end = stop.start() if stop else end
    for at in (*sorted(border for border in borders if border < clause_end), clause_end):
        if re.search(rf"(?<!\w){re.escape(last)}\s*$", folded[first.end : at]):
            return first._replace(kind=kind, value=None)
    return None
