"""The wider event that a meeting happens at: which it is, when it is, and what it makes of the meeting."""
from __future__ import annotations

from pipeline.detect.circumstances import is_setting, stands_beside
from pipeline.detect.clauses import TOUCHES, cuts, gap, words_between
from pipeline.detect.dates import dates
from pipeline.detect.document import Document, Sentence
from pipeline.detect.frame import Frame
from pipeline.detect.subjects import is_partner
from pipeline.detect.when import When
from pipeline.lexicon.matcher import Tag
from schemas.meetings import Format

OCCASION_REACH = 4  # words between a meeting word and the body that holds the meeting
_MANY = 2  # third countries whose officials are there too
_NO_MARGIN = ("visit", "talk", "phone", "video")  # an occasion beside such a word is what it is about


def occasion_of(document: Document, frame: Frame, start: int, end: int) -> Tag | None:
    """The wider event in `text[start:end]` that the meeting happens at: a gathering of many, in the frame's clause."""
    for tag in frame.sentence.tags:
        gathering = tag.kind == "summit.noun" and not _of_both(document, frame.sentence, tag)
        gathering = gathering or (tag.kind == "meet.noun" and _is_occasion(document, frame.sentence, tag))
        gathering = gathering or (tag.kind == "organisation" and document.lexicon.organisations[tag.value or ""].gathering)
        inside = start <= tag.start < end and tag is not frame.contact and not _is_invited_to(frame, tag)
        own = gathering and inside and cuts(document, frame.sentence, *gap(tag, frame.contact)) == 0
        if own and not _is_past(document, frame.sentence, tag):
            return tag
    return None


def _of_both(document: Document, sentence: Sentence, session: Tag) -> bool:
    """Whether a session is one of a body of both sides: "co-chaired the session of the Russian-Chinese commission"."""
    bodies = (tag for tag in sentence.of("office") if document.lexicon.offices[tag.value or ""].joint)
    return any(words_between(document, *gap(tag, session)) <= OCCASION_REACH for tag in bodies)


def days_of_occasion(document: Document, frame: Frame, future: bool, past: bool) -> list[When]:
    """The days of the wider event they meet at, told of it in a clause of its own: "at the summit, which will be held on 15 September"."""
    occasion = occasion_of(document, frame, frame.sentence.start, frame.sentence.end)
    opening = next((at for at in frame.sentence.openings if occasion is not None and at >= occasion.end), None)
    if occasion is None or opening is None or opening < frame.contact.end:
        return []
    behind = [when for when in dates(document, frame.sentence, future, past) if when.start > opening and when.day]
    told = (*frame.sentence.of("person", "office", "cue.background"), *frame.sentence.contacts)
    return [] if any(opening < tag.start and tag.kind.partition(".")[0] not in ("meet", "summit") for tag in told) else behind[:1]


def format_of(document: Document, frame: Frame, occasion: Tag | None) -> Format:
    """Bilateral, at the margin of a wider event, or of many."""
    if frame.sentence.of("cue.sidelines"):
        return Format.SIDELINES
    many = _is_occasion(document, frame.sentence, frame.contact) or _is_of_many(document, frame) or _attended_by_many(document, frame)
    many = many or _with_the_others(document, frame) or _told_of_a_gathering(document, frame)
    if many or frame.strangers >= _MANY or frame.joined:
        return Format.MULTILATERAL
    return Format.SIDELINES if occasion is not None and frame.kind not in _NO_MARGIN else Format.BILATERAL


def _told_of_a_gathering(document: Document, frame: Frame) -> bool:
    """Whether both face the press after what the sentence before tells was of many: "three ministers met. At the press conference …"."""
    before = document.sentences[frame.sentence.number - 1 : frame.sentence.number]
    return frame.kind == "press" and bool(before) and bool(before[0].of("cue.multilateral"))


def _is_past(document: Document, sentence: Sentence, occasion: Tag) -> bool:
    """Whether an occasion is what they look back to: "met for the first time since the summit in Kazan"."""
    return stands_beside(document, sentence, occasion, document.language.outcome, document.language.outcome_after)


def _is_invited_to(frame: Frame, occasion: Tag) -> bool:
    """Whether an occasion is that of an invitation or a wish behind the contact: "held talks with him and proposed a summit"."""
    words = frame.sentence.of("cue.invited", "cue.wished")
    return any(frame.contact.end <= tag.start and tag.end <= occasion.start for tag in words)


def _is_occasion(document: Document, sentence: Sentence, contact: Tag) -> bool:
    """Whether a meeting word is itself a gathering of many: "a meeting of the foreign ministers of the SCO"."""
    kind, _, tense = contact.kind.partition(".")
    if tense != "noun" or kind not in ("meet", "summit"):
        return False
    bodies = [tag for tag in sentence.of("cue.multilateral", "organisation") if cuts(document, sentence, *gap(tag, contact)) == 0]
    bodies = [tag for tag in bodies if not _is_spoken_of(document, sentence, tag)]
    return any(_steps(document, sentence, tag, contact) <= OCCASION_REACH for tag in bodies)


def _is_spoken_of(document: Document, sentence: Sentence, body: Tag) -> bool:
    """Whether an organisation is what they speak of: "consultations on matters of the United Nations"."""
    language = document.language
    return body.kind == "organisation" and stands_beside(document, sentence, body, language.about, language.about_after)


def _attended_by_many(document: Document, frame: Frame) -> bool:
    """Whether both only attend what others attend too: "joined the BRICS summit by video", "Volodin, Li and others came"."""
    sentence = frame.sentence
    if frame.contact.kind == "cue.video":  # says how, and not what
        return bool(sentence.of("organisation", "cue.multilateral"))
    thirds = {tag.value for tag in sentence.of("country", "nationality")} - {*document.watch.sides}
    met = any(is_partner(document, sentence, actor) for actor in frame.actors)  # "sat down with Wang Yi for a session"
    third = frame.strangers > 0 or frame.third_here
    alone = third and is_setting(document, sentence, frame.contact)  # "at the plenary session he sat by Xi and Modi"
    return frame.kind == "summit" and (len(thirds) >= _MANY or alone) and not met


def _with_the_others(document: Document, frame: Frame) -> bool:
    """Whether an "and" joins all the others to one of the two: "meets Xi and the other leaders of the SCO"."""
    contacts = [contact.start for contact in frame.sentence.contacts]
    others = [tag for tag in frame.sentence.of("cue.multilateral") if not any(tag.start <= at <= tag.end + 1 for at in contacts)]
    joins = [tag for tag in frame.sentence.of("structure.and") if any(0 <= tag.start - actor.end <= TOUCHES for actor in frame.actors)]
    return any(join.end <= tag.start and words_between(document, join.end, tag.start) <= 1 for join in joins for tag in others)


def _is_of_many(document: Document, frame: Frame) -> bool:
    """Whether one of the two is among many who are met: "received the heads of delegations, Lavrov among them".

    Or among those who bear an office in the countries of an organisation: "met the ministers of the BRICS states, including Wang Yi".
    """
    sentence = frame.sentence
    if frame.kind not in ("meet", "receive") or frame.tense == "noun":
        return False
    between = [gap(actor, frame.contact) for actor in frame.actors if sentence.start <= actor.start < sentence.end]
    bodies, offices = sentence.of("organisation"), sentence.of("office")
    near = [(office, body) for body in bodies for office in offices if words_between(document, *gap(office, body)) <= OCCASION_REACH]
    held = [(min(office.start, body.start), max(office.end, body.end)) for office, body in near]
    many = [*((tag.start, tag.end) for tag in sentence.of("cue.multilateral")), *held]
    return any(start <= first and last <= end for first, last in many for start, end in between)


def _steps(document: Document, sentence: Sentence, one: Tag, other: Tag) -> int:
    """Words between two tags, an office counting as one."""
    start, end = gap(one, other)
    inside = [tag for tag in sentence.of("office") if start <= tag.start and tag.end <= end]
    return words_between(document, start, end) - sum(words_between(document, tag.start, tag.end) - 1 for tag in inside)
