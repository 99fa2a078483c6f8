"""Folding: one spelling for matching, with the text's own offsets."""
from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import groupby


def _runs(characters: Iterable[str]) -> list[Sequence[str]]:
    """`characters`, in order, in runs of neighbours."""
    numbered = groupby(enumerate(characters), key=lambda pair: ord(pair[1]) - pair[0])
    return [[character for _, character in run] for _, run in numbered]


# Vowel signs and other marks are letters to a reader of Hindi, and no letters to `str.isalnum` and `\\w`.
_MARKS = tuple(c for c in map(chr, range(0x300, 0xFFFF)) if unicodedata.category(c).startswith("M"))
MARKS = "".join(f"{run[0]}-{run[-1]}" for run in _runs(_MARKS))  # ranges of a character class: a list of all compiles slowly
LETTER = rf"(?:[^\W_]|[{MARKS}])"  # a pattern for one letter, digit or mark
IS_MARK = frozenset(_MARKS)
# One letter to a reader, written or typed in several ways.
_ALIKE = {**dict.fromkeys("’ʼ‘`´", "'"), **dict.fromkeys("ىی", "ي"), "ک": "ك", "ı": "i", "\u0901": "\u0902"}
# What some write and others leave out: Arabic vowel signs and the stroke that lengthens a word, the dot below a Hindi letter.
OPTIONAL = re.compile("[\u0640\u064b-\u0652\u0670\u093c]")
_KEPT = "\n"  # forms never match across lines


class _Folding(dict[int, str]):
    """The fold of each character, worked out when it is first met."""

    def __missing__(self, codepoint: int) -> str:
        self[codepoint] = folded = _fold_character(chr(codepoint))
        return folded


def _fold_character(character: str) -> str:
    """Exactly one character: a fold that is longer (ß, …, ﬁ) keeps its first, so that offsets hold."""
    if character == _KEPT:
        return character
    if character.isspace():
        return " "
    if character in _ALIKE:
        return _ALIKE[character]
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    bare = "".join(c for c in unicodedata.normalize("NFKD", character.casefold()) if not unicodedata.combining(c))
    whole = unicodedata.normalize("NFC", bare)  # a Korean syllable is taken apart and must be put together again
    folded = (whole.casefold() or character)[0]
    return _ALIKE.get(folded, folded)


_FOLDING = _Folding()


def without_optional(text: str) -> tuple[str, Sequence[int]]:
    """`text` without marks that may be left out, and for each place in that the place in `text`, behind the marks there."""
    kept = [at for at, character in enumerate(text) if not OPTIONAL.match(character)]
    return "".join(text[at] for at in kept), [*kept, len(text)]


def is_letter(character: str) -> bool:
    """Whether a character belongs to a word: a letter, a digit or a mark on one."""
    return character.isalnum() or character in IS_MARK


def fold(text: str) -> str:
    """`text` in lower case without accents, every kind of blank a space; as long as `text`, character by character."""
    return text.translate(_FOLDING)
