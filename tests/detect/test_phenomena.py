"""What the detector understands, phenomenon by phenomenon, each in a text made for it and no other."""
from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.clean import clean
from pipeline.lexicon.load import Lexicon
from pipeline.tag import tag
from schemas.articles import ContentType, RawArticle, UniqueArticle
from schemas.meetings import Mention, Salience, TaggedArticle

PUBLISHED = datetime(2025, 7, 16, 12, tzinfo=UTC)  # a Wednesday
FILLER = " The document runs to forty pages and covers trade, energy and science."


def read(text: str, lexicon: Lexicon, title: str | None = None, published: datetime | None = PUBLISHED) -> TaggedArticle:
    raw = RawArticle(article_id="a", content_type=ContentType.TEXT, body=text, title=title, published_at=published, fetched_at=PUBLISHED)
    (article,) = clean(raw, lexicon).articles
    return tag(UniqueArticle(article=article, copy_of=None), lexicon)


def told(article: TaggedArticle) -> list[str]:
    """The main mentions in a form that a table can hold: who, status, mode, format, place, date."""
    return [_told(mention) for mention in article.mentions if mention.salience is Salience.MAIN]


def _told(mention: Mention) -> str:
    facts = mention.facts
    who = " + ".join(p.name or p.office or "?" for p in facts.participants)
    where = (facts.place.city or facts.place.country) if facts.place else None
    when = None
    if facts.date:
        when = str(facts.date.start) if facts.date.start == facts.date.end else f"{facts.date.start}..{facts.date.end}"
    extras = [value for value in (facts.mode.value, facts.format.value) if value not in ("in_person", "bilateral")]
    return ", ".join(filter(None, (who, facts.status.value, *extras, where, when or facts.yearless)))


PAIR = "Sergey Lavrov + Wang Yi"

CASES: dict[str, tuple[str, list[str]]] = {
    "a plain report": ("Russian Foreign Minister Sergey Lavrov met his Chinese counterpart Wang Yi in Beijing on Tuesday.", [f"{PAIR}, held, Beijing, 2025-07-15"]),
    "announced by tense": ("Russian Foreign Minister Sergey Lavrov will meet Wang Yi in Beijing on Friday.", [f"{PAIR}, announced, Beijing, 2025-07-18"]),
    "called off": ("Talks between Sergey Lavrov and Wang Yi planned for Friday were cancelled, the Russian and Chinese ministries said.", [f"{PAIR}, cancelled, 2025-07-18"]),
    "only possible": ("Sergey Lavrov may meet Wang Yi in Beijing, a Russian official said.", []),
    "by phone": ("Sergey Lavrov and Wang Yi spoke by telephone on Tuesday, the Russian and Chinese ministries said.", [f"{PAIR}, held, phone, 2025-07-15"]),
    "by video": ("Sergey Lavrov and Wang Yi held a video conference on Tuesday, the Russian and Chinese ministries said.", [f"{PAIR}, held, video, 2025-07-15"]),
    "a letter is no meeting": ("Chinese President Xi Jinping sent a telegram of congratulations to Russian President Vladimir Putin on Tuesday.", []),
    "a meeting with a third country": ("Russian Foreign Minister Sergey Lavrov met Marco Rubio in Kuala Lumpur on Tuesday to discuss China.", []),
    "on the sidelines": (
        "Sergey Lavrov met Chinese Foreign Minister Wang Yi on the sidelines of a SCO meeting in Tianjin on Tuesday.",
        [f"{PAIR}, held, sidelines, Tianjin, 2025-07-15"],
    ),
    "among others": (
        "Sergey Lavrov and Wang Yi took part in a meeting of the SCO foreign ministers in Tianjin on Tuesday.",
        [f"{PAIR}, held, multilateral, Tianjin, 2025-07-15"],
    ),
    "recalled": (
        "Russia and China signed an agreement on Tuesday." + FILLER + " Vladimir Putin last visited Beijing in May 2024, when he met Xi Jinping.",
        [],
    ),
    "two coordinated dates": (
        "Vladimir Putin and Xi Jinping will meet in September at a regional summit in Tianjin and in November at a summit of the APEC in Shenzhen.",
        [
            "Vladimir Putin + Xi Jinping, announced, sidelines, Tianjin, 2025-09-01..2025-09-30",
            "Vladimir Putin + Xi Jinping, announced, sidelines, Shenzhen, 2025-11-01..2025-11-30",
        ],
    ),
    "a visit without a host": (
        "Russian President Vladimir Putin will visit China in September, the Kremlin said.",
        ["Vladimir Putin + ?, announced, CN, 2025-09-01..2025-09-30"],
    ),
    "somebody's ally is not there": (
        "Nikolai Patrushev, a close ally of Putin, met Chinese diplomat Yang Jiechi in Nanping on Tuesday.",
        ["Nikolai Patrushev + Yang Jiechi, held, Nanping, 2025-07-15"],
    ),
    "titles only": (
        "The Russian defence minister held talks with his Chinese counterpart in Moscow on Tuesday.",
        ["Andrei Belousov + Dong Jun, held, Moscow, 2025-07-15"],
    ),
    "the other pair's talks": (
        "Vladimir Putin and Kim Jong Un met in Vladivostok on Tuesday. The two leaders talked for two hours. China followed it closely.",
        [],
    ),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_in_english(text: str, expected: list[str], lexicon: Lexicon) -> None:
    assert told(read(text, lexicon)) == expected


def test_evidence_is_verbatim_and_its_cues_lie_in_it(lexicon: Lexicon) -> None:
    text = "Sergey Lavrov arrived. He and the Chinese foreign minister, Wang Yi, held talks in Moscow on Monday. They were long."
    raw = RawArticle(article_id="a", content_type=ContentType.TEXT, body=text, published_at=PUBLISHED, fetched_at=PUBLISHED)
    (article,) = clean(raw, lexicon).articles
    tagged = tag(UniqueArticle(article=article, copy_of=None), lexicon)
    assert tagged.mentions
    for mention in tagged.mentions:
        evidence = mention.evidence
        assert article.text[evidence.start : evidence.end] == evidence.sentence
        assert all(evidence.start <= cue.start < cue.end <= evidence.end for cue in evidence.cues)


def test_without_a_publication_date_a_month_keeps_no_year_and_a_weekday_is_no_date(lexicon: Lexicon) -> None:
    announced = read("Vladimir Putin will meet Xi Jinping in China in September.", lexicon, published=None)
    held = read("Sergey Lavrov met Wang Yi in Beijing on Tuesday, Russian and Chinese media said.", lexicon, published=None)
    assert told(announced) == ["Vladimir Putin + Xi Jinping, announced, CN, --09"]
    assert told(held) == [f"{PAIR}, held, Beijing"]
