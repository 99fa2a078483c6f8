"""robots.txt: of all that it says, the rules for us. RFC 9309, section 2.2.1."""
from __future__ import annotations

import re
from collections.abc import Iterator

READ = 500 * 1024  # bytes; the RFC asks to read as many at least
EVERYBODY = "*"

_AGENT = re.compile(r"user[ -]?agent\s*:?\s*(\*|[a-z_-]*)", re.IGNORECASE)  # the name ends where a version begins
_OF_THE_SITE = re.compile(r"(?:site-?maps?|host)\b", re.IGNORECASE)  # stand anywhere, and end no group


def rules_for(agent: str, body: bytes) -> list[str]:
    """The lines with rules of all groups for `agent`, else of those for everybody; empty where there are none. Linear in the size.

    A library that reads whole files keeps every rule for every name, which one file can make a hundred million.
    """
    rules: dict[str, list[str]] = {}
    names: set[str] = set()
    told = False  # whether the group has had a rule, so that another name begins another group
    for line in _lines(body):
        if name := _AGENT.match(line):
            names = {name[1].lower()} if told else names | {name[1].lower()}
            told = False
        elif not _OF_THE_SITE.match(line):
            told = True
            for asked in names & {agent, EVERYBODY}:
                rules.setdefault(asked, []).append(line)
        for asked in names & {agent}:
            rules.setdefault(asked, [])  # a group without rules is one, and allows all
    return rules.get(agent, rules.get(EVERYBODY, []))


def _lines(body: bytes) -> Iterator[str]:
    """What is read of it, without comments: whole lines, for half a path would forbid more than is meant."""
    read = body if len(body) <= READ else body[:READ].rpartition(b"\n")[0]
    for line in read.decode("utf-8-sig", "replace").splitlines():
        if said := line.partition("#")[0].strip():
            yield said
