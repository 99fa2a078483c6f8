"""The database of meetings and alerts: what messages make of it, and what is asked of it."""
from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.outlets.view.conditions import Query
from agents.outlets.view.reader import Reader
from agents.outlets.view.store import REMEMBERED, Record, Store
from agents.topics import ALERTS, CURRENT
from pipeline.selection import Selection
from schemas.meetings import AlertType, Facts, Format, Level, Meeting, Mode, Participant, Source, Status
from schemas.verdicts import Ruling
from tests.outlets import told
from tests.outlets.told import (
    HOSTS,
    LANGUAGES,
    MINISTERS,
    THEN,
    WATCHES,
    alert_of,
    current,
    days,
    judged,
    meeting_of,
    remembered,
    retraction,
    verdict_on,
)

SOURCE = Source(
    article_id="a", version="1", url=None, source="example.org", title=None, language="el", published_at=None, copy_of=None
)
@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "view" / "meetings.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store(path, "cluster") as opened:
        yield opened


def simple(name: str, *sentences: str, after: int = 0) -> Meeting:
    return meeting_of(name, MINISTERS, (SOURCE,), 0.9, WATCHES[0], *sentences, after=after)


def found(path: Path, query: Query) -> list[str]:
    with Reader(path) as reader:
        return [meeting.meeting_id for meeting in reader.every_meeting(query)]


def test_a_meeting_is_as_its_last_message_says_and_gone_after_a_tombstone(store: Store, path: Path) -> None:
    first, later = simple("m"), simple("m", "They met again.")
    store.apply([current(0, "m", first)])
    with Reader(path) as reader:
        assert reader.meeting("m") == first
        store.apply([current(1, "m", later)])
        assert reader.meeting("m") == later
        assert reader.count(Query(words="again")) == 1
        assert reader.count(Query(words="Λαβρόφ")) == 0  # nothing is left of what was said before
        store.apply([current(2, "m", None)])
        assert reader.meeting("m") is None
        assert reader.count(Query(words="again")) == 0


def test_messages_that_come_again_change_nothing(store: Store, path: Path) -> None:
    meeting = simple("m")
    records = [current(0, "m", meeting), told.told(0, alert_of(meeting, SOURCE)), current(1, "m", None)]
    store.apply(records)
    before = dump(path)
    store.apply(records)
    store.apply([told.told(1, alert_of(meeting, SOURCE))])  # the same alert, sent twice
    with Reader(path) as reader:
        assert [one.number for one in reader.alerts(Query(), 10).items] == [1]
    assert store.offsets == {(CURRENT, 0): 2, (ALERTS, 0): 2}
    assert [line for line in dump(path) if "offsets" not in line] == [line for line in before if "offsets" not in line]


def test_a_batch_is_taken_in_with_how_far_was_read_or_not_at_all(store: Store, path: Path) -> None:
    def broken() -> Iterator[Record]:
        yield current(0, "m", simple("m"))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store.apply(broken())
    assert (store.offsets, found(path, Query())) == ({}, [])


def test_what_is_no_message_of_ours_is_left_out_and_read_past(store: Store, path: Path) -> None:
    store.apply([Record(CURRENT, 0, 0, b"\xff", b"{", {}), Record(ALERTS, 0, 7, b"m", b"", {}), current(1, "m", simple("m"))])
    assert found(path, Query()) == ["m"]
    assert store.offsets == {(CURRENT, 0): 2, (ALERTS, 0): 8}


@pytest.mark.parametrize("spoil", ["another cluster", "another version", "no database"])
def test_a_file_that_is_not_of_this_view_is_made_again(path: Path, spoil: str) -> None:
    with Store(path, "another" if spoil == "another cluster" else "cluster") as store:
        store.apply([current(0, "m", simple("m"))])
    if spoil == "another version":
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA user_version = 99")
    elif spoil == "no database":
        path.write_bytes(b"no database at all, but long enough to be looked at" * 100)
    with Store(path, "cluster") as store:
        assert store.offsets == {}
    assert found(path, Query()) == []


def test_one_that_is_kept_goes_on_where_it_was(path: Path) -> None:
    for n in range(2):
        with Store(path, "cluster") as store:
            assert len(store.offsets) == n
            store.apply([current(0, "m", simple("m"))])
    assert found(path, Query()) == ["m"]


def test_what_was_told_of_last_comes_first_page_by_page(store: Store, path: Path) -> None:
    store.apply([current(n, f"m{n}", simple(f"m{n}", after=n // 2)) for n in range(7)])
    with Reader(path) as reader:
        seen, older = list[str](), None
        while True:
            page = reader.meetings(Query(), 3, older)
            seen += [meeting.meeting_id for meeting in page.items]
            if (older := page.older) is None:
                break
    assert seen == [f"m{n}" for n in reversed(range(7))]
    assert found(path, Query()) == seen


@pytest.mark.parametrize("older", ["", "x", "~", "2025~x"])
def test_a_place_that_no_page_gave_is_refused(store: Store, path: Path, older: str) -> None:
    with Reader(path) as reader, pytest.raises(ValueError, match="is no place"):
        reader.meetings(Query(), 3, older)


def test_meetings_that_caused_no_alert_are_shown_only_where_they_are_asked_for(store: Store, path: Path) -> None:
    store.apply([current(0, "m", simple("m").model_copy(update={"revision": 0}))])
    assert (found(path, Query()), found(path, Query(recorded=True))) == ([], ["m"])


WORDS = [
    ("Ο Λαβρόφ συνάντησε τον Γουάνγκ Γι.", "λαβροφ", "Σεργκέι"),
    ("Лавров встретился с Ван И в Пекине.", "пекин", "лавровский"),
    ("王毅同俄罗斯外长拉夫罗夫举行会谈。", "王毅", "毅王"),
    ("王毅同俄罗斯外长拉夫罗夫举行会谈。", "毅", "李"),
    ("王毅中国外相とラブロフ外相が会談した。", "ラブロフ 会談", "ラフロフ氏"),
    ("라브로프는 왕이를 만났다.", "라브로프", "왕은"),
    ("التقى لافروف مع وانغ يي في بكين.", "لافروف بكين", "موسكو"),
    ("लावरोव ने बीजिंग में वांग यी से मुलाकात की।", "बीजिंग", "मॉस्को"),
    ("Lawrow traf Wang Yi in Peking.", "PEK lawr", "Peking Moskau"),
    ("Lavrov a rencontré Wang Yi à Pékin.", "pekin", "pkin"),
    ('He said "AND" NOT OR NEAR(*).', '"and" NOT (', "xor"),
]


@pytest.mark.parametrize(("sentence", "hit", "miss"), WORDS, ids=[hit for _, hit, _ in WORDS])
def test_words_are_found_in_every_script(store: Store, path: Path, sentence: str, hit: str, miss: str) -> None:
    store.apply([current(0, "m", simple("m", sentence))])
    assert found(path, Query(words=hit)) == ["m"]
    assert found(path, Query(words=miss)) == []


def test_names_places_and_headlines_are_found_too_and_a_query_without_a_letter_finds_nothing(store: Store, path: Path) -> None:
    titled = SOURCE.model_copy(update={"title": "Minister reist an"})
    store.apply([current(0, "m", meeting_of("m", MINISTERS, (titled,)))])
    assert all(found(path, Query(words=words)) == ["m"] for words in ("wang lumpur", "foreign minister", "reist"))
    assert found(path, Query(words="?!")) == []


@given(words=st.text(max_size=20))
def test_whatever_is_typed_is_a_query(words: str, shared: Path) -> None:
    with Reader(shared) as reader:
        reader.meetings(Query(words=words), 5)


selections = st.builds(
    Selection,
    watch=st.frozensets(st.sampled_from(WATCHES), max_size=1),
    type=st.frozensets(st.sampled_from(AlertType), max_size=2),
    status=st.frozensets(st.sampled_from(Status), max_size=2),
    mode=st.frozensets(st.sampled_from(Mode), max_size=2),
    format=st.frozensets(st.sampled_from(Format), max_size=2),
    level=st.frozensets(st.sampled_from(Level), max_size=3),
    person=st.none() | st.sampled_from(("lavrov", "WANG", "minister", "%", "")),
    place=st.none() | st.sampled_from(("beijing", "sao", "RU", "brazil", "_")),
    since=st.none() | st.just(date(2025, 1, 20)),
    until=st.none() | st.just(date(2025, 2, 10)),
    language=st.frozensets(st.sampled_from(LANGUAGES), max_size=2),
    source=st.frozensets(st.sampled_from([host for host in HOSTS if host]), max_size=2),
    confidence=st.sampled_from((0.0, 0.5)),
)


@pytest.fixture(scope="module")
def meetings() -> list[Meeting]:
    """Forty, of chance; the same each time."""
    some = st.builds(
        lambda facts, sources, confidence, watch: (facts, sources, confidence, watch),
        told.facts,
        st.lists(told.sources, min_size=1, max_size=3),
        st.sampled_from((0.4, 0.9)),
        st.sampled_from(WATCHES),
    )
    drawn: list[Meeting] = []

    @given(one=some)
    def draw(one: tuple[Facts, list[Source], float, str]) -> None:
        facts, sources, confidence, watch = one
        drawn.append(meeting_of(f"m{len(drawn)}", facts, tuple(sources), confidence, watch, after=len(drawn)))

    draw()
    return drawn


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, meetings: list[Meeting]) -> Path:
    """A database of all of them, with an alert for each."""
    path = tmp_path_factory.mktemp("view") / "view.sqlite"
    with Store(path, "cluster") as store:
        store.apply(current(n, one.meeting_id, one) for n, one in enumerate(meetings))
        kinds = [*AlertType]
        alerts = [alert_of(one, one.applied[0].source, 1, kinds[n % len(kinds)]) for n, one in enumerate(meetings)]
        store.apply(told.told(n, alert) for n, alert in enumerate(alerts))
    return path


@given(selection=selections)
def test_the_database_selects_what_the_selection_of_one_message_does(selection: Selection, shared: Path, meetings: list[Meeting]) -> None:
    with Reader(shared) as reader:
        assert set(reader.every_meeting(Query(selection))) == {one for one in meetings if selection.of_meeting(one)}
        everything = reader.alerts(Query(), len(meetings)).items
        assert len(everything) == len(meetings)
        wanted = [one for one in everything if selection.of_alert(one.alert)]
        assert reader.alerts(Query(selection), len(meetings)).items == wanted


def test_meetings_are_counted_by_month_and_level_and_found_by_day(store: Store, path: Path) -> None:
    some = [(days(3, 0), Level.MINISTER), (days(40, 0), Level.HEAD_OF_STATE), (days(41, 0), Level.MINISTER), (days(41, 5), Level.OTHER)]
    for n, (day, level) in enumerate([*some, (None, Level.OTHER)]):
        facts = MINISTERS.model_copy(update={"date": day, "level": level})
        store.apply([current(n, f"m{n}", meeting_of(f"m{n}", facts, (SOURCE,)))])
    with Reader(path) as reader:
        assert reader.months(Query()) == {
            "2025-01": {Level.MINISTER: 1},
            "2025-02": {Level.HEAD_OF_STATE: 1, Level.MINISTER: 1, Level.OTHER: 1},
        }
        assert [one.meeting_id for one in reader.between(Query(), date(2025, 2, 1), date(2025, 2, 28))] == ["m1", "m2"]
        assert (reader.languages(), reader.hosts()) == ({"el": 5}, {"example.org": 5})


def test_alerts_are_read_on_behind_a_number(store: Store, path: Path) -> None:
    meeting = simple("m")
    store.apply(told.told(n, alert_of(meeting, SOURCE, n + 1)) for n in range(5))
    with Reader(path) as reader:
        assert [one.number for one in reader.alerts_after(2, 2)] == [3, 4]
        assert [one.alert.revision for one in reader.alerts_of("m")] == [1, 2, 3, 4, 5]
        assert reader.alerts_of("m")[0].time == THEN.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        page = reader.alerts(Query(), 2)
        assert ([one.number for one in page.items], page.older) == ([5, 4], "4")
        assert [one.number for one in reader.alerts(Query(), 2, 4).items] == [3, 2]
    assert store.last_alert == 5


def test_all_is_read_again_after_it_was_cleared(store: Store, path: Path) -> None:
    records = [current(0, "m", simple("m")), told.told(0, alert_of(simple("m"), SOURCE))]
    store.apply(records)
    store.clear()
    assert (store.offsets, found(path, Query()), store.last_alert) == ({}, [], 0)
    store.apply(records)
    assert found(path, Query(words="Λαβρόφ")) == ["m"]


def test_what_is_retracted_is_gone_and_its_alerts_and_verdicts_are_left(store: Store, path: Path) -> None:
    kept, gone = simple("kept"), simple("gone", "They met in Paris.", after=1)
    verdict = verdict_on("gone", Ruling.NO_MEETING, note="a letter")
    store.apply([*(current(n, one.meeting_id, one) for n, one in enumerate((kept, gone)))])
    store.apply([told.told(n, alert_of(one, SOURCE)) for n, one in enumerate((kept, gone))])
    with Reader(path) as reader:
        assert reader.retracted("gone") is None
        store.apply(retraction(2, gone, verdict))
        assert (found(path, Query()), reader.count(Query(words="Paris"))) == (["kept"], 0)
        left = reader.retracted("gone")
        assert left and left.last and (left.verdict, left.last.facts) == (verdict, gone.facts)
        assert [one.alert.type for one in reader.alerts_of("gone")] == [AlertType.NEW, AlertType.RETRACTED]
        assert [one.number for one in reader.alerts(Query(), 9).items] == [3, 2, 1]
        assert [one.number for one in reader.alerts(Query(), 9, all_sent=False).items] == [3, 1]
        assert [one.number for one in reader.alerts(Query(words="Paris"), 9).items] == [3]  # the meeting of the other is gone
        assert reader.retracted("kept") is reader.retracted("nothing") is None


def test_what_is_retracted_is_known_from_what_workers_remember_where_no_alert_told_of_it(store: Store, path: Path) -> None:
    verdict = verdict_on("m", Ruling.WRONG)
    store.apply([current(0, "m", simple("m")), remembered(0, simple("m")), told.given(0, verdict)])
    with Reader(path) as reader:
        assert reader.retracted("m") is None  # no worker has taken it up
        store.apply([current(1, "m", None)])
        assert not reader.is_taken_up(verdict)
        store.apply([remembered(1, judged(simple("m"), verdict))])
        left = reader.retracted("m")
        assert left and (left.verdict, left.last, left.facts) == (verdict, None, MINISTERS)
        assert reader.is_taken_up(verdict)
        store.apply([Record(REMEMBERED, 0, 2, b"m", None, {})])
        assert reader.retracted("m") is None


def test_what_was_refused_is_no_reason_for_a_retraction(store: Store, path: Path) -> None:
    none, same = verdict_on("m", Ruling.NO_MEETING), verdict_on("m", Ruling.SAME_AS, after=1, same_as="n")
    store.apply([*retraction(0, simple("m"), none), told.given(1, same)])
    with Reader(path) as reader:
        left = reader.retracted("m")
        assert left and left.verdict == none and not reader.is_taken_up(same)
        both = judged(simple("m"), none, same)
        refused = both.verdicts[1].model_copy(update={"refused": "n is retracted"})
        store.apply([remembered(1, both.model_copy(update={"verdicts": (both.verdicts[0], refused)}))])
        left = reader.retracted("m")
        assert left and left.verdict == none and reader.is_taken_up(same)


def test_one_that_is_forgotten_was_not_retracted(store: Store, path: Path) -> None:
    store.apply([told.told(0, alert_of(simple("m"), SOURCE)), told.given(0, verdict_on("m", Ruling.RIGHT)), current(0, "m", None)])
    with Reader(path) as reader:
        assert reader.retracted("m") is None


def test_verdicts_show_on_both_meetings_and_are_taken_up_once_the_meeting_has_them(store: Store, path: Path) -> None:
    same, right = verdict_on("a", Ruling.SAME_AS, same_as="b"), verdict_on("b", Ruling.RIGHT)
    store.apply(current(n, name, simple(name)) for n, name in enumerate("ab"))
    store.apply(told.given(n, one) for n, one in enumerate((same, right, same)))
    with Reader(path) as reader:
        assert (reader.verdicts("a"), reader.verdicts("b")) == ([same], [same, right])
        assert not any(map(reader.is_taken_up, (same, right)))
        store.apply([current(2, "a", None), remembered(0, judged(simple("a"), same)), current(3, "b", judged(simple("b"), same, right))])
        assert all(map(reader.is_taken_up, (same, right)))
        assert not reader.is_taken_up(verdict_on("a", Ruling.RIGHT))


def test_meetings_of_the_same_people_are_found_those_last_told_of_first(store: Store, path: Path) -> None:
    pair = (MINISTERS.participants[0], Participant(side="CN", name=None, office="president"))
    others = MINISTERS.model_copy(update={"participants": pair})
    some = [simple("first"), meeting_of("other", others, (SOURCE,)), simple("last", after=1)]
    store.apply([current(n, one.meeting_id, one) for n, one in enumerate(some)])
    with Reader(path) as reader:
        assert [one.meeting_id for one in reader.of_pair(MINISTERS, 5)] == ["last", "first"]
        assert [one.meeting_id for one in reader.of_pair(MINISTERS, 1)] == ["last"]
        assert [one.meeting_id for one in reader.of_pair(others, 5)] == ["other"]


def dump(path: Path) -> list[str]:
    """All that is in a database, as text."""
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())
