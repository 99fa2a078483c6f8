"""Full-text search in every script: what of a text is indexed, and what a query asks of that.

Where words have no blanks between them, as in Chinese, each character is a word, and several of them are a phrase. All is folded, so that
case, accents and spellings of one letter make no difference. The last letters of a word may be left out, for most languages inflect it.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipeline.text.fold import LETTER, fold
from schemas.meetings import Alert, Evidence, Facts, Meeting, Source

_WIDE = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u312f\u3190-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # scripts without blanks
_RUN = re.compile(rf"[{_WIDE}]+|(?:(?![{_WIDE}]){LETTER})+")
_IS_WIDE = re.compile(rf"[{_WIDE}]")


def indexed(text: str) -> str:
    """The words of `text`, with a blank between them."""
    return " ".join(word for run in _runs(text) for word in run)


def asked(query: str) -> str | None:
    """What SQLite's FTS5 shall match: all runs of the query, in any order; None where it holds no letter."""
    return " ".join(f'"{" ".join(run)}"{"" if _IS_WIDE.match(run[0]) else "*"}' for run in _runs(query)) or None


def searched(meeting: Meeting) -> str:
    """What can be found of a meeting: names, offices, places, headlines and the sentences that tell of it, indexed."""
    return _found(meeting.facts, ((applied.source, applied.evidence) for applied in meeting.applied))


def searched_alert(alert: Alert) -> str:
    """The same of an alert, with its one article."""
    return _found(alert.facts, [(alert.article, alert.evidence)])


def _found(facts: Facts, told: Iterable[tuple[Source, Evidence]]) -> str:
    texts = [text for source, evidence in told for text in (source.title, evidence.sentence) if text]
    return indexed("\n".join([*_names(facts), *texts]))


def _names(facts: Facts) -> Iterator[str]:
    for person in facts.participants:
        yield f"{person.name or ''} {(person.office or '').replace('_', ' ')}"
    if facts.place:
        yield facts.place.city or ""


def _runs(text: str) -> Iterator[list[str]]:
    """Each word alone, and each run of characters without blanks as its characters."""
    for run in _RUN.findall(fold(text)):
        yield list(run) if _IS_WIDE.match(run) else [run]
