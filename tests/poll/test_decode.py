"""Unpacking: every coding in any pieces, whole or not at all, and never more than the limit, whatever a bomb holds."""
from __future__ import annotations

import gzip
import random
import subprocess
import sys
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import brotli
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from agents.poll.decode import Decoder
from schemas.errors import FetchFailed, UnsafeFeed
from tests.poll.hostile import bombs

LIMIT = 1_000_000
TEXT = "Лавров встретился с Ван И в Пекине. ".encode() * 400
NOISE = random.Random(1).randbytes(150_000)  # does not shrink, so that it arrives in many chunks


def bare_deflate(data: bytes) -> bytes:
    deflate = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return deflate.compress(data) + deflate.flush()


PACKED: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "nothing": ("", bytes),
    "gzip": ("gzip", gzip.compress),
    "gzip by its old name": ("x-gzip", gzip.compress),
    "gzip in capitals": ("GZIP", gzip.compress),
    "zlib": ("deflate", zlib.compress),
    "deflate without a header": ("deflate", bare_deflate),
    "brotli": ("br", brotli.compress),
    "zstd": ("zstd", zstd.compress),
    "a gzip file of several members": ("gzip", lambda data: gzip.compress(data[:100]) + gzip.compress(b"") + gzip.compress(data[100:])),
    "several zstd frames": ("zstd", lambda data: zstd.compress(data[:100]) + zstd.compress(data[100:])),
    "gzip, padded behind the end": ("gzip", lambda data: gzip.compress(data) + bytes(512)),
    "packed twice": ("gzip, br", lambda data: brotli.compress(gzip.compress(data))),
    "a charset where the coding belongs": ("utf-8", bytes),
    "the word for no coding": ("identity", bytes),
}


def unpacked(codings: str, data: bytes, *, limit: int = LIMIT, piece: int = 65_536) -> bytes:
    decoder = Decoder(codings, limit)
    for start in range(0, len(data), piece):
        decoder.feed(data[start : start + piece])
    return decoder.finish()


@pytest.mark.parametrize("piece", [1, 65_536])
@pytest.mark.parametrize("text", [b"", b"a", TEXT, NOISE], ids=["empty", "one byte", "text", "noise"])
@pytest.mark.parametrize("packing", PACKED)
def test_what_was_packed_comes_out_whatever_the_pieces(packing: str, text: bytes, piece: int) -> None:
    codings, pack = PACKED[packing]
    assert unpacked(codings, pack(text[: 2_000 * piece]), piece=piece) == text[: 2_000 * piece]


@pytest.mark.parametrize("packing", [name for name, (codings, _) in PACKED.items() if codings not in ("", "utf-8", "identity")])
def test_an_empty_answer_is_empty_whatever_it_says_of_itself(packing: str) -> None:
    assert unpacked(PACKED[packing][0], b"") == b""


@pytest.mark.parametrize("codings", ["gzip", "deflate", "br", "zstd"])
def test_an_answer_that_breaks_off_is_none(codings: str) -> None:
    _, pack = next(entry for entry in PACKED.values() if entry[0] == codings)
    packed = pack(NOISE)
    for kept in (1, 2, 100, len(packed) // 2, len(packed) - 1):
        with pytest.raises(FetchFailed):
            unpacked(codings, packed[:kept])


@pytest.mark.parametrize("codings", ["gzip", "deflate", "br", "zstd"])
def test_an_answer_that_is_not_packed_as_it_says_is_none(codings: str) -> None:
    with pytest.raises(FetchFailed, match="not packed as it says"):
        unpacked(codings, b"<rss version='2.0'><channel></channel></rss>" * 100)


@pytest.mark.parametrize("packing", PACKED)
def test_the_limit_is_exact_and_what_exceeds_it_is_refused_not_cut(packing: str) -> None:
    codings, pack = PACKED[packing]
    packed = pack(TEXT)
    assert unpacked(codings, packed, limit=max(len(TEXT), len(packed))) == TEXT
    with pytest.raises(UnsafeFeed, match="larger than"):
        unpacked(codings, packed, limit=len(TEXT) - 1)


def test_what_unpacks_to_nothing_is_refused_when_it_never_ends() -> None:
    nothing = gzip.compress(b"")
    with pytest.raises(UnsafeFeed, match="larger than"):
        unpacked("gzip", nothing * (LIMIT // len(nothing) + 1))


def test_what_is_large_only_half_unpacked_is_refused() -> None:
    empties = gzip.compress(b"") * 100_000  # two megabytes that hold nothing
    packed = brotli.compress(empties, quality=1)
    assert len(packed) < LIMIT < len(empties)
    with pytest.raises(UnsafeFeed, match="larger than"):
        unpacked("gzip, br", packed)


def test_an_answer_packed_many_times_is_refused_before_anything_is_unpacked() -> None:
    with pytest.raises(UnsafeFeed, match="packed 1000 times"):
        Decoder(",".join(["gzip"] * 1000), LIMIT)


def test_a_packing_that_needs_much_memory_to_undo_is_refused() -> None:
    compressor = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 27})  # 128 MB
    with pytest.raises(FetchFailed, match="not packed as it says"):
        unpacked("zstd", compressor.compress(TEXT) + compressor.flush())


@given(st.sampled_from(["gzip", "deflate", "br", "zstd", "zstd, gzip"]), st.binary(max_size=300), st.booleans())
def test_any_bytes_end_in_a_body_or_an_error_of_ours(codings: str, data: bytes, damaged: bool) -> None:
    if damaged and codings in ("gzip", "br", "zstd"):
        _, pack = next(entry for entry in PACKED.values() if entry[0] == codings)
        data = pack(TEXT)[: len(data)] + data
    with suppress(FetchFailed, UnsafeFeed):
        assert len(unpacked(codings, data)) <= LIMIT


WITHIN = """
import resource, sys
from pathlib import Path
from agents.poll.decode import Decoder
from schemas.errors import UnsafeFeed
bomb = Path(sys.argv[2]).read_bytes()
now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (now + 50_000_000, now + 50_000_000))
decoder = Decoder(sys.argv[1], 10_000_000)
try:
    decoder.feed(bomb)
except UnsafeFeed:
    print("refused")
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="only Linux limits a process's memory")
@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_a_bomb_of_a_gigabyte_is_refused_within_50_megabytes(coding: str, tmp_path: Path, all_bombs: dict[str, bytes]) -> None:
    (tmp_path / "bomb").write_bytes(all_bombs[coding])
    ended = subprocess.run([sys.executable, "-c", WITHIN, coding, tmp_path / "bomb"], capture_output=True, text=True, check=False)
    assert (ended.stdout, ended.stderr) == ("refused\n", "")


@pytest.fixture(scope="module")
def all_bombs() -> dict[str, bytes]:
    return bombs()
