"""Named features of a candidate: everything the decision weighs, each of which a person can read.

`meeting` features tell whether the two meet at all, `news` features whether the article reports it now. Most are 0 or 1.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.detect.actors import Actor, Via
from pipeline.detect.asked import is_asked
from pipeline.detect.candidates import Candidate
from pipeline.detect.circumstances import is_setting
from pipeline.detect.clauses import cues, cuts, gap, negated, of_another_part, words_between
from pipeline.detect.contacts import is_answered
from pipeline.detect.document import Document, Sentence
from pipeline.detect.frame import Frame
from pipeline.detect.headline import Headline, headline
from pipeline.detect.levels import level_at
from pipeline.detect.participants import participants
from pipeline.detect.readings import Reading
from pipeline.detect.recollections import (
    behind_old,
    came_before,
    in_clause,
    is_days_past,
    is_former,
    is_fresh,
    is_old,
    is_stale,
    of_an_old_year,
    only_old,
    past_period,
    presupposed,
    recalled,
    second_in_sentence,
)
from pipeline.detect.rivals import hosts, in_sequence, only_attended, shares_one, tells_less
from pipeline.detect.status import came_to_nothing, invitations, said_there
from pipeline.detect.wished import agreed_to, only_wished
from pipeline.lexicon.matcher import Tag
from pipeline.linear import Features
from schemas.articles import BlockKind
from schemas.meetings import AHEAD, Format, Level, Status

_WORDS_PER_UNIT = 10.0  # costs are counted in tens of words
_COST_CAP = 4.0
_LEAD_SENTENCES = 5  # the first counts most
_MANY = 3  # third countries around a gathering of many
_MOST_COUNTED = 4  # third countries
_GOVERNS = 3  # words
_KEPT = 3  # words between a negation and the verb of what did not come about
_LEADERS = frozenset({Level.HEAD_OF_STATE, Level.HEAD_OF_GOVERNMENT, Level.PARLIAMENT})
_BELOW = frozenset({Level.DEPUTY_MINISTER, Level.OTHER})
_OPENS = " \"“„«»—–-…"  # before the first word of a sentence
_ANSWER = 2  # sentences in which a denial follows what it denies


def features(document: Document, found: Sequence[Candidate]) -> Iterator[tuple[Features, Features]]:
    """For each of an article's candidates what speaks for and against a meeting, and for and against news."""
    if not found:
        return
    title = headline(document)
    for candidate in found:
        yield _meeting_features(document, candidate, found, title), _news_features(document, candidate, found, title)


def _meeting_features(document: Document, candidate: Candidate, rivals: Sequence[Candidate], title: Headline) -> Features:
    """What speaks for and against a meeting of these two."""
    best = candidate.best
    frame = best.frame
    kinds = {f.kind for f in candidate.frames if not f.hostless}
    named = sum(actor.person is not None for actor in candidate.actors)
    features = {
        "cost": min(_COST_CAP, frame.cost / _WORDS_PER_UNIT),
        "both_named": float(named == 2),
        "one_named": float(named == 1),
        "body": float(any(actor.via is Via.BODY for actor in candidate.actors)),
        "two_bodies": float(all(actor.via is Via.BODY for actor in candidate.actors)),
        "two_vague": float(all(actor.office is None and actor.person is None for actor in candidate.actors)),
        "vague": float(any(actor.office is None and actor.person is None for actor in candidate.actors) and not frame.hostless),
        "neighbour_sentence": float(frame.neighbour),
        "neighbour_far": min(_COST_CAP, frame.cost / _WORDS_PER_UNIT) * frame.neighbour,
        "neighbour_noun": float(frame.neighbour and frame.tense == "noun"),
        "neighbour_pronoun": float(frame.pronoun),
        "neighbour_second": float(frame.far),
        "remembered": float(frame.remembered),
        "apart": float(frame.apart),
        "implied": float(frame.implied),
        "hostless": float(frame.hostless),
        "hostless_ahead": float(frame.hostless and candidate.status in AHEAD),
        "leg": float(all(f.hostless for f in candidate.frames) and any(hosts(document, r, candidate) for r in rivals)),
        "third_country": float(frame.third is not None and not frame.alone),
        "in_turn": float(any(f.in_turn for f in candidate.frames)),
        "of_a_third": float(frame.of_a_third and candidate.format is not Format.MULTILATERAL),
        "both_met": float(frame.both_met),
        "attended": float(all(only_attended(document, r, candidate, rivals) for r in candidate.readings)),
        "at_airport": float(not frame.hostless and all(_at_airport(document, r) for r in candidate.readings if not r.frame.hostless)),
        "third_elsewhere": float(frame.third_here and not frame.neighbour and _met_elsewhere(document, frame)),
        "third_in_title": float(title.third),
        "one_stranger": float(candidate.format is not Format.MULTILATERAL and max(f.strangers for f in candidate.frames) == 1),
        "third_countries": min(_MOST_COUNTED, max(len(_third_countries(document, [f.sentence])) for f in candidate.frames)) / 2,
        "unequal": float(not frame.hostless and _unequal(document, candidate)),
        "received": float(frame.kind == "receive"),
        "only_talk": float(kinds <= {"talk"} and not frame.hostless),
        "only_press": float(kinds <= {"press", "talk"} and "press" in kinds),
        "told_often": float(len(candidate.readings) > 1),
        "place": float(any(r.place is not None for r in candidate.readings)),
        "dated": float(any(r.when is not None for r in candidate.readings)),
        "past": float(frame.tense == "past"),
        "remote": float(frame.kind in ("phone", "video")),
        "rivals": float(len(rivals) > 1),
        "in_sequence": float(in_sequence(candidate, rivals)),
        "multilateral": float(candidate.format is Format.MULTILATERAL),
        "gathering": float(title.gathering and candidate.format is not Format.SIDELINES),
        "many_near": float(len(_third_countries(document, document.around(frame.sentence, 1))) >= _MANY),
    }
    told_here = [r for r in candidate.readings if not r.frame.neighbour] or candidate.readings  # "the call" of the next sentence says less
    nothing = candidate.status is Status.CANCELLED and any(came_to_nothing(document, r.frame) for r in candidate.readings)
    features["negation"] = float(not nothing and all(_has_cue(document, r, "negation") for r in candidate.readings))
    features["negated"] = float(not nothing and any(_is_negated(document, r) for r in candidate.readings))
    hanging = [_depends(document, r) for r in told_here]
    features["asked"] = float(all(is_asked(document, r.frame.sentence) for r in candidate.readings))
    features["possible"] = float(all(h or _only_if(document, r, told_here) for h, r in zip(hanging, told_here, strict=True)))
    features["wished"] = float(all(hanging))
    features["letter"] = float(all(_of_a_letter(document, r) for r in candidate.readings))
    features["denied"] = float(not nothing and all(_has_cue(document, r, "denied", "refuted") for r in told_here))
    off = candidate.status is Status.CANCELLED  # when it will be instead may be unsettled
    features["unsettled"] = float(not off and all(_has_cue(document, r, "unsettled") and not _was(document, r) for r in told_here))
    features["denied_behind"] = float(_cue_behind(document, best, "denied"))
    to_come = candidate.status is Status.ANNOUNCED
    features["denied_beside"] = float(to_come and any(r.frame.sentence.of("cue.denied", "cue.refuted") for r in told_here))
    features["refuted"] = float((not nothing and _cue_in_sentence(best, "refuted")) or _cue_behind(document, best, "refuted", within=1))
    features["unsettled_behind"] = float(not off and _cue_behind(document, best, "unsettled") and not _was(document, best))
    features["denied_in_title"] = float(title.denies and best.frame.tense != "past")
    features["third_before"] = float(frame.neighbour and _third_before(document, best))
    features["lesser_twin"] = float(any(tells_less(candidate, r) for r in rivals))
    features["accepted"] = float(any(_has_cue(document, r, "accepted") for r in candidate.readings))
    asked = invitations(document, frame) if best.frame.tense != "past" and not said_there(document, frame) else []
    accepted = _has_cue(document, best, "accepted") or any(is_answered(document, frame.sentence, tag) for tag in asked)
    features["unanswered"] = float(bool(asked) and not accepted)
    talks = [r for r in rivals if not r.best.frame.hostless]  # a journey that names no host costs nothing
    features["dearer_than_rival"] = float(any(r.best.frame.cost + _WORDS_PER_UNIT < frame.cost and shares_one(r, candidate) for r in talks))
    return features


def _news_features(document: Document, candidate: Candidate, rivals: Sequence[Candidate], title: Headline) -> Features:
    """What speaks for a report of now and what for a recollection."""
    readings = candidate.readings
    ahead = candidate.status in AHEAD
    head = [r for r in rivals if any(f.sentence.number <= title.last for f in r.frames)]
    behind = min((r.frame.sentence.number - title.last for r in readings if _block(r) is not BlockKind.TITLE), default=_LEAD_SENTENCES)
    recollected = all(recalled(document, r) for r in readings)
    in_title = any(_block(r) is BlockKind.TITLE for r in readings)
    return {
        "in_title": float(in_title),
        "late": min(r.frame.sentence.number for r in readings) / len(document.sentences),
        "in_lead": max(0.0, 1 - behind / _LEAD_SENTENCES),
        "ahead": float(candidate.status is not Status.HELD),
        "firm": float(candidate.firm),
        "dated": float(any(r.when is not None for r in readings)),
        "background_cue": float(recollected),
        "of_the_visit": float(recollected and _of_the_visit(document, candidate, head, title)),
        "past_period": float(any(past_period(r, title.last) for r in readings)),
        "days_past": float(any(is_days_past(document, r) for r in readings)),
        "old_date": float(any(is_old(document, r) for r in readings)),
        "old_year": float(any(of_an_old_year(document, r) for r in readings)),
        "year_written": float(any(r.when is not None and r.when.year for r in readings)),
        "fresh_date": float(any(is_fresh(document, r) for r in readings)),
        "in_clause": float(not ahead and all(in_clause(document, r) for r in readings)),
        "behind_old": float(all(behind_old(document, r) for r in readings)),
        "told_often": float(len(readings) > 1),
        "only_pair": float(not any(r is not candidate for r in rivals)),
        "infinitive": float(all(r.frame.tense == "infinitive" and r.status is Status.HELD for r in readings)),
        "in_sequence": float(in_sequence(candidate, rivals)),
        "second_in_sentence": float(all(second_in_sentence(r, rivals, candidate) for r in readings)),
        "lesser_twin": float(any(tells_less(candidate, r) for r in rivals)),
        "title_silent": float(title.silent),
        "title_letter": float(title.letter and not in_title),
        "of_others": float(not ahead and _of_others(candidate, title)),
        "presupposed": float(not ahead and _of_others(candidate, title) and presupposed(document, readings)),
        "beside_third": float(not ahead and title.abroad and not head and any(is_stale(document, r) for r in readings)),
        "former": float(any(is_former(document, actor) for actor in candidate.actors)),
        "came_before": float(all(came_before(document, r) for r in readings)),
        "old_in_sentence": float(all(only_old(document, r) for r in readings)),
        "earlier_rival": float(any(r.best.frame.sentence.number < candidate.best.frame.sentence.number for r in rivals)),
    }


def _unequal(document: Document, candidate: Candidate) -> bool:
    """Whether one leads a country, its government or its parliament, and the other is below a minister: mostly that one told of it."""
    levels = {level_at(document, actor) for actor in candidate.actors}
    return not levels.isdisjoint(_LEADERS) and not levels.isdisjoint(_BELOW)


def _of_others(candidate: Candidate, title: Headline) -> bool:
    """Whether title and first sentence name officials, and none of the two who meet here: what they are about is something else."""
    return bool(title.people) and not any(actor.person in title.people for actor in candidate.actors if actor.person)


def _of_the_visit(document: Document, candidate: Candidate, head: Sequence[Candidate], title: Headline) -> bool:
    """Whether one of the two meets somebody else in title or first sentence, and no old date tells of another visit: "earlier he met …"."""
    if any(is_old(document, r) or past_period(r, title.last) or only_old(document, r) for r in candidate.readings):
        return False
    if all(in_clause(document, r) for r in candidate.readings):
        return False  # "a month after Xi had been there"
    who = {actor.person for actor in candidate.actors if actor.person}
    return any(len(who & {actor.person for actor in other.actors}) == 1 for other in head if other.status not in AHEAD)



def _at_airport(document: Document, reading: Reading) -> bool:
    """Whether one only greets the other on arrival, or sees the other off: "was met at the airport by a deputy minister"."""
    frame = reading.frame
    return frame.kind in ("meet", "receive") and frame.tense != "noun" and _has_cue(document, reading, "airport")


def _met_elsewhere(document: Document, frame: Frame) -> bool:
    """Whether one of the two stands beside another word of contact: "Erdogan spoke with Putin and told him of his meeting with Xi"."""

    def beside(actor: Actor, contact: Tag) -> bool:
        return words_between(document, *gap(actor, contact)) <= 1

    if frame.of_a_third and any(of_another_part(document, frame.sentence, frame.contact, actor) for actor in frame.actors):
        return True
    others = [tag for tag in frame.sentence.contacts if (tag.start, tag.end) != (frame.contact.start, frame.contact.end)]
    return any(
        beside(actor, other) and not beside(actor, frame.contact) and not beside(partner, other)
        for actor, partner in (frame.actors, frame.actors[::-1])
        for other in others
    )


def _third_before(document: Document, reading: Reading) -> bool:
    """Whether the one who stands in a sentence before is told of there behind somebody of a third country and without the other side.

    "The Kazakh minister met Lavrov in Moscow. On Tuesday he was received by Wang Yi": he is not Lavrov.
    """
    frame, sides = reading.frame, {*document.watch.sides}
    first = min(frame.actors, key=lambda actor: actor.start)
    (sentence,) = (s for s in document.sentences if s.start <= first.start < s.end)
    acting = [actor for actor in participants(document, sentence) if not actor.aside and actor.via is not Via.BODY]
    before = {actor.side for actor in acting if actor.end <= first.start}
    return bool(before - sides) and not sides <= {actor.side for actor in acting}


def _third_countries(document: Document, sentences: Sequence[Sentence]) -> set[str | None]:
    """The third countries that `sentences` name."""
    return {tag.value for one in sentences for tag in one.of("country", "nationality") if tag.value not in document.watch.sides}


def _block(reading: Reading) -> BlockKind:
    return reading.frame.sentence.block


def _has_cue(document: Document, reading: Reading, *kinds: str) -> bool:
    if reading.frame.kind == "summit" and "denied" in kinds and reading.frame.sentence.of("cue.denied"):
        return True  # "both attend the forum, but no meeting is planned"
    return bool(cues(document, reading.frame.sentence, reading.frame.contact, *kinds))


def _is_said_to_be(document: Document, reading: Reading, kind: str) -> bool:
    """Whether a cue governs the clause in which it is told: "did not rule out on Tuesday that they would meet"."""
    frame = reading.frame
    sentence, contact = frame.sentence, frame.contact
    opening = next((at for at in reversed(sentence.openings) if at < contact.start), None)
    if opening is None or frame.tense == "past":
        return False
    cue = next((tag for tag in reversed(sentence.of(f"cue.{kind}")) if tag.end <= opening), None)
    if cue is None or cuts(document, sentence, cue.end, opening) or any(cue.end <= tag.start < opening for tag in sentence.contacts):
        return False
    return words_between(document, cue.end, opening) <= _GOVERNS


def _is_negated(document: Document, reading: Reading) -> bool:
    """Whether a negation stands right before a verb, "will not meet him", or before that of what was to be at an occasion."""
    frame = reading.frame
    if frame.tense == "noun":
        occasion = frame.kind == "receive" or is_setting(document, frame.sentence, frame.contact)
        return occasion and _kept_apart(document, frame.sentence)
    return negated(frame.sentence, frame.contact)


def _kept_apart(document: Document, sentence: Sentence) -> bool:
    """Whether a sentence says that they did not come to speak: "at the reception the two did not get to talk"."""
    verbs = sentence.of("talk.infinitive", "meet.infinitive")
    return any(words_between(document, *gap(no, verb)) <= _KEPT for no in sentence.of("cue.negation") for verb in verbs)


def _only_if(document: Document, reading: Reading, readings: Sequence[Reading]) -> bool:
    """Whether nothing is settled, or another of `readings` says so before it in its sentence: "if they meet, they will speak of gas"."""
    frame = reading.frame
    before = (r for r in readings if r.frame.sentence is frame.sentence and r.frame.contact.start <= frame.contact.start)
    if agreed_to(document, frame):
        return False
    return any(_has_cue(document, r, "possible") or _is_said_to_be(document, r, "possible") for r in before)


def _depends(document: Document, reading: Reading) -> bool:
    """Whether it hangs on a condition with which its sentence begins, or on a word of wishing: nothing past does."""
    frame, start = reading.frame, reading.frame.sentence.start
    conditions = (tag for tag in frame.sentence.of("cue.condition") if not document.text[start : tag.start].strip(_OPENS))
    return frame.tense != "past" and (any(conditions) or only_wished(document, frame))


def _of_a_letter(document: Document, reading: Reading) -> bool:
    """Whether one only writes to the other, or congratulates; not if that follows a contact that was: "met him and congratulated him"."""
    frame = reading.frame
    found = cues(document, frame.sentence, frame.contact, "letter")
    told = frame.tense == "past" and frame.kind in ("meet", "receive", "phone", "video")
    return any(not told or tag.start < frame.contact.start for tag in found)


def _was(document: Document, reading: Reading) -> bool:
    """Whether the words or the day tell of something past: what is unsettled then is something else."""
    when = reading.when
    gone = when is not None and when.last is not None and document.published is not None and when.last <= document.published
    return reading.frame.tense == "past" or gone


def _cue_behind(document: Document, reading: Reading, kind: str, within: int = _ANSWER) -> bool:
    """Whether a cue stands in one of the sentences right behind that of `reading`: "… in Beijing. There are no such plans, said Peskov"."""
    behind = reading.frame.sentence.number + 1
    return any(s.of(f"cue.{kind}") for s in document.sentences[behind : behind + within])


def _cue_in_sentence(reading: Reading, kind: str) -> bool:
    return bool(reading.frame.sentence.of(f"cue.{kind}"))
