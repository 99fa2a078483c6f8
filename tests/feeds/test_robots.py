"""Which lines of a robots.txt are for us: RFC 9309, section 2.2.1."""
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.feeds.robots import READ, rules_for


def rules(text: str) -> list[str]:
    return rules_for("dyadwatch", text.encode())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param("User-agent: *\nDisallow: /a", ["Disallow: /a"], id="for everybody"),
        pytest.param("User-agent: dyadwatch\nDisallow: /a", ["Disallow: /a"], id="for us"),
        pytest.param("User-agent: other\nDisallow: /a", [], id="for somebody else"),
        pytest.param("User-agent: dyad\nDisallow: /a\n\nUser-agent: dyadwatch-news\nDisallow: /b", [], id="for names that begin alike"),
        pytest.param("user-AGENT:DyadWatch\ndisallow:/a", ["disallow:/a"], id="in any case, without blanks"),
        pytest.param("User-agent: dyadwatch/1.0 (+x)\nDisallow: /a", ["Disallow: /a"], id="with a version"),
        pytest.param("User-agent: *\nDisallow: /a\nUser-agent: dyadwatch\nDisallow: /b", ["Disallow: /b"], id="for us before everybody"),
        pytest.param("User-agent: dyadwatch\nDisallow: /b\nUser-agent: *\nDisallow: /a", ["Disallow: /b"], id="whichever comes first"),
        pytest.param("User-agent: *\nDisallow: /\nUser-agent: dyadwatch", [], id="a group of ours without rules"),
        pytest.param("User-agent: *\nDisallow: /\nUser-agent: dyadwatch\nDisallow:", ["Disallow:"], id="a group of ours that allows all"),
        pytest.param(
            "User-agent: other\nUser-agent: dyadwatch\nUser-agent: third\nDisallow: /a\nAllow: /b",
            ["Disallow: /a", "Allow: /b"],
            id="a group with several names",
        ),
        pytest.param(
            "User-agent: dyadwatch\nDisallow: /a\nUser-agent: x\nDisallow: /x\nUser-agent: dyadwatch\nDisallow: /b",
            ["Disallow: /a", "Disallow: /b"],
            id="several groups of ours",
        ),
        pytest.param("User-agent: *\n\n\nDisallow: /a\n\nDisallow: /b", ["Disallow: /a", "Disallow: /b"], id="blank lines end no group"),
        pytest.param(
            "User-agent: dyadwatch\nSitemap: https://a/s.xml\nUser-agent: x\nDisallow: /a", ["Disallow: /a"], id="nor do sitemaps"
        ),
        pytest.param("Disallow: /a\nUser-agent: *\nDisallow: /b", ["Disallow: /b"], id="before any name"),
        pytest.param("# User-agent: *\nUser-agent: * # all\nDisallow: /a # x", ["Disallow: /a"], id="comments"),
        pytest.param("User-agent: *\nCrawl-delay: 5\nDisallow: /a", ["Crawl-delay: 5", "Disallow: /a"], id="a pace"),
        pytest.param("User-agent: *\r\nDisallow: /a\rDisallow: /b\n", ["Disallow: /a", "Disallow: /b"], id="line ends of all kinds"),
        pytest.param("\ufeffUser-agent: *\nDisallow: /a", ["Disallow: /a"], id="a byte order mark"),
        pytest.param("<!DOCTYPE html><html><body>User-agent: *</body></html>", [], id="a page"),
    ],
)
def test_which_rules_are_for_us(text: str, expected: list[str]) -> None:
    assert rules(text) == expected


def test_as_much_as_the_standard_asks_for_is_read_in_whole_lines() -> None:
    rule = b"Disallow: /private/\n"

    def filled(size: int) -> bytes:
        return b"User-agent: *\n".ljust(size - len(rule) - 1, b"#") + b"\n" + rule

    assert READ == 500 * 1024
    assert rules_for("dyadwatch", filled(READ)) == ["Disallow: /private/"]
    assert rules_for("dyadwatch", filled(READ) + rule) == ["Disallow: /private/"]
    assert rules_for("dyadwatch", filled(READ + 9)) == []  # cut, it would forbid more than it says


def test_a_file_that_names_everybody_and_forbids_them_everything_costs_no_more_than_its_size() -> None:
    names = "".join(f"User-agent: bot{number}\n" for number in range(8_000))
    found = rules(f"{names}User-agent: *\n" + "".join(f"Disallow: /{number}\n" for number in range(20_000)))
    assert len(found) == 20_000


PIECES = st.lists(st.sampled_from(["User-agent: *\n", "Disallow: /\n", "\0", "\x85", "#", ":"])).map("".join)


@given(st.binary() | (st.text() | PIECES).map(str.encode))
def test_no_bytes_make_it_fail(body: bytes) -> None:
    assert all(rule.strip() and "\n" not in rule for rule in rules_for("dyadwatch", body))
