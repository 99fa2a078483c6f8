"""Whether an article reports a meeting as its news or only recalls it, as title and sentences around tell: of Wednesday 16 July 2025."""
from __future__ import annotations

import pytest

from pipeline.clean import clean
from pipeline.lexicon.load import Lexicon
from schemas.articles import ContentType, RawArticle
from schemas.meetings import Salience
from tests.detect.test_phenomena import PUBLISHED, tagged

NEWS, RECALLED = [Salience.MAIN], [Salience.BACKGROUND]

CASES = {
    "a letter that thanks for a visit": (
        "Xi congratulates Putin on navy day",
        (
            "Chinese President Xi Jinping sent Vladimir Putin a telegram on Wednesday. It is two pages long. It praises the"
            " fleet. It names no ship. The tone is warm. On 12 July the two presidents met in the Kremlin and signed forty "
            "agreements."
        ),
        {"Vladimir Putin": RECALLED},
    ),
    "what others than those of the title did": (
        "Chinese envoy Li Hui to see Lavrov on Friday",
        (
            "Li Hui will be received by Russian Foreign Minister Sergey Lavrov in Moscow on Friday. He has toured six "
            "capitals since May. The Kremlin has said little about it. Vladimir Putin and Xi Jinping spoke by video on "
            "Saturday."
        ),
        {"Sergey Lavrov": NEWS, "Vladimir Putin": RECALLED},
    ),
    "the talks of a visit that somebody of a third country makes now": (
        "Modi receives Lavrov in New Delhi",
        (
            "Indian Prime Minister Narendra Modi received Russian Foreign Minister Sergey Lavrov in New Delhi on Wednesday."
            " The talks centred on oil. Lavrov flew in from Beijing, where he had held talks with Wang Yi on Sunday."
        ),
        {"Sergey Lavrov": RECALLED},
    ),
    "who was met earlier on the same visit": (
        "Xi Jinping receives Patrushev",
        (
            "Chinese President Xi Jinping received Russian Security Council Secretary Nikolai Patrushev in Beijing on "
            "Wednesday. The day before, Patrushev had met Wang Yi."
        ),
        {"Nikolai Patrushev": [*NEWS, *NEWS]},
    ),
    "the same in Italian": (
        "Xi Jinping riceve Lavrov",
        (
            "Il presidente cinese Xi Jinping ha ricevuto mercoledì a Pechino il ministro degli Esteri russo Serghei Lavrov."
            " In precedenza Lavrov aveva avuto colloqui con il collega Wang Yi."
        ),
        {"Sergey Lavrov": [*NEWS, *NEWS]},
    ),
    "the same in Chinese": (
        "习近平会见拉夫罗夫",
        "国家主席习近平16日在北京会见俄罗斯外长拉夫罗夫。此前，王毅同拉夫罗夫举行会谈。",
        {"Sergey Lavrov": [*NEWS, *NEWS]},
    ),
    "a date of what they spoke of, in a clause behind": (
        "Po neúspechu v Hanoji oživuje Moskva linku do Pekingu",
        (
            "Námestník ruského ministra zahraničných vecí Igor Morgulov zatelefonoval svojmu čínskemu náprotivku Ma Čao-"
            "süovi a prešiel s ním plán, ktorý obe krajiny predložili ešte pred dvoma rokmi."
        ),
        {"Igor Morgulov": NEWS},
    ),
    "the same in English": (
        "Moscow and Beijing go through their plan",
        (
            "Sergey Lavrov telephoned Wang Yi and went through the road map, which both countries had presented two years "
            "ago."
        ),
        {"Sergey Lavrov": NEWS},
    ),
    "a scene whose day the sentence before tells": (
        "Ten years of the gas contract",
        (
            "The pipeline is full. Nobody doubts that it pays. Its price is still a secret. It began in May 2014. Vladimir "
            "Putin and Xi Jinping met past midnight and shook hands."
        ),
        {"Vladimir Putin": RECALLED},
    ),
    "the same in Russian": (
        "Газовому контракту десять лет",
        (
            "Труба заполнена. Никто не сомневается, что она окупится. Цена по-прежнему тайна. Это было в мае 2014 года. "
            "Владимир Путин и Си Цзиньпин встретились после полуночи и пожали друг другу руки."
        ),
        {"Vladimir Putin": RECALLED},
    ),
}


@pytest.mark.parametrize(("title", "text", "expected"), list(CASES.values()), ids=list(CASES))
def test_what_is_news_and_what_is_recalled(title: str, text: str, expected: dict[str, list[Salience]], lexicon: Lexicon) -> None:
    raw = RawArticle(article_id="a", content_type=ContentType.TEXT, title=title, body=text, published_at=PUBLISHED, fetched_at=PUBLISHED)
    seen: dict[str, list[Salience]] = {}
    for mention in tagged(clean(raw, lexicon).articles[0], lexicon).mentions:
        seen.setdefault(mention.facts.participants[0].name or "?", []).append(mention.salience)
    assert seen == expected
