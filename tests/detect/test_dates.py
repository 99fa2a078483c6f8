"""Dates as readers of each language understand them, on a Wednesday, 16 July 2025."""
from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.detect.dates import dates
from pipeline.detect.document import read
from pipeline.detect.when import narrowed
from pipeline.lexicon.load import Lexicon
from pipeline.lexicon.matcher import Tag
from schemas.articles import Block, BlockKind, CleanArticle

PUBLISHED = datetime(2025, 7, 16, 12, tzinfo=UTC)


def found(lexicon: Lexicon, language: str, text: str, future: bool, published: datetime = PUBLISHED) -> list[str]:
    """The dates of a one-sentence article, as first..last."""
    article = CleanArticle(
        article_id="a",
        watch="russia-china",
        language=language,
        text=text,
        blocks=(Block(kind=BlockKind.BODY, start=0, end=len(text)),),
        url=None,
        source=None,
        published_at=published,
        fetched_at=PUBLISHED,
    )
    document = read(article, lexicon.languages[language], lexicon)
    return [f"{when.first}..{when.last}" for when in dates(document, document.sentences[0], future)]


def test_the_last_winter_of_a_january_is_the_one_before_this(lexicon: Lexicon) -> None:
    january = datetime(2025, 1, 16, 12, tzinfo=UTC)
    assert found(lexicon, "de", "Sie trafen sich im vorigen Winter", False, january) == ["2023-12-01..2024-02-29"]


@pytest.mark.parametrize(
    ("language", "text", "future", "expected"),
    [
        ("en", "They will meet in late August", True, ["2025-08-22..2025-08-31"]),
        ("en", "They meet at the beginning of next month", True, ["2025-08-01..2025-08-10"]),
        ("fr", "Ils se sont vus au début du mois de février", False, ["2025-02-01..2025-02-09"]),
        ("it", "Si sono visti alla fine del mese di giugno", False, ["2025-06-21..2025-06-30"]),
        ("ro", "S-au văzut la începutul lunii februarie", False, ["2025-02-01..2025-02-09"]),
        ("es", "Se vieron el pasado mes de febrero", False, ["2025-02-01..2025-02-28"]),
        ("fr", "Ils se sont vus fin mars", False, ["2025-03-22..2025-03-31"]),
        ("tr", "Putin Ekim ayında gelecek", True, ["2025-10-01..2025-10-31"]),
        ("en", "They will meet in the second half of September", True, ["2025-09-16..2025-09-30"]),
        ("tr", "Eylül ayının ikinci yarısında görüşecekler", True, ["2025-09-16..2025-09-30"]),
        ("en", "They will meet in the first half of 2026", True, ["2026-01-01..2026-06-30"]),
        ("en", "They met three days ago", False, ["2025-07-13..2025-07-13"]),
        ("de", "Sie trafen sich vor 2 Wochen", False, ["2025-06-30..2025-07-06"]),
        ("ru", "Они встретились год назад", False, ["2024-01-01..2024-12-31"]),
        ("ar", "التقيا قبل شهرين", False, ["2025-05-01..2025-05-31"]),
        ("zh", "双方两年前会谈", False, ["2023-01-01..2023-12-31"]),
        ("vi", "Hai bên hội đàm thứ sáu tuần trước", False, ["2025-07-11..2025-07-11", "2025-07-07..2025-07-13"]),
        ("en", "They will meet at the end of the year", True, ["2025-09-02..2025-12-31"]),
        ("de", "Sie treffen sich Anfang September", True, ["2025-09-01..2025-09-10"]),
        ("ru", "Они встретятся в середине октября", True, ["2025-10-11..2025-10-21"]),
        ("zh", "双方将于8月下旬会谈", True, ["2025-08-22..2025-08-31"]),
        ("en", "They met this spring", False, ["2025-03-01..2025-05-31"]),
        ("en", "They will meet in autumn", True, ["2025-09-01..2025-11-30"]),
        ("en", "They met in the winter of 2023", False, ["2023-12-01..2024-02-29"]),
        ("en", "They will meet on Friday next week", True, ["2025-07-25..2025-07-25", "2025-07-21..2025-07-27"]),
        ("zh", "双方下周二会谈", True, ["2025-07-22..2025-07-22"]),
        ("fr", "Du 7 au 9 juillet, il était à Pékin", False, ["2025-07-07..2025-07-09"]),
        ("uk", "Візит тривав із 12 по 14 липня", False, ["2025-07-12..2025-07-14"]),
        ("zh", "7月12日至14日访问", False, ["2025-07-12..2025-07-14"]),
        ("ko", "7월 12일부터 14일까지 방문했다", False, ["2025-07-12..2025-07-14"]),
        ("en", "They will go on with what they agreed last Friday", True, ["2025-07-11..2025-07-11"]),
        ("en", "They will meet on 14 July, as was told before", True, ["2025-07-14..2025-07-14"]),
        ("en", "They will meet on 14 May", True, ["2026-05-14..2026-05-14"]),
        ("it", "L'incontro è avvenuto al palazzo Primo Agosto", False, []),
        ("de", "Von Montag bis Mittwoch wird er in Moskau erwartet", True, ["2025-07-21..2025-07-23"]),
        ("ru", "С понедельника по среду он был в Москве", False, ["2025-07-14..2025-07-16"]),
        ("fr", "Il était à Moscou de lundi à mardi", False, ["2025-07-14..2025-07-15"]),
        ("en", "They met on Monday and Tuesday", False, ["2025-07-14..2025-07-14", "2025-07-15..2025-07-15"]),
        ("fa", "آنها جمعه ۲۰ تیر دیدار کردند", False, ["2025-07-11..2025-07-11"]),
        ("fa", "از ۱۴ تا ۱۶ تیرماه در پکن بود", False, ["2025-07-05..2025-07-07"]),
        ("fa", "در ۲۶ اسفند ۱۴۰۳ دیدار کردند", False, ["2025-03-16..2025-03-16"]),
        ("fa", "در تاریخ ۱۴۰۴/۰۴/۲۰ دیدار کردند", False, ["2025-07-11..2025-07-11"]),
        ("fa", "در شهریورماه دیدار خواهند کرد", True, ["2025-08-23..2025-09-22"]),
        ("fa", "به گزارش خبرگزاری مهر آنها دیدار کردند", False, []),
        ("en", "They met in May last year", False, ["2024-05-01..2024-05-31"]),
        ("zh", "双方去年5月会谈", False, ["2024-05-01..2024-05-31"]),
        ("de", "Sie trafen sich im Mai vergangenen Jahres", False, ["2024-05-01..2024-05-31"]),
        ("ja", "先月20日に会談した", False, ["2025-06-20..2025-06-20"]),
        ("en", "They met on 30 June", False, ["2025-06-30..2025-06-30"]),
        ("en", "They will meet on 5 January", True, ["2026-01-05..2026-01-05"]),
    ],
)
def test_a_date_means_what_a_reader_takes_it_for(language: str, text: str, future: bool, expected: list[str], lexicon: Lexicon) -> None:
    assert found(lexicon, language, text, future) == expected


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1)), st.integers(min_value=3, max_value=366))
def test_the_thirds_of_a_span_follow_one_another_and_fill_it(first: date, days: int) -> None:
    last = date.fromordinal(first.toordinal() + days - 1)
    early, middle, late = (narrowed(first, last, Tag(0, 0, f"dates.{part}", None)) for part in ("early", "middle", "late"))
    assert (early[0], late[1]) == (first, last)
    assert (middle[0] - early[1]).days == (late[0] - middle[1]).days == 1
    assert all(start <= end for start, end in (early, middle, late))
