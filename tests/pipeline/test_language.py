"""Languages: told from the running text, not from menus; unknown or too little is no language."""
from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.lexicon.load import Lexicon
from pipeline.text.language import identify

GREEK = "Ο Ρώσος υπουργός Εξωτερικών συναντήθηκε στο Πεκίνο με τον Κινέζο ομόλογό του, ανακοίνωσε η Μόσχα."
GERMAN = "Der russische Außenminister traf sich in Peking mit seinem chinesischen Amtskollegen, teilte Moskau mit."
ENGLISH = "The Russian foreign minister met his Chinese counterpart in Beijing, Moscow said in a statement."


def code(lexicon: Lexicon, *lines: str) -> str | None:
    language = identify(lines, lexicon)
    return language.code if language else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GREEK, "el"),
        (GERMAN, "de"),
        (ENGLISH, "en"),
        ("俄罗斯外长拉夫罗夫在北京会见中国外长王毅。", "zh"),
        ("俄羅斯外長拉夫羅夫在北京與中國外長王毅舉行會談。", "zh"),
        (GREEK.upper(), "el"),
        ("Den russeschen Ausseminister huet sech zu Peking mat sengem chineesesche Kolleeg getraff, sot d'Regierung zu Lëtzebuerg.", "de"),
    ],
    ids=["Greek", "German", "English", "simplified Chinese", "traditional Chinese", "capitals", "a language that another file reads"],
)
def test_a_language_of_the_lexicon_is_told(tiny_lexicon: Lexicon, text: str, expected: str) -> None:
    assert code(tiny_lexicon, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t ",
        "\0",
        "12345 678 !!",
        "Wang Yi",
        "OK",
        "\ud800" * 50,
        "Le ministre russe des Affaires étrangères a rencontré son homologue chinois à Pékin, a annoncé Moscou.",
        "ロシアの外相は北京で中国の外相と会談した。両国の関係について話し合った。",
    ],
    ids=["empty", "blank", "NUL", "numbers", "a name", "a word", "lone surrogates", "French", "Japanese"],
)
def test_too_little_or_another_language_is_none(tiny_lexicon: Lexicon, text: str) -> None:
    assert code(tiny_lexicon, text) is None


def test_running_text_decides_and_not_menus(tiny_lexicon: Lexicon) -> None:
    menu = ["Home", "World news", "Sport", "About us", "Subscribe now", "Contact", "Privacy policy"] * 5
    assert code(tiny_lexicon, *menu, GREEK, *menu) == "el"


def test_line_breaks_and_lone_surrogates_within_the_text_do_no_harm(tiny_lexicon: Lexicon) -> None:
    assert code(tiny_lexicon, GERMAN.replace(", ", ",\r\n") + "\ud83d") == "de"


@given(st.text())
def test_no_text_makes_it_raise(tiny_lexicon: Lexicon, text: str) -> None:
    identify([text], tiny_lexicon)


def test_threads_may_share_it(tiny_lexicon: Lexicon) -> None:
    texts = [GREEK, GERMAN, ENGLISH] * 50
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda text: code(tiny_lexicon, text), texts)) == ["el", "de", "en"] * 50


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ruský prezident Putin sa v Moskve stretol s Wangom I.", "sk"),
        ("Ruský prezident Putin se v Moskvě setkal s Wangem I.", "cs"),
        ("Sergej Lavrov bol v utorok v Pekingu prijatý Si Ťin-pchingom.", "sk"),
        ("Сергей Шойгу и Ван И проведоха двудневни консултации в Москва.", "bg"),
        ("Сергей Шойгу и Ван И провели двухдневные консультации в Москве.", "ru"),
    ],
)
def test_words_of_its_own_tell_a_language_from_its_relatives(lexicon: Lexicon, text: str, expected: str) -> None:
    assert code(lexicon, text) == expected
