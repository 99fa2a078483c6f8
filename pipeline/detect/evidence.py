"""Evidence: of all sentences that tell of a meeting, the one to show."""
from __future__ import annotations

from pipeline.detect.actors import Via
from pipeline.detect.candidates import Candidate
from pipeline.detect.readings import Reading
from schemas.articles import BlockKind

# What a sentence is worth as evidence.
_NAMED = 1.0  # for each side that it names
_TITLED = 0.7  # for each side that it gives the title of
_MODE = 1.0  # it says how they met
_OWN_WORDS = 2.0  # it tells of both sides itself
_NOT_TITLE = 1.0  # headlines cut and quote
_TALK = -1.5  # "discussed" says less than "met"
_FIELD = 0.5  # for a place and for a date
_NEGATED = -2.0
_A_WORD = -0.05  # for each word between the contact and its participants
_LATER = -0.05  # for each sentence before it


def telling(candidate: Candidate) -> Reading:
    """The reading whose sentence says best who met whom; of equals the first."""
    return max(candidate.readings, key=lambda reading: _worth(reading) + (_MODE if reading.mode is candidate.mode else 0.0))


def _worth(reading: Reading) -> float:
    frame = reading.frame
    known = [actor.via for actor in frame.actors if not frame.hostless]
    worth = _NAMED * known.count(Via.NAME) + _TITLED * (known.count(Via.TITLE) + known.count(Via.COUNTERPART)) + _A_WORD * frame.cost
    worth += _LATER * frame.sentence.number
    worth += _FIELD * ((reading.place is not None) + (reading.when is not None))
    worth += _TALK if frame.kind == "talk" else 0.0
    worth += 0.0 if frame.neighbour else _OWN_WORDS
    worth += 0.0 if frame.sentence.block is BlockKind.TITLE else _NOT_TITLE
    return worth + (_NEGATED if frame.sentence.of("cue.negation") else 0.0)
