"""README.md: the alert that it shows is one that the seeds raise."""
from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from agents.display import alert_card
from agents.settings import Settings
from pipeline.address import article_id
from pipeline.chain import Chain
from pipeline.lexicon.load import Lexicon
from schemas.articles import ContentType, RawArticle

ROOT = Path(__file__).parents[1]


def test_the_alert_of_the_readme_is_one_of_the_demo(lexicon: Lexicon) -> None:
    shown = re.search(r"```\n(.*?)\n```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert shown
    beginning, _, ending = (_unfolded(part) for part in shown.group(1).partition(" …”\n"))
    assert any(card.startswith(beginning) and card.endswith(ending) for card in _cards(lexicon))


def _cards(lexicon: Lexicon) -> list[str]:
    """The alerts of `seeds/` as a terminal shows them, without its line breaks."""
    chain = Chain(lexicon)
    cards = []
    for file in sorted((ROOT / "seeds").glob("*.txt")):
        body = file.read_text("utf-8")
        now = datetime(2026, 8, 1, tzinfo=UTC)
        raw = RawArticle(article_id=article_id(None, body), content_type=ContentType.TEXT, body=body, fetched_at=now)
        for alert in (decision.alert for _, decision in chain.observe(raw).decisions if decision.alert):
            screen = io.StringIO()
            Console(width=120, file=screen).print(alert_card(alert))
            cards.append(_unfolded(screen.getvalue()))
    return cards


def _unfolded(text: str) -> str:
    return " ".join(text.split())


def test_the_readme_has_every_setting_of_the_security() -> None:
    rows = re.findall(r"^\| (`S.*?) \|", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    told = re.findall(r"`(\w+)`", " ".join(rows))
    declared = [field for field in Settings.model_fields if field.startswith(("kafka_security_", "kafka_ssl_", "kafka_sasl_"))]
    assert [f"kafka_{name.lower()}" for name in told] == declared
