"""`dyadwatch explain`: why an article raised which alerts, or none."""
from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agents.cli.reading import Paths, Reading

if TYPE_CHECKING:
    from pipeline.chain import Observed
    from pipeline.lexicon.world import Watch
    from pipeline.meet import Decision
    from schemas.articles import CleanArticle
    from schemas.meetings import Mention, TaggedArticle


def explain(
    paths: Paths,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line for each article.")] = False,
) -> None:
    """Show what each stage made of each article: text, sentences, cues, weights, facts and decisions. Needs no broker.

    Earlier articles among those given are known to the later ones, as in the stream.
    """
    from agents.cli.explanation import heading
    from agents.display import show
    from agents.settings import load_settings
    from pipeline.chain import Chain
    from pipeline.lexicon.load import load_lexicon

    reading = Reading(paths, bar=False)
    lexicon = load_lexicon(folders=load_settings().watches)
    chain = Chain(lexicon)
    for read, observed in reading.observed(chain):
        if as_json:
            ids = {"doc_id": read.doc_id, "article_id": read.article.article_id}
            print(json.dumps(ids | as_fields(observed, lexicon.watches), ensure_ascii=False), flush=True)
        else:
            show(heading(f"{read.doc_id}  {read.origin}"), *_parts(observed, lexicon.watches))
    raise typer.Exit(reading.code)


def stopped(observed: Observed) -> tuple[str, str] | None:
    """The stage at which the article ended without a meeting, and why; None where it told of one."""
    from pipeline.gate import Rejection

    reasons = {
        Rejection.NO_LANGUAGE: "its language is none that the lexicon reads",
        Rejection.NOT_BOTH_SIDES: "it does not name both sides of any watch, so it goes no further",
    }
    if observed.cleaned.rejected is not None:
        return "clean", reasons[observed.cleaned.rejected]
    if not observed.decisions:
        return "tag", "both sides are named, but no sentence tells that their officials meet"
    return None


def verdict(mention: Mention, decision: Decision, article_id: str, watch: Watch) -> str:
    """What came of a mention of this article, and why it raised no alert where it did not."""
    from pipeline.events.parts import part_of

    meeting, alert = decision.meeting, decision.alert
    part = part_of(meeting, article_id)
    edited = decision.joined is not None and part is not None and len(part.tellings) > 1
    sure = "" if decision.joined is None else f", with probability {decision.joined:.2f}"
    if edited:
        what = f"the same meeting as an earlier version of this article told{sure}"
    elif len(meeting.applied) == 1:
        what = "a new meeting"
    else:
        what = f"the same meeting as article {meeting.applied[0].source.article_id} told first{sure}"
    if alert is None:
        copied = part is not None and part.copy_of is not None
        return f"{what} ({meeting.meeting_id}); no alert: {_silence(mention, decision, copied, edited, watch)}"
    changed = f" ({', '.join(alert.changes)})" if alert.changes else ""
    return f"{what} ({meeting.meeting_id}); alert: {alert.type}{changed}"


def _silence(mention: Mention, decision: Decision, copied: bool, edited: bool, watch: Watch) -> str:
    from pipeline.meet import unasked

    meeting = decision.meeting
    if mention.salience == "background":
        return "the article recalls it as background"
    if (reason := unasked(meeting.facts, meeting.confidence, watch)) is not None:
        return reason
    if edited:
        return "the edit changes nothing of it"
    return "a copy is no further source" if copied else "this article was applied before"


def as_fields(observed: Observed, watches: Mapping[str, Watch]) -> dict[str, Any]:
    """All that is known of how the stages decided."""
    stop = stopped(observed)
    return {
        "stopped": stop and {"stage": stop[0], "reason": stop[1]},
        "watches": [
            {
                "watch": clean.watch,
                "language": clean.language,
                "copy_of": tagged.source.copy_of,
                "blocks": [{"kind": block.kind, "text": clean.text[block.start : block.end]} for block in clean.blocks],
                "mentions": [_mention(told, decision, clean.article_id, watches[clean.watch]) for told, decision in decisions],
            }
            for clean, tagged, decisions in _by_watch(observed)
        ],
    }


def _mention(told: Mention, decision: Decision, article_id: str, watch: Watch) -> dict[str, Any]:
    outcome = {
        "meeting_id": decision.meeting.meeting_id,
        "alert": decision.alert and decision.alert.type,
        "verdict": verdict(told, decision, article_id, watch),
    }
    return told.model_dump(mode="json") | outcome


def _parts(observed: Observed, watches: Mapping[str, Watch]) -> Iterator[Any]:
    from rich.text import Text

    from agents.cli.explanation import article, legend, mention
    from agents.display import stdout

    for clean, tagged, decisions in _by_watch(observed):
        yield article(clean, tagged.source.copy_of)
        for told, decision in decisions:
            yield mention(told, verdict(told, decision, clean.article_id, watches[clean.watch]))
        if decisions and stdout().is_terminal:  # elsewhere there are no marks
            yield legend(told.evidence for told, _ in decisions)
    if stop := stopped(observed):
        yield Text(f"ends at {stop[0]}: {stop[1]}", "bold yellow")
    yield ""


def _by_watch(observed: Observed) -> Iterator[tuple[CleanArticle, TaggedArticle, list[tuple[Mention, Decision]]]]:
    """The decisions beside the article that they are about: they come in the order of the watches."""
    decisions = iter(observed.decisions)
    for clean, tagged in zip(observed.cleaned.articles, observed.tagged, strict=True):
        yield clean, tagged, [next(decisions) for _ in tagged.mentions]
