"""Where and when, told in another sentence than the meeting; and whom "the guest" means."""
from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from pipeline.clean import clean
from pipeline.lexicon.load import Lexicon
from pipeline.tag import tag
from schemas.articles import ContentType, RawArticle, UniqueArticle
from schemas.meetings import DateRange, Format, Mention, Salience

PUBLISHED = datetime(2025, 7, 16, 12, tzinfo=UTC)  # a Wednesday


def told(text: str, lexicon: Lexicon, published: datetime | None = PUBLISHED) -> list[Mention]:
    raw = RawArticle(article_id="a", content_type=ContentType.TEXT, body=text, published_at=published, fetched_at=PUBLISHED)
    (article,) = clean(raw, lexicon).articles
    unique = UniqueArticle(article=article, version="1", copy_of=None, came_at=PUBLISHED)
    return [mention for mention in tag(unique, lexicon).mentions if mention.salience is Salience.MAIN]


MEETING = "Sergey Lavrov met Wang Yi."
PLACES = {
    "the sentence before": (f"The Russian delegation landed in Harbin. {MEETING}", "Harbin"),
    "the sentence behind": (f"{MEETING} The talks in Kazan lasted an hour.", "Kazan"),
    "the only city of the article": (
        f"{MEETING} Trade was the topic. Energy came second. Visas came third. Rail came fourth. Kazan is proud of its guests.",
        "Kazan",
    ),
    "a venue needs no preposition": (f"{MEETING} Diaoyutai was closed to traffic.", "Beijing"),
    "a city where somebody speaks is none": (f"{MEETING} Trade was discussed, a spokesman said in Harbin.", None),
    "the capital is the one that was named last": (f"Lavrov flew from Beijing to Moscow. {MEETING[:-1]} in the capital.", "Moscow"),
    "a city of the country that is told": (f"They landed in Kazan. They had met others in Harbin. {MEETING[:-1]} in Russia.", "Kazan"),
    "a capital alone is a government": (f"{MEETING} Beijing praised the talks.", None),
}


@pytest.mark.parametrize(("text", "city"), PLACES.values(), ids=PLACES)
def test_a_venue_may_stand_in_another_sentence(text: str, city: str | None, lexicon: Lexicon) -> None:
    (mention,) = told(text, lexicon)
    assert (mention.facts.place.city if mention.facts.place else None) == city


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (f"The G20 foreign ministers gathered in Bali. The food crisis led the agenda. {MEETING}", (Format.SIDELINES, "Bali")),
        (f"The G20 foreign ministers will gather in Bali. {MEETING} They met in Harbin.", (Format.BILATERAL, "Harbin")),
        (f"Trade was weak. Tourists went to Bali. {MEETING}", (Format.BILATERAL, None)),
    ],
)
def test_who_meets_at_a_gathering_abroad_meets_at_its_margin(text: str, where: tuple[Format, str | None], lexicon: Lexicon) -> None:
    (mention,) = told(text, lexicon)
    assert (mention.facts.format, mention.facts.place.city if mention.facts.place else None) == where


def test_where_nothing_dates_the_article_a_day_with_its_year_is_known_and_one_without_is_not(lexicon: Lexicon) -> None:
    (dated,) = told(f"The delegation arrived on 14 July 2025. {MEETING}", lexicon, published=None)
    assert dated.facts.date == DateRange(start=date(2025, 7, 14), end=date(2025, 7, 14), told=False)
    (undated,) = told(f"The delegation arrived on 14 July. {MEETING}", lexicon, published=None)
    assert undated.facts.date is None


def test_a_day_told_in_the_sentence_before_is_inferred(lexicon: Lexicon) -> None:
    (mention,) = told(f"The delegation arrived on Monday. {MEETING}", lexicon)
    assert mention.facts.date == DateRange(start=date(2025, 7, 14), end=date(2025, 7, 14), told=False)


def test_a_day_that_does_not_fit_is_not_taken(lexicon: Lexicon) -> None:
    (mention,) = told(f"The delegation had set out on 2 March. {MEETING}", lexicon)
    assert mention.facts.date
    assert mention.facts.date.end == PUBLISHED.date()


def test_the_guest_is_the_one_of_the_side_that_is_not_named(lexicon: Lexicon) -> None:
    text = "Sergei Shoigu met Chang Wanquan in Beijing on Monday. In the evening the guest was received by Xi Jinping."
    pairs = {tuple(p.name for p in mention.facts.participants) for mention in told(text, lexicon)}
    assert pairs == {("Sergei Shoigu", "Chang Wanquan"), ("Sergei Shoigu", "Xi Jinping")}


def test_a_meeting_told_twice_is_one_mention(lexicon: Lexicon) -> None:
    text = "Sergey Lavrov and Wang Yi met in Beijing on Monday. In Moscow the talks of the two ministers were called a success."
    assert len(told(text, lexicon)) == 1
