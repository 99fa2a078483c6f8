"""Which entries of a feed are new, which are edited, and whether some may have been missed."""
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.address import article_id, normalise
from pipeline.feeds.model import Entry
from schemas.feeds import Seen
from schemas.ids import digest

KEPT_GONE = 200  # entries that left the feed are remembered so many at least: some come back
KEPT_AT_MOST = 2_000  # keys; but of all entries that a feed holds, however many: one that is forgotten would be new again at each poll
_TAG = re.compile(r"<[^>]*>")
_NO_WORD = re.compile(r"[\W\d]+")  # marks, blanks, counters


@dataclass(frozen=True, slots=True)
class Novelty:
    """New and edited entries with their article ids, in the order of the feed; what to remember; whether there is a gap.

    A gap: the feed had entries before, and none of those that it has now was among them.
    """

    new: tuple[tuple[Entry, str], ...]
    edited: tuple[tuple[Entry, str], ...]
    seen: tuple[Seen, ...]
    gap: bool


def compare(entries: Sequence[Entry], seen: Sequence[Seen], poll: int) -> Novelty:
    """`entries` of poll number `poll` against what was `seen` before it.

    An entry is known by its link or its guid, whichever was seen before: some feeds change guids, others links. What several different
    entries of a feed share tells nothing. An edit has another title or content; marks, blanks and numbers do not count.
    """
    entries = list(dict.fromkeys(entry for entry in entries if entry.link or entry.title or entry.html))
    known = {one.key: one for one in seen}
    shared = {name for name, count in Counter(name for entry in entries for name in _names(entry)).items() if count > 1}
    new: list[tuple[Entry, str]] = []
    edited: list[tuple[Entry, str]] = []
    now: dict[str, Seen] = {}
    for entry in entries:
        keys = [name for name in _names(entry) if name not in shared] or [_by_text(entry)]
        if any(key in now for key in keys):
            continue
        before = next((known[key] for key in keys if key in known), None)
        identity = before.article_id if before else _article_id(entry, keys)
        version = _version(entry)
        if before is None:
            new.append((entry, identity))
        elif before.version != version:
            edited.append((entry, identity))
        now |= {key: Seen(key=key, version=version, article_id=identity, last=poll) for key in keys}
    latest = max((one.last for one in seen), default=0)
    gap = bool(seen and entries) and not any(key in known and known[key].last == latest for key in now)
    return Novelty(tuple(new), tuple(edited), _remembered(now, seen), gap)


def _names(entry: Entry) -> list[str]:
    """What may tell an entry from others, the surest first."""
    link = [digest("link", normalise(entry.link))] if entry.link else []
    return [*link, *([digest("guid", normalise(entry.guid))] if entry.guid else [])]


def _by_text(entry: Entry) -> str:
    return digest("text", entry.title or entry.html or entry.guid or "")


def _article_id(entry: Entry, keys: Sequence[str]) -> str:
    """The id of the article at the entry's link; of one whose link is not its own, an id that only this entry has."""
    own = entry.link is not None and keys[0] == _names(entry)[0]
    return article_id(entry.link if own else None, " ".join(keys))


def _version(entry: Entry) -> str:
    return digest("version", *(_NO_WORD.sub(" ", _TAG.sub(" ", part or "")).strip().casefold() for part in (entry.title, entry.html)))


def _remembered(now: dict[str, Seen], seen: Sequence[Seen]) -> tuple[Seen, ...]:
    """All that the feed holds now, then what left it last."""
    gone = sorted((one for one in seen if one.key not in now), key=lambda one: -one.last)
    room = min(max(KEPT_GONE, len(now)), max(0, KEPT_AT_MOST - len(now)))
    return (*now.values(), *gone[:room])
