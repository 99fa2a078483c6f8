"""What many tests share."""
from __future__ import annotations

import pytest

from pipeline.lexicon.load import Lexicon, load_lexicon


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    """The packaged lexicon."""
    return load_lexicon()
