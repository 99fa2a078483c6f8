"""Addresses: what two links to one article have in common, and the id that rests on it."""
from __future__ import annotations

import re
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from schemas.ids import digest

_TRACKER_PREFIXES = ("utm_", "mtm_", "pk_", "piwik_", "fb_action_", "hsa_", "__hs")
_TRACKERS = frozenset({
    "_ga", "_gl", "_openstat", "dclid", "fbclid", "gbraid", "gclid", "gclsrc", "srsltid", "wbraid",
    "fb_ref", "fb_source", "igsh", "igshid", "li_fat_id", "msclkid", "ttclid", "twclid", "__twitter_impression",
    "yclid", "ysclid", "spm", "isappinstalled", "hmci", "hmcu", "hmkw", "hmpl", "hmsr",
    "at_campaign", "at_medium", "guccounter", "guce_referrer", "guce_referrer_sig", "rb_clickid", "wt_mc", "wt_zmc", "xtor",
    "_hsenc", "_hsmi", "mc_cid", "mc_eid", "mkt_tok", "oly_anon_id", "oly_enc_id", "vero_id", "wickedid",
})  # fmt: skip
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")
_KEPT_IN_PATH = "%/:=&?~#+!$,;'@()*[]|"
_DEFAULT_PORTS = (80, 443)
_DOTS = ".。．｡"  # between the labels of a host, RFC 3490


def normalise(url: str) -> str:
    """`url` as every link to the same article gives it; idempotent, never raises.

    Alike are http and https, the case of the scheme and host, the default ports, a slash at the end, fragments, the two ways to write a
    letter outside ASCII, and parameters that only follow the reader. All other parameters stay, in their order: they may name the article.
    What is no web address comes back as it is, without the blanks around it.
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return url
    if parts.scheme not in ("http", "https") or not host or any(map(str.isspace, host)):
        return url
    normal = f"https://{_authority(parts, host, port)}{_escaped(parts.path).rstrip('/')}"
    query = "&".join(p for p in _escaped(parts.query).split("&") if p and not _follows_reader(p))
    route = f"#{_escaped(parts.fragment)}" if parts.fragment.startswith(("!", "/")) else ""  # a page that routes by its fragment
    return normal + (f"?{query}" if query else "") + route


def article_id(url: str | None, body: str) -> str:
    """The id of the article at `url`; of one without an address, of this body, whose white space does not count."""
    return digest("address", normalise(url)) if url and url.strip() else digest("content", " ".join(body.split()))


def host(url: str) -> str | None:
    """The host of `url` without `www.`; None where it has none."""
    try:
        name = urlsplit(url.strip()).hostname
    except ValueError:
        return None
    return name.removeprefix("www.") or None if name else None


def absolute(written: str | None, base: str) -> str | None:
    """The web address that `written` stands for in a document at `base`; None where it stands for none."""
    try:
        address = urljoin(base, (written or "").strip())
    except ValueError:
        return None
    return address if (written or "").strip() and address.startswith(("http://", "https://")) else None


def _authority(parts: SplitResult, host: str, port: int | None) -> str:
    user, at, _ = parts.netloc.rpartition("@")
    name = f"[{host}]" if ":" in host else _ascii(host.rstrip(_DOTS)) or host
    return user + at + name + (f":{port}" if port is not None and port not in _DEFAULT_PORTS else "")


def _ascii(host: str) -> str:
    """`host` as the domain name system has it; a name that has no such form stays."""
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host


def _escaped(part: str) -> str:
    escaped = quote(part, safe=_KEPT_IN_PATH, errors="surrogatepass")
    return _ESCAPE.sub(lambda match: match[0].upper(), escaped)


def _follows_reader(parameter: str) -> bool:
    name = parameter.partition("=")[0].lower()
    return name in _TRACKERS or name.startswith(_TRACKER_PREFIXES)
