"""What a frame says of its meeting: status, mode, format, place and date, each from the words around the contact word."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from pipeline.detect.agenda import day_of_entry, of_heading, place_of_entry, place_of_heading
from pipeline.detect.anchors import parted
from pipeline.detect.circumstances import is_ahead
from pipeline.detect.clauses import (
    attached,
    closed_before,
    commas,
    cues,
    cuts,
    gap,
    of_another_part,
    of_saying,
    of_what_was,
    same_clause,
    words_between,
)
from pipeline.detect.dates import dates
from pipeline.detect.document import Document, Sentence
from pipeline.detect.frame import Frame
from pipeline.detect.journeys import clause_where, destination_of
from pipeline.detect.modes import mode_of
from pipeline.detect.occasions import OCCASION_REACH, days_of_occasion, format_of, occasion_of
from pipeline.detect.own_days import coming, nearest, of_its_clause, own_days, put_off_to, put_right
from pipeline.detect.places import place_of
from pipeline.detect.status import called_off, in_clause_with, is_over, looks_ahead, said_there, status_of, took_place
from pipeline.detect.venues import place_near
from pipeline.detect.when import JUST_PAST, When, fitting, in_dateline
from pipeline.lexicon.matcher import Tag
from schemas.meetings import REMOTE, Format, Mode, Place, Status

_TOMORROW = timedelta(days=1)  # it may be that day already where they meet
_LONG_AGO = timedelta(days=5)  # for a bare weekday: the next one is nearer
_AHEAD = timedelta(days=3)  # the same of "ahead of"
_BEGUN = timedelta(days=2)  # the same of "begins" and "began"
_NEWS = 4  # days of which announcements tell
_DATELINE = frozenset("电電讯訊")  # "the 14th, by wire"
_SAYING_REACH = 1  # words between a day and the verb of saying that it belongs to
_OPENS = 3  # characters between a date and the "when" that depends on it


@dataclass(frozen=True, slots=True)
class Reading:
    """One meeting as one frame tells it.

    `firm`: its words say the status; `over`: its day does, which had passed; `passed`: its day had, whatever the words; `old`: its days are
    long over; `occasion`: the wider event it happens at; `arrived`: it tells of a journey that was made, and who came yesterday may meet
    tomorrow; `moved`: it was put off to its day.
    """

    frame: Frame
    status: Status
    firm: bool
    over: bool
    mode: Mode
    format: Format
    place: Place | None
    when: When | None
    occasion: Tag | None
    passed: bool = False
    old: bool = False
    arrived: bool = False
    moved: bool = False


def readings(document: Document, frame: Frame) -> list[Reading]:
    """The meetings that `frame` tells of: one, or one for each of several dates that are coordinated ("in June … and in October …")."""
    # A weekday beside a present tense is the next one ("meets him on Friday"), beside a bare noun the last one.
    off, ahead = called_off(document, frame), looks_ahead(document, frame)
    cancelled = bool(off)
    now = frame.tense == "present" or _of_a_journey_now(document, frame)
    past = frame.tense in ("past", "noun")
    told_here = dates(document, frame.sentence, now or cancelled or ahead, past)
    days = [when for when in told_here if not parted(document, frame.sentence, frame.contact, when)]
    found = [when for when in days if _reachable(document, frame, when)]
    if any(not cuts(document, frame.sentence, *gap(when, frame.contact)) for when in found):  # then no day of the clause before is its own
        found = [when for when in found if _opening(frame.sentence, when) is None or frame.contact.end <= when.start]
    new = put_off_to(document, frame.sentence, days) if cancelled else ()
    found = [*(new or put_right(document, frame.sentence, found, days))]
    found = found or days_of_occasion(document, frame, now or cancelled or ahead, past)
    moved = any(tag.kind == "cue.postponed" for tag in off)
    if moved:  # "moved from Friday to Saturday"
        found = [replace(when, first=when.last) if when.day else when for when in found]
    found = [_of_these_days(document, frame, when, ahead=ahead or cancelled) for when in found]
    found = [coming(document, when) for when in found] if frame.contact.kind == "visit.noun" else found
    found = [when for when in found if not _is_year_to_come(document, when, ahead) and not _is_of_a_stay(document, when)]
    if ahead and not cancelled:
        found = [when for when in found if not (_is_of_the_news(document, frame, when) or is_of_an_arrival(document, frame, when))]
    elif frame.tense == "past" and not cancelled:
        found = [when for when in found if not _is_to_come(document, when)]
    found = [*own_days(document, frame, found)]
    found = [when for when in found if frame.part is not None and frame.part <= when.start] or found
    found = [when for when in found if not of_another_part(document, frame.sentence, frame.contact, when)] or found
    if not found and (day := day_of_entry(document, frame.contact.start)) is not None:
        found = [day]
    groups = _coordinated(document, frame, found)
    told: Sequence[When | None] = groups if len(groups) > 1 else [nearest(document, frame, found)]
    borders = [frame.sentence.start, *(when.start for when in groups[1:]), frame.sentence.end]
    return [
        _reading(document, frame, when, start, end, status_of(document, frame, when, off, ahead), moved=moved)
        for when, start, end in zip(told, borders, borders[1:], strict=False)
    ]


def _of_a_journey_now(document: Document, frame: Frame) -> bool:
    """Whether a noun says what somebody comes for: "arrives in Moscow on Friday for talks"."""
    return frame.tense == "noun" and in_clause_with(document, frame, "visit.present")


def _reading(
    document: Document, frame: Frame, when: When | None, start: int, end: int, told: tuple[Status, bool], *, moved: bool
) -> Reading:
    """The reading of `frame` in which place and occasion stand in `text[start:end]`, with the status that is `told`."""
    occasion = occasion_of(document, frame, start, end)
    mode = mode_of(document, frame)
    status, firm = told
    return Reading(
        frame=frame,
        status=status,
        firm=firm,
        over=is_over(document, frame, when),
        mode=mode,
        format=format_of(document, frame, occasion),
        place=None if mode in REMOTE else _place(document, frame, when, start, end),
        when=when,
        occasion=occasion,
        passed=when is not None and when.day and _is_before(document, when),
        old=when is not None and _is_before(document, when, JUST_PAST),
        arrived=_tells_of_an_arrival(document, frame),
        moved=moved and status is Status.ANNOUNCED and when is not None,
    )


def _tells_of_an_arrival(document: Document, frame: Frame) -> bool:
    """Whether a journey was made, as a verb says that is the frame's or stands in its clause: "arrived on Monday for a visit"."""
    return frame.kind == "visit" and (frame.tense == "past" or (frame.tense == "noun" and in_clause_with(document, frame, "visit.past")))


def _is_before(document: Document, when: When, by: timedelta = timedelta(0)) -> bool:
    """Whether a date ends before the publication, by more than `by`."""
    return when.last is not None and document.published is not None and when.last < document.published - by


def _place(document: Document, frame: Frame, when: When | None, start: int, end: int) -> Place | None:
    """The venue near the contact word; of a visit, where it goes; else that of the heading with its day."""
    place = place_near(document, frame.sentence, frame.contact, start, end)
    home = next((actor.side for actor in frame.actors if actor.person or actor.office), None) if frame.hostless else None
    journey = frame.contact if frame.kind == "visit" else _journey_for(document, frame)
    place = place or place_of_entry(document, frame.sentence, frame.contact.start)
    if place is None and (where := clause_where(document, frame.sentence, frame.contact)) is not None:
        return place_of(document, frame.sentence, where[1])
    if place is None and journey and (goal := destination_of(document, frame.sentence, journey, home)) is not None:
        return place_of(document, frame.sentence, goal)
    return place or (place_of_heading(document, frame.sentence, when) if when is not None else None)


def _journey_for(document: Document, frame: Frame) -> Tag | None:
    """The verb of a journey before a noun in its clause that says what it is for: "is to fly to Beijing on Friday for talks"."""
    if frame.contact.kind not in ("meet.noun", "meet.infinitive"):
        return None
    verbs = [tag for tag in frame.sentence.contacts if tag.kind.startswith("visit.") and tag.end <= frame.contact.start]
    verb = next((tag for tag in reversed(verbs) if tag.kind != "visit.noun"), None)
    return verb if verb and same_clause(document, frame.sentence, verb, frame.contact) else None


def _opening(sentence: Sentence, when: When) -> Tag | None:
    """The word that opens a clause right behind a date: "on Monday, when"."""
    return next((tag for tag in sentence.of("structure.clause") if 0 <= tag.start - when.end <= _OPENS), None)


def _reachable(document: Document, frame: Frame, when: When) -> bool:
    """Whether a date can belong to the frame: no clause border between, or only the "when" that the date itself opens."""
    if frame.alone and frame.third is not None and frame.third.end <= when.start < max(actor.start for actor in frame.actors):
        return True
    if of_its_clause(frame, when):
        return True
    if _is_spoken_of(document, frame, when):
        return False
    if frame.part is not None and frame.part <= when.start:
        return True
    start, end = gap(when, frame.contact)
    borders = cuts(document, frame.sentence, start, end)
    opening = _opening(frame.sentence, when)
    if of_what_was(document, frame.sentence, frame.contact, when) or closed_before(document, frame.sentence, frame.contact, when):
        return False
    if of_heading(document, frame.sentence, when):
        return True
    where = clause_where(document, frame.sentence, frame.contact)
    if where is not None and when.end <= where[0] and not cuts(document, frame.sentence, when.end, where[0]):
        return True
    if opening and borders == 1 and opening.end <= frame.contact.start and not commas(document, opening.end, frame.contact.start):
        return True
    said = of_saying(document, frame.sentence, frame.contact, when) and not said_there(document, frame)
    own = [tag for tag in frame.sentence.contacts if not parted(document, frame.sentence, frame.contact, tag)]
    if said or not attached(document, frame.sentence, frame.contact, when, own):
        return False
    return borders == 0 or (borders == 1 and opening is not None)


def _is_spoken_of(document: Document, frame: Frame, when: When) -> bool:
    """Whether a day is of what is said at a contact: in a quotation, or nearer to another contact, "said there he would go in May"."""
    around = [(start, end) for start, end in document.quotations if start <= when.start and when.end <= end]
    if any(frame.contact.start < start or end < frame.contact.end for start, end in around):
        return True
    if not said_there(document, frame):
        return False
    apart = words_between(document, *gap(when, frame.contact))
    others = (tag for tag in frame.sentence.contacts if tag.end <= frame.contact.start or tag.start >= frame.contact.end)
    return any(not tag.kind.startswith("talk.") and words_between(document, *gap(when, tag)) < apart for tag in others)


def is_of_an_arrival(document: Document, frame: Frame, when: When) -> bool:
    """Whether a day that may have been is that of a journey made, beside it or before its purpose: "arrived on Tuesday for talks"."""
    gone = when.either or (when.last is not None and document.published is not None and when.last < document.published)
    if not gone or frame.kind == "visit" or when.last == document.published:
        return False
    contact = frame.contact
    apart = words_between(document, *gap(when, contact))
    came = [tag for tag in frame.sentence.of("visit.past") if same_clause(document, frame.sentence, tag, contact)]
    between = any(min(tag.end, contact.end) <= when.start and when.end <= max(tag.start, contact.start) for tag in came)
    return between or any(words_between(document, *gap(when, tag)) <= apart for tag in came)


def _is_of_the_news(document: Document, frame: Frame, when: When) -> bool:
    """Whether a day is that of the words on a meeting to come: "announced today that …", "…, as Friday's statement has it", a dateline."""
    if document.published is None or when.last is None or not when.day:
        return False
    if when.last <= document.published and in_dateline(document, frame.sentence, when):
        return True
    start, end = gap(when, frame.contact)
    accepted = any(words_between(document, *gap(verb, when)) <= _SAYING_REACH for verb in frame.sentence.of("cue.accepted"))
    if accepted and words_between(document, start, end) and _may_be_just_past(document.published, when):
        return True  # "accepted on Tuesday an invitation to visit Moscow in September"
    behind = frame.contact.end <= when.start and commas(document, start, end)
    verbs = frame.sentence.of("cue.speech")
    said = any(words_between(document, *gap(verb, when)) <= _SAYING_REACH < words_between(document, start, end) for verb in verbs)
    apart = bool(cuts(document, frame.sentence, start, end) or behind or said)  # said: "announced today he will meet Xi"
    return (apart and when.last <= document.published) or is_of_who_says_it(document, frame, when)


def _may_be_just_past(pub: date, when: When) -> bool:
    """Whether a day is one of the last, or, read of what is to come, bears the name or number of one."""
    if when.last is not None and when.last <= pub:
        return True
    last = [pub - timedelta(days=back) for back in range(_NEWS)]
    by_name = when.first is not None and when.weekday and when.first.weekday() in [day.weekday() for day in last]
    return by_name or (when.first is not None and when.first == when.last and not when.year and when.first.day in [day.day for day in last])


def is_of_who_says_it(document: Document, frame: Frame, when: When) -> bool:
    """Whether a day just past stands right before the verb of saying, or, where that ends the sentence, behind who says it.

    "The ministry on the 9th that Putin Beijing visit will announced" is the order of words of Japanese, Korean and Turkish.
    """
    if document.published is None or not when.day or not _may_be_just_past(document.published, when):
        return False
    if document.text[when.end : when.end + 1] in _DATELINE:
        return True
    sentence, contact = frame.sentence, frame.contact
    verbs = [verb for verb in sentence.of("cue.speech") if verb.start >= max(when.end, contact.end)]
    if contact.end <= when.start:
        apart = [(when.end, verb.start) for verb in verbs]
        return any(words_between(document, start, end) <= 1 and not commas(document, start, end) for start, end in apart)
    first = min([contact.start, *(a.start for a in frame.actors if sentence.start <= a.start < sentence.end)])
    if not verbs or first < when.end or any(when.end <= tag.start < first for tag in sentence.contacts):
        return False
    speakers = [tag for tag in sentence.of("office", "person") if tag.end <= when.start]
    return any(words_between(document, tag.end, when.start) <= 1 for tag in speakers)


def _of_these_days(document: Document, frame: Frame, when: When, *, ahead: bool) -> When:
    """`when`, which is past if something goes on since that day.

    Beside a noun in the present ("проводит переговоры") it is the next such day, beside one without a tense tomorrow, or the day after,
    rather than that of the week before.
    """
    if when.since or not when.either:
        return fitting(when, document.published, ahead=ahead, off=False) if when.since else when
    present = bool(cues(document, frame.sentence, frame.contact, "ongoing"))  # but "talks began on Tuesday" is of yesterday
    long_ago = _BEGUN if present else _AHEAD if is_ahead(document, frame.sentence, frame.contact) else _LONG_AGO
    nearer = document.published is not None and when.first is not None and when.first <= document.published - long_ago
    past = (in_clause_with(document, frame, ".past") or took_place(document, frame)) and not present  # "had a meeting on Friday"
    return fitting(when, document.published, ahead=True, off=False) if frame.tense == "noun" and nearer and not past else when


def _is_of_a_stay(document: Document, when: When) -> bool:
    """Whether a day that had passed is that on which a stay began, within which they meet: "who has been in Moscow since Monday"."""
    return when.since and when.last is not None and document.published is not None and when.last < document.published


def _is_to_come(document: Document, when: When) -> bool:
    """Whether a day had not come when the article was written: who met spoke of it, "discussed the summit of 3 September"."""
    return bool(when.first and document.published and not when.either and when.first - document.published > _TOMORROW)


def _is_year_to_come(document: Document, when: When, ahead: bool) -> bool:
    """Whether a date is a bare year that has not begun: what they plan for, "agreed on the exercises of 2027", and not when they meet.

    Of a meeting to come it can be the next one, but none behind it.
    """
    if document.published is None or when.first is None or when.last is None or not when.year or when.day:
        return False
    return (when.first.month, when.last.month) == (1, 12) and when.first.year > document.published.year + ahead


def _coordinated(document: Document, frame: Frame, found: Sequence[When]) -> list[When]:
    """Dates of one frame that tell of several meetings: each in a part of its own behind "and"."""
    joins = [tag.start for tag in frame.sentence.of("structure.and")]
    groups: list[When] = []
    for when in found:
        if groups and not any(groups[-1].end <= join < when.start for join in joins):
            continue
        if not groups or _differ(groups[-1], when):
            groups.append(when)
    return groups if len(groups) > 1 and all(_own_part(document, frame, when) for when in groups) else []


def _differ(one: When, other: When) -> bool:
    if one.first and other.first and one.last and other.last:
        return one.last < other.first or other.last < one.first
    return one.yearless != other.yearless and bool(one.yearless and other.yearless)


def _own_part(document: Document, frame: Frame, when: When) -> bool:
    """Whether an occasion or a place of its own stands right behind the date."""
    behind = [tag for tag in frame.sentence.of("summit.noun", "meet.noun", "organisation", "place", "country") if tag.start >= when.end]
    return bool(behind) and words_between(document, when.end, behind[0].start) <= OCCASION_REACH

