"""What the form of one line says, in any language: sentence, headline, caption, credit, menu."""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.lexicon.language import Language
from pipeline.lexicon.matcher import Tag

PARAGRAPH = 80  # letters that a sentence needs to be a paragraph
LONG = 250  # letters from which a line is a paragraph also without a stop: no headline is as long
_HEADING_REST = 25  # characters behind the word, as in "More stories from Europe"

_WIDE = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_CLOSERS = r"[\s\"'»«”“’‘」』)\]）】]*(?:[（(【]完[）)】])?$"
_STOP = re.compile(r"[.!?…。！？;؟।]" + _CLOSERS)
_FULL_STOP = re.compile(r"[.…。।]" + _CLOSERS)
_COLON = re.compile(r"[:：]$")
_SENTENCE = re.compile(r"[.!?。！？؟।][\"'»”“’」』)]*(?:\s|$|(?<=[。！？]))")
_COUNTER = re.compile(r"\(\d{1,3}\)$")
_PARTED = re.compile(r"\s[|·•>›→»⁄]\s|\s?[|·›→]\s?")
_BULLET = re.compile(r"^(?:[-–—•*·]|\d{1,2}[.)])\s")
# These begin with letters and look back for the border before a word: a search then passes over most of the text.
_RIGHTS = re.compile(r"©|copyright\b(?<=\bcopyright)|all rights reserved\b(?<=\ball rights reserved)|\(c\)\s*\d{4}")
_NETWORK = re.compile(
    r"facebook|twitter|whatsapp|telegram|viber|linkedin|pinterest|reddit|instagram|youtube|tiktok|messenger|rss\b(?<=\brss)|e-?mail"
    r"|vkontakte|вконтакте|одноклассники|微博|微信|qq空间"
)
_NEWS_READER = re.compile(r"google (?:news|новости)|apple news|yandex news|яндекс.?новости|яндекс.?дзен")
_OUTLET = re.compile(
    r"\b(?:reuters|afp|ap|associated press|dpa|ansa|efe|epa|bloomberg|tass|itar-tass|sputnik|ria novosti|interfax|xinhua|cctv|cri|yonhap"
    r"|kyodo|getty images)\b|тасс|риа новости|интерфакс|синьхуа|新华社|新華社|新华网|中新社|中新网|中国新闻网|央视|共同通信"
    r"|απε-?\s?μπε|\b(?:[a-z0-9-]+\.)+[a-z]{2,6}\b"
)
_PICTURE_CREDIT = re.compile(
    r"(?P<mark>[-–—/|©(\[:])\s*(?:getty(?: images)?|shutterstock|istock|alamy|imago(?: images)?|picture.alliance"
    r"|eurokinissi|afp|reuters|epa(?:-efe)?|ap(?: photo)?|dpa|tass|тасс|риа новости|sputnik|xinhua|新华社|新華社|中新社)"
    r"(?:\s*/\s*[\w. ]{2,30})?[\s.)\]]*$"
)
_POSITION = re.compile(r"\((?:l|r|left|right|links|rechts|слева|справа|αριστερα|δεξια|左|右)\)")
_BRACKETED = re.compile(r"[(\[（【〔][^()\[\]（）【】〔〕]*[)\]）】〕]$")
_COLON_BEHIND = re.compile(r".?\.?\s*[:/]")  # from the last character of a word on, which may be the colon
_CREDIT_LENGTH = 60  # characters, as in "Photo: name, name/agency, agency"
_STOPS_OR_NOTHING = ("", *".!?…。")  # before a credit: behind a stop it credits a text
_LABEL_END = re.compile(r".?\s*[:：–—\-|>»]")


@dataclass(frozen=True)
class Line:
    """A tidy line, its fold, and its tags: words of the `page`, with offsets in the line, and names and words of the news."""

    text: str
    folded: str
    page: Sequence[Tag]
    news: Sequence[Tag]

    @cached_property
    def weight(self) -> int:
        """Its length in letters of an alphabet; an ideograph or a syllable says as much as three."""
        return len(self.text) + 2 * len(_WIDE.findall(self.text))

    @cached_property
    def stops(self) -> bool:
        """Whether it ends as a sentence does."""
        return bool(_STOP.search(self.text))

    @property
    def stops_fully(self) -> bool:
        """Whether it ends with a full stop: headlines do not, though they may ask or exclaim."""
        return bool(_FULL_STOP.search(self.text))

    @property
    def introduces(self) -> bool:
        """Whether it ends with a colon: a quotation or a list follows."""
        return bool(_COLON.search(self.text))

    @cached_property
    def paragraph(self) -> bool:
        """Whether it has the form of a paragraph of running text."""
        return self.weight >= LONG or (self.weight >= PARAGRAPH and (self.stops or self.introduces))

    @property
    def stopped_paragraph(self) -> bool:
        """Whether it is a paragraph and ends as a sentence does."""
        return self.weight >= PARAGRAPH and self.stops

    @property
    def full_paragraph(self) -> bool:
        """Whether it is a paragraph of several sentences that stops: teasers rarely are."""
        return self.weight >= LONG and self.stops and len(_SENTENCE.findall(self.text)) > 1

    @property
    def words(self) -> int:
        """How many words it has, a word of ideographs taken as two of them."""
        return len(self.text.split()) + len(_WIDE.findall(self.text)) // 2

    @property
    def bulleted(self) -> bool:
        """Whether it is an item of a list."""
        return bool(_BULLET.match(self.text))

    @property
    def empty_of_words(self) -> bool:
        """Whether it holds no letters: counters, rules, times."""
        return not any(c.isalpha() for c in self.text)

    @property
    def heads_related(self) -> bool:
        """Whether it is a heading over links to other articles."""
        word = self._opening("page.related")
        return word is not None and len(self.text[word.end :].strip(" :：.…–—-»>")) <= _HEADING_REST and not self.stops_fully

    @property
    def links(self) -> bool:
        """Whether it links to another article: a word for that and the headline, or a counter behind the headline."""
        return self.weight < LONG and (self._labelled("page.related") or (not self.stops and _COUNTER.search(self.text) is not None))

    @property
    def invites(self) -> bool:
        """Whether it is a sentence that starts with a word of the page: part of the page only where no more text follows."""
        return self.weight < LONG and any(self._opening(kind) is not None for kind in ("page.related", "page.furniture"))

    @property
    def captions(self) -> bool:
        """Whether it describes a picture.

        It starts with a word for that, or has it near its end with a colon or in brackets; or it ends with a picture credit, or says who
        stands where.
        """
        if self.weight > LONG:
            return False
        start = max(0, len(self.folded) - _CREDIT_LENGTH)
        credit = _PICTURE_CREDIT.search(self.folded, start)
        before = self.folded[start : credit.start()] if credit is not None else ""
        credited = credit is not None and (credit["mark"] == ":" or (before.rstrip() or before)[-1:] not in _STOPS_OR_NOTHING)
        bracket = self.folded.rfind("(") if self.folded.endswith(")") else len(self.text)
        near_end = [tag for tag in self.page if tag.kind == "page.caption" and tag.start > len(self.text) - _CREDIT_LENGTH]
        marked = any(tag.start > bracket or _COLON_BEHIND.match(self.folded, tag.end - 1) for tag in near_end)
        return credited or marked or self._opening("page.caption") is not None or _POSITION.search(self.folded) is not None

    @property
    def furnishes(self) -> bool:
        """Whether it belongs to the page and not to the article: menus, buttons, counters, rights."""
        if self.empty_of_words:
            return True
        if self.weight >= LONG:
            return False
        return (
            self._labelled("page.furniture")
            or len(_NETWORK.findall(self.folded)) > 1
            or (self.weight < PARAGRAPH and _BRACKETED.match(self.text) is not None)
            or _NEWS_READER.search(self.folded) is not None
            or _RIGHTS.search(self.folded) is not None
            or (not self.stops and len(_PARTED.findall(self.text)) > 1)
        )

    @property
    def credits(self) -> bool:
        """Whether it names whom the text is from: mostly names of agencies or sites, and no sentence."""
        if self.weight >= PARAGRAPH or self.stops:
            return False
        named = sum(len(name) for name in _OUTLET.findall(self.folded))
        return named >= 0.25 * sum(not c.isspace() for c in self.text)

    def _labelled(self, kind: str) -> bool:
        """Whether a word of this kind opens it as a label, not as the subject of a sentence."""
        word = self._opening(kind)
        return word is not None and (not self.stops or _LABEL_END.match(self.text, word.end - 1) is not None)

    def _opening(self, kind: str) -> Tag | None:
        """The word of this kind that the line starts with; None where it starts otherwise."""
        if not self.page:  # as of nearly all lines
            return None
        return next((t for t in self.page if t.kind == kind and not any(c.isalnum() for c in self.text[: t.start])), None)


def lines_of(texts: Sequence[str], language: Language) -> list[Line]:
    """`texts`, tidy and without newlines, as lines with their folds and tags."""
    whole = "\n".join(texts)
    folded, tags = language.read(whole)
    lines: list[Line] = []
    start = at = 0
    for text in texts:
        end = start + len(text)
        page: list[Tag] = []
        news: list[Tag] = []
        while at < len(tags) and (tag := tags[at]).start < end:  # none reaches beyond: no form is found across lines
            if tag.kind.startswith("page."):
                page.append(Tag(tag.start - start, tag.end - start, tag.kind, tag.value))
            else:
                news.append(tag)
            at += 1
        lines.append(Line(text, folded[start:end], page, news))
        start = end + 1
    return lines
