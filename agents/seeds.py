"""Where the five articles of `dyadwatch demo` are: in a checkout and in an installed wheel."""
from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def seeds_folder() -> Path:
    """The folder of the seeds: the copy inside the wheel where there is one, otherwise `seeds/` of the checkout.

    Raises:
        FileNotFoundError: neither is there.
    """
    for folder in (_HERE / "data" / "seeds", _HERE.parent / "seeds"):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"the seeds are missing beside {_HERE}; install dyadwatch again")
