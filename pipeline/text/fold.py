"""Folding: one spelling for matching, with the text's own offsets."""
from __future__ import annotations

import unicodedata

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
    if character in "’ʼ‘`´":
        return "'"
    bare = "".join(c for c in unicodedata.normalize("NFKD", character.casefold()) if not unicodedata.combining(c))
    whole = unicodedata.normalize("NFC", bare)  # a Korean syllable is taken apart and must be put together again
    return (whole.casefold() or character)[0]


_FOLDING = _Folding()


def fold(text: str) -> str:
    """`text` in lower case without accents, every kind of blank a space; as long as `text`, character by character."""
    return text.translate(_FOLDING)
