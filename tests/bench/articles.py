"""What is measured with: the labelled articles of `tests/corpus/`, the same without the names of a watch, and both as news pages."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from html import escape
from itertools import cycle
from pathlib import Path
from random import Random

from agents.garbage import economize
from pipeline.chain import Chain
from pipeline.clean import clean
from pipeline.gate import countries_named
from pipeline.lexicon.load import Lexicon, load_lexicon
from schemas.articles import ContentType, RawArticle
from schemas.errors import ArticleError
from tests.bench.measure import rate
from tests.corpus.articles import STREAMS, labels, raw

ONE_IN = 20  # articles of a mix is relevant
_SHORTEST = 200  # characters
_NAMING = frozenset({"country", "nationality", "person", "short_name", "place"})
# A page has about the size and the make of the mean page of a news site: 145 kB, most of it scripts, styles and links, and 900
# elements, a third of them within `nav`, `aside` and `footer`.
_LINKS = 120
_TEASERS = 40
_STYLES = 300
_STATE = 500  # records of the script that fills the page
_LINK = '<li class="nav__item"><a class="nav__link" href="/section/{n}/" data-track="nav|{n}"><span>Section {n}</span></a></li>'
_TEASER = (
    '<div class="card card--small"><a class="card__link" href="/story/{n}.html" data-id="{n}"><img class="card__image" loading="lazy"'
    ' src="/img/{n}-320.webp" srcset="/img/{n}-320.webp 320w, /img/{n}-640.webp 640w" alt=""><h3 class="card__title">What else happened in'
    ' the town on day {n}</h3></a><p class="card__text">The mayor opened bridge number {n}.</p><time>{n} h ago</time></div>'
)
_STYLE = ".c{n}{{display:flex;margin:0 {n}px;color:#3{n};transition:opacity .{n}s ease-in-out}}"
_RECORD = '{{"id":{n},"type":"teaser","slot":"river-{n}","url":"/story/{n}.html","weight":{n},"flags":["lazy","free"]}}'


@cache
def relevant(languages: frozenset[str] | None = None) -> Sequence[RawArticle]:
    """All that read as news, in 25 languages or in these, each told once, in an order of chance that is always the same."""
    told = (label for names in STREAMS for name in names for label in labels(name))
    found = {article.article_id: article for article in (raw(t) for t in told if languages is None or t["language"] in languages)}
    return Random(0).sample(list(found.values()), len(found))


@cache
def others(languages: frozenset[str] | None = None) -> Sequence[RawArticle]:
    """The same articles without names of places and people: as long, in the same languages, and of no interest to any watch."""
    return [other for article in relevant(languages) if (other := _other(article, lexicon(languages))) is not None]


@cache
def one_sided(languages: frozenset[str] | None = None) -> Sequence[RawArticle]:
    """The same articles without the lines that name one side: it depends on the other who shall hear of them."""
    known, (_, second) = lexicon(languages), next(iter(lexicon(languages).watches.values())).sides
    found = []
    for article in relevant(languages):
        language = clean(article, known).language
        lines = [line for line in article.body.splitlines() if language and not _names(second, line, known, language)]
        if sum(map(len, lines)) >= _SHORTEST:
            found.append(article.model_copy(update={"article_id": f"half-{article.article_id}", "title": None, "body": "\n".join(lines)}))
    return found


def passes(article: RawArticle, lexicon: Lexicon) -> bool:
    """Whether it goes through the gate of any watch, or cannot be read."""
    try:
        return bool(clean(article, lexicon).articles)
    except ArticleError:
        return True


def _names(country: str, line: str, known: Lexicon, language: str) -> bool:
    return country in countries_named(known.languages[language].tags(line), known)


@cache
def lexicon(languages: frozenset[str] | None = None, *folders: Path) -> Lexicon:
    """The packaged one with these watches beside it, these languages ready to be read, in the memory of a process as a worker's is."""
    found = load_lexicon(folders=folders)
    for code, language in found.languages.items():
        if languages is None or code in languages:
            language.tags("")
    economize()
    return found


def mix(number: int, languages: frozenset[str] | None = None, one_in: int = ONE_IN) -> list[RawArticle]:
    """So many, of which one in so many is relevant, as in news."""
    told, rest = cycle(relevant(languages)), cycle(others(languages))
    return [next(told) if n % one_in == 0 else next(rest) for n in range(number)]


def observing(articles: Sequence[RawArticle], known: Lexicon) -> Callable[[], float]:
    """What takes them through all stages, and returns how many a second. Each time with nothing known: a known article only repeats."""

    def run() -> float:
        return rate(articles, Chain(known).observe)()

    return run


def page(article: RawArticle) -> RawArticle:
    """The article as a news site would give it."""
    paragraphs = [line for line in article.body.splitlines() if line.strip()]
    text = "".join(f"<p class='article__text'>{escape(p)}</p>" for p in paragraphs)
    title = escape(article.title or paragraphs[0])
    frame = _frame()
    body = f"<main><article class='article'><header><h1>{title}</h1></header><div class='article__body'>{text}</div></article>"
    return article.model_copy(update={"content_type": ContentType.HTML, "body": frame["before"].format(title) + body + frame["behind"]})


def _other(article: RawArticle, lexicon: Lexicon) -> RawArticle | None:
    """`article` with other words in the place of all names of places and people; None where it cannot be read."""
    try:
        code = clean(article, lexicon).language
    except ArticleError:
        return None
    if code is None:
        return None
    parts = []
    for text in (article.body, article.title or ""):
        changed, at = "", 0
        for tag in lexicon.languages[code].tags(text):
            if tag.kind in _NAMING and tag.start >= at:
                changed, at = f"{changed}{text[at : tag.start]}Andorra", tag.end
        parts.append(changed + text[at:])
    other = article.model_copy(update={"article_id": f"other-{article.article_id}", "body": parts[0], "title": parts[1] or None})
    return None if passes(other, lexicon) else other


@cache
def _frame() -> Mapping[str, str]:
    """What is around the text of every page."""
    links = "".join(_LINK.format(n=n) for n in range(_LINKS))
    teasers = "".join(_TEASER.format(n=n) for n in range(_TEASERS))
    styles = "".join(_STYLE.format(n=n) for n in range(_STYLES)).replace("{", "{{").replace("}", "}}")
    state = ",".join(_RECORD.format(n=n) for n in range(_STATE))
    head = f"<title>{{0}}</title><meta property='og:title' content='{{0}}'><style>{styles}</style>"
    before = f"<!doctype html><html><head>{head}</head><body><nav><ul class='nav'>{links}</ul></nav>"
    river = f"<div class='river'>{teasers}</div></main><div class='sections'><ul class='nav'>{links}</ul></div>"
    return {"before": before, "behind": f"{river}<script>window.__STATE__=[{state}]</script></body></html>"}
