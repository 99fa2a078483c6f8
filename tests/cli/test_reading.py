"""What the commands that read articles do with one that the stages cannot process."""
from __future__ import annotations

from pathlib import Path

import pytest

from agents.cli.exits import Exit
from agents.cli.reading import Reading
from pipeline.chain import Chain, Observed
from pipeline.clean import Cleaned, Rejection
from pipeline.lexicon.load import Lexicon
from schemas.articles import RawArticle
from schemas.errors import Unreadable


class Stumbling(Chain):
    """Fails on some texts as the stages or a library might."""

    def observe(self, raw: RawArticle) -> Observed:
        if raw.body == "unreadable":
            raise Unreadable("it holds no letters")
        if raw.body == "strange":
            raise ValueError("a library did not expect this")
        return Observed(Cleaned((), Rejection.NOT_BOTH_SIDES), (), ())


def test_whatever_an_article_makes_a_stage_raise_it_is_told_and_the_rest_goes_on(
    tmp_path: Path, lexicon: Lexicon, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in {"1.txt": "unreadable", "2.txt": "strange", "3.txt": "good"}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    reading = Reading([str(tmp_path)], bar=False)
    assert [read.article.body for read, _ in reading.observed(Stumbling(lexicon))] == ["good"]
    told = capsys.readouterr().err.splitlines()
    assert [line.partition(": ")[2] for line in told] == ["it holds no letters", "ValueError: a library did not expect this"]
    assert reading.refused == 2 and reading.code == Exit.REFUSED
