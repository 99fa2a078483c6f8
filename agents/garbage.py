"""When Python looks for garbage, in processes that read article after article."""
from __future__ import annotations

import gc

_YOUNG = 50_000  # objects that are made before garbage is looked for among them; one article makes some thousands


def economize() -> None:
    """Look for garbage seldom: hardly any of it needs to be looked for. What there is by now stays for good."""
    gc.set_threshold(_YOUNG)
    gc.freeze()  # collections that look through it all take a fifth of a second
