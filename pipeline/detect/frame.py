"""A meeting frame: a word of contact, the two who meet, and what is known of how the word reaches them."""
from __future__ import annotations

from dataclasses import dataclass

from pipeline.detect.actors import Actor
from pipeline.detect.document import Sentence
from pipeline.lexicon.matcher import Tag

NEXT_SENTENCE = 12.0  # what it costs to take somebody who is told of in the sentence before, in words
DELEGATION = "delegation"  # the one office of a group that travels


@dataclass(frozen=True, slots=True)
class Frame:
    """One contact word and the two who meet, in the order of the watch's sides.

    `cost` is what the dearer of the two costs, `nearest` what the cheaper one does. `third` is a participant of a third country that is
    nearer than the dearer; `third_here`: one is named anywhere in the sentence. `neighbour`: one of the two stands in
    a sentence before. `strangers`: third countries whose officials are as near. `hostless`: a visit that names no host. `joined`: a third
    country's official stands in one list with both: "the ministers of Russia, India and China". Of a participant who stands before:
    `far`: more than a sentence; `remembered`: the last of that side, however far; `pronoun`: a pronoun stands here. `in_turn`: one is met
    after the other: "Modi met Putin and Xi separately". `of_a_third`: the sentence is of somebody else who meets them. `both_met`: it
    tells of both as of those whom a third meets, or of one as what a third and the other speak of. `alone`: one of the two meets the third
    before the other, each alone. `part`: where the part of the sentence begins that has a day for this meeting alone. `apart`: both are
    named in the sentence before or behind. `implied`: no word tells of a contact.
    """

    sentence: Sentence
    contact: Tag
    actors: tuple[Actor, Actor]
    cost: float
    nearest: float
    third: Actor | None
    neighbour: bool
    strangers: int = 0
    third_here: bool = False
    hostless: bool = False
    joined: bool = False
    far: bool = False
    remembered: bool = False
    pronoun: bool = False
    in_turn: bool = False
    of_a_third: bool = False
    both_met: bool = False
    alone: bool = False
    part: int | None = None
    apart: bool = False
    implied: bool = False

    @property
    def kind(self) -> str:
        """`meet`, `receive`, `visit`, `talk`, `phone`, `video`, `press` or `summit`."""
        kind, _, rest = self.contact.kind.partition(".")
        return rest if kind == "cue" else kind

    @property
    def tense(self) -> str:
        """`noun`, `past`, `present`, `future` or `infinitive`."""
        kind, _, rest = self.contact.kind.partition(".")
        return "noun" if kind == "cue" else rest
