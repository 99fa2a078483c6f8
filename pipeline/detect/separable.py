"""Separable verbs: "sagte seine Reise ab" is one verb in two parts, of which the second ends the clause."""
from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.lexicon.language import SEPARABLE
from pipeline.lexicon.matcher import Tag

_CLAUSE_ENDS = re.compile(r"(?<!\d)\.|[,;:!?()–—\"“”„»«؛؟।，；：！？。、]|\.(?!\s*\w)")  # not the dot of an ordinal: "am 3. September"


def joined(folded: str, end: int, tags: Sequence[Tag]) -> Sequence[Tag]:
    """`tags` of a sentence that ends at `end`, in which a verb whose second part follows is that verb, and else nothing of the kind.

    One verb may be of several kinds: "kündigte … an" says something, of what is to come. Other tags of the first part give way to the
    verb: "sagte" says nothing in "sagte … ab".
    """
    first_parts = [tag for tag in tags if tag.kind == SEPARABLE]
    if not first_parts:  # as in nearly all sentences
        return tags
    verbs = [verb for tag in first_parts if (verb := _whole(folded, end, tags, tag)) is not None]
    taken = {(verb.start, verb.end) for verb in verbs}
    others = (tag for tag in tags if tag.kind != SEPARABLE and (tag.start, tag.end) not in taken)
    return sorted([*others, *verbs], key=lambda tag: (tag.start, tag.end))


def _whole(folded: str, end: int, tags: Sequence[Tag], first: Tag) -> Tag | None:
    """The verb that begins at `first`; None where the last word of its clause is not its second part."""
    kind, _, last = (first.value or "").partition(" ")
    borders = [tag.start for tag in tags if tag.kind in ("structure.and", "structure.clause") and tag.start > first.end]
    stop = _CLAUSE_ENDS.search(folded, first.end, end)
    clause_end = stop.start() if stop else end
    for at in (*sorted(border for border in borders if border < clause_end), clause_end):
        part = folded[first.end : at].rstrip()
        before = part.removesuffix(last)
        if before != part and not before[-1:].isalnum() and before[-1:] != "_":
            return first._replace(kind=kind, value=None)
    return None
