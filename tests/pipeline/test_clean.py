"""clean: what goes on and what does not, and what it takes from a plain text."""
from __future__ import annotations

import pickle
import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.clean import Cleaned, clean
from pipeline.gate import Rejection
from pipeline.lexicon.load import Lexicon
from pipeline.text.plain import MAX_CHARACTERS, tidy
from schemas.articles import BlockKind, CleanArticle, ContentType, RawArticle
from schemas.errors import Unreadable

FETCHED = datetime(2026, 2, 1, 9, tzinfo=UTC)
PUBLISHED = datetime(2025, 7, 13, 12, 5, tzinfo=UTC)
NEWS = "Russian Foreign Minister Sergey Lavrov met his Chinese counterpart Wang Yi on Sunday, the ministry said in a statement."
MORE = "The two ministers spoke about the situation in the region and agreed to meet again before the end of the year."


def raw(body: str, **fields: object) -> RawArticle:
    return RawArticle.model_validate({"article_id": "a", "content_type": ContentType.TEXT, "body": body, "fetched_at": FETCHED} | fields)


def the_article(cleaned: Cleaned) -> CleanArticle:
    (article,) = cleaned.articles
    return article


def blocks(article: CleanArticle) -> list[tuple[str, str]]:
    return [(block.kind.value, article.text[block.start : block.end]) for block in article.blocks]


def test_an_article_on_both_sides_goes_on_with_its_text_in_blocks(tiny_lexicon: Lexicon) -> None:
    cleaned = clean(raw(f"Ministers meet in Beijing\n\n{NEWS}\n\n{MORE}\n"), tiny_lexicon)
    article = the_article(cleaned)
    assert (cleaned.rejected, article.watch, article.language, article.title) == (None, "russia-china", "en", "Ministers meet in Beijing")
    assert blocks(article) == [("title", "Ministers meet in Beijing"), ("lead", NEWS), ("body", MORE)]


def test_one_article_goes_on_for_each_watch_whose_sides_it_names(tiny_lexicon: Lexicon) -> None:
    cleaned = clean(raw(f"{NEWS} {MORE} Later he will fly to India."), tiny_lexicon)
    assert [article.watch for article in cleaned.articles] == ["russia-china", "russia-india"]


@pytest.mark.parametrize(
    ("named_by", "text"),
    [
        ("countries", "Officials from Russia and China will meet next week to talk about the border, a spokesman told reporters."),
        ("adjectives", "The Russian and Chinese delegations will meet next week to talk about the border, a spokesman told reporters."),
        ("people", "Lavrov will see Wang Yi next week to talk about the situation at the border, a spokesman told reporters."),
        (
            "capitals that stand for governments",
            "Moscow and Beijing will hold talks next week about the border, a spokesman told reporters.",
        ),
        (
            "a person and an adjective",
            "Lavrov will see his Chinese colleague next week to talk about the border, a spokesman told reporters.",
        ),
    ],
)
def test_a_side_is_named_by_whatever_stands_for_it(tiny_lexicon: Lexicon, named_by: str, text: str) -> None:
    assert the_article(clean(raw(text), tiny_lexicon)).watch == "russia-china", named_by


def test_the_headline_given_beside_the_text_may_name_a_side(tiny_lexicon: Lexicon) -> None:
    text = "Lavrov landed in the capital this morning for two days of talks on trade and security, his ministry told reporters."
    assert clean(raw(text), tiny_lexicon) == Cleaned((), Rejection.NOT_BOTH_SIDES, "en")
    assert the_article(clean(raw(text, title="Russia's minister in China"), tiny_lexicon)).title == "Russia's minister in China"


@pytest.mark.parametrize(
    "elsewhere",
    [f"{MORE}\nPhoto: Xi in China", f"{MORE}\nRead also\nChina and Russia agree on gas", f"{MORE}\nShare: China | World | Home"],
    ids=["in a caption", "in a related headline", "in furniture"],
)
def test_a_side_that_only_the_page_names_does_not_count(tiny_lexicon: Lexicon, elsewhere: str) -> None:
    text = f"Lavrov received the ambassador of a neighbouring country on Sunday, the ministry said in a statement.\n{elsewhere}"
    assert clean(raw(text), tiny_lexicon) == Cleaned((), Rejection.NOT_BOTH_SIDES, "en")


@pytest.mark.parametrize(
    "text",
    [
        "Le ministre russe des Affaires étrangères a rencontré son homologue chinois à Pékin dimanche, a annoncé Moscou.",
        "Lavrov. Wang Yi.",
    ],
    ids=["a language without a file", "too little"],
)
def test_a_text_in_no_known_language_is_rejected(tiny_lexicon: Lexicon, text: str) -> None:
    assert clean(raw(text), tiny_lexicon) == Cleaned((), Rejection.NO_LANGUAGE)


@pytest.mark.parametrize("body", ["", " \n\t\n ", "\0\0", "0\n***\n12:30", "\u200b\ufeff", "\ud800\n\udfff"])
def test_a_text_without_letters_is_unreadable(tiny_lexicon: Lexicon, body: str) -> None:
    with pytest.raises(Unreadable, match="the text is empty"):
        clean(raw(body), tiny_lexicon)


@pytest.mark.parametrize(
    ("dirt", "dirty"),
    [
        ("NUL and control characters", NEWS.replace(" met ", "\x00\x07 met\x1b ")),
        ("soft hyphens and zero-width blanks", NEWS.replace("Minister", "Mini\u00adster").replace("Chinese", "\u200bChinese\ufeff")),
        ("every kind of blank", NEWS.replace(" met ", "\u00a0met\u2003\t ")),
        ("Windows line ends", f"{NEWS}\r\n"),
    ],
)
def test_the_text_is_free_of_dirt(tiny_lexicon: Lexicon, dirt: str, dirty: str) -> None:
    assert the_article(clean(raw(dirty), tiny_lexicon)).text == NEWS, dirt


def test_a_lone_surrogate_is_replaced_so_that_the_text_can_be_sent_on(tiny_lexicon: Lexicon) -> None:
    article = the_article(clean(raw(NEWS.replace("met", "met\ud83d"), title="Russia \udfff China"), tiny_lexicon))
    assert article.text.count("\ufffd") == 2
    assert CleanArticle.model_validate_json(article.model_dump_json()) == article


def test_letters_with_accents_have_one_form(tiny_lexicon: Lexicon) -> None:
    greek = "Ο Ρώσος υπουργός συναντήθηκε χθες στην πρωτεύουσα με τον Κινέζο ομόλογό του, ανακοίνωσε το υπουργείο."
    assert the_article(clean(raw(unicodedata.normalize("NFD", greek)), tiny_lexicon)).text == greek


def test_of_a_huge_text_the_beginning_is_read(tiny_lexicon: Lexicon) -> None:
    article = the_article(clean(raw("\n".join([NEWS, *(f"{MORE} {'x' * i}." for i in range(2000)), MORE * 20_000])), tiny_lexicon))
    assert article.text.startswith(NEWS)
    assert len(article.text) <= MAX_CHARACTERS


def test_lines_that_a_program_broke_are_paragraphs_again(tiny_lexicon: Lexicon) -> None:
    broken = (
        "Russian Foreign Minister Sergey Lavrov met his Chinese counterpart\nWang Yi on Sunday, the ministry said in a statement that did\n"
        "not mention any details of the agenda.\n\nThe two ministers spoke about the situation in the region and the\nborder, and they "
        "agreed to meet again before the end of the year\nin one of the two capitals, according to the same statement, which\n"
        "was published on Monday."
    )
    assert [kind for kind, _ in blocks(the_article(clean(raw(broken), tiny_lexicon)))] == ["lead", "body"]


@pytest.mark.parametrize(
    ("language", "header", "news"),
    [
        ("en", "date 2026-01-27 0", NEWS),
        ("en", "By Our Correspondent | January 27, 2026 | 01:20 PM", NEWS),
        ("en", "Published 27th January 2026", NEWS),
        ("en", "1/27/2026", NEWS),
        (
            "de",
            "27.01.2026",
            "Der russische Außenminister Lawrow traf in Peking seinen chinesischen Amtskollegen, teilte das Ministerium mit.",
        ),
        (
            "de",
            "Von unserem Korrespondenten, 27. Januar 2026",
            "Lawrow traf in Peking seinen chinesischen Amtskollegen, teilte das Ministerium mit.",
        ),
        (
            "el",
            "Τρίτη, 27 Ιανουαρίου 2026",
            "Ο Λαβρόφ συναντήθηκε χθες με τον Κινέζο ομόλογό του, ανακοίνωσε το ρωσικό υπουργείο Εξωτερικών.",
        ),
        ("el", "27/01/2026", "Ο Λαβρόφ συναντήθηκε χθες με τον Κινέζο ομόλογό του, ανακοίνωσε το ρωσικό υπουργείο Εξωτερικών."),
        (
            "zh",
            "2026年1月27日 00:41 来源：通讯社",
            "俄罗斯外长拉夫罗夫星期二在北京同中国外长王毅举行会谈，双方讨论了地区局势和两国关系的发展。",
        ),
    ],
)
def test_a_full_date_above_the_text_is_its_publication_day(tiny_lexicon: Lexicon, language: str, header: str, news: str) -> None:
    article = the_article(clean(raw(f"{header}\n\n{news}"), tiny_lexicon))
    assert (article.language, article.published_at) == (language, datetime(2026, 1, 27, tzinfo=UTC))


@pytest.mark.parametrize(
    "text",
    [
        f"BEIJING, 27 January 2026 (Agency) - {NEWS}",
        f"BEIJING, January 27, 2026 -- {NEWS}",
        f"BEIJING, 27 January 2026. {NEWS}",
    ],
)
def test_the_day_of_a_dateline_is_its_publication_day(tiny_lexicon: Lexicon, text: str) -> None:
    assert the_article(clean(raw(text), tiny_lexicon)).published_at == datetime(2026, 1, 27, tzinfo=UTC)


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        ("none", NEWS),
        ("a short sentence opens the text", f"Lavrov met Wang Yi in Beijing on 27 January 2026. {MORE}"),
        ("no place stands beside it", f"On 27 January 2026 - a Tuesday - {NEWS}"),
        ("it stands in the running text", f"{NEWS} They last met on 27 January 2026.\n{MORE} On 2026-01-27 they signed."),
        ("it stands below the text", f"{NEWS}\n{MORE}\n2026-01-27"),
        ("two that differ", f"Published 27 January 2026\nUpdated 28 January 2026\n{NEWS}"),
        ("day and month could change places", f"05/08/2015\n{NEWS}"),
        ("no year", f"27 January\n{NEWS}"),
        ("no such day", f"2026-02-31\n{NEWS}"),
        ("after it was fetched", f"2026-03-01\n{NEWS}"),
    ],
)
def test_any_other_date_is_no_publication_day(tiny_lexicon: Lexicon, reason: str, text: str) -> None:
    assert the_article(clean(raw(text), tiny_lexicon)).published_at is None, reason


def test_the_date_given_beside_the_text_comes_first(tiny_lexicon: Lexicon) -> None:
    article = the_article(clean(raw(f"2026-01-27\n{NEWS}", published_at=PUBLISHED), tiny_lexicon))
    assert article.published_at == PUBLISHED


def test_the_source_is_the_host_where_none_is_given(tiny_lexicon: Lexicon) -> None:
    url = "https://www.news.example/2025/07/13/talks"
    article = the_article(clean(raw(NEWS, url=url), tiny_lexicon))
    assert (article.source, article.url, article.published_at) == ("news.example", url, datetime(2025, 7, 13, tzinfo=UTC))
    assert the_article(clean(raw(NEWS, url=url, source="Agency"), tiny_lexicon)).source == "Agency"


LINES = st.lists(
    st.one_of(
        st.text(max_size=60),
        st.sampled_from(
            [NEWS, MORE, "Read also", "Read also: a headline", "Photo: China", "2026-01-27", "0", "- one", "They said:", NEWS.upper()]
        ),
    ),
    max_size=12,
)


@given(lines=LINES, title=st.one_of(st.none(), st.text(max_size=40)))
def test_blocks_cover_the_text_in_order_but_for_one_newline_between_two(tiny_lexicon: Lexicon, lines: list[str], title: str | None) -> None:
    articles = clean(raw("\n".join([NEWS, *lines]), title=title), tiny_lexicon).articles
    assume(articles)  # letters of many scripts may hide the language
    article = articles[0]
    assert "\n".join(text for _, text in blocks(article)) == article.text
    assert all(before.end + 1 == after.start for before, after in zip(article.blocks, article.blocks[1:], strict=False))
    assert (article.blocks[0].start, article.blocks[-1].end) == (0, len(article.text))
    assert all(text and text == text.strip() and "\n" not in text for _, text in blocks(article))
    assert unicodedata.is_normalized("NFC", article.text)
    assert [block.kind for block in article.blocks].count(BlockKind.LEAD) == 1


@given(lines=LINES)
def test_cleaning_is_repeatable_and_its_answer_travels_between_processes(tiny_lexicon: Lexicon, lines: list[str]) -> None:
    cleaned = clean(raw("\n".join([NEWS, *lines])), tiny_lexicon)
    assert pickle.loads(pickle.dumps(cleaned)) == cleaned == clean(raw("\n".join([NEWS, *lines])), tiny_lexicon)


def test_marks_that_pile_up_on_a_letter_are_cut() -> None:
    assert tidy("o" + "\u0301\u0316" * 200_000 + "n") == unicodedata.normalize("NFC", "o" + "\u0301\u0316" * 15 + "n")
