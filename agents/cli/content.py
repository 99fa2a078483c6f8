"""Bytes as a person reads them: JSON, text or a hexdump; nothing in them steers the terminal."""
from __future__ import annotations

import json
import re
from collections.abc import Iterator

from agents.wording import JOINERS

ROW = 16  # bytes in a line of a hexdump
_DOUBTFUL = re.compile(r"[^ -~\n\t]")
ODD = 0.3  # share of characters that are none, from which on bytes are no text


def readable(value: bytes) -> str:
    """JSON indented; text as it is; else a hexdump. What is no visible character is escaped."""
    try:
        return escaped(json.dumps(json.loads(value), indent=2, ensure_ascii=False))
    except (ValueError, RecursionError):
        pass
    text = value.decode("utf-8", "surrogateescape")
    odd = sum(not _visible(character) for character in _DOUBTFUL.findall(text))
    return "\n".join(_hexdump(value)) if odd > len(text) * ODD else escaped(text)


def escaped(text: str) -> str:
    """Each character that is not visible as Python writes it: `\\x1b`; a byte that was no UTF-8 as `\\xff`."""
    return _DOUBTFUL.sub(lambda found: found[0] if _visible(found[0]) else _escape(found[0]), text)


def _visible(character: str) -> bool:
    return character.isprintable() or character in JOINERS


def _escape(character: str) -> str:
    byte = ord(character) - 0xDC00  # how a byte that is no UTF-8 was decoded
    return f"\\x{byte:02x}" if 0x80 <= byte <= 0xFF else character.encode("unicode_escape").decode()


def _hexdump(value: bytes) -> Iterator[str]:
    for start in range(0, len(value), ROW):
        row = value[start : start + ROW]
        shown = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in row)
        yield f"{start:08x}  {row.hex(' '):<{ROW * 3 - 1}}  |{shown}|"
