"""Whether a telling of a meeting is a recollection: by its words, by its days, and by where it stands."""
from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.detect.actors import Actor
from pipeline.detect.anchors import anchored
from pipeline.detect.candidates import Candidate
from pipeline.detect.circumstances import ends_with, only_referred_to
from pipeline.detect.clauses import Span, of_another_part, same_clause, words_between
from pipeline.detect.dates import dates
from pipeline.detect.document import Document, Sentence
from pipeline.detect.readings import Reading
from pipeline.detect.status import said_there
from pipeline.detect.when import When
from pipeline.lexicon.matcher import Tag
from schemas.articles import BlockKind
from schemas.meetings import AHEAD

_OLD = 10  # days before publication that make a report a recollection
_NEWS = 1  # days before publication of which news tell
_A_WEEK = 7  # days
_STALE = 3  # days before publication within which most news are of
_LEFT = 60  # days after the end of a term in which a new office may not be known yet
_COUNT = re.compile(r"(?<![第\d])\d{1,3}(?:\s?[^\W\d]{1,3})?[\s-]?\Z")  # "40", "40 de", "40多", but not 第40
_ORDINAL = "目"  # 3回目
_AFTER_REACH = 1  # words, behind a contact characters
_CLAUSE_REACH = 3  # words from where a clause begins to the first of those who meet in it


def recalled(document: Document, reading: Reading) -> bool:
    """Whether the words tell of something past, but in a clause behind, or by counting: "have met 40 times"."""
    sentence, contact = reading.frame.sentence, reading.frame.contact
    told = sentence.of("cue.background")
    if reading.firm and reading.status in AHEAD:  # "will meet in May, and by then …"
        told = [tag for tag in told if same_clause(document, sentence, tag, contact)]
        told = [tag for tag in told if not of_another_part(document, sentence, contact, tag)]
    today = is_fresh(document, reading) and reading.when is not None and sentence.start <= reading.when.start < sentence.end
    if not today and any(not _in_clause_behind(reading, tag) for tag in told):  # "before that on Wednesday he met him too"
        return True
    times = (tag for tag in sentence.of("structure.times") if document.text[tag.end : tag.end + 1] != _ORDINAL)
    return any(_COUNT.search(document.text, sentence.start, tag.start) or _in_words(document, sentence, tag) for tag in times)


def _in_clause_behind(reading: Reading, other: Span) -> bool:
    """Whether a cue or date stands behind a word that opens another clause: "spoke of the plan, which they had made two years ago"."""
    behind = next((at for at in reading.frame.sentence.openings if at >= reading.frame.contact.end), None)
    return behind is not None and behind <= other.start


def _in_words(document: Document, sentence: Sentence, times: Tag) -> bool:
    """Whether a numeral stands before "times": "have met two times this year"."""
    before = document.folded[sentence.start : times.start].rstrip()
    return any(ends_with(before, word, document.unit > 2) for word in document.language.date_words.numerals)


def came_before(document: Document, reading: Reading) -> bool:
    """Whether a contact tells after what another contact came: "the visit comes after a conversation between Xi and Putin".

    Or how long after it: "the visit comes a month after Xi met Putin".
    """
    sentence, contact = reading.frame.sentence, reading.frame.contact
    if anchored(document, sentence, contact):
        return True
    if reading.frame.tense != "noun" or said_there(document, reading.frame):
        return False
    start = min([contact.start, *(a.start for a in reading.frame.actors if sentence.start <= a.start)])
    words = [w for w in sentence.of("structure.after") if w.end <= contact.start and words_between(document, w.end, start) <= _AFTER_REACH]
    words += [w for w in sentence.of("structure.after") if 0 <= w.start - contact.end <= _AFTER_REACH]
    return any(tag.end <= min(start, word.start) and tag.kind.endswith(".noun") for word in words for tag in sentence.contacts)


def only_old(document: Document, reading: Reading) -> bool:
    """Whether nothing dates a meeting that was, but all dates of its sentence are long past.

    "It was in June 2019; the two met in the Kremlin": a date of another clause is not the meeting's, but tells what time is spoken of.
    """
    if reading.status in AHEAD or reading.when is not None:
        return False
    found = [when for when in dates(document, reading.frame.sentence, future=False, past=True) if when.last is not None]
    return any(not _in_clause_behind(reading, when) for when in found) and all(_long_past(document, when) for when in found)


def is_old(document: Document, reading: Reading) -> bool:
    """Whether its day is longer past than news are."""
    return reading.when is not None and document.published is not None and _long_past(document, reading.when)


def _long_past(document: Document, when: When) -> bool:
    return when.year if document.published is None else age(document, when) > _OLD


def age(document: Document, when: When) -> int:
    """Days from the end of a date to the publication; none where either is not known."""
    return (document.published - when.last).days if when.last and document.published else 0


def of_an_old_year(document: Document, reading: Reading) -> bool:
    """A year without a day: how the past is told, not the news."""
    when = reading.when
    if when is None or not when.year or when.day or when.first is None:
        return False
    return document.published is None or when.first.year < document.published.year


def is_fresh(document: Document, reading: Reading) -> bool:
    """Whether it is of the day of publication, the one before or a near one to come; if nothing dates the article, whether of a year."""
    when = reading.when
    if when is None or not when.day:
        return False
    if when.first is None or document.published is None:
        return when.yearless is None
    return -_OLD <= age(document, when) <= _NEWS


def is_stale(document: Document, reading: Reading) -> bool:
    """Whether its day is some days past: not yet old, but no longer that of the news."""
    when = reading.when
    return when is not None and when.day and _NEWS < age(document, when) <= _STALE


def is_days_past(document: Document, reading: Reading) -> bool:
    """Whether its day is longer past than that of most news."""
    return reading.when is not None and age(document, reading.when) > _STALE


def past_period(reading: Reading, first: int) -> bool:
    """"Last week", "last month", "last year"; not "last week" up to the `first` sentence, where it is the news."""
    when = reading.when
    if when is None or when.turn >= 0:
        return False
    opens = reading.frame.sentence.number <= first
    return not (opens and when.first is not None and when.last is not None and (when.last - when.first).days < _A_WEEK)


def is_former(document: Document, actor: Actor) -> bool:
    """Whether somebody had left every office that we know of long before the article was written: a recollection."""
    terms = document.lexicon.people[actor.person].terms if actor.person else ()
    if not terms or document.published is None:
        return False
    return all(term.end is not None and (document.published - term.end).days > _LEFT for term in terms)


def presupposed(document: Document, readings: Sequence[Reading]) -> bool:
    """Whether no sentence says that they met, but each tells what happened there or came of it: "what Xi had proposed at their talks"."""
    taken = {r.frame.sentence.number for r in readings if only_referred_to(document, r.frame.sentence, r.frame.contact, r.frame.actors)}
    return all(r.frame.sentence.number in taken for r in readings)


def second_in_sentence(reading: Reading, rivals: Sequence[Candidate], candidate: Candidate) -> bool:
    """Whether another meeting stands earlier in the sentence: what comes behind it is mostly what that one was about."""
    sentence, contact = reading.frame.sentence, reading.frame.contact
    others = (r.frame for rival in rivals if rival is not candidate for r in rival.readings)
    return reading.when is None and any(f.sentence is sentence and f.contact.start < contact.start and not f.neighbour for f in others)


def in_clause(document: Document, reading: Reading) -> bool:
    """Whether it is told in a clause that begins right before those who meet: "… since Putin and Xi met", "… when he met Xi"."""
    frame = reading.frame
    sentence, contact = frame.sentence, frame.contact
    start = min([contact.start, *(actor.start for actor in frame.actors if sentence.start <= actor.start < sentence.end)])
    return frame.tense == "past" and any(at <= start and words_between(document, at, start) <= _CLAUSE_REACH for at in sentence.openings)


def behind_old(document: Document, reading: Reading) -> bool:
    """Whether nothing dates it, and the sentence before tells of days long past: "Xi came in March. The two spoke for hours"."""
    at = reading.frame.sentence.number
    if at == 0 or reading.status in AHEAD or reading.when is not None:
        return False
    before = document.sentences[at - 1]
    if before.block is BlockKind.TITLE:
        return False
    found = [when for when in dates(document, before, future=False, past=True) if when.last is not None or when.turn < 0]
    return bool(found) and all(when.turn < 0 or _long_past(document, when) for when in found)
