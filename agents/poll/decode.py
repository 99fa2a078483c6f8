"""Content codings undone in small steps, so that a bomb is noticed before it is unpacked."""
from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

import brotli  # type: ignore[import-untyped]

from schemas.errors import FetchFailed, TooLarge, UnsafeFeed

if sys.version_info >= (3, 14):
    from compression.zstd import DecompressionParameter, ZstdDecompressor, ZstdError
else:
    from backports.zstd import DecompressionParameter, ZstdDecompressor, ZstdError

ACCEPTED = "gzip, deflate, br, zstd"

_STEP = 65_536  # bytes unpacked at once; brotli may go over it by half
_ZSTD_WINDOW = 23  # 8 MB, as RFC 9659 limits the coding on the web
_GZIP = b"\x1f\x8b"
_AUTOMATIC = 32 + zlib.MAX_WBITS  # gzip or zlib, by its header
_BARE = -zlib.MAX_WBITS
_MOST_CODINGS = 2


class Decoder:
    """The body of one response: fed with what arrives, gives the whole of it or an error, never a part."""

    def __init__(self, codings: str, limit: int) -> None:
        """`codings`: the header Content-Encoding, or nothing. `limit`: bytes that neither the body nor any form of it may exceed."""
        # Names that are no coding, such as charsets, are servers' mistakes, which browsers pass over as well.
        names = [name for name in reversed(codings.lower().replace(" ", "").split(",")) if name in _CODINGS]
        if len(names) > _MOST_CODINGS:
            raise UnsafeFeed(f"the answer is packed {len(names)} times; more than {_MOST_CODINGS} are refused")
        self._stages = [_CODINGS[name]() for name in names]
        self._sizes = [0] * (len(names) + 1)
        self._limit = limit
        self._body = bytearray()

    def feed(self, raw: bytes) -> None:
        """Take in what arrived.

        Raises:
            TooLarge: its body has more bytes than the limit.
            FetchFailed: not in the coding that the server says.
        """
        try:
            self._pass(0, raw)
        except (zlib.error, brotli.error, ZstdError) as error:
            raise FetchFailed("the answer is not packed as it says, or damaged; nothing can be done but to try again") from error

    def finish(self) -> bytes:
        """The body.

        Raises:
            FetchFailed: it breaks off.
        """
        if self._sizes[0] and not all(stage.whole for stage in self._stages):
            raise FetchFailed("the packed answer breaks off before its end; nothing can be done but to try again")
        return bytes(self._body)

    def _pass(self, stage: int, data: bytes) -> None:
        self._sizes[stage] += len(data)
        if self._sizes[stage] > self._limit:
            raise too_large(self._limit)
        if stage == len(self._stages):
            self._body += data
            return
        for piece in self._stages[stage].feed(data):
            self._pass(stage + 1, piece)


def too_large(limit: int) -> TooLarge:
    """The error for an answer of more than `limit` bytes."""
    return TooLarge(f"the answer is larger than {limit / 1e6:g} MB; look whether the site offers a shorter feed")


class _Stage(Protocol):
    @property
    def whole(self) -> bool: ...  # what was fed ends where its packing ends

    def feed(self, data: bytes) -> Iterator[bytes]: ...


class _Zlib:
    """gzip, zlib or bare deflate, told apart by the first two bytes: servers call the last two by one name."""

    def __init__(self) -> None:
        self.whole = False
        self._head = b""
        self._member: zlib._Decompress | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._member is None:
                data, self._head = self._head + data, b""
                if len(data) < 2:
                    self._head = data
                    return
                if self.whole and not data.startswith(_GZIP):
                    return  # padding behind the end, which everybody passes over; only gzip may go on with a further member
                self._member, self.whole = zlib.decompressobj(_AUTOMATIC if _has_header(data) else _BARE), False
            while piece := self._member.decompress(data, _STEP):
                yield piece
                data = self._member.unconsumed_tail
            if not self._member.eof:
                return
            data, self._member, self.whole = self._member.unused_data, None, True


def _has_header(data: bytes) -> bool:
    return data.startswith(_GZIP) or (data[0] & 15 == zlib.DEFLATED and int.from_bytes(data[:2]) % 31 == 0)


class _Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    @property
    def whole(self) -> bool:
        return bool(self._stream.is_finished())

    def feed(self, data: bytes) -> Iterator[bytes]:
        piece = self._stream.process(data, output_buffer_limit=_STEP)
        while piece or not self._stream.can_accept_more_data():
            yield piece
            piece = self._stream.process(b"", output_buffer_limit=_STEP)


class _Zstd:
    def __init__(self) -> None:
        self.whole = False
        self._frame: ZstdDecompressor | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._frame is None:
                self._frame = ZstdDecompressor(options={DecompressionParameter.window_log_max: _ZSTD_WINDOW})
                self.whole = False
            yield self._frame.decompress(data, _STEP)
            while not (self._frame.needs_input or self._frame.eof):
                yield self._frame.decompress(b"", _STEP)
            if not self._frame.eof:
                return
            data, self._frame, self.whole = self._frame.unused_data, None, True


_CODINGS: dict[str, Callable[[], _Stage]] = {"gzip": _Zlib, "x-gzip": _Zlib, "deflate": _Zlib, "br": _Brotli, "zstd": _Zstd}
