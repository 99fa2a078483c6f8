"""`dyadwatch observe`: what the stages see in articles, in this process, without a broker."""
from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import typer

from agents.cli.reading import Paths, Reading

if TYPE_CHECKING:
    from pipeline.meet import Decision
    from schemas.meetings import Mention


def observe(paths: Paths) -> None:
    """Print each meeting that each article tells of, one JSON object a line. Needs no broker.

    The stages and their order are those of the stream; nothing is remembered from one run to the next.
    """
    from agents.settings import load_settings
    from pipeline.chain import Chain
    from pipeline.lexicon.load import load_lexicon

    reading = Reading(paths, bar=not sys.stdout.isatty())
    chain = Chain(load_lexicon(folders=load_settings().watches))
    for read, observed in reading.observed(chain):
        for mention, decision in observed.decisions:
            print(json.dumps(observation(read.doc_id, mention, decision), ensure_ascii=False), flush=True)
    raise typer.Exit(reading.code)


def observation(doc_id: str, mention: Mention, decision: Decision) -> dict[str, Any]:
    """A line of `observe`: the meeting as this article tells it, the known meeting it is, and the alert it raised if any."""
    facts = mention.facts.model_dump(mode="json", exclude={"yearless"})
    evidence = {"sentence": mention.evidence.sentence, "start": mention.evidence.start, "end": mention.evidence.end}
    return {
        "doc_id": doc_id,
        "watch": decision.meeting.watch,
        "meeting_id": decision.meeting.meeting_id,
        "alert": decision.alert and decision.alert.type,
        "meeting": {"salience": mention.salience} | facts | {"confidence": round(mention.confidence, 4), "evidence": evidence},
    }
