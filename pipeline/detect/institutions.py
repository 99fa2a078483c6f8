"""Titles made of who heads and what is headed: "a deputy head of the Federal Customs Service" is an office that no list needs to hold.

The lexicon has the words for both; what is named between them does not matter, unless it is private: a "business council" acts for nobody.
"""
from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.detect.tags import is_contact
from pipeline.lexicon.language import Language
from pipeline.lexicon.matcher import Tag
from pipeline.lexicon.world import Office
from schemas.meetings import Level

_OFFICE = "office"
_HEADED = "agency_head"  # the office of who heads an institution that no list names
_HEAD, _BODY, _PRIVATE = "title.head", "title.body", "title.private"
_REACH = 6  # words between who heads and the institution, or between that and the one that it is part of
_BEFORE_REACH = 2  # words between an institution and who heads it, where it stands first
_FAR = 99
_BREAKS = frozenset({"nationality", "country", "structure.locative"})
_OUTER = frozenset({"nationality", "country", "structure.and"})  # before which nothing belongs to who stands last
_APART = frozenset(",;:()（）–—،؛，。；：.")
_GLOSS = re.compile(r"[(（][^()（）\n]{1,40}[)）]")  # an abbreviation
FOREIGN_NAME = re.compile("[ァ-ヴー]+(?:[・＝=][ァ-ヴー]+)+")  # one word, though without blanks
_FUSED = {_BODY: _HEADED, "country": "governor", "nationality": "governor"}
_STOPS = frozenset(
    {"person", _OFFICE, "structure.both", "structure.counterpart", "structure.clause", "structure.public", _HEAD, _PRIVATE}
)
_PARTING = _STOPS | _BREAKS


def headed(folded: str, tags: Sequence[Tag], language: Language, offices: Mapping[str, Office]) -> Sequence[Tag]:
    """The `tags` of a sentence, in which such titles are offices, in the place of all titles within them. `offices`: all, by id."""
    if fused := [*_fused(folded, tags, language)]:
        tags = sorted([*tags, *fused], key=lambda tag: (tag.start, tag.end))
    heads = [tag for tag in tags if tag.kind == _HEAD or (tag.kind == _OFFICE and offices[tag.value or ""].of_institution)]
    if not heads:  # as in most sentences
        return tags
    glosses = [match.span() for match in _GLOSS.finditer(folded, tags[0].start, tags[-1].end)]
    apart = [tag for tag in tags if not any(start < tag.start < end for start, end in glosses)]
    text = _Text(folded, apart, 2 if language.spacing.value == "none" else 0, offices)
    found: list[Tag] = []
    for head in heads:
        if not found or head.start >= found[-1].end:
            found += filter(None, [_title(text, head, head_last=language.head_last)])
    private = [head for head in heads if head.kind == _HEAD and not language.head_last and _is_private(text, head)]
    taken = [*found, *private]
    if not taken:
        return tags
    kept = [tag for tag in tags if tag.kind != _OFFICE or not any(one.start <= tag.start and tag.end <= one.end for one in taken)]
    return sorted([*kept, *found], key=lambda tag: (tag.start, tag.end))


def _fused(folded: str, tags: Sequence[Tag], language: Language) -> Iterator[Tag]:
    """Titles whose last letters are all that the name of an institution or region lacks: 税関局 + 長 = 税関局長."""
    if not language.fused_heads:
        return
    starts = {tag.start for tag in tags}
    fused = {(tag.start, tag.end): _FUSED[tag.kind] for tag in sorted(tags, key=lambda tag: tag.kind == _BODY) if tag.kind in _FUSED}
    for (start, end), office in fused.items():
        letters = next((letters for letters in language.fused_heads if folded.startswith(letters, end)), None)
        if letters is not None and end not in starts:
            yield Tag(start, end + len(letters), _OFFICE, office)


@dataclass(frozen=True, slots=True)
class _Text:
    """A sentence of the fold `folded` with the `tags` in no gloss; `unit`: the characters of a word where no blanks part words, else 0."""

    folded: str
    tags: Sequence[Tag]
    unit: int
    offices: Mapping[str, Office]

    def is_institution(self, tag: Tag) -> bool:
        """Whether a tag is a body that somebody heads."""
        return tag.kind == _BODY or (tag.kind == _OFFICE and self.offices[tag.value or ""].institution)

    def office_at(self, head: Tag) -> str | None:
        """The office that the word of a head is by itself: "president"."""
        return next((tag.value for tag in self.tags if tag.kind == _OFFICE and (tag.start, tag.end) == (head.start, head.end)), None)

    def words(self, start: int, end: int) -> int:
        """Words in the gap, without its glosses; more than any reach where something else stands there that parts titles."""
        gap = _GLOSS.sub(" ", self.folded[start:end])
        if not _APART.isdisjoint(gap):
            return _FAR
        return len(FOREIGN_NAME.sub("・", gap).strip()) // self.unit if self.unit else len(gap.split())


def _title(text: _Text, head: Tag, *, head_last: bool) -> Tag | None:
    """The title that `head` opens, or ends where the institution stands first; one that is listed goes on with what it is part of.

    A minister stays one. A president is that of an institution only where its name stands right behind.
    """
    if head.kind == _OFFICE:
        return _reaching(text, head, before=head_last, reach=_REACH)
    listed = text.office_at(head)
    if listed is not None and text.offices[listed].body:
        return None
    if listed is None or text.offices[listed].level is Level.OTHER:
        own = head._replace(kind=_OFFICE, value=listed or _HEADED)
        return _reaching(text, own, before=head_last) or _reaching(text, own, before=not head_last, reach=0)
    if text.offices[listed].single:
        return _reaching(text, head._replace(kind=_OFFICE, value=_HEADED), before=head_last, reach=_BEFORE_REACH, stops=_BREAKS)
    return _reaching(text, head._replace(kind=_OFFICE, value=listed), before=head_last)


def _reaching(text: _Text, title: Tag, *, before: bool, reach: int | None = None, stops: Collection[str] = ()) -> Tag | None:
    """`title` with the institutions `before` or behind it; None without one. `stops`: kinds of what must not stand before the first."""
    start, end = title.start, title.end
    words = reach if reach is not None else _BEFORE_REACH if before else _REACH
    while (body := _body(text, start if before else end, words, stops, before=before)) is not None:
        start, end, words, stops = min(start, body.start), max(end, body.end), _REACH, _OUTER if before else ()
    return title._replace(start=start, end=end) if (start, end) != (title.start, title.end) else None


def _body(text: _Text, at: int, reach: int, stops: Collection[str], *, before: bool) -> Tag | None:
    """The institution nearest to `at` within `reach` words, with nothing between that opens something else."""
    near = [tag for tag in text.tags if (tag.end <= at if before else tag.start >= at)]
    for tag in reversed(near) if before else near:
        if text.words(*((tag.end, at) if before else (at, tag.start))) > reach:
            return None
        if text.is_institution(tag):
            return tag
        if tag.kind in _STOPS or tag.kind in stops or tag.kind.startswith(("cue.", "dates.")) or is_contact(tag):
            return None
    return None


def _is_private(text: _Text, head: Tag) -> bool:
    """Whether who has an office by its word heads something private, right behind it: "president of the football club"."""
    behind = [tag for tag in text.tags if tag.start >= head.end and (tag.kind in _PARTING or is_contact(tag))][:2]
    if not behind or text.words(head.end, behind[0].start) > _BEFORE_REACH:
        return False
    first, *others = behind
    if first.kind != "nationality":
        return first.kind == _PRIVATE
    return any(tag.kind == _PRIVATE and text.words(first.end, tag.start) == 0 for tag in others)  # "of the Russian football club"
