"""The lexicon's files: what is right is understood, what is wrong is refused with its line."""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.lexicon.load import load_lexicon
from schemas.errors import LexiconError

Write = Callable[..., Path]


def test_the_packaged_lexicon_is_right() -> None:
    lexicon = load_lexicon()
    assert {"el", "de", "en", "ru", "zh"} <= set(lexicon.languages)
    assert lexicon.watches["russia-china"].sides == ("RU", "CN")


@pytest.mark.parametrize(
    ("mistake", "files", "message"),
    [
        ("broken TOML", {"people": "[lavrov]\nname =\n"}, r"people.toml: .*line 2"),
        ("unknown key", {"people": '[lavrov]\nname = "L"\nside = "RU"\nrank = 1\n'}, r"people.toml:4: lavrov.rank"),
        ("wrong type", {"places": '[moscow]\nname = "Moscow"\ncountry = 7\n'}, r"places.toml:3: moscow.country"),
        ("no such country", {"people": '[lavrov]\nname = "L"\nside = "XX"\n'}, r"people.toml:3: lavrov.side: there is no country 'XX'"),
        (
            "an office that is not there",
            {"people": '[lavrov]\nname = "L"\nside = "RU"\nterms = [{ office = "tsar" }]\n'},
            r"people.toml:4: .* there is no office 'tsar'",
        ),
        ("no such person", {"languages__en": 'name = "E"\n[people]\nlavrov = ["L"]\nlavrow = ["L"]\n'}, r"en.toml:4: people.lavrow"),
        ("an unknown table", {"languages__en": 'name = "English"\n[meets]\nnoun = ["talks"]\n'}, r"en.toml:2: meets"),
        ("a mark inside a word", {"languages__en": 'name = "English"\n[meet]\nnoun = [\n  "talk",\n  "me*t",\n]\n'}, r"en.toml:5: 'me\*t'"),
        ("an empty form", {"languages__en": 'name = "English"\n[meet]\nnoun = [""]\n'}, r"en.toml:3: '': a form needs a word"),
        ("no UTF-8", {"languages__en": "name = \udcff"}, r"en.toml: "),
    ],
)
def test_a_mistake_is_refused_with_its_file_and_line(lexicon_folder: Write, mistake: str, files: dict[str, str], message: str) -> None:
    broken = {key: value for key, value in files.items() if "\udcff" not in value}
    folder = lexicon_folder(**broken)
    for key in files.keys() - broken.keys():
        (folder / (key.replace("__", "/") + ".toml")).write_bytes(b"name = \xff")
    with pytest.raises(LexiconError, match=message):
        load_lexicon(folder)


def test_a_language_reads_its_relatives_too(lexicon_folder: Write) -> None:
    lexicon = load_lexicon(lexicon_folder())
    found = lexicon.language_for("sco")
    assert found is not None and found.code == "en"
    assert lexicon.language_for("xx") is None


def test_countries_that_a_language_leaves_out_are_known_by_their_cldr_name(lexicon_folder: Write) -> None:
    language = load_lexicon(lexicon_folder()).languages["en"]
    text = "France and China"
    assert [(t.kind, t.value) for t in language.tags(text)] == [("country", "FR"), ("country", "CN")]


def test_a_venue_resolves_to_its_city(lexicon_folder: Write) -> None:
    assert load_lexicon(lexicon_folder()).world.city_of("kremlin").name == "Moscow"


def test_a_name_of_a_person_needs_its_capital() -> None:
    romanian = load_lexicon().languages["ro"]
    kinds = [[tag.kind for tag in romanian.tags(text)] for text in ("Putin", "PUTIN", "puțin")]
    assert kinds == [["person"], ["person"], []]


def test_month_names_do_not_depend_on_which_language_was_read_before() -> None:
    first, second = load_lexicon().languages, load_lexicon().languages
    forwards = {code: first[code].date_words for code in sorted(first)}
    backwards = {code: second[code].date_words for code in sorted(second, reverse=True)}
    assert forwards == backwards
    assert "yanvar" in forwards["az"].months
    assert not any("yanvar" in words.months for code, words in forwards.items() if code != "az")
