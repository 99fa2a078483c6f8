"""Clauses that tell how a contact was planned: "the visit that he was to pay to Moscow" is one piece, where other clauses are borders."""
from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.detect.tags import is_contact
from pipeline.lexicon.matcher import Tag

RELATIVE = "structure.relative"  # the word that opens one
_OPENS = "structure.clause"
_SPEECH = "cue.speech"
_SUBJECT_REACH = 30  # characters of what talks are about, before a clause that tells more of them
_ACTING_REACH = 100  # and of what is told of who meets where
_ENDS = ",;.،؛，。"  # a clause
_PLANNED = frozenset({"cue.future", "cue.planned"})
_ACTING = frozenset({"person", "office"})
_QUOTED = re.compile("[\"“„«「:：]")


def relative(text: str, tags: Sequence[Tag]) -> Sequence[Tag]:
    """The `tags` of a sentence of `text`, with the words that open such a clause told apart from those that open any other."""
    return [tag._replace(kind=RELATIVE) if tag.kind == _OPENS and _tells_more(text, tags, tag) else tag for tag in tags]


def _tells_more(text: str, tags: Sequence[Tag], opening: Tag) -> bool:
    """Whether the clause stands behind a noun of contact, and what follows is planned, and not only said.

    Where somebody stands between, who may be the one it tells of, it must hold no other contact: "the talks of Lavrov, who will go to …".
    """
    noun = next((tag for tag in reversed(tags) if tag.end <= opening.start and is_contact(tag)), None)
    plan = next((tag for tag in tags if tag.start > opening.start and tag.kind in _PLANNED), None)
    if noun is None or plan is None or not noun.kind.endswith(".noun") or _QUOTED.search(text, opening.end, plan.start):
        return False
    between = any(noun.end <= tag.start < opening.start and tag.kind in _ACTING for tag in tags)
    if not between:
        return opening.start - noun.end <= _SUBJECT_REACH
    if any(tag.kind == _SPEECH and tag.end <= opening.start for tag in tags):
        return False  # "announced at a meeting with him that trade would grow"
    end = next((at for at in range(plan.end, len(text)) if text[at] in _ENDS), len(text))
    return opening.start - noun.end <= _ACTING_REACH and not any(opening.start < tag.start < end and is_contact(tag) for tag in tags)
