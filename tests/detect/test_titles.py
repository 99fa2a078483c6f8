"""Officials below ministers, in all languages: whose titles are understood stay so, and those that are not stand in `titles/open.json`."""
from __future__ import annotations

import json

import pytest

from pipeline.lexicon.load import Lexicon
from tests.detect.test_phenomena import read
from tests.detect.titles import OPEN, WORDINGS, languages, not_understood, texts


def test_every_language_tells_of_every_office_in_all_wordings(lexicon: Lexicon) -> None:
    assert {*languages()} == {*lexicon.languages}
    kinds = list(texts("en"))
    for language in languages():
        assert list(texts(language)) == kinds
        assert all({*WORDINGS} == {*own} for own in texts(language).values())


@pytest.mark.parametrize("language", languages())
def test_who_is_understood_is_all_but_who_is_listed(language: str, lexicon: Lexicon) -> None:
    listed = json.loads(OPEN.read_text("utf-8"))[language]
    assert not_understood(language, lexicon) == listed, "python -m tests.detect.titles writes the list; one that it has anew is a loss"


def offices(text: str, lexicon: Lexicon) -> list[set[tuple[str, str | None]]]:
    """The offices of those who meet, by side."""
    article = read(text, lexicon)
    return [{(p.side, p.office) for p in mention.facts.participants} for mention in article.mentions] if article else []


@pytest.mark.parametrize(
    ("title", "office"),
    [
        ("the deputy head of Russia's Federal Service for Hydrometeorology", "agency_head"),
        ("the Russian Federal Archive Agency (Rosarkhiv) head", "agency_head"),
        ("the director of the Legal Department of the Russian Foreign Ministry", "agency_head"),
        ("the Russian deputy minister of justice", "deputy_minister"),
        ("Russia's deputy minister for the development of the Arctic at the ministry in Moscow", "deputy_minister"),
    ],
)
def test_a_title_is_made_of_who_heads_and_of_what_is_headed(title: str, office: str, lexicon: Lexicon) -> None:
    told = offices(f"In Harbin {title} met the deputy head of China's National Archives Administration.", lexicon)
    assert told == [{("RU", office), ("CN", "agency_head")}]


@pytest.mark.parametrize(
    "title",
    [
        "the deputy head of Russia's largest research institute on service robots",  # private
        "the president of the Russian football association",  # no president of Russia
        "a head, whom the agency in Russia had sent,",  # a comma parts them
    ],
)
def test_who_heads_something_private_or_nothing_acts_for_nobody(title: str, lexicon: Lexicon) -> None:
    assert offices(f"In Harbin {title} met the deputy head of China's National Archives Administration.", lexicon) == []


def test_the_country_is_that_of_what_all_the_rest_is_part_of(lexicon: Lexicon) -> None:
    text = "In Beijing the director of the European Department of the Chinese Foreign Ministry met Russia's deputy foreign minister."
    assert offices(text, lexicon) == [{("RU", "deputy_foreign_minister"), ("CN", "agency_head")}]


def test_last_letters_that_are_fused_with_an_institution_make_its_head(lexicon: Lexicon) -> None:
    text = "俄罗斯外交部副部长在北京会见中国国家林业和草原局长。"
    assert offices(text, lexicon) == [{("RU", "deputy_foreign_minister"), ("CN", "agency_head")}]
