"""How an explanation looks on a terminal: the article by blocks, and each mention with its cues marked in the sentence."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from agents.display import labelled
from agents.wording import harmless, how, plain, when, where, who, words
from schemas.articles import BlockKind, CleanArticle
from schemas.meetings import Evidence, Mention

# What a cue is to its reader, by the first part of its tag class; underlined, so that the marks are there without colours.
_GROUPS = {
    "who": ("underline green", {"person", "office", "country", "nationality", "organisation"}),
    "contact": ("underline magenta", {"meet", "receive", "visit", "talk", "phone", "video", "press", "summit"}),
    "how told": ("underline yellow", {"cue"}),
    "where, when": ("underline cyan", {"place", "dates"}),
}
_OTHER = ("other", "underline")
_CUT = frozenset({BlockKind.CAPTION, BlockKind.RELATED, BlockKind.FURNITURE})
LABELS = 10  # columns
_FEATURES = 12  # of the largest; the rest is in --json


def group(kind: str) -> tuple[str, str]:
    """Name and style of the group that a tag class belongs to."""
    first = kind.partition(".")[0]
    return next(((name, style) for name, (style, kinds) in _GROUPS.items() if first in kinds), _OTHER)


def heading(title: str) -> Rule:
    """A line above each article."""
    return Rule(Text(plain(title), "bold"), align="left")


def article(clean: CleanArticle, copy_of: str | None) -> Table:
    """Language, date and blocks; what is not the article itself is dimmed."""
    blocks = [
        (block.kind.value, Text(plain(clean.text[block.start : block.end]), "dim" if block.kind in _CUT else _weight(block.kind)))
        for block in clean.blocks
    ]
    return labelled(
        [
            ("language", clean.language),
            ("watch", f"{clean.watch}: both sides are named, the gate is passed"),
            ("published", _day(clean.published_at)),
            ("copy of", f"article {copy_of}: counts as no source of its own" if copy_of else "nothing known: an original"),
            *blocks,
        ],
        LABELS,
    )


def mention(told: Mention, verdict: str) -> RenderableType:
    """What one mention says, what that rests on, and what came of it."""
    facts = told.facts
    people = Text("\n".join(who(person) for person in facts.participants))
    rows: list[tuple[str, RenderableType]] = [
        ("says", marked(told.evidence)),
        ("how", how(facts)),
        ("who", people),
        ("where", where(facts.place)),
        ("when", when(facts)),
        ("told as", f"{'news' if told.salience == 'main' else 'background'}, confidence {told.confidence:.2f}"),
        ("weighed", _features(told.evidence)),
        ("decision", Text(verdict, "bold")),
    ]
    return Group(Text(f"meeting {told.index + 1}", "bold"), Padding(labelled(rows, LABELS), (0, 0, 0, 2)))


def marked(evidence: Evidence) -> Text:
    """The sentence, each cue underlined in the colour of its group."""
    text = Text(harmless(evidence.sentence), style="default")
    for cue in evidence.cues:
        start, end = max(0, cue.start - evidence.start), min(len(evidence.sentence), cue.end - evidence.start)
        if start < end:
            text.stylize(group(cue.kind)[1], start, end)
    outside = sorted({f"{plain(cue.kind)} {plain(cue.value or '')}".strip() for cue in evidence.cues if not _inside(cue.start, evidence)})
    if outside:
        text.append(f"\nand outside the sentence: {', '.join(outside)}", "dim")
    return text


def legend(evidences: Iterable[Evidence]) -> Text:
    """What the colours of these sentences mean."""
    used = dict(group(cue.kind) for evidence in evidences for cue in evidence.cues)
    return Text.assemble(("marks: ", "dim"), *(part for name, style in sorted(used.items()) for part in ((name, style), "  ")))


def _features(evidence: Evidence) -> Text:
    if not evidence.features:
        return Text("nothing listed", "dim")
    largest = sorted(evidence.features, key=lambda f: -abs(f[1]))
    shown = [f"{words(name)} {share:+.2f}" for name, share in largest[:_FEATURES]]
    more = [f"and {len(largest) - _FEATURES} smaller"] if len(largest) > _FEATURES else []
    return Text(" · ".join(shown + more))


def _inside(start: int, evidence: Evidence) -> bool:
    return evidence.start <= start < evidence.end


def _weight(kind: BlockKind) -> str:
    return "bold" if kind is BlockKind.TITLE else ""


def _day(time: datetime | None) -> str:
    return f"{time:%Y-%m-%d}" if time else "not told"
