"""Forms: the notation of the language files, compiled for matching. The marks are explained in README.md beside this file."""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from pipeline.text.fold import LETTER, fold

_ANY = f"{LETTER}*"
_SHORT = f"{LETTER}{{0,3}}"
_MARKS = "*~"
CAPITAL_NEEDED_UP_TO = 3  # letters; shorter words collide with ordinary ones ("Li", "Ван", "si")


class Spacing(StrEnum):
    """Where a language has word boundaries."""

    WORDS = "words"
    LEFT = "left"
    NONE = "none"


class FormError(ValueError):
    """A form that cannot be compiled; the message says why."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form taken apart: `head` is found first, everywhere; then the pattern `tail`, if not empty, must match right behind it."""

    head: str
    tail: str
    left_boundary: bool
    right_boundary: bool
    capital: bool


_MALFORMED = re.compile(r"\n|[*~][^\s]|^\s*[*~]?\s*$")  # a mark inside a word, or nothing but marks


def check_form(written: str) -> None:
    """Refuse what is no form, at a fraction of the cost of compiling it.

    Raises:
        FormError: it is empty, or a mark stands where it means nothing.
    """
    if _MALFORMED.search(written.removeprefix("*")):
        raise FormError("a form needs a word; * and ~ stand at the end of a word, and * also at the start of the form")


def compile_form(written: str, spacing: Spacing, endings: tuple[str, ...] = ()) -> Form:
    """`written`, whose every word may take one of `endings`; it must have passed `check_form`."""
    any_beginning = written.startswith("*")
    words = fold(written.removeprefix("*")).split()
    head, tail = _split(words, _ending(endings))
    letters = written.strip(_MARKS)
    return Form(
        head=head,
        tail=tail,
        left_boundary=spacing is not Spacing.NONE and not any_beginning,
        right_boundary=spacing is Spacing.WORDS,
        capital=len(letters) <= CAPITAL_NEEDED_UP_TO and letters[:1].isupper(),
    )


@cache
def tail_pattern(tail: str) -> re.Pattern[str]:
    """`tail` compiled, when a text first has its head: a language has thousands, and most are never met."""
    return re.compile(tail)


@cache
def _ending(endings: tuple[str, ...]) -> str:
    """A pattern for any of `endings` or none: the same for all names of a language."""
    return "(?:" + "|".join(re.escape(fold(e)) for e in sorted(endings, key=len, reverse=True)) + ")?" if endings else ""


def _split(words: Sequence[str], ending: str) -> tuple[str, str]:
    """The literal that a form starts with, and the pattern of what follows it."""
    head, pattern = "", ""
    for i, word in enumerate(words):
        literal, mark = word.rstrip(_MARKS), word[-1]
        rest = _ANY if mark == "*" else _SHORT if mark == "~" else ending
        blank = " " if i else ""
        if pattern:
            pattern += blank + re.escape(literal) + rest
        else:
            head += blank + literal
            pattern = rest
    return head, pattern
