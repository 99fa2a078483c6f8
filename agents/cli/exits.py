"""What the exit code of a command says; the only place that says it."""
from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes. `explanation` is what the help prints."""

    explanation: str

    def __new__(cls, code: int, explanation: str) -> Exit:
        """A member of that code."""
        member = int.__new__(cls, code)
        member._value_ = code
        member.explanation = explanation
        return member

    OK = 0, "all done"
    FAILED = 1, "failed; standard error says why"
    USAGE = 2, "wrong options, arguments or settings"
    REFUSED = 3, "done, but some of it was refused"
    NO_BROKER = 4, "the broker cannot be reached, or refuses"
    INTERRUPTED = 130, "interrupted (Ctrl-C)"


def explained() -> str:
    """All codes in one line."""
    return "Exit codes: " + " · ".join(f"{code.value} {code.explanation}" for code in Exit)
