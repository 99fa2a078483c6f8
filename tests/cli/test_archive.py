"""Articles from files: what is read, in which order and under which id; what is refused, and how that is told."""
from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents import archive
from agents.archive import Read, Skipped, input_bytes, read_articles
from agents.records import document_records
from agents.seeds import seeds_folder
from schemas.articles import ContentType
from schemas.errors import InputError

NOW = datetime(2026, 2, 1, tzinfo=UTC)


def read(*paths: object) -> list[Read]:
    items = list(read_articles(map(str, paths), NOW))
    assert all(isinstance(item, Read) for item in items), items
    return [item for item in items if isinstance(item, Read)]


def refusals(*paths: object) -> list[str]:
    return [str(item) for item in read_articles(map(str, paths), NOW) if isinstance(item, InputError)]


def bodies(reads: Iterable[Read]) -> list[str]:
    return [item.article.body for item in reads]


def file(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def given_stdin(monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content.encode())))


def test_the_seeds_have_short_ids_and_come_in_order() -> None:
    found = read_articles([str(seeds_folder())], NOW)
    assert [item.doc_id for item in found if isinstance(item, Read)] == ["000", "001", "002", "003", "004"]


def test_an_object_gives_every_field_and_others_are_never_looked_at(tmp_path: Path) -> None:
    fields = {
        "doc_id": "d7",
        "title": "T",
        "text": "B",
        "url": "https://www.x.example/1",
        "published_at": "2026-01-27T10:00:00+03:00",
        "source": "x",
        "meetings": [{"status": "held"}],
        "language": 3,
    }
    (item,) = read(file(tmp_path / "a.json", json.dumps(fields)))
    article = item.article
    assert (item.doc_id, article.title, article.body, article.url, article.source) == ("d7", "T", "B", "https://www.x.example/1", "x")
    assert article.published_at == datetime.fromisoformat("2026-01-27T10:00:00+03:00")
    assert (article.content_type, article.fetched_at) == (ContentType.TEXT, NOW)
    assert "held" not in article.model_dump_json()


def test_without_a_source_the_host_of_the_address_is_it(tmp_path: Path) -> None:
    (item,) = read(file(tmp_path / "a.json", '{"text": "B", "url": "https://www.x.example/1", "title": null}'))
    assert (item.article.source, item.article.title) == ("x.example", None)


@pytest.mark.parametrize(
    ("published", "time"),
    [
        ("2026-01-27", "2026-01-27T00:00:00+00:00"),
        ("2026-01-27T10:13:26", "2026-01-27T10:13:26+00:00"),
        ("2026-01-27T10:00Z", "2026-01-27T10:00:00+00:00"),
        ("2026-01-27T10:00:00-05:00", "2026-01-27T10:00:00-05:00"),
    ],
)
def test_a_date_without_zone_is_utc(tmp_path: Path, published: str, time: str) -> None:
    (item,) = read(file(tmp_path / "a.json", json.dumps({"text": "B", "published_at": published})))
    assert item.article.published_at is not None
    assert item.article.published_at.isoformat() == time


@pytest.mark.parametrize(
    ("name", "content", "ids"),
    [
        pytest.param("000_a89cb3727ab7593c.txt", "B", ["000"], id="a text with a fingerprint in its name"),
        pytest.param("000_report.txt", "B", ["000_report"], id="a text with another name"),
        pytest.param("page.HTML", "<p>B</p>", ["page"], id="a page"),
        pytest.param("x.jsonl", '{"text": "a"}\n\n{"text": "b"}\n', ["x:1", "x:3"], id="lines, by their numbers"),
        pytest.param("x.json", '{"text": "a"}', ["x:1"], id="an object"),
        pytest.param("x.json", '\n[{"text": "a"},\n{"text": "b", "doc_id": "q"},{"text": "c"}]', ["x:1", "q", "x:3"], id="an array"),
        pytest.param("x.json", "[]", [], id="an empty array"),
        pytest.param("x.jsonl", '\ufeff{"text": "a"}', ["x:1"], id="a byte order mark"),
    ],
)
def test_ids_come_from_the_object_or_from_file_and_line(tmp_path: Path, name: str, content: str, ids: list[str]) -> None:
    assert [item.doc_id for item in read(file(tmp_path / name, content))] == ids


def test_a_folder_is_read_in_the_order_of_names_without_hidden_files(tmp_path: Path) -> None:
    for name in ["b.txt", "a/z.txt", "a/.hidden.txt", ".git/x.txt", "c.jsonl", "B.txt"]:
        file(tmp_path / name, '{"text": "c.jsonl"}' if name == "c.jsonl" else name)
    assert bodies(read(tmp_path)) == ["B.txt", "a/z.txt", "b.txt", "c.jsonl"]


def test_other_files_of_a_folder_are_counted_and_the_same_file_by_name_is_refused(tmp_path: Path) -> None:
    file(tmp_path / "a.txt", "B")
    other = file(tmp_path / "sub" / "report.pdf", "B")
    assert list(read_articles([str(tmp_path)], NOW))[-1] == Skipped(tmp_path, 1)
    assert refusals(other) == [f"{other}: is none of .txt .html .htm .json .jsonl"]


def test_a_link_back_to_the_folder_does_not_lead_round_in_circles(tmp_path: Path) -> None:
    file(tmp_path / "a.txt", "B")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert bodies(item for item in read_articles([str(tmp_path)], NOW) if isinstance(item, Read)) == ["B"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param('{"text": "a"', "is no JSON: Expecting ',' delimiter at column 13", id="malformed"),
        pytest.param('["text"]', 'is no JSON object: ["text"]', id="an array"),
        pytest.param("null", "is no JSON object: null", id="null"),
        pytest.param('{"title": "a"}', "has neither text nor html", id="no body"),
        pytest.param('{"text": null, "html": null}', "has neither text nor html", id="null bodies"),
        pytest.param('{"text": "a", "html": "b"}', "has both text and html: give the one that is the article", id="two bodies"),
        pytest.param('{"text": " \\n"}', "holds no text", id="empty text"),
        pytest.param('{"text": ["a"]}', 'text is no string: ["a"]', id="a list as text"),
        pytest.param('{"text": "a", "title": 3}', "title is no string: 3", id="a number as title"),
        pytest.param('{"text": "a", "doc_id": 3}', "doc_id is no string: 3", id="a number as id"),
        pytest.param('{"text": "a", "url": "ftp://x.example"}', 'url is no web address: "ftp://x.example"', id="another protocol"),
        pytest.param('{"text": "a", "url": "http://[x"}', 'url is no web address: "http://[x"', id="a broken address"),
        pytest.param('{"text": "a", "published_at": "tomorrow"}', 'published_at is no date: "tomorrow"', id="a word as date"),
        pytest.param('{"text": "a", "published_at": 2013}', "published_at is no string: 2013", id="a number as date"),
        pytest.param('{"text": "a", "published_at": "2026-02-30"}', 'published_at is no date: "2026-02-30"', id="no day of the calendar"),
        pytest.param(
            '{"text": "a", "published_at": "0001-01-01T00:00+14:00"}',
            'published_at is no date: "0001-01-01T00:00+14:00"',
            id="before the calendar",
        ),
        pytest.param(
            '{"text": "ab\\ud800"}', "text holds half a character, the lone surrogate \\ud800, at position 2", id="a lone surrogate"
        ),
        pytest.param(
            '{"text": "a", "url": "https://x.example/\\udfff"}',
            "url holds half a character, the lone surrogate \\udfff, at position 18",
            id="a lone surrogate in the address",
        ),
        pytest.param('{"text": "a\\u0000"}', "text holds NUL characters: it is binary, not text", id="a NUL"),
        pytest.param('{"text": "a", "title": "\\u001b[2J"}', None, id="a title that would steer the terminal is a title"),
        pytest.param('{"text": 1, "x": "\\u001b"}', "text is no string: 1", id="wrong field beside others"),
        pytest.param('"\\u009b2J"', 'is no JSON object: "\\x9b2J"', id="what is repeated cannot steer the terminal"),
        pytest.param("[" * 100_000, "is JSON nested too deeply", id="endless nesting"),
    ],
)
def test_a_line_that_is_no_article_is_refused_with_its_reason_and_the_next_is_read(tmp_path: Path, line: str, reason: str | None) -> None:
    path = file(tmp_path / "x.jsonl", f'{{"text": "before"}}\n{line}\n{{"text": "after"}}\n')
    assert refusals(path) == ([] if reason is None else [f"{path}:2: {reason}"])
    read_bodies = bodies(item for item in read_articles([str(path)], NOW) if isinstance(item, Read))
    assert (read_bodies[0], read_bodies[-1]) == ("before", "after")


def test_a_line_that_is_not_utf8_is_refused_and_the_next_is_read(tmp_path: Path) -> None:
    path = file(tmp_path / "x.jsonl", b'{"text": "\xe1"}\n{"text": "after"}\n')
    assert refusals(path) == [f"{path}:1: is not UTF-8 at byte 10; convert it, e.g. with iconv"]


def test_a_huge_line_is_refused_without_being_held_and_the_next_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LARGEST", 2**20)
    path = file(tmp_path / "x.jsonl", b'{"text": "' + b"x" * 5 * 2**20 + b'"}\n{"text": "after"}')
    refused, after = read_articles([str(path)], NOW)
    assert str(refused).startswith(f"{path}:1: is larger than 1 MiB")
    assert isinstance(after, Read)
    assert after.doc_id == "x:2"


@pytest.mark.parametrize("name", ["x.txt", "x.html", "x.json"])
def test_a_huge_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(archive, "LARGEST", 100)
    path = file(tmp_path / name, "x" * 101)
    assert refusals(path)[0].startswith(f"{path}: is larger than")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param('[{"text": "a"},\n\n {"text": 3}]', ":3: text is no string: 3", id="a wrong element, by its line"),
        pytest.param('[{"text": "a"},\n oops]', ":2: is no JSON: Expecting value at column 2", id="malformed"),
        pytest.param('[{"text": "a"},\n {"text": "b"}', ":2: is no JSON: an array that does not end", id="cut off"),
        pytest.param('{"text": "a"}\n{"text": "b"}', ":2: is no JSON: it goes on after its end; give one object a line", id="lines"),
        pytest.param("", ":1: is no JSON: Expecting value at column 1", id="an empty file"),
        pytest.param('[{"text": "a"},]', ":1: is no JSON: Expecting value at column 16", id="a comma too many"),
    ],
)
def test_what_is_wrong_in_a_document_is_told_by_its_line(tmp_path: Path, content: str, reason: str) -> None:
    path = file(tmp_path / "x.json", content)
    (refusal,) = refusals(path)
    assert refusal.startswith(f"{path}{reason}")


@given(st.lists(st.dictionaries(st.text(), st.integers() | st.text() | st.none()) | st.integers()), st.sampled_from([None, 0, 2]))
def test_the_elements_of_any_array_are_those_that_a_whole_reading_gives(values: list[object], indent: int | None) -> None:
    text = json.dumps(values, indent=indent)
    records = list(document_records(text))
    assert [record.value for record in records] == values
    assert [record.number for record in records] == list(range(1, len(values) + 1))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", "holds no text", id="empty"),
        pytest.param(b" \n\t", "holds no text", id="blank"),
        pytest.param(b"a\0b", "holds NUL characters: it is binary, not text", id="binary"),
        pytest.param("Ρωσία".encode("cp1253"), "is not UTF-8 at byte 0; convert it, e.g. with iconv", id="another charset"),
        pytest.param(b"\xff\xfea", "has the byte order mark of utf-16-le and is not utf-16-le at byte 0", id="half of UTF-16"),
    ],
)
def test_a_text_file_that_is_no_text_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = file(tmp_path / "x.txt", content)
    assert refusals(path) == [f"{path}: {reason}"]


GREEK = "Ο Λαβρόφ συναντήθηκε στο Πεκίνο με τον Κινέζο ομόλογό του. " * 5


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(GREEK.encode(), id="UTF-8"),
        pytest.param(b"\xef\xbb\xbf" + GREEK.encode(), id="UTF-8 with mark"),
        pytest.param(b"\xff\xfe" + GREEK.encode("utf-16-le"), id="UTF-16 with mark"),
        pytest.param(b'<meta charset="windows-1253">' + GREEK.encode("cp1253"), id="declared"),
        pytest.param(b"<meta http-equiv=Content-Type content='text/html; charset=iso-8859-7'>" + GREEK.encode("iso8859-7"), id="old form"),
        pytest.param(GREEK.encode("cp1253"), id="detected"),
        pytest.param(b'<meta charset="utf-8">' + GREEK.encode("cp1253"), id="declared wrongly"),
        pytest.param(b'<meta charset="no-such">' + GREEK.encode(), id="declared unknown"),
        pytest.param(b'<meta charset="utf-16">' + GREEK.encode(), id="declared impossibly"),
    ],
)
def test_a_page_is_decoded_as_it_says_or_else_by_detection(tmp_path: Path, content: bytes) -> None:
    (item,) = read(file(tmp_path / "x.html", content))
    assert GREEK in item.article.body
    assert item.article.content_type is ContentType.HTML


def test_a_single_broken_byte_does_not_change_the_charset_of_a_page(tmp_path: Path) -> None:
    (item,) = read(file(tmp_path / "x.html", b'<meta charset="utf-8">' + GREEK.encode() * 10 + b"\xce"))
    assert item.article.body.count("Λαβρόφ") == 50


@pytest.mark.parametrize(
    ("label", "charset", "text"), [("gb2312", "gb18030", "王毅會見了拉夫罗夫镕"), ("iso-8859-1", "cp1252", "„Treffen“ – heute")]
)
def test_a_charset_is_read_as_browsers_do_as_its_larger_one(tmp_path: Path, label: str, charset: str, text: str) -> None:
    (item,) = read(file(tmp_path / "x.html", f'<meta charset="{label}">{text}'.encode(charset)))
    assert text in item.article.body


@pytest.mark.parametrize(
    ("content", "ids"),
    [
        pytest.param('{"text": "a"}\n{"text": "b"}\n', ["stdin:1", "stdin:2"], id="lines"),
        pytest.param('\n\n{"text": "a"}\n', ["stdin:3"], id="a line after blank ones"),
        pytest.param('{\n "text": "a"\n}\n', ["stdin:1"], id="one object over several lines"),
        pytest.param('[{"text": "a"},\n{"text": "b"}]', ["stdin:1", "stdin:2"], id="an array"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_standard_input_is_lines_or_one_document(monkeypatch: pytest.MonkeyPatch, content: str, ids: list[str]) -> None:
    given_stdin(monkeypatch, content)
    assert [item.doc_id for item in read("-")] == ids


def test_what_is_refused_of_standard_input_is_named_by_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    given_stdin(monkeypatch, '\n{"text": "a"}\noops\n')
    assert refusals("-") == ["standard input:3: is no JSON: Expecting value at column 1"]
    given_stdin(monkeypatch, "\n\n[1]")
    assert refusals("-") == ["standard input:3: is no JSON object: 1"]


def test_missing_paths_and_empty_folders_are_refused_and_the_rest_is_read(tmp_path: Path) -> None:
    good, empty = file(tmp_path / "a.txt", "B"), tmp_path / "empty"
    empty.mkdir()
    gone = tmp_path / "gone.txt"
    (tmp_path / "folder.txt").symlink_to(tmp_path / "nowhere")
    items = list(read_articles(map(str, [gone, tmp_path / "gone", empty, tmp_path / "folder.txt", good]), NOW))
    assert [str(item) for item in items[:-1]] == [
        f"{gone}: No such file or directory",
        f"{tmp_path / 'gone'}: no such file or folder",
        f"{empty}: holds no articles, that is no files .txt .html .htm .json .jsonl",
        f"{tmp_path / 'folder.txt'}: No such file or directory",
    ]
    assert isinstance(items[-1], Read)


@pytest.mark.skipif(os.geteuid() == 0, reason="the administrator may read everything")
def test_an_unreadable_file_is_refused_and_the_rest_is_read(tmp_path: Path) -> None:
    file(tmp_path / "a.txt", "B").chmod(0)
    file(tmp_path / "b.txt", "B")
    assert refusals(tmp_path) == [f"{tmp_path / 'a.txt'}: Permission denied"]


def test_the_bytes_before_the_reader_are_those_of_the_articles(tmp_path: Path) -> None:
    file(tmp_path / "a.txt", "12345")
    file(tmp_path / "b.pdf", "12345")
    assert input_bytes([str(tmp_path), str(tmp_path / "gone")]) == 5
    assert input_bytes([str(tmp_path), "-"]) is None


def test_the_sizes_of_what_is_read_add_up_to_the_bytes_of_the_input(tmp_path: Path) -> None:
    path = file(tmp_path / "x.jsonl", '{"text": "Ρωσία"}\n{"text": "Китай"}\n')
    assert sum(item.size for item in read(path)) == input_bytes([str(path)])
