"""What processes take."""
from __future__ import annotations

from pathlib import Path


def megabytes(pid: int) -> float:
    """What a process and its children take; what several share counts once."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    own = next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))
    # Those that a thread started are that thread's.
    children = [child for thread in Path(f"/proc/{pid}/task").iterdir() for child in (thread / "children").read_text().split()]
    return own + sum(megabytes(int(child)) for child in children)
