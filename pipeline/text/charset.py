"""Bytes to text: what a file, a feed or a page says of its charset first, detection last and for pages only."""
from __future__ import annotations

import codecs
import re

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']\s*([\w.:-]{2,40})", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml\b[^>]*\?>")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_META_WITHIN = 4096  # bytes; the HTML standard asks for 1024, templates put scripts before it
_READ_AS = {  # labels that browsers read as a larger charset (WHATWG Encoding Standard), which pages rely on
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "utf-16": "utf-8",  # a label that one can read as ASCII is wrong about UTF-16
    "utf-16-le": "utf-8",
    "utf-16-be": "utf-8",
}
_FEW = 1000  # one broken byte in so many characters: cut or glued UTF-8, and no other charset


def decode_text(data: bytes) -> str:
    """The text of a file that cannot say its charset: UTF-8, or what its byte order mark says.

    No detection: on a short text it is a guess, and a wrong one would pass as an article.

    Raises:
        ValueError: it is neither; the message says where.
    """
    if marked := _by_mark(data):
        return marked
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"is not UTF-8 at byte {error.start}; convert it, e.g. with iconv") from error


def page_text(data: bytes, content_type: str | None = None) -> str:
    """The text of an HTML page: by its byte order mark, the `charset` of its Content-Type, its `<meta charset>`, else by detection.

    Raises:
        ValueError: no charset fits.
    """
    if marked := _by_mark(data):
        return marked
    declared = _META.search(data[:_META_WITHIN])
    for label in (_label(content_type), declared[1].decode("ascii") if declared else None):
        if label and (text := _as_declared(data, label)):
            return text
    from charset_normalizer import from_bytes  # half of this program's start otherwise

    if (best := from_bytes(data).best()) is None:
        raise ValueError("is no text in any charset")
    return str(best)


def feed_text(data: bytes, content_type: str | None) -> str:
    """The text of a feed, without an XML declaration and without the characters that XML forbids; never raises.

    What is UTF-8 throughout is UTF-8 whatever a server says of it. Else by its byte order mark, the `charset` of its Content-Type, its XML
    declaration; else it is UTF-8 in which each bad byte damages one character.
    """
    text = _feed_text(data, content_type)
    return _FORBIDDEN.sub(" ", _DECLARATION.sub("", text.lstrip("\ufeff")))


def _feed_text(data: bytes, content_type: str | None) -> str:
    try:
        return _by_mark(data) or data.decode()
    except ValueError:
        pass
    declared = _XML.search(data[:_META_WITHIN])
    for label in (_label(content_type), declared[1].decode("ascii") if declared else None):
        if label and (text := _as_declared(data, label)):
            return text
    return data.decode("utf-8", "replace")


def _label(content_type: str | None) -> str | None:
    found = _CHARSET.search(content_type or "")
    return found[1] if found else None


def _by_mark(data: bytes) -> str | None:
    for mark, name in _MARKS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(name)
            except UnicodeDecodeError as error:
                raise ValueError(f"has the byte order mark of {name} and is not {name} at byte {error.start}") from error
    return None


def _as_declared(data: bytes, label: str) -> str | None:
    """None where the label is unknown or wrong."""
    try:
        name = codecs.lookup(label).name
        name = _READ_AS.get(name, name)
        text = data.decode(name, "replace" if name == "utf-8" else "strict")
    except (LookupError, UnicodeError):
        return None
    return text if text.count("\N{REPLACEMENT CHARACTER}") * _FEW <= len(text) else None
