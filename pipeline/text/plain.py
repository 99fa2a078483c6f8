"""From any string to tidy lines: Unicode in one form, no control characters, one blank between words."""
from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import groupby

from pipeline.text.fold import MARKS

MAX_CHARACTERS = 200_000  # of a text; some 30,000 words, longer than any article. What follows is not read

_SURROGATE = re.compile("[\ud800-\udfff]")
_INVISIBLE = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb]")
# Of UTF-8, where they are found many times as fast as in a string.
_CONTROL = bytes(0x20 if byte == 0x7F or (byte < 0x20 and byte not in b"\t\n\r") else byte for byte in range(256))
_CONTROL_OF_TWO = re.compile(b"\xc2[\x80-\x84\x86-\x9f]")
_NO_CHARACTER = re.compile(b"\xef\xbf[\xbe\xbf]")
_PILE = re.compile(f"([{MARKS}]{{30}})[{MARKS}]+")  # no language piles up so many marks (UAX #15), and to order them takes squares of time
_WIDEST_WRAP = 100  # characters; programs that break lines do so at 65 to 80
_LEAST_WRAPPED = 5  # lines; fewer may have this shape by chance


def without_control(text: str) -> str:
    """`text` with a blank for each control character and U+FFFD for each lone surrogate: what every library takes."""
    return encoded(text).decode()


def encoded(text: str) -> bytes:
    """The same in UTF-8."""
    try:
        utf8 = text.encode()
    except UnicodeEncodeError:
        utf8 = without_surrogates(text).encode()
    return _NO_CHARACTER.sub(b" ", _CONTROL_OF_TWO.sub(b" ", utf8.translate(_CONTROL)))


def without_surrogates(text: str) -> str:
    """`text` with U+FFFD for each lone surrogate, which no encoding can carry."""
    return _SURROGATE.sub("\ufffd", text)


def tidy(text: str) -> str:
    """`text` in one line, in NFC: control and invisible characters gone, lone surrogates replaced, one blank between words.

    Joiners (U+200C, U+200D) stay: Persian and Hindi spell with them. Of more than 30 marks on a letter the first 30 stay.
    """
    return _tidied([text.replace("\n", " ")])[0]


def tidy_lines(text: str) -> list[str]:
    """The tidy lines of the first 200,000 characters of `text` that are not blank: its paragraphs, joined where a program broke them."""
    lines = _tidied(text[:MAX_CHARACTERS].splitlines())
    groups = [list(group) for filled, group in groupby(lines, key=bool) if filled]
    if _wrapped(groups):
        groups = [[" ".join(group)] for group in groups]
    return [line for group in groups for line in group]


def _tidied(lines: Sequence[str]) -> list[str]:
    """`lines`, none of which holds a newline, tidy; all at once, for those of a page are many and short."""
    plain = without_control(_INVISIBLE.sub("", "\n".join(lines)))
    spaced = "\n".join(" ".join(line.split()) for line in plain.split("\n"))
    return unicodedata.normalize("NFC", _PILE.sub(r"\1", spaced)).split("\n")


def _wrapped(groups: list[list[str]]) -> bool:
    """Whether lines were broken at a width: within paragraphs, nearly all are nearly as long as the longest."""
    broken = [len(line) for group in groups for line in group[:-1]]
    if len(broken) < _LEAST_WRAPPED or max(map(len, (line for group in groups for line in group))) > _WIDEST_WRAP:
        return False
    widest = max(broken)
    return sum(length > 0.75 * widest for length in broken) >= 0.9 * len(broken)
