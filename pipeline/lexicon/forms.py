"""Forms: the notation of the language files, compiled for matching. The marks are explained in README.md beside this file."""
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from pipeline.text.fold import LETTER, fold

_REST = {"*": f"{LETTER}*", "~": f"{LETTER}{{0,3}}"}
_MARKS = "".join(_REST)
_JOINER = "\u200c"  # between two parts of a word; writers of Persian put a blank in its place, or nothing
CAPITAL_NEEDED_UP_TO = 3  # letters; shorter words collide with ordinary ones ("Li", "Ван", "si")


class Spacing(StrEnum):
    """Where a language has word boundaries."""

    WORDS = "words"
    LEFT = "left"
    NONE = "none"


class Form(NamedTuple):
    """A form taken apart: `head` is found first, everywhere; then what `tail` and `ending` describe must stand right behind it.

    `tail` is the rest of the form with its marks, `ending` a pattern that every word without a mark may be followed by.
    """

    head: str
    tail: str
    ending: str
    left_boundary: bool
    right_boundary: bool
    capital: bool


# Both begin with what they are sought by: most forms have no mark.
_MARK_WITHIN = re.compile(r"[*~](?<=.[*~])\S")
_NO_WORD = re.compile(r"\n\*?[^\S\n]*[*~]?[^\S\n]*(?=\n)")


def malformed(forms: Sequence[str]) -> int | None:
    """The index of the first that is no form, because it is empty, or a mark stands where it means nothing; None where all are forms.

    All are looked at together: they are hundreds of thousands.
    """
    together = "\n".join(("", *forms, ""))
    if together.count("\n") > len(forms) + 1:
        return next(i for i, form in enumerate(forms) if "\n" in form)
    within, wordless = _MARK_WITHIN.search(together), _NO_WORD.search(together) if forms else None
    found = [together.count("\n", 0, match.start() + 1) - 1 for match in (within, wordless) if match]
    return min(found, default=None)


def compile_forms(forms: Sequence[str], spacing: Spacing, ending: str = "", names: bool = False) -> Iterator[Form]:
    """`forms`, none of which may be `malformed`; words without a mark may end as the pattern `ending` says.

    Of `names` that are written with a capital, the capital is needed: Romanian "puțin" is no Putin. A zero-width non-joiner may also be a
    blank, or be left out.
    """
    for written, folded in zip(forms, fold("\n".join(forms)).split("\n"), strict=False):  # no forms fold into one empty line
        bare = " ".join(folded.removeprefix("*").split())
        needed = written[0].isupper() and (names or len(written.rstrip(_MARKS)) <= CAPITAL_NEEDED_UP_TO)
        left_boundary = spacing is not Spacing.NONE and written[0] != "*"
        for spelling in (bare, bare.replace(_JOINER, " "), bare.replace(_JOINER, "")) if _JOINER in bare else (bare,):
            yield Form(*_split(spelling, bool(ending)), ending, left_boundary, spacing is Spacing.WORDS, needed)


def ending_pattern(endings: Sequence[str]) -> str:
    """A pattern for any of `endings`, the longest first, or none."""
    return "(?:" + "|".join(re.escape(fold(e)) for e in sorted(endings, key=len, reverse=True)) + ")?" if endings else ""


Ending = re.Pattern[str] | None  # what a word may end in; it matches nothing at all, too


@cache
def steps(tail: str, ending: str) -> tuple[Ending, tuple[tuple[str, Ending], ...]]:
    """A tail taken apart: how the word of the head ends, and for each further word the literal, a blank before it, and its ending."""
    first, *words = tail.split(" ")
    return _ending(first, ending), tuple((f" {word.rstrip(_MARKS)}", _ending(word, ending)) for word in words)


def _ending(word: str, ending: str) -> Ending:
    pattern = _REST.get(word[-1:], ending)
    return _compiled(pattern) if pattern else None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _split(form: str, inflected: bool) -> tuple[str, str]:
    """The literal that a form starts with, and what follows it: from the first mark on, or from the first word that takes an ending."""
    end = min((at for mark in _MARKS if (at := form.find(mark)) != -1), default=len(form))
    if inflected:
        blank = form.find(" ")
        end = min(end, blank if blank != -1 else len(form))
    return form[:end], form[end:]
