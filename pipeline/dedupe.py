"""Which articles are copies: the same wire report in another outlet is one source, not two.

A text is reduced to a sketch: of its sequences of a few words, those whose hash is 0 modulo a constant (Schleimer et al. 2003,
"Winnowing"). Copies share most of their sketch whatever was cut, added or glued on. A copy names the oldest original that it shares
enough with.
"""
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import accumulate
from typing import TypeVar
from zlib import crc32

from pipeline.retention import Ages
from pipeline.text.fold import fold
from schemas.articles import READ, CleanArticle, UniqueArticle
from schemas.fingerprints import Fingerprint
from schemas.ids import digest

K = TypeVar("K", int, str)

WORDS = 5  # in a sequence; some 30 characters of a European language
IDEOGRAPHS = 10  # in a sequence of a text that is mostly single ideographs
KEEP_ONE_IN = 8  # sequences; about 100 hashes for 5,000 characters
MIN_SHARED = 3  # hashes; one or two coincide in formulas such as agency credits
MIN_CONTAINMENT = 0.25  # of the smaller sketch
COMMON = 20  # originals that hold a hash; one in more of them is a formula of an outlet or an office and proves nothing

_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W_\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")


class CopyIndex:
    """The fingerprints known of one watch, found by what they share, so that a look-up costs the same however many there are.

    Only originals are found: what copies a copy copies the original.
    """

    def __init__(self, fingerprints: Iterable[Fingerprint] = ()) -> None:
        self._known: dict[str, Fingerprint] = {}
        self._by_hash: dict[int, list[str]] = {}  # lists: nearly all hold one id, and there are millions
        self._by_content: dict[str, list[str]] = {}
        self._ages = Ages()
        for fingerprint in fingerprints:
            self.add(fingerprint)

    def __len__(self) -> int:
        return len(self._known)

    def get(self, article_id: str) -> Fingerprint | None:
        """The fingerprint of this article, if it is known."""
        return self._known.get(article_id)

    def add(self, fingerprint: Fingerprint) -> None:
        """Make `fingerprint` known, in place of what was known of its article."""
        self.remove(fingerprint.article_id)
        self._known[fingerprint.article_id] = fingerprint
        self._ages.put(fingerprint.article_id, fingerprint.seen_at)
        if fingerprint.copy_of is None:
            for value in fingerprint.sketch:
                self._by_hash.setdefault(value, []).append(fingerprint.article_id)
            self._by_content.setdefault(fingerprint.content, []).append(fingerprint.article_id)

    def remove(self, article_id: str) -> None:
        """Forget this article; one not known is no error."""
        self._ages.remove(article_id)
        fingerprint = self._known.pop(article_id, None)
        if fingerprint is not None and fingerprint.copy_of is None:
            for value in fingerprint.sketch:
                _discard(self._by_hash, value, article_id)
            _discard(self._by_content, fingerprint.content, article_id)

    def expire(self, before: datetime) -> Iterator[Fingerprint]:
        """The fingerprints of articles first seen before `before`, the oldest first; each is forgotten as it comes."""
        while (article_id := self._ages.oldest(before)) is not None:
            fingerprint = self._known[article_id]
            self.remove(article_id)
            yield fingerprint

    def original_of(self, content: str, sketch: Iterable[int]) -> str | None:
        """The oldest original with this content or enough of this sketch; None where there is none."""
        found = {*self._by_content.get(content, ())} | self._near(frozenset(sketch))
        oldest = min((self._known[i] for i in found), key=lambda f: (f.seen_at, f.article_id), default=None)
        return oldest.article_id if oldest else None

    def _near(self, sketch: frozenset[int]) -> set[str]:
        holders = [found for value in sketch if (found := self._by_hash.get(value))]
        telling = len(sketch) - sum(len(found) > COMMON for found in holders)
        shared = Counter(article_id for found in holders if len(found) <= COMMON for article_id in found)
        return {article_id for article_id, count in shared.items() if self._enough(count, telling, article_id)}

    def _enough(self, shared: int, size: int, other: str) -> bool:
        if shared < MIN_SHARED:
            return False
        other_size = sum(not self._common(value) for value in self._known[other].sketch)
        return shared >= MIN_CONTAINMENT * min(size, other_size)

    def _common(self, value: int) -> bool:
        return len(self._by_hash.get(value, ())) > COMMON


def mark_copy(article: CleanArticle, known: CopyIndex, now: datetime) -> tuple[UniqueArticle, Fingerprint]:
    """`article`, which comes `now`, with the oldest original it copies, and the fingerprint to `add` to `known`, which stays unchanged.

    Idempotent: an article that is known, which is one with the same address, is the copy that it was the first time, even if its text or
    what is known has changed since.
    """
    words = _TOKEN.findall(fold(_own_text(article)))
    content = digest(" ".join(words))
    fingerprint = known.get(article.article_id)
    if fingerprint is None or fingerprint.content != content:
        sketch = sketch_of(words)
        fingerprint = Fingerprint(
            article_id=article.article_id,
            watch=article.watch,
            content=content,
            sketch=tuple(sorted(sketch)),
            copy_of=fingerprint.copy_of if fingerprint else known.original_of(content, sketch),
            seen_at=fingerprint.seen_at if fingerprint else now,
        )
    return UniqueArticle(article=article, version=content, copy_of=fingerprint.copy_of, came_at=now), fingerprint


def sketch_of(words: Sequence[str]) -> frozenset[int]:
    """A sample of the hashes of the word sequences of a text; 0.5 ms for 5,000 characters.

    Of a text too short for a sample, all of them, so that it can be compared with its like.
    """
    encoded = [*map(str.encode, words)]
    whole = b"".join(encoded)
    bounds = list(accumulate(map(len, encoded), initial=0))
    length = IDEOGRAPHS if 2 * [*map(len, words)].count(1) > len(words) else WORDS
    hashes = [crc32(whole[start:end]) for start, end in zip(bounds, bounds[length:], strict=False)]
    kept = frozenset([h for h in hashes if h % KEEP_ONE_IN == 0])
    return kept if len(kept) >= MIN_SHARED else frozenset(hashes)


def _own_text(article: CleanArticle) -> str:
    return "\n".join(article.text[b.start : b.end] for b in article.blocks if b.kind in READ)


def _discard(index: dict[K, list[str]], key: K, article_id: str) -> None:
    index[key].remove(article_id)
    if not index[key]:
        del index[key]
