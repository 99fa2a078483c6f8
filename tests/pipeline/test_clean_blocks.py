"""clean: which lines of a plain text are the article, and which belong to its page."""
from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.clean import clean
from pipeline.lexicon.load import Lexicon, load_lexicon
from schemas.articles import CleanArticle, ContentType, RawArticle

SEEDS = Path(__file__).parents[2] / "seeds"
FETCHED = datetime(2026, 2, 1, 9, tzinfo=UTC)
NEWS = "Russian Foreign Minister Sergey Lavrov met his Chinese counterpart Wang Yi on Sunday, the ministry said in a statement."
MORE = "The two ministers spoke about the situation in the region and agreed to meet again before the end of the year."
LAST = "They also discussed trade between Russia and China, which has grown by a tenth since the beginning of last year."


def cleaned(lexicon: Lexicon, body: str, title: str | None = None) -> CleanArticle:
    raw = RawArticle(article_id="a", content_type=ContentType.TEXT, body=body, title=title, fetched_at=FETCHED)
    (article,) = clean(raw, lexicon).articles
    return article


def kinds(article: CleanArticle) -> dict[str, str]:
    return {article.text[block.start : block.end]: block.kind.value for block in article.blocks}


def kind_of(lexicon: Lexicon, line: str, body: str, title: str | None = None) -> str | None:
    return kinds(cleaned(lexicon, body, title)).get(line)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Photo: Lavrov and Wang Yi in Beijing", "caption"),
        ("[Photo/Xinhua] Presidents Xi and Putin in conversation", "caption"),
        ("Lavrov and Wang Yi shake hands - Getty Images.", "caption"),
        ("Lavrov (L) and Wang Yi (R) before the talks.", "caption"),
        ("The two ministers at the airport. (Photo by the ministry)", "caption"),
        ("Read also: Cyclone reaches the southern coast", "related"),
        ("Also: Cyclone reaches the southern coast!", "related"),
        ("Lavrov and Wang Yi in the garden. Photo: ministry.", "caption"),
        ("Wang Yi: relations are a factor of stability (1)", "related"),
        ("Follow us on Google News and be the first to know.", "furniture"),
        ("Share on Facebook Twitter", "furniture"),
        ("Home | World | Sport", "furniture"),
        ("Source: news.example", "furniture"),
        ("(dpa/NAN)", "furniture"),
        ("0", "furniture"),
        ("© 2025 The Daily Example", "furniture"),
        ("Compiled from AFP and Reuters", "furniture"),
        ("A turning point in the relations", "body"),
        ("Sources in Moscow say that Wang Yi accepted.", "body"),
        ("Reuters reported on Monday that Lavrov would stay for two days.", "body"),
        ("Lavrov said that he was satisfied, and left. (Reuters)", "body"),
    ],
)
def test_a_line_between_paragraphs_is_told_by_its_form(tiny_lexicon: Lexicon, line: str, kind: str) -> None:
    body = f"{NEWS}\n{line}\n{MORE}\n{LAST}"
    found = kinds(cleaned(tiny_lexicon, body))
    assert (found[line], found[NEWS], found[MORE], found[LAST]) == (kind, "lead", "body", "body")


def test_text_goes_on_behind_related_links_in_its_middle(tiny_lexicon: Lexicon) -> None:
    found = kinds(cleaned(tiny_lexicon, f"{NEWS}\nRead also\nPutin receives Modi\nCyclists and hidden motors\n{MORE}\n{LAST}"))
    assert list(found.values()) == ["lead", "related", "related", "related", "body", "body"]


def test_teasers_behind_a_heading_of_related_links_are_related(tiny_lexicon: Lexicon) -> None:
    teaser = "The cyclone that has been moving along the coast since Friday left thousands of homes without power."
    body = f"{NEWS}\n{MORE}\nRelated articles\nCyclone reaches the coast\n{teaser}\nCyclists and hidden motors"
    assert list(kinds(cleaned(tiny_lexicon, body)).values()) == ["lead", "body", *["related"] * 4]


def test_headlines_repeated_with_their_section_are_related_without_any_heading(tiny_lexicon: Lexicon) -> None:
    body = f"{NEWS}\n{MORE}\nCyclone reaches the coast\nWorld / Cyclone reaches the coast\nThousands of homes are without power."
    assert set(kinds(cleaned(tiny_lexicon, body)).values()) == {"lead", "body", "related"}
    assert kind_of(tiny_lexicon, "Thousands of homes are without power.", body) == "related"


@pytest.mark.parametrize(
    ("place", "body"),
    [
        ("behind the text", f"{NEWS}\n{MORE}\nPutin receives the prime minister of India\nCyclone reaches the southern coast"),
        (
            "between paragraphs",
            f"{NEWS}\nPutin receives the prime minister of India\nCyclone hits the coast\nHidden motors found again\n{MORE}",
        ),
    ],
)
def test_headlines_in_a_row_are_related(tiny_lexicon: Lexicon, place: str, body: str) -> None:
    assert kind_of(tiny_lexicon, "Putin receives the prime minister of India", body) == "related", place


CALENDAR = f"""{NEWS}
Monday 1
Berlin - Trade ministers of the Union
Tuesday 2
Moscow - Lavrov receives Wang Yi
Friday 5
Rome - A forum on gas"""


def test_the_entries_of_a_calendar_are_text(tiny_lexicon: Lexicon) -> None:
    assert kind_of(tiny_lexicon, "Moscow - Lavrov receives Wang Yi", CALENDAR) == "body"
    days_that_do_not_follow_each_other = CALENDAR.replace("Tuesday 2", "Top 20").replace("Friday 5", "Page 3")
    assert kind_of(tiny_lexicon, "Moscow - Lavrov receives Wang Yi", days_that_do_not_follow_each_other) == "related"


def test_a_list_of_the_text_is_text(tiny_lexicon: Lexicon) -> None:
    body = (
        f"{NEWS}\nThe two sides agreed on three documents:\n- a plan of consultations for next year\n- a treaty on the border\n- a protocol"
    )
    assert set(kinds(cleaned(tiny_lexicon, body)).values()) == {"lead", "body"}


@pytest.mark.parametrize("repeat", [NEWS, NEWS.upper(), f"«{NEWS}»", f"MOSCOW, July 13 (Agency) - {NEWS}"])
def test_of_a_text_that_stands_twice_one_remains(tiny_lexicon: Lexicon, repeat: str) -> None:
    assert cleaned(tiny_lexicon, f"{NEWS}\n{MORE}\n{repeat}\n{MORE}").text == f"{NEWS}\n{MORE}"


@pytest.mark.parametrize("title", ["Lavrov and Wang Yi meet", "Will Lavrov and Wang Yi meet again?"])
def test_a_headline_above_the_text_is_its_title(tiny_lexicon: Lexicon, title: str) -> None:
    assert cleaned(tiny_lexicon, f"Home > World > News\n2026-01-27\n{title}\n{NEWS}\n{MORE}").title == title


def test_the_title_given_beside_the_text_is_not_repeated_by_it(tiny_lexicon: Lexicon) -> None:
    article = cleaned(tiny_lexicon, f"Lavrov and Wang Yi meet.\n{NEWS}", title="Lavrov and Wang Yi meet")
    assert list(kinds(article).items()) == [("Lavrov and Wang Yi meet", "title"), (NEWS, "lead")]


@pytest.mark.parametrize("first", [NEWS, "Lavrov met Wang Yi on Sunday, and Russia is glad."], ids=["a paragraph", "a short sentence"])
def test_a_text_that_starts_with_a_sentence_has_no_title(tiny_lexicon: Lexicon, first: str) -> None:
    assert cleaned(tiny_lexicon, f"{first}\n{MORE}").title is None


def test_a_text_of_one_short_line_is_its_lead(tiny_lexicon: Lexicon) -> None:
    assert kinds(cleaned(tiny_lexicon, "Lavrov meets Wang Yi for talks in Beijing")) == {
        "Lavrov meets Wang Yi for talks in Beijing": "lead"
    }


@pytest.fixture(scope="module", params=["tiny", "packaged"])
def any_lexicon(request: pytest.FixtureRequest, tiny_lexicon: Lexicon) -> Lexicon:
    """What the form of a line tells must not hang on a word more or less in a language file."""
    return tiny_lexicon if request.param == "tiny" else load_lexicon()


SEED = {path.name[:3]: path for path in sorted(SEEDS.glob("*.txt"))}


def seed(lexicon: Lexicon, number: str) -> dict[str, str]:
    return kinds(cleaned(lexicon, SEED[number].read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("number", "start", "kind"),
    [
        ("000", "Ο Ρώσος υπουργός Εξωτερικών Σεργκέι Λαβρόφ, κατά την επίσκεψή", "lead"),
        ("000", "Οι ΗΠΑ θεωρούν την Κίνα ως τον μεγαλύτερο ανταγωνιστή", "body"),
        ("000", "Πηγή: skai.gr", "furniture"),
        ("000", "Διαβάστε τις Ειδήσεις σήμερα", "furniture"),
        ("000", "Ακολουθήστε το Skai.gr στο Google News", "furniture"),
        ("001", "Ρωσία και Κίνα εμβαθύνουν τη στρατιωτική", "title"),
        ("001", "Ρωσία και Κίνα εμβαθύνουν τη συνεργασία τους σε αμυντικά ζητήματα Facebook", "furniture"),
        ("001", "Ο Ρώσος πρόεδρος, Βλαντίμιρ Πούτιν με τον Κινέζο ομόλογό του", "caption"),
        ("001", "Ένας από τους στενότερους συμμάχους", "lead"),
        ("001", "Ο Πατρούσεφ, πρώην Σοβιετικός πράκτορας", "body"),
        ("001", "Με πληροφορίες από ΑΠΕ-ΜΠΕ και Reuters", "furniture"),
        ("001", "Γάζα: 57 νεκροί", "related"),
        ("001", "Κλιμακώνεται η σύγκρουση στα σύνορα", "related"),
        ("001", "Tour de France: Χρησιμοποιούν οι ποδηλάτες", "related"),
        ("001", "Η κυβέρνηση Τραμπ υιοθετεί", "related"),
        ("002", "date 2026-01-27 0", "furniture"),
        ("002", "Συναμίλησαν οι υπουργοί Άμυνας", "title"),
        ("002", "Ο Κινέζος υπουργός Άμυνας δήλωσε σήμερα", "lead"),
        ("003", "Russlands Außenminister Sergej Lawrow traf sich", "lead"),
        ("003", "Lawrow war nach Peking gereist", "body"),
        ("003", "Weiterführendes zum Thema", "related"),
        ("004", "Russland und China einigten sich darauf", "lead"),
        ("004", "Nach Angaben des Nachrichtendienstes Interfax traf sich Lawrow", "body"),
    ],
)
def test_the_lines_of_the_seeds(any_lexicon: Lexicon, number: str, start: str, kind: str) -> None:
    found = {kind for line, kind in seed(any_lexicon, number).items() if line.startswith(start)}
    assert found == {kind}


@pytest.mark.parametrize("number", SEED)
def test_each_paragraph_of_a_seed_stands_once(tiny_lexicon: Lexicon, number: str) -> None:
    text = SEED[number].read_text(encoding="utf-8")
    read = [line for line, kind in seed(tiny_lexicon, number).items() if kind in ("title", "lead", "body")]
    assert all(" ".join(line.split()) in " ".join(text.split()) for line in read)
    assert len(read) == len(set(read))


def test_the_seed_with_a_date_above_it_has_this_publication_day(tiny_lexicon: Lexicon) -> None:
    dates = {number: cleaned(tiny_lexicon, path.read_text(encoding="utf-8")).published_at for number, path in SEED.items()}
    assert dates == dict.fromkeys(SEED, None) | {"002": datetime(2026, 1, 27, tzinfo=UTC)}
