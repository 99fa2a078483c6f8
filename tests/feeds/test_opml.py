"""OPML as six readers write it: what comes in goes out again unharmed, and what is no list is refused with its line."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from pipeline.feeds.opml import feed_id, read_opml, write_opml
from pipeline.text.plain import tidy
from schemas.errors import FeedListError
from schemas.feeds import Attributes, Feed, Folder

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
FRSS = ("xmlns:frss", "https://freshrss.org/opml")
FZ = ("xmlns:fz", "urn:forumzilla:")
MINIFLUX = ("xmlns:miniflux", "https://miniflux.app/opml")


def feed(url: str, title: str | None, *folders: str | Folder, attributes: Attributes = (), **more: str) -> Feed:
    inside = tuple(folder if isinstance(folder, Folder) else Folder(name=folder) for folder in folders)
    return Feed(feed_id=feed_id(url), url=url, title=title, folders=inside, attributes=attributes, site=more.get("site"))


def opml(body: str, more: str = "") -> bytes:
    return f'<opml version="2.0"{more}><head/><body>{body}</body></opml>'.encode()


def only(body: str, more: str = "") -> Feed:
    (found,) = read_opml(opml(body, more))
    return found


READERS = {
    "Miniflux": (
        """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0" xmlns:miniflux="https://miniflux.app/opml">
    <head><title>Miniflux</title><dateCreated>Thu, 26 Nov 2026 12:00:00 UTC</dateCreated></head>
    <body>
        <outline text="Agencies">
            <outline title="TASS" text="TASS" xmlUrl="https://tass.example/rss" htmlUrl="https://tass.example" description="News"
                     miniflux:crawler="true" miniflux:userAgent="x" type="rss"></outline>
        </outline>
    </body>
</opml>""",
        [
            feed(
                "https://tass.example/rss",
                "TASS",
                "Agencies",
                site="https://tass.example",
                attributes=(("description", "News"), MINIFLUX, ("miniflux:crawler", "true"), ("miniflux:userAgent", "x")),
            )
        ],
    ),
    "FreshRSS": (
        """<?xml version="1.0" encoding="UTF-8"?>
<opml xmlns:frss="https://freshrss.org/opml" version="2.0">
  <head><title>FreshRSS</title><dateCreated>Thu, 26 Nov 2026 12:00:00 +0000</dateCreated></head>
  <body>
    <outline text="Lists" frss:opmlUrl="https://lists.example/l.opml">
      <outline text="Press" type="HTML+XPath" xmlUrl="https://press.example/" htmlUrl="https://press.example/" description="d"
               frss:xPathItem="//a[contains(@href, '/n/')]" frss:filtersActionRead="intitle:a&#10;intitle:b"/>
    </outline>
    <outline text="Loose" type="rss" xmlUrl="https://loose.example/feed"/>
  </body>
</opml>""",
        [
            feed(
                "https://press.example/",
                "Press",
                Folder(name="Lists", attributes=(FRSS, ("frss:opmlUrl", "https://lists.example/l.opml"))),
                site="https://press.example/",
                attributes=(
                    ("type", "HTML+XPath"),
                    ("description", "d"),
                    FRSS,
                    ("frss:xPathItem", "//a[contains(@href, '/n/')]"),
                    ("frss:filtersActionRead", "intitle:a\nintitle:b"),
                ),
            ),
            feed("https://loose.example/feed", "Loose"),
        ],
    ),
    "Feedly": (
        """<?xml version="1.0" encoding="UTF-8"?>

<opml version="1.0">
    <head><title>A subscriptions in feedly Cloud</title></head>
    <body>
        <outline text="World" title="World">
            <outline type="rss" text="The Paper " title="The Paper " xmlUrl="http://paper.example/feed" htmlUrl="http://paper.example"/>
            <outline type="rss" text="Wire" title="Wire" xmlUrl="https://wire.example/rss" htmlUrl="https://wire.example"/>
        </outline>
        <outline text="Asia" title="Asia">
            <outline type="rss" text="Wire" title="Wire" xmlUrl="https://wire.example/rss" htmlUrl="https://wire.example"/>
        </outline>
    </body>
</opml>""",
        [
            feed("http://paper.example/feed", "The Paper", "World", site="http://paper.example"),
            feed("https://wire.example/rss", "Wire", "World", site="https://wire.example"),
        ],
    ),
    "Inoreader": (
        """<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.0">
    <head><title>Feeds of A from Inoreader [https://www.inoreader.com]</title></head>
    <body>
        <outline text="2ality" title="2ality" type="rss" xmlUrl="https://a.example/posts.atom" htmlUrl="https://a.example/"/>
        <outline text="中国" title="中国">
            <outline text="新华社" title="新华社" type="rss" xmlUrl="https://x.example/rss?a=1&amp;b=2" htmlUrl="https://x.example/"/>
        </outline>
    </body>
</opml>""",
        [
            feed("https://a.example/posts.atom", "2ality", site="https://a.example/"),
            feed("https://x.example/rss?a=1&b=2", "新华社", "中国", site="https://x.example/"),
        ],
    ),
    "NetNewsWire": (
        """<?xml version="1.0" encoding="UTF-8"?>
<!-- OPML generated by NetNewsWire -->
<opml version="1.1">
\t<head>
\t\t<title>Subscriptions-OnMyMac.opml</title>
\t</head>
<body>
<outline text="News" title="News" nnw_externalID="7">
\t<outline text="A &amp; B" title="A &amp; B" description="" type="rss" version="RSS" htmlUrl="" xmlUrl="https://ab.example/feed"/>
</outline>
<outline text="Empty" title="Empty"/>
\t</body>
</opml>""",
        [
            feed(
                "https://ab.example/feed",
                "A & B",
                Folder(name="News", attributes=(("nnw_externalID", "7"),)),
                attributes=(("description", ""), ("version", "RSS")),
            )
        ],
    ),
    "Thunderbird": (
        """<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.0" xmlns:fz="urn:forumzilla:">
  <head><title>Thunderbird OPML Export - Feeds</title></head>
  <body>
    <outline title="Ministries">
      <outline title="МИД">
        <outline type="rss" title="МИД" text="МИД" version="RSS" fz:quickMode="false" fz:options="{&quot;version&quot;:2}"
                 xmlUrl="https://mid.example/rss" htmlUrl="https://mid.example/"/>
      </outline>
    </outline>
  </body>
</opml>""",
        [
            feed(
                "https://mid.example/rss",
                "МИД",
                "Ministries",
                "МИД",
                site="https://mid.example/",
                attributes=(("version", "RSS"), FZ, ("fz:quickMode", "false"), ("fz:options", '{"version":2}')),
            )
        ],
    ),
}


@pytest.mark.parametrize("reader", READERS)
def test_what_each_reader_writes_is_read_and_written_back(reader: str) -> None:
    document, expected = READERS[reader]
    found = read_opml(document.encode())
    assert found == tuple(expected)
    assert read_opml(write_opml(found, "feeds", NOON)) == found


@pytest.mark.parametrize(
    ("reader", "attribute"),
    [
        ("FreshRSS", "frss:xPathItem"),
        ("FreshRSS", "frss:opmlUrl"),
        ("Thunderbird", "fz:options"),
        ("Miniflux", "miniflux:crawler"),
    ],
)
def test_prefixes_stay_for_some_readers_look_for_them(reader: str, attribute: str) -> None:
    written = write_opml(read_opml(READERS[reader][0].encode()), "feeds", None).decode()
    prefix = attribute.partition(":")[0]
    assert f" {attribute}=" in written
    assert written.count(f"xmlns:{prefix}=") == 1
    assert written.index(f"xmlns:{prefix}=") < written.index("<head>")


def test_two_namespaces_with_one_prefix_stay_apart() -> None:
    feeds = tuple(only(f'<outline xmlUrl="https://{n}.example/" x:n="1"/>', f' xmlns:x="urn:{n}"') for n in (1, 2))
    assert [one.attributes[0] for one in feeds] == [("xmlns:x", "urn:1"), ("xmlns:x", "urn:2")]
    assert read_opml(write_opml(feeds, "feeds", None)) == feeds


@pytest.mark.parametrize(
    ("outline", "title", "attributes"),
    [
        pytest.param('text="T" title="T"', "T", (), id="alike"),
        pytest.param('title="T"', "T", (), id="a title alone"),
        pytest.param('text="T"', "T", (), id="a text alone"),
        pytest.param('text="mine" title="T"', "T", (("text", "mine"),), id="a text of its own"),
        pytest.param('text=" T&#10; U" title="T U"', "T U", (), id="other blanks"),
        pytest.param('text="T" title=""', "T", (), id="an empty title"),
        pytest.param("", None, (), id="neither"),
        pytest.param('text="https://a.example/" title="https://a.example/"', None, (), id="the address for want of a name"),
        pytest.param('text="https://a.example/" title="T"', "T", (("text", "https://a.example/"),), id="the address as text"),
        pytest.param('title="T" type="RSS"', "T", (), id="a type in capitals"),
        pytest.param('title="T" type="atom"', "T", (("type", "atom"),), id="another type"),
        pytest.param('b="2" title="T" a="1" B="3"', "T", (("b", "2"), ("a", "1"), ("B", "3")), id="unknown ones in their order"),
        pytest.param('title="T" xml:lang="de"', "T", (("xml:lang", "de"),), id="the prefix that needs no declaration"),
        pytest.param('title="T" note=" &#9;a&#10;b&lt;&quot; "', "T", (("note", ' \ta\nb<" '),), id="blanks and marks in a value"),
    ],
)
def test_what_an_outline_says_is_kept(outline: str, title: str | None, attributes: Attributes) -> None:
    found = only(f'<outline {outline} xmlUrl="https://a.example/"/>')
    assert (found.title, found.attributes) == (title, attributes)
    assert read_opml(write_opml([found], "feeds", None)) == (found,)


@pytest.mark.parametrize(
    ("outline", "folder"),
    [
        pytest.param('text="F" title="F"', Folder(name="F"), id="alike"),
        pytest.param('title="F"', Folder(name="F"), id="a title alone"),
        pytest.param('text="F" title="The F"', Folder(name="F", attributes=(("title", "The F"),)), id="a title of its own"),
        pytest.param('text="F" isOpen="true"', Folder(name="F", attributes=(("isOpen", "true"),)), id="more"),
    ],
)
def test_what_a_folder_says_is_kept(outline: str, folder: Folder) -> None:
    found = only(f'<outline {outline}><outline text="a" xmlUrl="https://a.example/"/></outline>')
    assert found.folders == (folder,)
    assert read_opml(write_opml([found], "feeds", None)) == (found,)


@pytest.mark.parametrize(
    ("body", "titles"),
    [
        pytest.param('<outline text="a" XMLURL="https://a.example/"/>', ["a"], id="an address in capitals"),
        pytest.param('<outline text="a" type="rss" url="https://a.example/"/>', ["a"], id="an address called url"),
        pytest.param('<outline text="a" type="link" url="https://a.example/"/>', [], id="a link"),
        pytest.param('<outline text="a" type="include" url="https://a.example/l.opml"/>', [], id="another list"),
        pytest.param('<outline text="a" xmlUrl=" "/>', [], id="a blank address"),
        pytest.param('<!-- <outline text="a" xmlUrl="https://a.example/"/> -->', [], id="a comment"),
        pytest.param('<outline text="a" xmlUrl="https://a.example/" isComment="true"/>', [], id="commented out"),
        pytest.param('<outline isComment="true"><outline xmlUrl="https://a.example/"/></outline>', [], id="in a folder commented out"),
        pytest.param(
            '<outline text="a" xmlUrl="https://a.example/"><outline text="b" xmlUrl="https://b.example/"/></outline>',
            ["a", "b"],
            id="a feed within a feed",
        ),
        pytest.param('<outline text="a" xmlUrl="https://a/x"/><outline text="b" xmlUrl="HTTP://A:80/x/"/>', ["a"], id="one address twice"),
        pytest.param('<outline text="a" xmlUrl="https://a/x"/><outline text="b" xmlUrl="https://a/y"/>', ["a", "b"], id="two addresses"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_which_outlines_are_feeds(body: str, titles: list[str]) -> None:
    assert [one.title for one in read_opml(opml(body))] == titles


def test_a_folder_without_a_name_is_none() -> None:
    body = '<outline><outline text="f"><outline text=""><outline text="a" xmlUrl="https://a.example/"/></outline></outline></outline>'
    assert only(body).folders == (Folder(name="f"),)


def test_a_document_may_have_a_namespace_or_another_charset() -> None:
    body = '<outline text="МИД" xmlUrl="https://a.example/"/>'
    assert only(body, ' xmlns="http://opml.org/spec2"').title == "МИД"
    document = opml(body).decode()
    assert read_opml(b'<?xml version="1.0" encoding="windows-1251"?>' + document.encode("cp1251"))[0].title == "МИД"
    assert read_opml(document.encode("utf-16"))[0].title == "МИД"
    assert read_opml(document.encode("utf-8-sig"))[0].title == "МИД"


@pytest.mark.parametrize(
    ("written", "seconds"), [("", None), ("60", 60), ("900", 900), ("0900", 900)], ids=["none", "the least", "a quarter", "with a nought"]
)
def test_an_interval_is_in_seconds(written: str, seconds: int | None) -> None:
    assert only(f'<outline text="a" xmlUrl="https://a.example/" interval="{written}"/>').interval == seconds


@pytest.mark.parametrize(
    ("document", "told"),
    [
        pytest.param(b"", r"line 1: this is no XML: Document is empty$", id="nothing"),
        pytest.param(b"https://a.example/feed\n", r"line 1: this is no XML", id="a list of addresses"),
        pytest.param(b"<opml>\n<body>\n<outline text='a & b'/>\n</body></opml>", r"line 3: this is no XML", id="a bare ampersand"),
        pytest.param(b"<opml>\n<body>\n<outline text='a'>\n</body></opml>", r"line 4: this is no XML", id="an outline without an end"),
        pytest.param(b"<opml><body><outline frss:a='b'/></body></opml>", r"line 1: .*prefix frss", id="a prefix that nobody declares"),
        pytest.param(b"\xff\xfe\x00", r"line 1: this is no XML", id="bytes"),
        pytest.param(b"<rss>\n<channel/></rss>", r"line 1: this is no OPML: it begins with <rss>; export one", id="a feed"),
        pytest.param(b"\n\n<html><body/></html>", r"line 3: this is no OPML: it begins with <html>", id="a page"),
        pytest.param(b"<opml><head/></opml>", r"line 1: this is no OPML: it has no <body>", id="no body"),
        pytest.param(opml("<outline>\n" * 300 + "</outline>" * 300), r"this is no XML: Excessive depth", id="too deep"),
        pytest.param(opml("\n\n<outline xmlUrl='feed://a/'/>"), r"line 3: 'feed://a/' cannot be polled: only addresses", id="a scheme"),
        pytest.param(opml("<outline xmlUrl='/feed'/>"), r"line 1: '/feed' cannot be polled", id="no address"),
        pytest.param(opml("<outline xmlUrl='http://me:secret@a.example/'/>"), r"user name or password", id="a password"),
        pytest.param(opml("<outline xmlUrl='http://[::1/'/>"), r"no address", id="half an address"),
        *(
            pytest.param(
                opml(f"\n<outline xmlUrl='https://a.example/' interval='{interval}'/>"),
                rf"line 2: interval='{interval[:9]}.*': write seconds between two polls, at least 60",
                id=f"an interval of {interval[:9]}",
            )
            for interval in ("59", "5", "-60", "1.5", "²²²", "daily", "9" * 5000)
        ),
    ],
)
def test_a_wrong_list_is_refused_with_its_line(document: bytes, told: str) -> None:
    with pytest.raises(FeedListError, match=told) as refused:
        read_opml(document)
    assert len(str(refused.value)) < 500


def test_an_external_entity_is_never_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("top secret")
    declared = f'<!DOCTYPE opml [<!ENTITY e SYSTEM "{secret.as_uri()}"><!ENTITY % p SYSTEM "{secret.as_uri()}"> %p;]>'.encode()
    assert read_opml(declared + opml('&e;<outline text="a" xmlUrl="https://a.example/"/>'))[0].title == "a"
    with pytest.raises(FeedListError, match="external entity"):
        read_opml(declared + opml('<outline text="&e;" xmlUrl="https://a.example/"/>'))


@pytest.mark.parametrize(
    "entities",
    [
        pytest.param("".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha" * 50}">' for n in range(12)), id="a billion laughs"),
        pytest.param(f'<!ENTITY e11 "{"ha" * 50_000}">', id="one long word many times"),
        pytest.param('<!ENTITY e11 "&e12;"><!ENTITY e12 "&e11;">', id="in a circle"),
    ],
)
def test_entities_that_grow_are_refused(entities: str) -> None:
    with pytest.raises(FeedListError, match="this is no XML"):
        read_opml(f"<!DOCTYPE opml [{entities}]>".encode() + opml(f'<outline text="{"&e11;" * 5_000}" xmlUrl="https://a.example/"/>'))


# What others need of an import, as their importers read a document


def outlines(document: bytes) -> Iterator[tuple[etree._Element, etree._Element | None]]:
    """Each outline with the one around it."""
    for outline in etree.fromstring(document).iterfind("./body//outline"):
        parent = outline.getparent()
        yield outline, parent if parent.tag == "outline" else None


def as_miniflux(document: bytes) -> list[tuple[str | None, str, str, str]]:
    """Folder, title, address and site: `xmlUrl` makes the feed, `title` comes before `text`, a category is the innermost folder."""
    return [
        (
            (parent.get("title") or parent.get("text")) if parent is not None else None,
            outline.get("title") or outline.get("text") or outline.get("htmlUrl") or outline.get("xmlUrl"),
            outline.get("xmlUrl"),
            outline.get("htmlUrl") or outline.get("xmlUrl"),
        )
        for outline, parent in outlines(document)
        if outline.get("xmlUrl")
    ]


def as_freshrss(document: bytes) -> list[tuple[str | None, str, str, str]]:
    """The same; here `text` comes before `title`, the version is 1.0 or 2.0 and each outline needs a text."""
    assert etree.fromstring(document).get("version") in ("1.0", "2.0")
    assert all(outline.get("text") for outline, _ in outlines(document))
    return [
        (
            (parent.get("text") or parent.get("title")) if parent is not None else None,
            outline.get("text") or outline.get("title"),
            outline.get("xmlUrl"),
            outline.get("htmlUrl") or outline.get("xmlUrl"),
        )
        for outline, parent in outlines(document)
        if outline.get("xmlUrl")
    ]


FEEDS = (
    feed("https://a.example/feed", "A & B <c>", site="https://a.example/"),
    feed("https://b.example/feed?x=1&y=2", None, "World"),
    feed("https://c.example/feed", "В «мире»", "World", "Азия", site="https://c.example/"),
    feed("https://d.example/feed", "D", "World"),
)


def test_miniflux_and_freshrss_find_the_same_feeds_in_what_is_written() -> None:
    written = write_opml(FEEDS, "feeds", NOON)
    expected = [
        (one.folders[-1].name if one.folders else None, one.title or one.url, one.url, one.site or one.url) for one in FEEDS
    ]
    assert as_miniflux(written) == as_freshrss(written) == expected


def test_every_feed_is_of_the_type_that_readers_look_for() -> None:
    assert all((outline.get("type") == "rss") == bool(outline.get("xmlUrl")) for outline, _ in outlines(write_opml(FEEDS, "feeds", NOON)))


def test_the_head_has_title_and_date() -> None:
    head = etree.fromstring(write_opml(FEEDS, 'feeds & "more"\x1b', NOON)).find("head")
    assert head is not None
    assert [element.tag for element in head] == ["title", "dateCreated"]
    assert head.findtext("title") == 'feeds & "more" '
    assert parsedate_to_datetime(head.findtext("dateCreated") or "") == NOON


def test_without_a_date_the_same_feeds_are_the_same_bytes() -> None:
    written = write_opml(FEEDS, "feeds", None)
    assert b"dateCreated" not in written
    assert write_opml(read_opml(written), "feeds", None) == written


def test_feeds_stay_in_their_order_and_a_folder_is_written_once_for_neighbours() -> None:
    order = [("A",), ("A", "B"), ("A",), (), ("A",), ("B",), ("A", "B")]
    feeds = tuple(feed(f"https://a.example/{number}", str(number), *folders) for number, folders in enumerate(order))
    written = write_opml(feeds, "feeds", None)
    assert read_opml(written) == feeds
    assert [outline.get("text") for outline, _ in outlines(written)] == ["A", "0", "B", "1", "2", "3", "A", "4", "B", "5", "A", "B", "6"]


def test_what_no_xml_may_hold_is_written_as_a_blank() -> None:
    odd = Feed(feed_id="x", url="https://a.example/", title="a\x00b", site="https://a.example/\x0b", language="\ud800")
    (found,) = read_opml(write_opml([odd], "feeds", None))
    assert (found.title, found.site, found.language) == ("a b", "https://a.example/", "\ufffd")


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=20)
NAME = TEXT.map(tidy)
FOLDER = st.builds(
    lambda name, title: Folder(name=name, attributes=(("title", title),) if title and title != name else ()), NAME.filter(bool), NAME
)
OTHERS = ["category", "description", "a.b", "x-y", "Ü", "frss:cssFullContent", "frss:x", "fz:options", "xml:lang"]
REST = st.dictionaries(st.sampled_from(OTHERS), TEXT, max_size=4).map(lambda said: tuple(declared(said)))


def declared(said: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each prefix before its first use."""
    spaces = {"frss": FRSS, "fz": FZ}
    for name, value in said.items():
        if (space := spaces.pop(name.partition(":")[0], None)) is not None:
            yield space
        yield name, value


@st.composite
def lists(draw: st.DrawFn) -> tuple[Feed, ...]:
    found = {}
    for number in range(draw(st.integers(0, 6))):
        host, query = draw(st.sampled_from(["a.example", "новости.example"])), draw(st.sampled_from(["", "a=1&b=2", "q=%C3%A9"]))
        url = f"https://{host}/{number}?{query}"
        title = draw(st.none() | NAME.filter(lambda name, url=url: bool(name) and name != url))
        text = draw(NAME.filter(lambda name, title=title, url=url: name != (title or url)))
        odd = (("text", text),) if text and title else ()
        found[feed_id(url)] = Feed(
            feed_id=feed_id(url),
            url=url,
            title=title,
            site=draw(st.none() | st.just("https://a.example/")),
            language=draw(st.none() | st.sampled_from(["ru", "zh-CN"])),
            folders=tuple(draw(st.lists(FOLDER, max_size=3))),
            interval=draw(st.none() | st.integers(60, 10**6)),
            attributes=(*odd, *draw(REST)),
        )
    return tuple(found.values())


@given(lists())
@example(FEEDS)
def test_a_list_that_is_written_is_read_as_it_was(feeds: tuple[Feed, ...]) -> None:
    assert read_opml(write_opml(feeds, "feeds", NOON)) == feeds


@given(st.one_of(st.binary(), st.text().map(opml), st.text().map(lambda text: opml(f"<outline {text}/>"))))
def test_whatever_is_read_is_a_list_or_refused(document: bytes) -> None:
    with suppress(FeedListError):
        found = read_opml(document)
        assert read_opml(write_opml(found, "feeds", None)) == found


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.example/feed", "http://A.example/feed/", True),
        ("https://a.example/feed", "https://a.example/feed?utm_source=x", True),
        ("https://a.example/feed?id=1", "https://a.example/feed?id=2", False),
        ("https://a.example/feed", "https://www.a.example/feed", False),
    ],
)
def test_a_feed_is_known_by_its_address(one: str, other: str, same: bool) -> None:
    assert (feed_id(one) == feed_id(other)) is same


_ITEM = ("", "Title", "Content", "Uri", "Author", "Timestamp", "TimeFormat", "Thumbnail", "Categories", "Uid")
_XPATH = {f"frss:xPathItem{part}": f"//a[contains(@href, \"/{part}/\") and @x = 'ü<>&']\t| b\n| c " for part in _ITEM}
_JSON = {f"frss:jsonItem{part}": f"data.list[0].{part or 'all'}" for part in _ITEM}
_REQUEST = {
    "frss:CURLOPT_COOKIE": 'a=b; c="d"',
    "frss:CURLOPT_FOLLOWLOCATION": "",
    "frss:CURLOPT_POSTFIELDS": '{"q": "x & y"}',
    "frss:CURLOPT_HTTPHEADER": "Accept: a/b\nX-Y: z",
}
_ENTRIES = {
    "frss:filtersActionRead": "intitle:⚡️ OR intitle:🔥\nother",
    "frss:cssFullContent": "main > p, .text",
    "frss:cssFullContentFilter": ".advert",
    "frss:ttl": "-7200",
}
_RULES = {
    "miniflux:scraperRules": 'article > div, p[x="y"]',
    "miniflux:rewriteRules": 'replace("a"|"b")',
    "miniflux:urlRewriteRules": 'rewrite("^a(.*)"|"b$1")',
    "miniflux:keepFilterEntryRules": "EntryTitle=(?i)x\nEntryURL=y",
    "miniflux:userAgent": "A & B",
    "miniflux:crawler": "true",
    "miniflux:ignoreHTTPCache": "true",
}


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"description": "a\nb", "type": "rss"} | _RULES, id="Miniflux 2.3"),
        pytest.param({"description": "", "type": "rss"}, id="Miniflux 2.2"),
        pytest.param({"type": "HTML+XPath"} | _XPATH | _ENTRIES | _REQUEST, id="FreshRSS, a page"),
        pytest.param({"type": "JSON+DotNotation"} | _JSON, id="FreshRSS, JSON"),
        pytest.param({"type": "HTML+XPath+JSON+DotNotation", "frss:xPathToJson": "//x[@y='z']"} | _JSON, id="FreshRSS, JSON in a page"),
        pytest.param({"type": "rss", "description": "It\x92s \x85\x7f \ufffd\u200b e\u0301 \u00a0"}, id="all that XML may hold"),
    ],
)
def test_every_attribute_is_written_as_it_was_read(said: dict[str, str]) -> None:
    spaces = "".join(f' {name}="{space}"' for name, space in (FRSS, MINIFLUX))
    marks = {chr(9): "&#9;", chr(10): "&#10;"}
    attributes = " ".join(f"{name}={quoteattr(value, marks)}" for name, value in said.items())
    before = opml(f'<outline text="a" title="a" xmlUrl="https://a.example/" {attributes}/>', spaces)
    after = write_opml(read_opml(before), "feeds", None)
    (was,), (now,) = (etree.fromstring(document).iter("outline") for document in (before, after))
    assert dict(now.attrib) == dict(was.attrib)
    assert all(f" {name.partition(':')[0]}:".encode() in after for name in said if ":" in name)


_F, _FRSS = (f'xmlns:{prefix}="{FRSS[1]}"' for prefix in ("f", "frss"))


@pytest.mark.parametrize(
    "body",
    [
        f'<outline xmlUrl="http://a.example/1" {_F} f:x="1"/><outline xmlUrl="http://a.example/2" {_FRSS} frss:x="2"/>',
        f'<outline text="F" {_F} f:x="1"><outline xmlUrl="https://a.example/2" {_FRSS} frss:x="2"/></outline>',
        f'<outline xmlUrl="https://a.example/2" {_F} {_FRSS} frss:x="2"/>',
    ],
    ids=["neighbours", "a folder", "one outline"],
)
def test_a_prefix_stays_though_another_is_of_its_namespace(body: str) -> None:
    found = read_opml(opml(body))
    after = write_opml(found, "feeds", None)
    assert b' frss:x="2"' in after
    assert read_opml(after) == found


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("HTTPS://A.example/F", "https://A.example/F"),
        ("https://a.example/é?q=é x", "https://a.example/%C3%A9?q=%C3%A9%20x"),
        ("https://новости.example/", "https://новости.example/"),
        ("https://a.example/%zz|[x]", "https://a.example/%zz|[x]"),
    ],
)
def test_an_address_is_kept_as_other_readers_take_it(written: str, kept: str) -> None:
    found = only(f'<outline xmlUrl="{written}" htmlUrl="{written}"/>')
    assert (found.url, found.site, found.title) == (kept, kept, None)
    assert found.feed_id == feed_id(written) == feed_id(kept)


def test_a_password_in_an_address_is_not_told() -> None:
    with pytest.raises(FeedListError, match=r"https://…@b\.example/p") as refused:
        read_opml(opml('<outline xmlUrl="https://me:secret@b.example/p"/>'))
    assert "secret" not in str(refused.value)
