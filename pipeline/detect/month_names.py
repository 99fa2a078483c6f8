"""Names of months in a text: which words are one, where it begins and ends."""
from __future__ import annotations

import re

from pipeline.detect.document import Document, Sentence
from pipeline.detect.when import HALVES, steps_apart
from pipeline.lexicon.forms import Spacing

_TWIN = re.compile(r"\s?[/(]\s?")  # between the two names of a month
_OF_MONTH = (0, 1)  # words between "the month" and its name
_SHORT_NAME = 4  # letters of a month name that may be another word
_BEFORE_MONTHS = (
    "structure.locative", "dates.last", "dates.next", "dates.this", "dates.early", "dates.middle", "dates.late", *HALVES,
)  # fmt: skip


def name_end(document: Document, sentence: Sentence, match: re.Match[str]) -> int:
    """Where the name of a month ends, with its other name: Arabic "September/Aylul", "September (Aylul)"."""
    words, text = document.language.date_words, document.folded
    join = _TWIN.match(text, match.end(), sentence.end)
    twin = words.month.match(text, join.end(), sentence.end) if join and words.month else None
    if twin is None or words.months[twin[0]] != words.months[match[0]]:
        return match.end()
    return twin.end() + text.startswith(")", twin.end())


def unit_start(document: Document, sentence: Sentence, start: int) -> int:
    """Where the word for a month begins that stands before the name of one at `start`: "début du mois de février", "luna februarie"."""
    before = (tag.start for tag in sentence.of("dates.month") if steps_apart(document, tag.start, tag.end, start, start) in _OF_MONTH)
    return next((at for at in before if at < start), start)


def is_of_a_week(sentence: Sentence, start: int) -> bool:
    """Whether an ordinal number at `start` counts weeks or halves and no days: "the second week of May" in Arabic, "week the second"."""
    tags = sentence.of("dates.week", "structure.ignored")
    return any(0 <= start - tag.end <= 1 or tag.start <= start < tag.end for tag in tags)


def may_be_another_word(document: Document, sentence: Sentence, match: re.Match[str]) -> bool:
    """A short name in small letters is a month only behind a preposition or the like: Romanian "mai" is May and "more".

    Where a capital is not that of a sentence, it is one of a month: Turkish "Ekim".
    """
    if document.language.date_words.capitals or len(match[0]) > _SHORT_NAME or document.language.spacing is not Spacing.WORDS:
        return False
    if document.text[match.start()].isupper() and match.start() > sentence.start:
        return False
    return not any(0 <= match.start() - tag.end <= 1 for tag in sentence.of(*_BEFORE_MONTHS))


def is_another_word(document: Document, match: re.Match[str]) -> bool:
    """Whether the accents or the small letter of a match say that it is no month: "may", "mają"."""
    words, written = document.language.date_words, document.text[match.start() : match.end()]
    if words.capitals and not written[0].isupper():
        return True
    return written.casefold() != match[0] and written.casefold() not in words.spellings
