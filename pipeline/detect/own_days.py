"""Which of the days of a sentence are those of a contact: some are of a report, of a third's contact, or of a plan that has changed."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from pipeline.detect.circumstances import is_ahead, stands_beside
from pipeline.detect.clauses import commas, gap, words_between
from pipeline.detect.document import Document, Sentence
from pipeline.detect.frame import Frame
from pipeline.detect.when import NEAR_FUTURE, When, in_dateline, vagueness
from pipeline.lexicon.matcher import Tag

_PLANNED_REACH = 2  # words between "planned" and the day that was first planned
_ADJECTIVES = 2  # words: "Friday's planned bilateral talks"
_HELD_REACH = 3  # words between "will be held" and the day


def own_days(document: Document, frame: Frame, found: Sequence[When]) -> Sequence[When]:
    """Those of the days `found` in the sentence of `frame` that are its own; all of them where nothing says whose they are."""
    if is_ahead(document, frame.sentence, frame.contact):
        found = [when for when in found if _of_what_is_ahead(document, frame, when)]
    told = [when for when in found if not in_dateline(document, frame.sentence, when)] or found
    told = [when for when in told if not _of_informing(document, frame, when)]
    told = _behind_a_third(frame, told) or told
    told = [when for when in told if of_its_clause(frame, when)] or told
    return [when for when in told if not _first_planned(document, frame, when, told)] or told


def _dropped(document: Document, sentence: Sentence, when: When) -> bool:
    """Whether a day is named as that on which it is not, or no longer: "not on Saturday but on Sunday", "moved from Friday to Monday"."""
    language = document.language
    if stands_beside(document, sentence, when, language.instead, language.instead_after):
        return True
    moved = sentence.of("cue.postponed")
    return bool(moved) and stands_beside(document, sentence, when, language.moved_from, language.moved_from_after)


def put_right(document: Document, sentence: Sentence, found: Sequence[When], told: Sequence[When]) -> Sequence[When]:
    """The days `found`, in place of those that are none of them the days `told` behind: "not on Saturday but on Sunday"."""
    wrong = [when for when in told if _dropped(document, sentence, when)]
    if not wrong:  # as mostly
        return found
    right = [when for when in told if when not in wrong]
    behind = (next((one for one in right if one.start >= when.end), None) for when in found if when in wrong)
    kept = [when for when in found if when not in wrong]
    return [*kept, *(when for when in behind if when is not None and when not in kept)] or found


def put_off_to(document: Document, sentence: Sentence, told: Sequence[When]) -> Sequence[When]:
    """The day to come that is told behind "put off" and of nothing else: "was put off by a week: the new date is 23 July"."""
    off = next(iter(sentence.of("cue.postponed")), None)
    if off is None or document.published is None:
        return []
    others = [tag.start for tag in (*sentence.contacts, *sentence.of("person", "office")) if tag.start >= off.end]
    behind = (when for when in told if when.day and not when.weekday and off.end <= when.start < min(others, default=sentence.end))
    day = next((when for when in behind if when.first is not None and when.first > document.published), None)
    return [day] if day is not None else []


def _of_what_is_ahead(document: Document, frame: Frame, when: When) -> bool:
    """Whether a day is that of what something happened before, and not the day of that: "on Tuesday, ahead of Friday's talks, he said"."""
    start, end = gap(when, frame.contact)
    if commas(document, start, end) or sum(start <= actor.start < end for actor in frame.actors) > 1:
        return False
    return when.end > frame.contact.start or when.counted or words_between(document, start, end) <= _ADJECTIVES


def nearest(document: Document, frame: Frame, found: Sequence[When]) -> When | None:
    """The nearest, days before months and months before years."""

    def order(when: When) -> tuple[int, int]:
        return vagueness(when), words_between(document, *gap(when, frame.contact))

    return min(found, key=order, default=None)


def of_its_clause(frame: Frame, when: When) -> bool:
    """Whether a day is told in a clause that says of a noun when it was held: "told him of talks with Wang, which were held on Monday"."""
    if frame.tense != "noun":
        return False
    sentence = frame.sentence
    openings = [at for at in sentence.openings if frame.contact.end <= at < when.start]
    if len(openings) != 1 or any(openings[0] < tag.start for tag in sentence.of("person", "office")):
        return False
    tells = any(tag.start > openings[0] for tag in sentence.of("cue.took_place", "meet.past")) or bool(sentence.of("structure.informs"))
    return tells and all(tag.kind == "meet.past" for tag in sentence.contacts if tag.start > openings[0])


def _of_informing(document: Document, frame: Frame, when: When) -> bool:
    """Whether a day is that on which one hears of what was: "informed Putin on Wednesday of his talks with Wang on the day before"."""
    if frame.tense != "noun" or when.counted or not frame.sentence.of("structure.informs"):
        return False
    return when.end <= frame.contact.start or document.language.verb_last


def _first_planned(document: Document, frame: Frame, when: When, found: Sequence[When]) -> bool:
    """Whether a day is that of a plan that has changed: "the talks, first planned for Thursday, will be held on Friday"."""

    def beside(tags: Sequence[Tag], one: When, reach: int) -> bool:
        return any(words_between(document, *at) <= reach and not commas(document, *at) for at in (gap(tag, one) for tag in tags))

    sentence = frame.sentence
    took_place = sentence.of("cue.took_place")
    if beside(sentence.of("cue.future"), when, _HELD_REACH) and any(beside(took_place, one, _HELD_REACH) for one in found if one != when):
        return not beside(took_place, when, _HELD_REACH)  # "which was to be on Monday, took place on Tuesday"
    if not beside(sentence.of("cue.planned", "cue.postponed"), when, _PLANNED_REACH):
        return False
    held = sentence.of("cue.future", "cue.took_place")
    return not beside(held, when, _HELD_REACH) and any(beside(held, one, _HELD_REACH) for one in found)


def _behind_a_third(frame: Frame, found: Sequence[When]) -> list[When]:
    """Of a contact with a third and then with the other side, the dates of the latter: "met the Serb on Monday and Xi on Tuesday"."""
    last, third = max(actor.start for actor in frame.actors), frame.third
    if third is not None and frame.alone:
        return [when for when in found if third.end <= when.start]
    if third is None or not frame.contact.end <= third.start < third.end <= last:
        return []
    joins = [tag.start for tag in frame.sentence.of("structure.and") if third.end <= tag.start and tag.end <= last]
    return [when for when in found if joins and when.start >= joins[-1]]


def coming(document: Document, when: When) -> When:
    """`when`, or, where it is a bare month that begins so soon that a reader takes it for the coming one, that: "the trip in August"."""
    if when.first is None or when.last is None or document.published is None or when.day or when.year or when.turn:
        return when
    first, last = (_a_year_on(day) for day in (when.first, when.last))
    return replace(when, first=first, last=last) if timedelta(0) < first - document.published <= NEAR_FUTURE else when


def _a_year_on(day: date) -> date:
    leaps = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + 1, day=28 if leaps else day.day)
