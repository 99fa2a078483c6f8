"""Two who meet though no word that the lexicon knows says so: a sentence of the head names both and nobody else, a city and a day."""
from __future__ import annotations

from pipeline.detect.actors import Via
from pipeline.detect.dates import dates
from pipeline.detect.document import Document, Sentence
from pipeline.detect.frame import Frame
from pipeline.detect.objects import is_topic
from pipeline.detect.participants import participants
from pipeline.detect.places import located
from pipeline.lexicon.matcher import Tag

_HEAD = 5  # sentences
_SOMETHING_ELSE = (  # that they do, or that is told of others
    *("cue.letter", "cue.denied", "cue.refuted", "cue.negation", "cue.speech"),
    *("structure.greeting", "structure.ignored", "country", "nationality"),
)
_COST = 10.0  # words


def implied(document: Document) -> list[Frame]:
    """The frame of the first sentence that tells of two by name and of nobody else, where and when; of an article that has no other.

    What has a word of contact tells of another contact. That of this frame is empty and stands at the later of the two.
    """
    found = (_frame(document, sentence) for sentence in document.sentences[:_HEAD])
    return next(([frame] for frame in found if frame is not None), [])


def _frame(document: Document, sentence: Sentence) -> Frame | None:
    if sentence.contacts or sentence.openings or not any(place.city for _, place in located(document, sentence)):
        return None
    acting = [actor for actor in participants(document, sentence) if not actor.aside and actor.via is not Via.BODY]
    named = [actor for actor in acting if actor.person and actor.via is Via.NAME and not is_topic(document, actor)]
    if len(named) != len({actor.side for actor in named}) or {actor.side for actor in named} != {*document.watch.sides}:
        return None
    if len(acting) != len(named) or any(tag.value not in document.watch.sides for tag in sentence.of(*_SOMETHING_ELSE)):
        return None
    if not any(when.day for when in dates(document, sentence, future=False, past=True)):
        return None
    first, second = sorted(named, key=lambda actor: document.watch.sides.index(actor.side))
    later = max(named, key=lambda actor: actor.start)
    contact = Tag(later.start, later.start, "meet.noun", None)
    return Frame(sentence, contact, (first, second), _COST, _COST, None, neighbour=False, implied=True)
