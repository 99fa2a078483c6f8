"""What CLDR has for a language, as Babel brings it."""
from __future__ import annotations

import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from babel.localedata import resolve_locale_filename


def cldr(code: str) -> Mapping[str, Any]:
    """All of it, read anew from the language's own file: `months`, `days`, `date_fields` and `territories` among much else.

    A `Locale` keeps what it has read, a megabyte a language; and asked for names that it shares with others it writes its answer where
    these find it, so that names would depend on which languages were read before.
    """
    with Path(resolve_locale_filename(code)).open("rb") as file:
        found: Mapping[str, Any] = pickle.load(file)  # noqa: S301  # of the installed library
    return found
