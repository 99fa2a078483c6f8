"""Safety: the public web may be asked, and no other address, however it is written."""
from __future__ import annotations

from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.feeds.safety import check_address, is_public
from schemas.errors import UnsafeFeed


@pytest.mark.parametrize(
    "url",
    [
        "http://news.example/feed.xml",
        "https://news.example",
        "HTTPS://News.Example/Feed",
        "https://news.example/feed?user=a@b.example&x=:22",
        "https://президент.рф/новости",
        "http://news.example/with a blank",
        "https://news.example:443/",
        "http://news.example:80/",
        "http://news.example:8080/",
        "https://news.example:8443/",
        "http://news.example:8000/",
        "http://news.example:8888/",
        "http://news.example:1025/",
        "http://news.example:65535/",
        "http://news.example:/",
        "http://192.0.2.1/",
        "http://[2001:db8::1]:8080/feed",
        f"https://news.example/{'x' * 7_900}",
    ],
)
def test_addresses_on_the_web_pass(url: str) -> None:
    check_address(url)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://news.example/feed", "http:// or https://"),
        ("file:///etc/passwd", "http:// or https://"),
        ("gopher://news.example/", "http:// or https://"),
        ("javascript:alert(1)", "http:// or https://"),
        ("feed://news.example/", "http:// or https://"),
        ("news.example/feed", "http:// or https://"),
        ("//news.example/feed", "http:// or https://"),
        ("", "http:// or https://"),
        ("http://", "no host"),
        ("http:///feed", "no host"),
        ("http://:80/feed", "no host"),
        ("http://me@news.example/", "user name"),
        ("http://me:secret@news.example/", "user name"),
        ("http://@news.example/", "user name"),
        ("http://news.example\\@127.0.0.1/", "user name"),
        ("http://[::1/", "no address"),
        ("http://news.example:http/", "no address"),
        ("http://news.example:65536/", "no address"),
        ("http://news.example:-1/", "no address"),
        (" http://news.example/", "blanks"),
        ("http://news.example/\n", "blanks"),
        ("ht\ntp://news.example/", "control"),
        ("http://news.example/\x00", "control"),
        ("http://news.example/a\tb", "control"),
        (f"https://news.example/{'x' * 8_000}", "8,021 characters"),
    ],
)
def test_other_addresses_are_refused_with_the_reason(url: str, reason: str) -> None:
    with pytest.raises(UnsafeFeed, match=reason):
        check_address(url)


@pytest.mark.parametrize("port", [0, 1, 22, 25, 79, 81, 110, 444, 993, 1024, 1719, 2049, 5060, 6000, 6667, 10080])
def test_ports_of_other_services_are_refused(port: int) -> None:
    with pytest.raises(UnsafeFeed, match=f"port {port} "):
        check_address(f"http://news.example:{port}/")


@given(st.one_of(st.text(), st.from_regex(r"https?://[^ ]{0,30}", fullmatch=True)))
@example("http://\u2100.example/")  # its normal form has a slash in the host
@example("http://[fe80::1%25eth0]/")
@example("http://news.example:²/")
def test_nothing_that_is_given_raises_another_error(url: str) -> None:
    with suppress(UnsafeFeed):
        check_address(url)


@pytest.mark.parametrize(
    "address",
    [
        *("1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1", "223.255.255.1"),
        *("2001:200::1", "2001:4860:4860::8888", "2606:4700::1111", "2a00:1450:4001::200e", "2c0f:fb50::1"),
    ],
)
def test_addresses_that_anyone_reaches_are_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    ("what", "addresses"),
    [
        ("unspecified", "0.0.0.0 0.255.255.255 ::"),
        ("loopback", "127.0.0.1 127.255.255.255 ::1"),
        ("private", "10.0.0.0 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1 192.168.255.255 fc00::1 fd12:3456::1"),
        ("link-local", "169.254.0.1 169.254.169.254 fe80::1 fe80::1%eth0 febf::1"),
        ("site-local", "fec0::1"),
        ("shared by customers of a provider", "100.64.0.1 100.127.255.255"),
        ("multicast", "224.0.0.1 239.255.255.255 ff02::1"),
        ("reserved", "240.0.0.1 255.255.255.255 4000::1 5f00::1 100::1"),
        ("protocol assignments", "192.0.0.1 192.0.0.170 2001:1::1"),
        ("documentation", "192.0.2.1 198.51.100.1 203.0.113.1 2001:db8::1 3fff::1"),
        ("benchmarks", "198.18.0.1 198.19.255.255 2001:2::1"),
        ("IPv4-mapped", "::ffff:127.0.0.1 ::ffff:8.8.8.8"),
        ("IPv4-compatible", "::127.0.0.1 ::8.8.8.8"),
        ("NAT64", "64:ff9b::7f00:1 64:ff9b::808:808 64:ff9b:1::a00:1"),
        ("6to4", "192.88.99.1 2002:7f00:1::1 2002:808:808::1"),
        ("Teredo", "2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2"),
    ],
)
def test_all_other_addresses_are_not(what: str, addresses: str) -> None:
    assert [address for address in addresses.split() if is_public(ip_address(address))] == [], what


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_inside_an_ipv6_address_never_makes_it_public(address: IPv4Address) -> None:
    inside = int(address)
    carriers = (0, 0xFFFF << 32, 0x64FF9B << 96, (0x64FF9B << 96) + (1 << 80), 0x20010000 << 96)
    assert not any(is_public(IPv6Address(carrier + inside)) for carrier in carriers)
    assert not is_public(IPv6Address((0x2002 << 112) + (inside << 80)))
