"""Alerts and digests in words for people: plain text, in which what an article says can neither steer a screen nor call anybody."""
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from agents.wording import headline, how, link, plain, ruled, when, where, who, words
from pipeline.digest import Entry
from schemas.meetings import Alert, Source

_SAMPLE = "This is a test of dyadwatch; nothing has happened. An alert looks like this:"
_APART = "\N{WORD JOINER}"  # seen by nobody, and what it parts is no mention any more
_MENTION = re.compile(r"(?<=@)(?=[\w&!])|(?<=<)(?=[!@#])")  # @everyone, <!channel>: chats would wake all their members


@dataclass(frozen=True, slots=True)
class Message:
    """What a person gets."""

    title: str
    body: str


def alert_message(alert: Alert) -> Message:
    """One alert."""
    return _calm(headline(alert), [*_facts(alert), "", *_told(alert)])


def digest_message(entries: Sequence[Entry]) -> Message:
    """What has come since the last digest: each meeting once as it stands, and what was told of it meanwhile."""
    lines: list[str] = []
    for number, entry in enumerate(entries, 1):
        counted = Counter(entry.types)
        happened = ", ".join(words(kind) + (f" {times} times" if times > 1 else "") for kind, times in counted.items())
        people = " – ".join(map(who, entry.newest.facts.participants))
        lines += [f"{number}. {people}", happened, *_facts(entry.newest), *_told(entry.newest), ""]
    alerts = sum(len(entry.types) for entry in entries)
    return _calm(f"{_number(len(entries), 'meeting')}, {_number(alerts, 'alert')}", lines[:-1])


def sample_message(alert: Alert) -> Message:
    """What `dyadwatch outlets test` sends."""
    return _calm("A test of dyadwatch", [_SAMPLE, "", headline(alert), "", *_facts(alert), "", *_told(alert)])


def _facts(alert: Alert) -> list[str]:
    facts = alert.facts
    known = f"sources: {alert.sources}, confidence {alert.confidence:.2f}"
    verdict = [f"ruled: {ruled(alert.verdict)}"] if alert.verdict else []
    return [*verdict, how(facts), f"where: {where(facts.place)}", f"when: {when(facts)}", known]


def _told(alert: Alert) -> list[str]:
    return [f"“{plain(alert.evidence.sentence)}” ({plain(alert.article.language)})", *_article(alert.article)]


def _article(source: Source) -> list[str]:
    told = [plain(part) for part in (source.title, source.source) if part]
    address = (link(source.url) or "").replace("@", "%40").replace("<", "%3C")  # the same address, and no mention
    return [line for line in (" · ".join(told), plain(address)) if line]


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _calm(title: str, lines: Sequence[str]) -> Message:
    return Message(_MENTION.sub(_APART, title), "\n".join(_MENTION.sub(_APART, line) for line in lines))
