"""What processes take."""
from __future__ import annotations

from pathlib import Path


def megabytes(pid: int) -> float:
    """What a process and its children take; what several share counts once, and a child that has ended takes nothing.

    Raises:
        ProcessLookupError, FileNotFoundError: there is no such process.
    """
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    own = next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))
    # Those that a thread started are that thread's.
    children = [child for thread in Path(f"/proc/{pid}/task").iterdir() for child in (thread / "children").read_text().split()]
    return own + sum(_of_a_child(int(child)) for child in children)


def _of_a_child(pid: int) -> float:
    try:
        return megabytes(pid)
    except (ProcessLookupError, FileNotFoundError):  # it has ended since it was listed
        return 0.0
