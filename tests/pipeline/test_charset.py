"""Bytes to text: feeds and pages as servers label them, rightly and wrongly."""
from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.charset import feed_text, page_text

RUSSIAN, CHINESE, TAIWANESE = "Лавров встретился с Ван И", "王毅会见拉夫罗夫", "王毅會見拉夫羅夫"
JAPANESE, KOREAN = "王毅外相とラブロフ外相が会談", "왕이 라브로프 회담"
GREEK, ARABIC = "Ο Λαβρόφ συνάντησε τον Γουάνγκ Γι", "التقى لافروف وانغ يي"
POLISH, TURKISH, FRENCH = "Ławrow spotkał się z Wang Yi", "Lavrov ile Wang Yi görüştü", "Lavrov a rencontré Wang Yi à Pékin – « franc »"


META = b'<meta charset="windows-1251">'


def xml(text: str, declared: str | None, charset: str) -> bytes:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else '<?xml version="1.0"?>'
    return f"{declaration}\n<rss><title>{text}</title></rss>".encode(charset)


@pytest.mark.parametrize(
    ("text", "declared", "charset", "content_type"),
    [
        pytest.param(RUSSIAN, None, "utf-8", None, id="UTF-8, not declared"),
        pytest.param(RUSSIAN, "windows-1251", "windows-1251", "text/xml", id="declared in the feed"),
        pytest.param(RUSSIAN, None, "koi8-r", "text/xml; charset=koi8-r", id="told by the server"),
        pytest.param(RUSSIAN, "utf-8", "windows-1251", "text/xml; charset=windows-1251", id="the server is right"),
        pytest.param(RUSSIAN, "windows-1251", "windows-1251", "text/xml; charset=utf-8", id="the server is wrong"),
        pytest.param(RUSSIAN, "utf-8", "utf-8", "text/xml; charset=iso-8859-1", id="UTF-8 that the server calls Latin"),
        pytest.param(RUSSIAN, "windows-1251", "utf-8", None, id="UTF-8 that the feed calls otherwise"),
        pytest.param(CHINESE, "gb2312", "gb18030", None, id="simplified Chinese by its smaller name"),
        pytest.param(TAIWANESE, "big5", "big5", None, id="traditional Chinese"),
        pytest.param(JAPANESE, "shift_jis", "cp932", None, id="Japanese"),
        pytest.param(JAPANESE, "euc-jp", "euc-jp", None, id="Japanese on Unix"),
        pytest.param(KOREAN, "euc-kr", "cp949", None, id="Korean"),
        pytest.param(GREEK, "iso-8859-7", "iso-8859-7", None, id="Greek"),
        pytest.param(GREEK, "windows-1253", "windows-1253", None, id="Greek on Windows"),
        pytest.param(ARABIC, "windows-1256", "windows-1256", None, id="Arabic"),
        pytest.param(POLISH, "iso-8859-2", "iso-8859-2", None, id="Polish"),
        pytest.param(TURKISH, "iso-8859-9", "windows-1254", None, id="Turkish"),
        pytest.param(FRENCH, "iso-8859-1", "windows-1252", None, id="Western by its smaller name"),
        pytest.param(CHINESE, "utf-16", "utf-16", None, id="UTF-16 with its mark"),
        pytest.param(CHINESE, "no-such-charset", "utf-8", "text/xml; charset=", id="a charset that nobody knows"),
    ],
)
def test_a_feed_is_read_in_its_charset(text: str, declared: str | None, charset: str, content_type: str | None) -> None:
    assert feed_text(xml(text, declared, charset), content_type).strip() == f"<rss><title>{text}</title></rss>"


@pytest.mark.parametrize("content_type", [None, "text/xml; charset=utf-8"])
def test_a_bad_byte_damages_one_character_and_not_the_feed(content_type: str | None) -> None:
    data = xml(f"{RUSSIAN} # {RUSSIAN}", "utf-8", "utf-8").replace(b"#", b"\xff")
    assert f"{RUSSIAN} \N{REPLACEMENT CHARACTER} {RUSSIAN}" in feed_text(data, content_type)


def test_a_byte_order_mark_is_no_part_of_the_feed() -> None:
    assert feed_text(codecs.BOM_UTF8 + b"<rss/>", None) == "<rss/>"


@given(st.binary(max_size=200), st.none() | st.text(max_size=30))
def test_any_bytes_give_text_that_xml_allows(data: bytes, content_type: str | None) -> None:
    text = feed_text(data, content_type)
    assert not any(c < " " and c not in "\t\n\r" or c in "\ufffe\uffff" for c in text)
    text.encode()


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        pytest.param(RUSSIAN.encode("windows-1251"), "text/html; charset=windows-1251", id="told by the server"),
        pytest.param(META + RUSSIAN.encode("windows-1251"), None, id="told by the page"),
        pytest.param(META + RUSSIAN.encode("windows-1251"), "text/html; charset=utf-8", id="the server is wrong"),
    ],
)
def test_a_page_is_read_in_its_charset(data: bytes, content_type: str | None) -> None:
    assert page_text(data, content_type).endswith(RUSSIAN)
