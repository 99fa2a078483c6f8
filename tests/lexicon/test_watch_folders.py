"""Watches with a folder of their own: what it adds counts for them alone."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import rtoml

from pipeline.chain import Chain
from pipeline.clean import clean
from pipeline.lexicon.load import Lexicon, load_lexicon, load_watches
from schemas.articles import ContentType, RawArticle
from schemas.errors import LexiconError
from schemas.meetings import Alert
from tests.broker.articles import seeds, text
from tests.corpus.articles import NATURAL, labels, raw, stream
from tests.corpus.gate import EXAMPLE

Write = Callable[..., Path]
FIRST, OTHER = "russia-china", "us-china"
READ_HERE = ("ar", "el", "en", "ru", "zh")  # a language takes a second to begin with


@pytest.fixture(scope="module")
def both() -> Lexicon:
    return load_lexicon(folders=[EXAMPLE])


def alerts(articles: Sequence[RawArticle], lexicon: Lexicon) -> list[Alert]:
    chain = Chain(lexicon)
    return [decision.alert for article in articles for _, decision in chain.observe(article).decisions if decision.alert]


def kinds(lexicon: Lexicon, words: str) -> set[tuple[str, str | None]]:
    return {(tag.kind, tag.value) for tag in lexicon.languages["en"].tags(words)}


def test_the_first_watch_sees_in_seeds_and_labelled_articles_what_it_sees_alone(both: Lexicon, lexicon: Lexicon) -> None:
    chosen = [label for label in stream(NATURAL, "develop") if label["language"] in READ_HERE]
    articles = [*seeds(), *map(raw, chosen)]
    alone = alerts(articles, lexicon)
    together = alerts(articles, both)
    assert len(alone) > 20
    assert [alert for alert in together if alert.watch == FIRST] == alone
    assert {alert.watch for alert in together} == {FIRST, OTHER}


def test_words_and_names_of_a_folder_are_only_its_watches(both: Lexicon, lexicon: Lexicon) -> None:
    words = "Lighthizer spoke of US-China talks"
    assert {("person", "lighthizer"), ("country", "US"), ("meet.noun", None)} <= kinds(both.of(OTHER), words)
    assert kinds(both.of(FIRST), words) == kinds(lexicon, words)
    assert ("structure.ignored", None) in kinds(both.of(FIRST), words)
    assert both.of(OTHER).people["greer"].office_on(None) == "minister"
    assert both.of(FIRST).people["greer"].office_on(None) == "agency_head"


def test_a_side_may_be_named_by_somebody_whom_only_the_folder_knows(both: Lexicon, lexicon: Lexicon) -> None:
    article = text("own", "Robert Lighthizer arrived for talks with Vice Premier Liu He, the second round this month. They want a deal.\n")
    assert [one.watch for one in clean(article, both).articles] == [OTHER]
    assert clean(article, lexicon).articles == ()
    body = f"<article><h1>Talks</h1><p>{article.body * 3}</p></article>"
    page = article.model_copy(update={"content_type": ContentType.HTML, "body": body})
    assert [one.watch for one in clean(page, both).articles] == [OTHER]


def test_an_article_about_both_is_read_once_for_each(both: Lexicon) -> None:
    article = text("both", "Xi Jinping met Vladimir Putin in Moscow on Monday.\nXi Jinping met Donald Trump in Washington on Friday.\n")
    chain = Chain(both)
    first, again = chain.observe(article), chain.observe(article)
    assert [(one.watch, one.source.copy_of) for one in first.tagged] == [(FIRST, None), (OTHER, None)]
    sides = {one.watch: {person.side for mention in one.mentions for person in mention.facts.participants} for one in first.tagged}
    assert sides == {FIRST: {"RU", "CN"}, OTHER: {"US", "CN"}}
    told = [decision.alert for _, decision in first.decisions if decision.alert]
    assert {alert.watch for alert in told} == {FIRST, OTHER}
    assert len({alert.meeting_id for alert in told}) == len(told)
    assert [decision.alert for _, decision in again.decisions if decision.alert] == []


def test_the_watches_of_folders_run_beside_the_packaged_ones_and_only_where_they_are_named() -> None:
    assert [*load_watches([EXAMPLE])] == [FIRST, OTHER]
    assert [*load_watches()] == [FIRST]


def test_the_example_names_its_people_and_places_in_every_language(both: Lexicon) -> None:
    own = both.own[OTHER]
    assert own.names.keys() == both.languages.keys()
    added = {key for key in own.lexicon.people if key not in both.people}
    for code in both.languages:
        file = rtoml.loads((EXAMPLE / "languages" / f"{code}.toml").read_text("utf-8"))
        assert added <= file["people"].keys(), code
        assert own.lexicon.places.keys() - both.places.keys() <= file["places"].keys(), code


def test_the_examples_articles_are_of_many_languages_and_kinds() -> None:
    articles = list(labels(f"{OTHER}/articles"))
    assert len(articles) >= 20
    assert len({article["language"] for article in articles}) >= 12
    assert all(meeting["evidence"] in article["text"] for article in articles for meeting in article["meetings"])


WATCH = '[{}]\ntitle = "T"\nsides = ["{}", "CN"]\nformats = []\nstatuses = []\nleast_level = "other"\nleast_confidence = 0.5\n'


@pytest.mark.parametrize(
    ("mistake", "files", "message"),
    [
        ("no watch", {}, r"mine/watches.toml: "),
        ("a name that is taken", {"watches": WATCH.format(FIRST, "RU")}, r"mine/watches.toml: there is a watch 'russia-china' already"),
        ("no such side", {"watches": WATCH.format("mine", "XX")}, r"mine/watches.toml:3: mine.sides.0: there is no country 'XX'"),
        (
            "no such office",
            {"watches": WATCH.format("mine", "FR"), "people": '[a]\nname = "A"\nside = "FR"\nterms = [{ office = "tsar" }]\n'},
            r"mine/people.toml:4: .*there is no office 'tsar'",
        ),
        (
            "no such person",
            {"watches": WATCH.format("mine", "FR"), "languages/en": '[people]\nlavrov = ["Lavrow"]\nnobody = ["N"]\n'},
            r"mine/languages/en.toml:3: people.nobody: there is no person",
        ),
        (
            "no such language",
            {"watches": WATCH.format("mine", "FR"), "languages/xx": ""},
            r"mine/languages/xx.toml: there is no language 'xx' that it could add to",
        ),
    ],
)
def test_a_mistake_in_a_folder_is_refused_with_its_file_and_line(
    lexicon_folder: Write, tmp_path: Path, mistake: str, files: dict[str, str], message: str
) -> None:
    folder = tmp_path / "mine"
    for name, content in files.items():
        file = folder / f"{name}.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    with pytest.raises(LexiconError, match=message):
        load_lexicon(lexicon_folder(), [folder])
