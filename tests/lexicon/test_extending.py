"""docs/extending.md, followed word by word: what it adds is found in the sentences that it gives."""
from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import pytest

from pipeline.lexicon.load import Lexicon, load_lexicon
from schemas.meetings import Mention
from tests.detect.test_phenomena import read, told

FOLDER = Path(__file__).parents[2] / "pipeline" / "lexicon"
DOCUMENT = (Path(__file__).parents[2] / "docs" / "extending.md").read_text("utf-8")
PERSON, NAMES, LANGUAGE, PHENOMENA, WATCH = (
    re.sub(r"^   ", "", block, flags=re.MULTILINE) for block in re.findall(r"```toml\n(.*?)\n *```", DOCUMENT, re.DOTALL)
)
ABOUT_PERSON, ABOUT_WATCH = re.findall(r"echo '([^'<]+)' > \w+\.txt", DOCUMENT)


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    """The lexicon with all that the document adds."""
    folder = tmp_path_factory.mktemp("extended") / "lexicon"
    shutil.copytree(FOLDER, folder)
    (folder / "languages" / "sv.toml").write_text(LANGUAGE, "utf-8")
    for name, more in (("people.toml", PERSON), ("watches.toml", WATCH)):
        (folder / name).write_text(f"{(folder / name).read_text('utf-8')}\n{more}\n", "utf-8")
    english = folder / "languages" / "en.toml"
    english.write_text(english.read_text("utf-8").replace("[people]\n", f"[people]\n{NAMES}\n", 1), "utf-8")
    return load_lexicon(folder)


def only(text: str, lexicon: Lexicon) -> Mention:
    article = read(text, lexicon)
    assert article
    (mention,) = article.mentions
    return mention


def test_the_person_is_found_with_the_office(extended: Lexicon) -> None:
    people = only(ABOUT_PERSON, extended).facts.participants
    assert [(one.name, one.office) for one in people] == [
        ("Andrey Rudenko", "deputy_foreign_minister"), ("Zhang San", "deputy_foreign_minister"),
    ]  # fmt: skip


@pytest.mark.parametrize("case", tomllib.loads(PHENOMENA)["case"], ids=lambda case: case["name"])
def test_the_language_is_understood(extended: Lexicon, case: dict[str, str]) -> None:
    assert told(read(case["text"], extended)) == case["told"]


def test_the_watch_finds_its_meeting(extended: Lexicon) -> None:
    assert "russia-india" in extended.watches
    assert [one.side for one in only(ABOUT_WATCH, extended).facts.participants] == ["RU", "IN"]
