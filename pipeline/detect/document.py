"""An article as the detector reads it: sentences, each with its tags and its block."""
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from pipeline.detect.institutions import headed
from pipeline.detect.relatives import relative
from pipeline.detect.sentences import sentences
from pipeline.detect.separable import joined
from pipeline.detect.tags import is_contact
from pipeline.detect.wishes import wished
from pipeline.lexicon.language import Language
from pipeline.lexicon.load import Lexicon
from pipeline.lexicon.matcher import Tag
from pipeline.lexicon.world import Office, Watch
from schemas.articles import READ, BlockKind, CleanArticle

P = ParamSpec("P")
T = TypeVar("T")

_COMMAS = re.compile("[,،，、()–—]|(?<= )-(?= )")
_GLOSS = re.compile(r"[(（][^()（）\d\n]{1,40}[)）]")  # "(王毅)", "(SCO)", "(on the right)"
_QUOTATION = re.compile("«[^»]*»|[“„][^”“„]*[”“]|「[^」]*」|『[^』]*』|\"[^\"\n]*\"")
_BEFORE_WEEKDAYS = frozenset(",،、(（")
_WEEKDAY_ENDS = re.compile(r"[^\W\d_]{0,3}[,،)）]?")
_PARTS = frozenset(";؛；·\u0387")
_SEMICOLONS = re.compile("[;:؛；：…]|[·\u0387](?= )")  # the last is the Greek one


@dataclass(frozen=True)
class Sentence:
    """`text[start:end]` of the article; `tags` lie within it, in order; `number` counts from 0 in the article.

    `contacts` are its words of contact, `openings` where its words that open a clause stand, in order.
    """

    number: int
    start: int
    end: int
    block: BlockKind
    tags: tuple[Tag, ...]
    contacts: list[Tag] = field(default_factory=list, init=False, repr=False, compare=False)
    openings: list[int] = field(default_factory=list, init=False, repr=False, compare=False)
    _of_kind: dict[str, list[Tag]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _of_kinds: dict[tuple[str, ...], Sequence[Tag]] = field(default_factory=dict, init=False, repr=False, compare=False)  # asked for before

    def __post_init__(self) -> None:
        for tag in self.tags:
            self._of_kind.setdefault(tag.kind, []).append(tag)
            if is_contact(tag):
                self.contacts.append(tag)
            elif tag.kind == "structure.clause":
                self.openings.append(tag.start)

    @property
    def tells_days(self) -> bool:
        """Whether it has words of dates."""
        return any(kind.startswith("dates.") for kind in self._of_kind)

    def of(self, *kinds: str) -> Sequence[Tag]:
        """Its tags of these kinds, in order."""
        if len(kinds) == 1:
            return self._of_kind.get(kinds[0], ())
        found = self._of_kinds.get(kinds)
        if found is None:
            some = not self._of_kind.keys().isdisjoint(kinds)  # mostly there are none
            found = self._of_kinds[kinds] = [tag for tag in self.tags if tag.kind in kinds] if some else ()
        return found


@dataclass(frozen=True)
class Document:
    """What every later step works on."""

    text: str
    folded: str
    language: Language
    lexicon: Lexicon
    watch: Watch
    published: date | None
    sentences: tuple[Sentence, ...]
    people: frozenset[str]
    memory: dict[tuple[object, ...], Any] = field(default_factory=dict, init=False, repr=False, compare=False)  # of `once`

    @cached_property
    def unit(self) -> int:
        """Characters of an average word: distances are counted in words."""
        return 2 if self.language.spacing.value == "none" else 6

    @cached_property
    def without_weekdays(self) -> str:
        """The fold, with blanks for each weekday and the comma or brackets around it: "on Thursday, 24 July" is a date like any other."""
        weekday = self.language.date_words.weekday
        parts, at = [], 0
        for match in weekday.finditer(self.folded) if weekday is not None else ():
            before = self.folded[at : match.start()].rstrip()
            before = before.removesuffix(before[-1:]) if before[-1:] in _BEFORE_WEEKDAYS else before
            behind = _WEEKDAY_ENDS.match(self.folded, match.end())
            end = behind.end() if behind else match.end()
            parts.append(before.ljust(end - at))
            at = end
        return "".join((*parts, self.folded[at:]))

    def around(self, sentence: Sentence, reach: int) -> Sequence[Sentence]:
        """`sentence` with those that are at most `reach` before and behind it."""
        return self.sentences[max(0, sentence.number - reach) : sentence.number + reach + 1]

    @cached_property
    def commas(self) -> Sequence[int]:
        """Where commas, dashes and brackets stand in the text, in order; not those of a gloss."""
        brackets = {at for start, end in self.glosses for at in (start, end - 1)}
        return [at for at in (match.start() for match in _COMMAS.finditer(self.text)) if at not in brackets]

    @cached_property
    def glosses(self) -> Sequence[tuple[int, int]]:
        """Short words in brackets, in order, without one of contact: a name in other letters, an abbreviation. They part nothing."""
        found = [match.span() for match in _GLOSS.finditer(self.text)]
        contacts = [tag.start for sentence in self.sentences for tag in sentence.contacts] if found else []
        return [(start, end) for start, end in found if not any(start < at < end for at in contacts)]

    @cached_property
    def parts(self) -> Sequence[int]:
        """Where semicolons alone stand: behind a colon a sentence goes on."""
        return [at for at in self.semicolons if self.text[at] in _PARTS]

    @cached_property
    def semicolons(self) -> Sequence[int]:
        """Where semicolons and colons stand in the text, in order: they are as good as a new sentence."""
        return [match.start() for match in _SEMICOLONS.finditer(self.text)]

    @cached_property
    def quotations(self) -> Sequence[tuple[int, int]]:
        """What stands between the marks of a quotation, in order."""
        return [match.span() for match in _QUOTATION.finditer(self.text)]


def once(work: Callable[Concatenate[Document, Sentence, P], T]) -> Callable[Concatenate[Document, Sentence, P], T]:
    """`work`, which is done once for a sentence and the same arguments: several ask for it. Nobody may change what it gives."""

    @wraps(work)
    def remembering(document: Document, sentence: Sentence, /, *args: P.args, **kwargs: P.kwargs) -> T:
        asked = work, sentence.number, *args
        if kwargs or asked not in document.memory:
            document.memory[asked] = work(document, sentence, *args, **kwargs)
        found: T = document.memory[asked]
        return found

    return remembering


def read(article: CleanArticle, language: Language, lexicon: Lexicon) -> Document:
    """`article` with its tags; surnames that the article has introduced are names like any other."""
    folded, tags = language.read(article.text)
    people = frozenset(tag.value for tag in tags if tag.kind == "person" and tag.value)
    tags = _named(tags, people)
    return Document(
        text=article.text,
        folded=folded,
        language=language,
        lexicon=lexicon,
        watch=lexicon.watches[article.watch],
        published=article.published_at.date() if article.published_at else None,
        sentences=tuple(_sentences(article, folded, tags, language, lexicon.offices)),
        people=people,
    )


def _named(tags: Sequence[Tag], people: frozenset[str]) -> list[Tag]:
    """Short names become names of those the article names in full, and vanish otherwise.

    Of two such people of one surname the one that is named more often is meant.
    """
    short = [tag for tag in tags if tag.kind == "short_name"]
    if not short:
        return [*tags]
    often = Counter(tag.value for tag in tags if tag.kind == "person")
    meant: dict[tuple[int, int], Tag] = {}
    for tag in short:
        if tag.value in people:
            before = meant.get((tag.start, tag.end))
            if before is None or often[tag.value] > often[before.value]:
                meant[tag.start, tag.end] = tag._replace(kind="person")
    named = [tag for tag in tags if tag.kind != "short_name"] + list(meant.values())
    return sorted(named, key=lambda tag: (tag.start, tag.end))


def _sentences(
    article: CleanArticle, folded: str, tags: Sequence[Tag], language: Language, offices: Mapping[str, Office]
) -> list[Sentence]:
    found: list[Sentence] = []
    at = 0
    for block in article.blocks:
        if block.kind not in READ:
            continue
        for start, end in sentences(article.text, block.start, block.end):
            while at < len(tags) and tags[at].start < start:
                at += 1
            first = at
            while at < len(tags) and tags[at].start < end:
                at += 1
            verbs = relative(folded, wished(folded, joined(folded, end, tags[first:at]), language.wish))
            own = headed(folded, verbs, language, offices)
            found.append(Sentence(len(found), start, end, block.kind, tuple(own)))
    return found
