"""40 leads of news in all languages: `python -m tests.detect.leads` prints which are understood where, with mode, format, place and day.

`leads/briefs.toml` has what is told, and `leads/XX.toml` each of them in four texts, as the press of that language would word it: `a` an
agency or a ministry, the others a newspaper, a portal, radio or television. Those under `a`, `b` and `c` were read when lexicons were made;
of those under `d` only English, German, French and Spanish, for the rules, and they show how both do on words that they do not know. What
is not understood stands in `leads/open.json`, which this writes anew.
"""
from __future__ import annotations

from pathlib import Path

from tests.detect.briefs import Briefs

LEADS = Briefs(Path(__file__).with_name("leads"), ("a", "b", "c", "d"), "not understood: a to c read, d not")

if __name__ == "__main__":
    LEADS.report()
