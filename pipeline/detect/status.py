"""Status: announced, ongoing, held or cancelled, from the tense of the contact word and the cues of its clause."""
from __future__ import annotations

from collections.abc import Sequence

from pipeline.detect.circumstances import is_ahead, is_setting
from pipeline.detect.clauses import closed_before, cues, cuts, gap, negated, of_the_next, overlap, same_clause, words_between
from pipeline.detect.dates import dates
from pipeline.detect.document import Document, Sentence
from pipeline.detect.frame import Frame
from pipeline.detect.relatives import RELATIVE
from pipeline.detect.when import When
from pipeline.detect.wished import agreed_to
from pipeline.lexicon.matcher import Tag
from schemas.articles import BlockKind
from schemas.meetings import Status

_AUXILIARY_REACH = 1  # words
_PLANNED_REACH = 2  # words between "planned" and the day it is planned for
_PUT_OFF_REACH = 4  # words between a new date and "put off" behind it
_TALKS = ("meet", "phone", "video")
_FRESH = 10  # days that news are of


def looks_ahead(document: Document, frame: Frame) -> bool:
    """Whether the words alone, without their date, tell of something to come."""
    if frame.tense == "future" or (frame.tense == "infinitive" and frame.sentence.block is BlockKind.TITLE):
        return True
    if _infinitive_behind(frame, "talk.past"):
        return True  # "agreed to meet again"
    if frame.tense == "past":
        return _will_have(document, frame) or (_on_the_way(document, frame) and not _came_long_ago(document, frame))
    if took_place(document, frame) or _comes_before(document, frame):
        return False
    setting = is_setting(document, frame.sentence, frame.contact)
    if setting and in_clause_with(document, frame, "talk.past"):
        return False
    told = cues(document, frame.sentence, frame.contact, "future", "planned")
    told = [tag for tag in told if not (closed_before(document, frame.sentence, frame.contact, tag) or _goes_on(document, frame, tag))]
    if setting:  # what is announced there is something else
        verbs = {(verb.start, verb.end) for verb in frame.sentence.of("cue.speech")}
        wish = min((word.start for word in frame.sentence.of("cue.wished")), default=frame.sentence.end)
        told = [tag for tag in told if (tag.start, tag.end) not in verbs and tag.start < wish]
    others = [tag for tag in told if (tag.start, tag.end) != (frame.contact.start, frame.contact.end)]
    if told and not others and _came_long_ago(document, frame):
        return False  # "came in September for talks with"
    if told or _of_a_future(document, frame) or agreed_to(document, frame):
        return True
    return bool(invitations(document, frame)) and not said_there(document, frame)


def _comes_before(document: Document, frame: Frame) -> bool:
    """Whether a noun is what another meeting comes after: "after their talks on Monday the two will meet again in October"."""
    sentence, contact = frame.sentence, frame.contact
    if frame.tense != "noun" or frame.kind not in _TALKS:
        return False
    near = any(tag.end <= contact.start and words_between(document, tag.end, contact.start) <= 1 for tag in sentence.of("structure.after"))
    return near and any(tag.start >= contact.end for tag in sentence.of("meet.infinitive", "meet.future", "receive.infinitive"))


def _goes_on(document: Document, frame: Frame, plan: Tag) -> bool:
    """Whether a plan is that of another contact behind the talks of `frame`: "had talks in Moscow and agreed to see each other again"."""
    return frame.tense == "noun" and frame.kind in _TALKS and of_the_next(document, frame.sentence, frame.contact, plan)


def _came_long_ago(document: Document, frame: Frame) -> bool:
    """Whether a verb of the past in its clause tells of a journey on a day that was long past."""
    if document.published is None or not in_clause_with(document, frame, "visit.past"):
        return False
    days = (when.last for when in dates(document, frame.sentence, future=False, past=True))
    return any(day is not None and (document.published - day).days > _FRESH for day in days)


def took_place(document: Document, frame: Frame) -> bool:
    """Whether a verb says of a noun that it was held: "the meeting, put off in June, took place"."""
    if frame.tense != "noun":
        return False
    verbs = (verb for verb in frame.sentence.of("cue.took_place") if same_clause(document, frame.sentence, verb, frame.contact))
    took = next(verbs, None)
    return took is not None and not cues(document, frame.sentence, frame.contact, "negation", "denied", "future", "possible")


def invitations(document: Document, frame: Frame) -> list[Tag]:
    """The words of inviting that its contact may depend on; not those behind an "and": "held talks with him and invited him"."""
    joins = [tag.start for tag in frame.sentence.of("structure.and") if tag.start >= frame.contact.end]
    found = cues(document, frame.sentence, frame.contact, "invited")
    return [tag for tag in found if not any(join < tag.start for join in joins)]


def _until(document: Document, frame: Frame, postponed: Tag, when: When) -> bool:
    """Whether a date is the new one: behind "put off", or nearer to it than to the contact; but not in "planned for Friday"."""
    contact = frame.contact
    if postponed.end <= contact.start and any(contact.end <= tag.start < when.start for tag in frame.sentence.of(RELATIVE)):
        return False  # "put off the talks that he was to hold on Friday"
    plans = [tag for tag in frame.sentence.of("cue.planned") if tag.end <= when.start]
    planned = [tag for tag in plans if words_between(document, tag.end, when.start) <= _PLANNED_REACH]
    if postponed.start < when.start:  # unless it is "put off the talks that were planned for Friday"
        return not any(postponed.start <= contact.start < tag.start for tag in planned)
    if planned or cuts(document, frame.sentence, when.end, postponed.start) or postponed in _behind_its_clause(document, frame):
        return False
    apart, before = words_between(document, *gap(when, postponed)), words_between(document, *gap(contact, when))
    nearer = apart < before or (document.language.verb_last and apart == before == 0)  # "görüşmesi cumaya ertelendi"
    return contact.end <= when.start and apart < _PUT_OFF_REACH and nearer


def _of_a_future(document: Document, frame: Frame) -> bool:
    """Whether a noun, or what a journey is for, stands in the clause of a contact to come: "will meet at the summit", "will go to meet".

    Or a noun in that of a journey that is no more than meant: "is told to fly there for talks".
    """
    if frame.tense not in ("noun", "infinitive"):
        return False
    meant = frame.contact.kind in ("meet.noun", "meet.infinitive") and in_clause_with(document, frame, "visit.infinitive")
    meant = meant and not is_setting(document, frame.sentence, frame.contact)
    if meant and not in_clause_with(document, frame, ".past"):
        return True
    to_come = (tag for tag in frame.sentence.contacts if tag.kind.endswith(".future") and not _goes_on(document, frame, tag))
    return any(same_clause(document, frame.sentence, tag, frame.contact) for tag in to_come)


def in_clause_with(document: Document, frame: Frame, kind: str) -> bool:
    """Whether a word of contact whose kind ends so stands in the frame's clause: ".past", "visit.present"."""
    tags = (tag for tag in frame.sentence.contacts if tag.kind.endswith(kind))
    return any(same_clause(document, frame.sentence, tag, frame.contact) for tag in tags)


def _will_have(document: Document, frame: Frame) -> bool:
    """Whether an auxiliary of the future stands right before a participle: "will be received"."""
    before = (tag for tag in frame.sentence.of("cue.future") if tag.end <= frame.contact.start)
    return any(words_between(document, tag.end, frame.contact.start) <= _AUXILIARY_REACH for tag in before)


def _on_the_way(document: Document, frame: Frame) -> bool:
    """Whether a journey's purpose stands behind it, a word of contact that is a plan by itself: "arrived for talks with"."""
    if frame.kind != "visit":
        return False
    meant = {(tag.start, tag.end) for tag in frame.sentence.contacts if tag.start >= frame.contact.end}
    plans = (tag for tag in frame.sentence.of("cue.planned") if (tag.start, tag.end) in meant)
    return any(same_clause(document, frame.sentence, frame.contact, tag) for tag in plans)


def called_off(document: Document, frame: Frame) -> list[Tag]:
    """The words in the frame's sentence that call its meeting off or put it off."""
    found = cues(document, frame.sentence, frame.contact, "cancelled", "postponed")
    if found and took_place(document, frame):
        return []
    found = [tag for tag in found if not _of_another(document, frame, tag)]
    return found or _behind_its_clause(document, frame) or _of_its_journey(document, frame) or came_to_nothing(document, frame)


def came_to_nothing(document: Document, frame: Frame) -> list[Tag]:
    """The words behind a plan for a day that say that it was not: "was to meet him on Tuesday, but the meeting did not take place".

    Or behind what will not be: "will not meet him on Thursday. The meeting has been called off".
    """
    sentence, contact = frame.sentence, frame.contact
    within = any(tag.start <= contact.start < tag.end for tag in sentence.of("cue.denied"))  # "nie spotka się"
    if within or (frame.tense != "noun" and negated(sentence, contact)):
        behind = document.sentences[sentence.number : sentence.number + 2]
        return [tag for one in behind if _calls_off(document, one) for tag in one.of("cue.cancelled") if tag.start >= contact.end]
    first = next((tag for tag in sentence.of("cue.denied", "cue.refuted") if tag.start >= contact.end), None)
    if first is None or frame.tense == "past":
        return []
    plans = [tag for tag in cues(document, sentence, contact, "future", "planned") if tag.end <= first.start]
    days = [when for when in dates(document, sentence, future=False, past=True) if when.day and when.end <= first.start]
    if not (plans or frame.tense == "future") or not days:
        return []
    between = (tag for tag in sentence.of("person", "office", "cue.speech") if contact.end <= tag.start < first.start)
    others = [tag for tag in between if not any(overlap(actor, tag) for actor in frame.actors)]
    return [] if others else [first]


def _of_another(document: Document, frame: Frame, off: Tag) -> bool:
    """Whether what is called off is what they speak of: "regretted the cancellation of his visit in a call with Lavrov"."""
    if not is_setting(document, frame.sentence, frame.contact):
        return False
    apart = words_between(document, *gap(off, frame.contact))
    others = (tag for tag in frame.sentence.contacts if tag.end <= frame.contact.start or tag.start >= frame.contact.end)
    return any(words_between(document, *gap(off, tag)) < min(apart, _PUT_OFF_REACH) for tag in others)


def _of_its_journey(document: Document, frame: Frame) -> list[Tag]:
    """Such words beside "the visit" behind the clause that tells of a journey to come: "was to visit China, but the visit was put off"."""
    sentence = frame.sentence
    if not frame.hostless or not sentence.of("cue.cancelled", "cue.postponed"):
        return []
    again = next((tag for tag in sentence.contacts if tag.kind.startswith("visit.") and tag.start >= frame.contact.end), None)
    if again is None:
        return []
    clause = max((at for at in sentence.openings if frame.contact.end <= at <= again.start), default=frame.contact.end)
    if any(clause <= tag.start < again.end for tag in sentence.of("person", "office")):
        return []
    return cues(document, sentence, again, "cancelled", "postponed")


def _behind_its_clause(document: Document, frame: Frame) -> list[Tag]:
    """Such words behind a relative clause that tells of the plan: "the call that he was to have on Friday has been put off"."""
    if frame.tense != "noun":
        return []
    sentence, contact = frame.sentence, frame.contact
    opening = next((tag for tag in sentence.of(RELATIVE) if tag.start >= contact.end), None)
    if opening is None or any(contact.end <= tag.start < opening.start for tag in sentence.contacts):
        return []
    plan = next((tag for tag in sentence.of("cue.future", "cue.planned") if tag.start >= opening.start), None)
    if plan is None:
        return []
    other = next((tag.start for tag in sentence.contacts if tag.kind.endswith(".noun") and tag.start >= plan.end), sentence.end)
    return [tag for tag in sentence.of("cue.cancelled", "cue.postponed") if plan.end <= tag.start < other]


def _taken_back(document: Document, frame: Frame) -> bool:
    """Whether the sentence behind a plan says that nothing comes of it: "He was to dine there on Monday. The hosts have called it off".

    A present tense tells of a plan that stands.
    """
    if frame.tense == "present" or frame.sentence.block is BlockKind.TITLE:
        return False
    behind = document.sentences[frame.sentence.number + 1 : frame.sentence.number + 2]
    return any(_calls_off(document, sentence) for sentence in behind)


def _calls_off(document: Document, sentence: Sentence) -> bool:
    """Whether a sentence calls something off, or puts it off without telling another date: nothing of a third country's or of long ago."""
    others = (tag.value for tag in sentence.of("country", "nationality", "organisation") if tag.value not in document.watch.sides)
    if document.published is None or any(others):
        return False
    days = [(when.last - document.published).days for when in dates(document, sentence, future=True) if when.last]
    put_off = bool(sentence.of("cue.postponed")) and max(days, default=0) <= 0
    return min(days, default=0) >= -_FRESH and (put_off or bool(sentence.of("cue.cancelled")))


def is_over(document: Document, frame: Frame, when: When | None) -> bool:
    """Whether a noun or a present tense tells of a day that had passed when the article was written.

    A bare weekday may be the next one beside a present tense ("confers on Friday") and in a title.
    """
    if when is None or not when.day or when.last is None or document.published is None or when.last >= document.published:
        return False
    if when.weekday:
        return frame.tense == "noun" and frame.sentence.block is not BlockKind.TITLE
    return frame.tense in ("noun", "present")


def status_of(document: Document, frame: Frame, when: When | None, off: Sequence[Tag], looks: bool) -> tuple[Status, bool]:
    """The status, and whether the words say so firmly: a bare noun or present may tell of what was or of what will be.

    `off` are the words that call the meeting off; `looks`: the words without their date look ahead.
    """
    sentence, contact = frame.sentence, frame.contact
    ahead = when is not None and when.first is not None and document.published is not None and when.first > document.published
    moved = ahead and when is not None and any(_until(document, frame, tag, when) for tag in off)
    if any(tag.kind == "cue.cancelled" for tag in off) or (off and not moved):
        return Status.CANCELLED, True
    if looks or (frame.tense != "past" and (ahead or (when is not None and when.turn > 0))):
        return Status.CANCELLED if not moved and _taken_back(document, frame) else Status.ANNOUNCED, True
    if frame.tense != "past" and _is_under_way(document, frame):
        return Status.ONGOING, True
    if when is None and is_ahead(document, sentence, contact) and not _infinitive_behind(frame, ".past"):
        return Status.ANNOUNCED, False
    return Status.HELD, frame.tense == "past" or said_there(document, frame) or took_place(document, frame)


def _infinitive_behind(frame: Frame, kind: str) -> bool:
    """Whether an infinitive stands behind a word of contact whose kind ends so: "met Lavrov before being received by Putin"."""
    before = (tag for tag in frame.sentence.contacts if tag.end <= frame.contact.start)
    return frame.tense == "infinitive" and any(tag.kind.endswith(kind) for tag in before)


def _is_under_way(document: Document, frame: Frame) -> bool:
    """Whether a word says that it goes on; not where it says so of what somebody said there: "just at the talks he came with a plan"."""
    found = cues(document, frame.sentence, frame.contact, "ongoing")
    beside = any(words_between(document, *gap(tag, frame.contact)) == 0 for tag in found)
    return bool(found) and (beside or not said_there(document, frame))


def said_there(document: Document, frame: Frame) -> bool:
    """Whether somebody said something at it: "said at a meeting with Wang Yi", "proposed there to …", "invited him in a call"."""
    if frame.tense != "noun" or frame.kind not in _TALKS or not is_setting(document, frame.sentence, frame.contact):
        return False
    remote = frame.kind in ("phone", "video")  # to a call nobody is invited
    verbs = frame.sentence.of("cue.speech", "talk.past", "cue.wished", *(["cue.invited"] if remote else []))
    return any(same_clause(document, frame.sentence, verb, frame.contact) for verb in verbs)
