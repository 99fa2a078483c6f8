"""What surrounds a word of contact: whether it is a setting, lies ahead or is only referred to; and the words and endings beside it."""
from __future__ import annotations

from collections.abc import Sequence

from pipeline.detect.actors import Actor
from pipeline.detect.clauses import Span, commas, words_between
from pipeline.detect.document import Document, Sentence, once
from pipeline.lexicon.matcher import Tag

_OWNER_REACH = 1  # words between those who meet and their contact
_LONGEST_ARTICLE = 3  # letters
_ARTICLE = 1  # words between what marks somebody and that one


@once
def is_setting(document: Document, sentence: Sentence, contact: Tag) -> bool:
    """Whether a noun of contact tells at what, or after what, something happened: "at a meeting with Wang Yi", "during the talks"."""
    during, after = document.language.during, document.language.during_after
    return contact.kind.endswith(".noun") and stands_beside(document, sentence, contact, during, after)


@once
def is_ahead(document: Document, sentence: Sentence, contact: Tag) -> bool:
    """Whether a noun of contact tells before what something happened: "ahead of Friday's talks Lavrov said"."""
    if not contact.kind.endswith(".noun"):
        return False
    return stands_beside(document, sentence, contact, document.language.ahead, document.language.ahead_after)


def only_referred_to(document: Document, sentence: Sentence, contact: Tag, actors: Sequence[Actor]) -> bool:
    """Whether a word of contact of these tells at what something happened or out of what it came: "the results of Putin's and Xi's talks".

    Or of what somebody speaks: then nothing says that it is news.
    """
    language, start = document.language, contact.start
    for actor in sorted(actors, key=lambda actor: -actor.start):  # whose names stand before it
        near = actor.end <= start and words_between(document, actor.end, start) <= _OWNER_REACH and not commas(document, actor.end, start)
        start = actor.start if near else start
    words = (*language.during, *language.outcome, *language.about)
    after = (*language.during_after, *language.outcome_after, *language.about_after)
    return any(stands_beside(document, sentence, tag, words, after) for tag in (contact, contact._replace(start=start)))


def stands_beside(document: Document, sentence: Sentence, span: Span, words: Sequence[str], after: Sequence[str]) -> bool:
    """Whether one of `words` stands before `span`, or one of `after` behind it or glued to it; "in Moscow talks" are not in talks."""
    folded, blanks = document.folded, document.unit > 2
    before = folded[sentence.start : span.start].rstrip()
    glued = all(tag.start != span.end for tag in sentence.of("country", "nationality"))  # 会见 is not "in" 中国
    if glued and any(stands_at(folded, one, span.end, blanks) for one in after):
        return True
    placed = any(tag.end == sentence.start + len(before) for tag in sentence.of("place"))
    return not placed and any(ends_with(before, one, blanks) for one in words)


def stands_at(folded: str, mark: str, end: int, blanks: bool) -> bool:
    """Whether `mark` ends a word at `end`, or follows there, glued or as a word of its own."""
    start = end + 1 if folded[end : end + 1] == " " else end
    behind = start + len(mark)
    return folded.endswith(mark, 0, end) or (folded.startswith(mark, start) and not (blanks and folded[behind : behind + 1].isalpha()))


def ends_with(before: str, mark: str, blanks: bool) -> bool:
    """Whether a mark stands at the end of the text before a participant, or before the last word of it.

    Not where it opens the sentence with a word of its own: Polish "Z kolei Wang Yi" is "in turn".
    """
    if not blanks or " " in mark:
        return before.endswith(mark) or (blanks and before.rpartition(" ")[0].endswith(mark))
    words = before.split()
    if words[:1] == [mark] and len(words) == _ARTICLE + 1 and len(words[1]) > _LONGEST_ARTICLE:
        return False
    return mark in words[-_ARTICLE - 1 :]
