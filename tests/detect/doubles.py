"""24 news with a second meeting beside them, in all languages: `python -m tests.detect.doubles` prints which are understood where.

In half of them the second is only recalled and no news; in the others both are: the next round, another host, a journey to come.
`doubles/briefs.toml` has what is told, and `doubles/XX.toml` each of them in two texts, as the press of that language would word it. Those
under `a` are for whoever makes rules; nobody has read those under `b` but the English ones, and they show how the rules do on texts that
they do not know. What is not understood stands in `doubles/open.json`, which this writes anew.
"""
from __future__ import annotations

from pathlib import Path

from tests.detect.briefs import Briefs

DOUBLES = Briefs(Path(__file__).with_name("doubles"), ("a", "b"), "not understood: a for rules, b unread")

if __name__ == "__main__":
    DOUBLES.report()
