"""What a poller may ask: addresses on the public web, and never the network behind the machine it runs on."""
from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from urllib.parse import urlsplit

from schemas.errors import UnsafeFeed

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_LONGEST = 8_000  # characters; RFC 9110 asks servers to read as many, and few read more
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")  # parsers disagree on them
_WEB_PORTS = (80, 443)
_BLOCKED_PORTS = frozenset({  # above 1024, of other protocols that a request could be mistaken for (Fetch standard, "bad port")
    1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
})  # fmt: skip

# IANA's registries of special-purpose addresses, as our own table: `ipaddress.is_global` differs between releases of Python.
_SPECIAL = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # carrier-grade NAT
            "127.0.0.0/8",  # loopback
            "169.254.0.0/16",  # link-local, where clouds keep their secrets
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocol assignments
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # 6to4 relays
            "192.168.0.0/16",  # private
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, broadcast
        ),
    )
)
_UNICAST_6 = IPv6Network("2000::/3")  # all that is given out; outside are loopback, private, mapped IPv4, NAT64, link-local, multicast
_SPECIAL_6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4: carries any IPv4 address
            "3fff::/20",  # documentation
        ),
    )
)


def check_address(url: str) -> None:
    """Refuse `url` unless it is an address on the web. Where its host leads is another question: `is_public`, for each address it has.

    Raises:
        UnsafeFeed: the scheme is not http or https, there is no host, a user name, a port that serves no web pages, a control character,
            or it is longer than 8,000 characters. The message says which, without the address.
    """
    if len(url) > _LONGEST:
        raise UnsafeFeed(f"the address has {len(url):,} characters; more than {_LONGEST:,} are refused")
    if _CONTROL.search(url) or url != url.strip():
        raise UnsafeFeed("the address has blanks around it or control characters inside; remove them")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise UnsafeFeed(f"this is no address: {error}") from error
    if parts.scheme not in ("http", "https"):
        raise UnsafeFeed("only addresses that begin with http:// or https:// are fetched")
    if "@" in parts.netloc:
        raise UnsafeFeed("the address carries a user name or password; remove what stands before the @")
    if not host:
        raise UnsafeFeed("the address names no host")
    if port is not None and port not in _WEB_PORTS and (port <= 1024 or port in _BLOCKED_PORTS):
        raise UnsafeFeed(f"port {port} is not one of the web; 80, 443 and those above 1024 are, unless browsers block them")


def is_public(address: Address) -> bool:
    """Whether anyone on the internet reaches `address`.

    False for private, loopback, link-local, shared, multicast, reserved, documentation and benchmark networks, and for IPv6 addresses
    that carry an IPv4 one inside (mapped, NAT64, 6to4, Teredo): behind those could be any of the former.
    """
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _SPECIAL)
    return address in _UNICAST_6 and not any(address in network for network in _SPECIAL_6)
