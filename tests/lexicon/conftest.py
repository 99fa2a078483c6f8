"""A lexicon small enough to read."""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

WORLD = {
    "watches.toml": (
        '[russia-china]\ntitle = "Russia and China"\nsides = ["RU", "CN"]\n'
        'formats = ["bilateral"]\nstatuses = ["held"]\nleast_level = "other"\nleast_confidence = 0.5\n'
    ),
    "countries.toml": '[RU]\nname = "Russia"\ncapital = "moscow"\n[CN]\nname = "China"\n[FR]\nname = "France"\n',
    "places.toml": '[moscow]\nname = "Moscow"\ncountry = "RU"\n[kremlin]\nname = "Kremlin"\ncountry = "RU"\ncity = "moscow"\n',
    "organisations.toml": '[sco]\nname = "Shanghai Cooperation Organisation"\n',
    "offices.toml": '[minister]\nlevel = "minister"\n',
    "people.toml": '[lavrov]\nname = "Sergey Lavrov"\nside = "RU"\nterms = [{ office = "minister", from = 2004-03-09 }]\n',
    "languages/en.toml": (
        'name = "English"\nalso = ["sco"]\n\n[people]\nlavrov = ["Lavrov"]\n\n'
        '[meet]\npast = ["met"]\nnoun = [\n  "talks",\n  "meet* of minds",\n]\n'
    ),
}


@pytest.fixture
def lexicon_folder(tmp_path: Path) -> Callable[..., Path]:
    """Writes the small lexicon, with other contents for the files that are given, and returns its folder."""

    def write(**files: str) -> Path:
        for name, content in {**WORLD, **{key.replace("__", "/") + ".toml": value for key, value in files.items()}}.items():
            target = tmp_path / name
            target.parent.mkdir(exist_ok=True)
            target.write_text(content, encoding="utf-8")
        return tmp_path

    return write
