"""HTML of any kind as a tree, and what a reader sees of it."""
from __future__ import annotations

import re
from collections.abc import Iterator, Set

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from pipeline.text.plain import MAX_CHARACTERS, without_control

MAX_PAGE = 2_000_000  # characters; 14 times the mean page of a news site, 2 seconds of work. What follows is not read
UNSEEN = frozenset({"script", "style", "noscript", "template", "svg", "iframe", "select"})
_INLINE = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "mark", "q", "s", "small", "span", "strong", "sub", "sup", "u",
})  # fmt: skip
_REFERENCE = re.compile(r"&#(?:x([0-9a-f]+)|([0-9]+));?", re.IGNORECASE)


def tree_of(html: str) -> HtmlElement | None:
    """The tree of `html`, however broken, without comments; None where there is nothing in it. Never raises."""
    source = _REFERENCE.sub(_fit, without_control(html)).encode()
    try:
        return document_fromstring(source, parser=HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True))
    except (etree.LxmlError, ValueError):
        return None


def visible(tree: HtmlElement, unseen: Set[str] = UNSEEN) -> Iterator[str]:
    """The text of `tree` outside the elements called `unseen`, newlines where blocks begin and end; about MAX_CHARACTERS of it at most."""
    size, hidden = 0, None
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            if hidden is None and tag in unseen:
                hidden = element
            text = element.text if hidden is None else None
        else:
            if hidden is element:
                hidden = None
            text = element.tail if hidden is None else None
        if tag not in _INLINE:
            yield "\n"
        if text:
            yield " ".join(text.split("\n"))
            size += len(text)
            if size > MAX_CHARACTERS:
                return


def _fit(reference: re.Match[str]) -> str:
    """A character reference, or a blank where no XML may hold the character: a parser takes it and fails when its text is moved."""
    hexadecimal, decimal = reference.groups()
    code = int(hexadecimal, 16) if hexadecimal else int(decimal[:9])
    allowed = code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
    return reference[0] if allowed else " "
