"""Bytes to text: what a file or page says of its charset first, detection last and for pages only."""
from __future__ import annotations

import codecs
import re

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
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


def decode_page(data: bytes) -> str:
    """The text of an HTML page: by its byte order mark, its `<meta charset>`, else by detection.

    Raises:
        ValueError: no charset fits.
    """
    if marked := _by_mark(data):
        return marked
    if (declared := _META.search(data[:_META_WITHIN])) and (text := _as_declared(data, declared[1].decode("ascii"))):
        return text
    from charset_normalizer import from_bytes  # half of this program's start otherwise

    if (best := from_bytes(data).best()) is None:
        raise ValueError("is no text in any charset")
    return str(best)


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
