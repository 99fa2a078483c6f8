"""Any number of articles whose alerts do not hang on the order in which they come."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from random import Random

from pipeline.chain import Chain
from pipeline.lexicon.load import load_lexicon
from schemas.articles import RawArticle
from schemas.meetings import Alert
from tests.broker.articles import text

ONE_IN = 20  # articles tells of a meeting; the gate rejects the others, but for as many again
AGAIN_ONE_IN = 20  # articles has come before
_APART = timedelta(days=23)  # between two meetings of a pair: nobody takes the one for the other
_FIRST, _LAST = date(2013, 4, 1), date(2021, 12, 1)
OTHER_DAYS = tuple(_FIRST + timedelta(days=days) for days in (0, 8, 16))  # from which on all meetings are others
_RUSSIANS = (
    "Foreign Minister Sergey Lavrov",
    "President Vladimir Putin",
    "Prime Minister Dmitry Medvedev",
    "Defence Minister Sergey Shoigu",
    "Security Council Secretary Nikolai Patrushev",
    "Deputy Foreign Minister Igor Morgulov",
    "Ambassador Andrei Denisov",
    "Federation Council Speaker Valentina Matvienko",
)
_CHINESE = (
    "Foreign Minister Wang Yi",
    "President Xi Jinping",
    "Premier Li Keqiang",
    "Defence Minister Wei Fenghe",
    "State Councillor Yang Jiechi",
    "Deputy Foreign Minister Le Yucheng",
    "Deputy Foreign Minister Cheng Guoping",
    "parliament speaker Li Zhanshu",
)
_CITIES = ("Beijing", "Moscow", "Astana", "Samarkand", "Vladivostok", "Shanghai")
_OTHERS = (
    "The cyclist won stage {n} after a long climb in the rain, ahead of two riders of his own team.",
    "Russian exports of wheat rose by {n} tonnes, the ministry of agriculture said. Harvests were good in the south.",
    "Chinese factories made {n} more cars than a year ago. Demand from abroad grew, analysts said.",
)
_BOTH = "Russia and China signed contract number {n} on gas. The pipeline is to be longer than any other, a company said."


def crowd(number: int, seed: int, first: date = _FIRST) -> Iterator[RawArticle]:
    """So many articles, some of them twice; the same for the same seed. The meetings that they tell of begin on the day `first`."""
    chance = Random(seed)
    meetings = reports(first)
    told: list[RawArticle] = []
    for n in range(number):
        if told and chance.randrange(AGAIN_ONE_IN) == 0:
            yield chance.choice(told[-200:])
        elif chance.randrange(ONE_IN) == 0:
            told.append(next(meetings))
            yield told[-1]
        else:
            other = _BOTH if chance.randrange(ONE_IN) == 0 else chance.choice(_OTHERS)
            told.append(text(f"other-{n}", other.format(n=n)))
            yield told[-1]


def reports(first: date = _FIRST) -> Iterator[RawArticle]:
    """Articles that tell of a meeting each, another one every time: 8,832 of them."""
    number, day = 0, first
    while day < _LAST:
        for ru, cn in product(_RUSSIANS, _CHINESE):
            city = _CITIES[number % len(_CITIES)]
            met = f"Russian {ru} met Chinese {cn} in {city} on {day.day} {day:%B %Y}."
            yield text(f"meeting-{number}", f"{met} They discussed trade in {city} for {number} minutes.\n")
            number += 1
        day += _APART


def alerts_of(articles: Iterator[RawArticle]) -> list[Alert]:
    """What they raise where nothing fails."""
    chain = Chain(load_lexicon())
    return [decision.alert for article in articles for _, decision in chain.observe(article).decisions if decision.alert]
