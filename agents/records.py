"""JSON objects as articles: looked at are `title`, `text` or `html`, `url`, `published_at`, `source` and `doc_id`, and nothing else."""
from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from pipeline.address import article_id, host
from schemas.articles import ContentType, RawArticle

_DECODER = json.JSONDecoder()
_BLANK = re.compile(r"[ \t\n\r]*")
_SHOWN = 60  # characters of a wrong value that a message repeats


@dataclass(frozen=True, slots=True)
class Record:
    """A JSON value, or the `ValueError` that says why there is none."""

    value: object
    line: int  # where it starts, from 1
    number: int  # of its kind in the file, from 1
    size: int  # characters


def line_record(line: str, number: int) -> Record:
    """The value of line `number`."""
    try:
        value: object = json.loads(line)
    except (ValueError, RecursionError) as error:
        value = _no_json(error)
    return Record(value, number, number, len(line))


def document_records(text: str) -> Iterator[Record]:
    """The elements of the array, or the one value, that `text` is; where it breaks off, an error with its line ends it."""
    at = _skip_blank(text, 0)
    array = text.startswith("[", at)
    at = _skip_blank(text, at + array)
    number, line, counted = 0, 1, 0
    more = not (array and text.startswith("]", at))
    while more:
        number, line, counted = number + 1, line + text.count("\n", counted, at), at
        try:
            value, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            yield Record(_no_json(error), getattr(error, "lineno", line), number, 0)
            return
        yield Record(value, line, number, end - at)
        at = _skip_blank(text, end)
        more = array and text.startswith(",", at)
        at = _skip_blank(text, at + 1) if more else at
    if array and not text.startswith("]", at):
        yield Record(ValueError("is no JSON: an array that does not end"), text.count("\n", 0, at) + 1, number + 1, 0)
    elif (rest := _skip_blank(text, at + array)) < len(text):
        hint = "; give one object a line as JSON lines (.jsonl)" if text.startswith("{", rest) else ""
        yield Record(ValueError(f"is no JSON: it goes on after its end{hint}"), text.count("\n", 0, rest) + 1, number + 1, 0)


def article_of(value: object, now: datetime) -> tuple[str | None, RawArticle]:
    """The `doc_id`, None where there is none, and the article of a JSON object.

    `published_at` is an ISO 8601 date or time; a bare date is its midnight, and where there is no zone UTC is assumed.
    A field that is null or blank counts as absent, but `text` and `html` must hold something. Without `source` it is the address's host.

    Raises:
        ValueError: it is no such object; the message names the field.
    """
    if isinstance(value, ValueError):
        raise value
    if not isinstance(value, dict):
        raise ValueError(f"is no JSON object: {_shown(value)}")
    text, html = value.get("text"), value.get("html")
    if (text is None) == (html is None):
        raise ValueError("has neither text nor html" if text is None else "has both text and html: give the one that is the article")
    name, kind = ("html", ContentType.HTML) if text is None else ("text", ContentType.TEXT)
    url, published = _string(value, "url"), _string(value, "published_at")
    return _string(value, "doc_id"), raw_article(
        _string(value, name) or "",
        kind,
        now,
        url=_address(url) if url else None,
        source=_string(value, "source") or (host(url) if url else None),
        title=_string(value, "title"),
        published_at=_time(published) if published else None,
    )


def raw_article(
    body: str,
    kind: ContentType,
    now: datetime,
    *,
    url: str | None = None,
    source: str | None = None,
    title: str | None = None,
    published_at: datetime | None = None,
) -> RawArticle:
    """The article of this body, fetched `now`.

    Raises:
        ValueError: the body is blank or binary.
    """
    if not body.strip():
        raise ValueError("holds no text")
    if "\0" in body:
        raise ValueError("holds NUL characters: it is binary, not text")
    return RawArticle(
        article_id=article_id(url, body),
        content_type=kind,
        body=body,
        url=url,
        source=source,
        title=title,
        published_at=published_at,
        fetched_at=now,
    )


def _no_json(error: ValueError | RecursionError) -> ValueError:
    if isinstance(error, json.JSONDecodeError):
        return ValueError(f"is no JSON: {error.msg} at column {error.colno}")
    return ValueError("is JSON nested too deeply" if isinstance(error, RecursionError) else f"is JSON that cannot be read: {error}")


def _skip_blank(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at


def _string(fields: dict[str, Any], name: str) -> str | None:
    value = fields.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError(f"{name} is no string: {_shown(value)}")
    if "\0" in value:
        raise ValueError(f"{name} holds NUL characters: it is binary, not text")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        half = f"\\u{ord(value[error.start]):04x}"
        raise ValueError(f"{name} holds half a character, the lone surrogate {half}, at position {error.start}") from error
    return value if value.strip() else None


def _address(url: str) -> str:
    try:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname:
            return url
    except ValueError:
        pass
    raise ValueError(f"url is no web address: {_shown(url)}")


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
        time = time if time.tzinfo else time.replace(tzinfo=UTC)
        time.astimezone(UTC)  # the first and last day of the calendar have none in every zone
    except (ValueError, OverflowError):
        raise ValueError(f"published_at is no date: {_shown(text)}") from None
    return time


def _shown(value: object) -> str:
    """`value` as JSON, cut short, without characters that steer a terminal."""
    text = json.dumps(value, ensure_ascii=False)
    cut = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut)
