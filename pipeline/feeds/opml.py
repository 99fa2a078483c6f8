"""Lists of feeds as OPML, which every reader can import and export: nothing that one of them wrote is lost on the way through."""
from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from itertools import takewhile
from urllib.parse import quote

from lxml import etree

from pipeline.address import normalise
from pipeline.feeds.safety import check_address
from pipeline.text.plain import tidy, without_control, without_surrogates
from schemas.errors import FeedListError, UnsafeFeed
from schemas.feeds import Attributes, Feed, Folder
from schemas.ids import digest

_OF_A_FOLDER = frozenset({"text", "title"})
_OF_A_FEED = _OF_A_FOLDER | {"type", "xmlurl", "htmlurl", "language", "interval"}
_XML = "http://www.w3.org/XML/1998/namespace"  # the only one with a prefix that nobody declares
_INTERVAL = re.compile(r"[0-9]{2,9}")
_LEAST_INTERVAL = 60  # seconds
_SHOWN = 200  # characters of an address in a message
_SECRET = re.compile(r"(?<=//)[^/?#@]*(?=@)")  # name and password in an address
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ADDRESS = re.compile(r"(https?)(://[^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)
_NOT_IN_ADDRESS = re.compile("[^!-~]+")  # a bare % stays: written otherwise, it would be another feed


def feed_id(url: str) -> str:
    """The id of the feed at `url`; alike for addresses that differ in what does not matter."""
    return digest("feed", normalise(url))


def read_opml(document: bytes) -> tuple[Feed, ...]:
    """The feeds of `document` in its order, each with the folders around it; of those with one address the first.

    An outline with an address is a feed, one without is a folder. What is commented out (`isComment`) and empty folders are passed over.

    Raises:
        FeedListError: it is no OPML, or an outline is wrong; the message starts with the line.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        raise FeedListError(f"line {error.lineno}: this is no XML: {(error.msg or '').partition(', line ')[0]}") from error
    name = etree.QName(root).localname
    body = root.find("{*}body")
    if name.lower() != "opml" or body is None:
        found = "it has no <body>" if name.lower() == "opml" else f"it begins with <{name}>"
        raise FeedListError(f"line {root.sourceline}: this is no OPML: {found}; export one from a feed reader")
    feeds: dict[str, Feed] = {}
    for feed in _feeds(body, ()):
        feeds.setdefault(feed.feed_id, feed)
    return tuple(feeds.values())


def write_opml(feeds: Sequence[Feed], title: str, created: datetime | None) -> bytes:
    """`feeds` as an OPML 2.0 document, in their order and folders; `read_opml` gives the same feeds back.

    `created` is the date in its head; without it the same feeds are the same bytes. Folders have one outline for each stretch of feeds.
    """
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = without_control(title)
    if created is not None:
        etree.SubElement(head, "dateCreated").text = format_datetime(created)
    around = [etree.SubElement(root, "body")]
    inside: tuple[Folder, ...] = ()
    for feed in feeds:
        shared = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(inside, feed.folders, strict=False))))
        del around[shared + 1 :]
        for folder in feed.folders[shared:]:
            around.append(_write(around[-1], {"text": folder.name, "title": folder.name}, folder.attributes))
        inside = feed.folders
        _write(around[-1], _said(feed), feed.attributes)
    attributes = [part for feed in feeds for part in (*(folder.attributes for folder in feed.folders), feed.attributes)]
    prefixes = defaultdict[str, set[str]](set)
    for prefix, space in (pair for part in attributes for pair in _spaces(part).items()):
        prefixes[space].add(prefix)
    once = {next(iter(of)): space for space, of in prefixes.items() if len(of) == 1}
    etree.cleanup_namespaces(root, top_nsmap=once)  # one with two prefixes is declared where it is used: readers look for the prefix
    etree.indent(root)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return written + b"\n"


def _feeds(parent: etree._Element, folders: tuple[Folder, ...]) -> Iterator[Feed]:
    for outline in parent.iterchildren("{*}outline"):
        said = {name.lower(): value.strip() for name, value in outline.attrib.items()}
        if said.get("iscomment", "").lower() == "true":
            continue
        address = said.get("xmlurl") or (said.get("url") if said.get("type", "").lower() == "rss" else None)
        if address:
            yield _feed(outline, address, said, folders)
        text, title = tidy(said.get("text", "")), tidy(said.get("title", ""))
        if address or not (text or title):
            yield from _feeds(outline, folders)
        else:
            odd = [("title", title)] if title and text and title != text else []
            folder = Folder(name=text or title, attributes=(*odd, *_rest(outline, _OF_A_FOLDER)))
            yield from _feeds(outline, (*folders, folder))


def _feed(outline: etree._Element, address: str, said: Mapping[str, str], folders: tuple[Folder, ...]) -> Feed:
    try:
        check_address(address)
    except UnsafeFeed as error:
        shown = _SECRET.sub("…", address)[:_SHOWN]
        raise FeedListError(f"line {outline.sourceline}: {shown!r} cannot be polled: {error}") from error
    interval = said.get("interval", "")
    if interval and not (_INTERVAL.fullmatch(interval) and int(interval) >= _LEAST_INTERVAL):
        raise FeedListError(
            f"line {outline.sourceline}: interval={interval[:_SHOWN]!r}: write seconds between two polls, at least {_LEAST_INTERVAL}"
        )
    text, kind = tidy(said.get("text", "")), said.get("type", "")
    title = next((name for name in (tidy(said.get("title", "")), text) if name and name != address), None)
    odd = [("text", text)] if text and text != (title or address) else []
    if kind and kind.lower() != "rss":
        odd.append(("type", kind))
    return Feed(
        feed_id=feed_id(address),
        url=_portable(address),
        title=title,
        site=_portable(said.get("htmlurl", "")) or None,
        language=said.get("language") or None,
        folders=folders,
        interval=int(interval) if interval else None,
        attributes=(*odd, *_rest(outline, _OF_A_FEED)),
    )


def _portable(address: str) -> str:
    """`address` as every reader takes it: the scheme in small letters, and what is not ASCII escaped, but in the host."""
    match = _ADDRESS.fullmatch(address)
    if match is None:
        return address
    scheme, authority, path = match.groups()
    return scheme.lower() + authority + _NOT_IN_ADDRESS.sub(lambda found: quote(found[0]), path)


def _rest(outline: etree._Element, known: frozenset[str]) -> Iterator[tuple[str, str]]:
    """What `outline` says besides what is `known`, with the prefixes that it was written with: some readers look for those."""
    declared = set()
    for number, (name, value) in enumerate(outline.attrib.items(), 1):
        space, local = etree.QName(name).namespace, etree.QName(name).localname
        if space is None:
            if local.lower() not in known:
                yield local, value
            continue
        prefix = str(outline.xpath(f"name(@*[{number}])")).partition(":")[0]
        if space != _XML and prefix not in declared:
            declared.add(prefix)
            yield f"xmlns:{prefix}", space
        yield f"{prefix}:{local}", value


def _said(feed: Feed) -> dict[str, str]:
    name = feed.title or feed.url  # readers refuse outlines without a text
    optional = {"htmlUrl": feed.site, "language": feed.language, "interval": feed.interval}
    known = {name: str(value) for name, value in optional.items() if value}
    return {"text": name, "title": name, "type": "rss", "xmlUrl": feed.url} | known


def _write(parent: etree._Element, said: Mapping[str, str], rest: Attributes) -> etree._Element:
    spaces = _spaces(rest)
    outline = etree.SubElement(parent, "outline", nsmap=spaces)
    for name, value in {**said, **dict(rest)}.items():
        prefix, _, local = name.rpartition(":")
        if prefix != "xmlns":
            outline.set(etree.QName((spaces | {"xml": _XML})[prefix], local) if prefix else local, _writable(value))
    return outline


def _writable(value: str) -> str:
    return _NOT_IN_XML.sub(" ", without_surrogates(value))


def _spaces(attributes: Attributes) -> dict[str, str]:
    return {name.removeprefix("xmlns:"): value for name, value in attributes if name.startswith("xmlns:")}
