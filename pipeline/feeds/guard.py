"""What is refused before any parser sees it: tricks that make a parser take minutes or gigabytes. Linear in the size of the text."""
from __future__ import annotations

import re

from schemas.errors import UnsafeFeed

MOST_ENTRIES = 10_000
MOST_TAGS = 100_000
MOST_NAMESPACES = 200  # each of them costs the parser time at each tag
MOST_ATTRIBUTES = 200  # on one tag
LONGEST_TAG = 100_000  # characters
DEEPEST = 500  # elements within elements
MOST_REFERENCES = 500_000  # "&amp;" and the like, each a piece of its own for the parser
MOST_STRAY = 20_000  # marks that begin nothing; what is that broken makes the lenient parser take minutes
MOST_JSON_PARTS = 500_000  # objects, lists and commas; each of them takes 30 times its size

# Content that is no markup is jumped over as a whole; possessive groups keep a text without an end linear.
_PART = re.compile(
    r"<!\[CDATA\[(?s:.*?)(?:\]\]>|\Z)|<!--(?s:.*?)(?:-->|\Z)|<\?(?s:.*?)(?:\?>|\Z)"
    r"|<!(?P<declaration>[A-Za-z]+)|</(?P<close>[^\s<>]*)[^<>]*>?|<(?P<open>[A-Za-z_][^\s<>/]*)(?P<rest>[^<>]*)(?P<end>>?)"
    r"|(?P<stray><|&(?!#?\w{1,32};))"
)
_ATTRIBUTE = re.compile(r"=\s*[\"']")
_NAMESPACE = re.compile(r"xmlns[^\s=]*\s*=\s*[\"']([^\"']*)")
_ENTRY = frozenset({"item", "entry", "url"})
_NEVER_CLOSED = frozenset({"br", "hr", "img", "wbr", "input", "meta", "area", "col", "p", "li"})  # in HTML that stands bare in a feed


def check_xml(text: str) -> None:
    """Nothing, where `text` can be given to a parser.

    Raises:
        UnsafeFeed: it declares entities, or has too many entries, tags, namespaces, attributes or references, too long a tag, too deep a
            nesting, or is broken all over.
    """
    if text.count("&") > MOST_REFERENCES:
        raise UnsafeFeed(f"it has more than {MOST_REFERENCES:,} references")
    entries = tags = depth = stray = 0
    namespaces = set[str]()
    for part in _PART.finditer(text):
        if part["stray"] is not None:
            stray += 1
            if stray > MOST_STRAY:
                raise UnsafeFeed(f"it is no XML: it has more than {MOST_STRAY:,} marks that begin nothing")
            continue
        if part["declaration"] is not None:
            if part["declaration"].upper() == "ENTITY":
                raise UnsafeFeed("it declares entities, which feeds have no use for and attacks do")
        elif part["close"] is not None:
            depth = max(0, depth - (_name(part["close"]) not in _NEVER_CLOSED))
        elif part["open"] is not None:
            name, rest = _name(part["open"]), part["rest"]
            if len(rest) > LONGEST_TAG:
                raise UnsafeFeed(f"it has a tag of more than {LONGEST_TAG:,} characters")
            tags += 1
            if tags > MOST_TAGS:
                raise UnsafeFeed(f"it has more than {MOST_TAGS:,} tags")
            if "xmlns" in rest:
                namespaces.update(_NAMESPACE.findall(rest))
                if len(namespaces) > MOST_NAMESPACES:
                    raise UnsafeFeed(f"it has more than {MOST_NAMESPACES} namespaces")
            if len(rest) > MOST_ATTRIBUTES and len(_ATTRIBUTE.findall(rest)) > MOST_ATTRIBUTES:
                raise UnsafeFeed(f"it has a tag with more than {MOST_ATTRIBUTES} attributes")
            entries += name in _ENTRY
            if entries > MOST_ENTRIES:
                raise UnsafeFeed(f"it has more than {MOST_ENTRIES:,} entries")
            depth += not rest.endswith("/") and name not in _NEVER_CLOSED
            if depth > DEEPEST:
                raise UnsafeFeed(f"its elements are nested more than {DEEPEST} deep")


def check_json(text: str) -> None:
    """The same for JSON.

    Raises:
        UnsafeFeed: it has too many parts.
    """
    if sum(text.count(mark) for mark in "{[,") > MOST_JSON_PARTS:
        raise UnsafeFeed(f"it has more than {MOST_JSON_PARTS:,} parts")


def _name(qualified: str) -> str:
    return qualified.rpartition(":")[2].lower()
