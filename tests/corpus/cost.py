"""What a second watch costs for articles that pass no gate: `python -m tests.corpus.cost`; which is most of all that feeds bring.

They are the labelled articles without the lines that name China, or without those that name any side, as texts and as pages. Each is
cleaned with the packaged watch alone and with the example beside it, in turn, so that what else the machine does weighs on both.
"""
from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from html import escape
from statistics import median

from rich.console import Console
from rich.table import Table

from pipeline.clean import clean
from pipeline.gate import countries_named
from pipeline.lexicon.load import Lexicon, load_lexicon
from pipeline.text.fold import fold
from schemas.articles import ContentType, RawArticle
from schemas.errors import ArticleError
from tests.corpus.articles import STREAMS, labels, raw
from tests.corpus.gate import EXAMPLE

ROUNDS = 7
SIDES = {"none of the sides": {"RU", "CN", "US"}, "all but China": {"CN"}}  # which lines go


def main() -> int:
    """Print the medians; data on standard output."""
    alone, both = load_lexicon(), load_lexicon(folders=[EXAMPLE])
    table = Table("articles that name", "as", "number", "one watch, ms", "two watches, ms", "ratio", box=None)
    for named, without in SIDES.items():
        texts = [article for article in unpassing(without, alone) if not passes(article, both)]
        for kind, articles in (("text", texts), ("page", [page(article) for article in texts])):
            first, second = timed(articles, alone, both)
            ratio = f"{second / first:.3f}"
            table.add_row(named, kind, str(len(articles)), f"{first:.2f}", f"{second:.2f}", ratio)
    Console(width=120).print(table)
    return 0


def unpassing(without: set[str], lexicon: Lexicon) -> Iterator[RawArticle]:
    """The labelled articles to read, less the lines that name one of these countries."""
    for label in (one for names in STREAMS for name in names for one in labels(name, "develop")):
        language = lexicon.languages[label["language"]]
        named = {line: countries_named(language.tags(fold(line), line), lexicon) for line in label["text"].splitlines()}
        lines = [line for line, countries in named.items() if without.isdisjoint(countries)]
        if sum(map(len, lines)) > 200:
            yield raw(label | {"title": "", "text": "\n".join(lines)})


def passes(article: RawArticle, lexicon: Lexicon) -> bool:
    """Whether it passes the gate of any watch."""
    try:
        return bool(clean(article, lexicon).articles)
    except ArticleError:
        return True


def page(article: RawArticle) -> RawArticle:
    """The same on a page, with a page's furniture."""
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in article.body.splitlines())
    links = "".join(f'<li><a href="/{n}">{n}</a></li>' for n in range(60))
    body = f"<html><body><nav><ul>{links}</ul></nav><article>{paragraphs}</article><footer>{links}</footer></body></html>"
    return article.model_copy(update={"content_type": ContentType.HTML, "body": body})


def timed(articles: Sequence[RawArticle], *lexicons: Lexicon) -> list[float]:
    """For each lexicon the median of the rounds, in milliseconds an article."""
    rounds: list[list[float]] = [[] for _ in lexicons]
    for number in range(-1, ROUNDS):  # the first one only makes what is made when it is first looked for
        spent = [0.0] * len(lexicons)
        for article in articles:
            for which in sorted(range(len(lexicons)), reverse=bool(number % 2)):
                began = time.process_time()
                clean(article, lexicons[which])
                spent[which] += time.process_time() - began
        for which, seconds in enumerate(spent if number >= 0 else ()):
            rounds[which].append(1000 * seconds / len(articles))
    return [median(one) for one in rounds]


if __name__ == "__main__":
    sys.exit(main())
