"""Where sentences end, in any of our scripts."""
from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.text.fold import fold

# All that ends a sentence begins with one of these, so that a search looks at few places.
_END = re.compile(
    r"[.!?…。！？｡؟۔।;](?:"
    r"(?<=[.!?…])[.!?…]*[\"'”“»’)\]]*(?=\s|$)|(?<=[。！？｡])[。！？｡]*[」』”’）]*|(?<=[؟۔।])[؟۔।]*[\"»”]*"
    r"|(?<=[\u0370-\u03ff\u1f00-\u1fff];)(?=\s|$)"  # the Greek question mark
    # Pages glue sentences together; behind so many letters it is no abbreviation, and before so many no "Gazeta.Ru".
    r"|(?<=[가-힣ء-ۿऀ-ॿ]{3}[.!?])(?=[가-힣ء-ۿऀ-ॿ\"“«])|(?<=[^\W\dA-ZА-Я_]{4}[.!?])(?=[A-ZА-ЯЁ][^\W\dA-ZА-Я_]{2}))"
)
_LONGEST_ABBREVIATION = 2  # letters before the stop: "Η.Π.Α.", "U.S.", "z.", "т."
# Ranks and titles before a name, and Polish "for the affairs of": no sentence ends in one of them. Folded.
_BEFORE_NAMES = frozenset(
    "adm alm amb brig capt cmdr col ds dr gen genmjr genplk genpor gov gral ing kadm korg kpt ltn maj marsz mjr mrs org plk pplk prof "
    "sgt tumg viceadm wiceadm адм акад ген проф".split()
)
# Names of months cut short, before a day: "Aug. 25". Folded.
_BEFORE_DAYS = frozenset(
    "jan feb febr mar mrt apr jun jul aug sep sept oct okt nov dec dez ιαν φεβ μαρ απρ ιουν ιουλ αυγ σεπ σεπτ οκτ νοε νοεμ δεκ".split()
)
_WEEKDAY = re.compile(r"\b[Tt]h(?:ứ|ư\u0301) (?:Ba|Tư)$")  # as short as an abbreviation: Vietnamese Tuesday and Wednesday
_LONGEST_WEEKDAY = 8
_ORDINAL_DIGITS = 2  # "14. Juli"
_NEXT = re.compile(r"\S")
_WORD_BEFORE = re.compile(r"[^\W_]+$")
# Abbreviations and initials seldom have a vowel behind a name; Chinese names do: "Wang Yi.", "Ван И.", "Γουάνγκ Γι.", Slovak "Wang Im."
_VOWELS = frozenset("aeiouyаеиоуіїєюяαειηουω")
_NAME_BEFORE = re.compile(r"(?<![^\W_])[^\W\d_]\w+\s$")
_CAPITALS_BEFORE = re.compile(r"[^\W\d_]-$")  # of which a letter is the ending: "у оквиру БРИКС-а."


def sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """(start, end) of each sentence of `text[start:end]`, without the white space around it; offsets are those of `text`."""
    begin = start
    for match in _END.finditer(text, start, end):
        if match[0][0] == "." and _is_abbreviation(text, begin, match.start(), match.end(), end):
            continue
        yield from _trimmed(text, begin, match.end())
        begin = match.end()
    yield from _trimmed(text, begin, end)


def _is_abbreviation(text: str, begin: int, stop: int, after: int, end: int) -> bool:
    """Whether the full stop at `stop` belongs to the word before it."""
    if after >= end:
        return False
    following = _NEXT.search(text, after, end)
    if following is not None and following[0].islower():
        return True
    word = _WORD_BEFORE.search(text, max(begin, stop - 20), stop)
    if word is None:
        return False
    if word[0].isdigit():
        return len(word[0]) <= _ORDINAL_DIGITS
    if fold(word[0]) in _BEFORE_NAMES:
        return True
    if following is not None and following[0].isdigit() and fold(word[0]) in _BEFORE_DAYS:
        return True
    if _WEEKDAY.search(text, max(begin, stop - _LONGEST_WEEKDAY), stop):
        return False
    if word[0].islower() and _CAPITALS_BEFORE.search(text, max(begin, word.start() - 4), word.start()):
        return False
    before = _NAME_BEFORE.search(text, max(begin, word.start() - 20), word.start())
    if not _VOWELS.isdisjoint(fold(word[0])) and before is not None and before[0][0].isupper():
        return False
    return len(word[0]) == 1 or (len(word[0]) <= _LONGEST_ABBREVIATION and word[0][0].isupper())


def _trimmed(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    part = text[begin:end]
    start, stop = begin + len(part) - len(part.lstrip()), begin + len(part.rstrip())
    if start < stop:
        yield start, stop
