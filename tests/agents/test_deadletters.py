"""What is known of dead letters without a broker: their ids, what is chosen, and what may be re-driven."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from aiokafka.errors import MessageSizeTooLargeError

from agents.cluster import Cluster
from agents.deadletters import Letter, LetterId, Redriver, Whole, redrivable, selected
from agents.topics import CLEAN, CURRENT, DEADLETTERS, RAW, TAGGED, UNIQUE
from schemas.deadletters import TRIED, DeadLetterHeaders, RedrivenHeaders, originals
from schemas.errors import DeadLetterError
from tests.agents.letters import FOREIGN, NOON, TOLD, letter


def test_an_id_is_read_as_it_is_written() -> None:
    assert LetterId.parse(str(LetterId(2, 17))) == LetterId(2, 17)


@pytest.mark.parametrize("text", ["", "17", "0/", "/17", "0/-1", "0/1/2", "0/ 17", "0/x", "0/١٧", f"0/{'9' * 5_000}"])
def test_what_is_no_id_is_told_how_one_looks(text: str) -> None:
    with pytest.raises(ValueError, match="they look like 0/17"):
        LetterId.parse(text)


@pytest.mark.parametrize(
    ("stage", "reason", "chosen"),
    [
        pytest.param(None, None, [0, 1, 2], id="any"),
        pytest.param("tag", None, [1], id="of a stage"),
        pytest.param(None, "deadline", [0], id="of a kind of error, in any case"),
        pytest.param(None, "slow", [], id="not by the message of the error"),
        pytest.param("tag", "deadline", [], id="of both"),
    ],
)
def test_dead_letters_are_chosen_by_stage_and_kind_of_error(stage: str | None, reason: str | None, chosen: list[int]) -> None:
    letters = [letter(0), letter(1, stage="tag", reason="ArticleError: slow"), replace(FOREIGN, id=LetterId(0, 2))]
    assert [one.id.offset for one in selected(letters, stage, reason)] == chosen


@pytest.mark.parametrize("topic", [RAW, CLEAN, UNIQUE, TAGGED])
def test_what_was_read_from_a_topic_of_the_stream_may_be_redriven_there(topic: str) -> None:
    assert redrivable(letter(topic=topic), again=False).topic == topic


@pytest.mark.parametrize(
    ("one", "why"),
    [
        pytest.param(FOREIGN, "0/17 is no dead letter of ours", id="somebody else's"),
        pytest.param(letter(topic=CURRENT), "read from meetings.current, which no agent reads", id="of another topic"),
        pytest.param(letter(complete=False), "at news.raw/0/3", id="without its bytes"),
        pytest.param(replace(letter(), redriven_at=NOON), "re-driven on 2026-11-26 at 12:00 UTC; --again does it", id="re-driven before"),
    ],
)
def test_what_may_not_be_redriven_is_told_why(one: Letter, why: str) -> None:
    with pytest.raises(DeadLetterError, match=why):
        redrivable(one, again=False)


def test_what_was_redriven_may_be_again() -> None:
    redrivable(replace(letter(), redriven_at=NOON), again=True)


class Recorded(Redriver):
    """Keeps what it sends, unless the broker `refuses` it."""

    def __init__(self, refuses: str | None = None) -> None:
        super().__init__(Cluster("127.0.0.1:9"))
        self.refuses = refuses
        self.sent: list[tuple[str, bytes | None, bytes | None, list[tuple[str, bytes]]]] = []

    async def _send(self, topic: str, key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]] = ()) -> None:
        if topic == self.refuses:
            raise MessageSizeTooLargeError("8 MB")
        self.sent.append((topic, key, value, list(headers)))


WHOLE = Whole(letter(tries=2), b"k", b"\xff", (("original-via", b"a"), ("original-via", b"b"), *TOLD.encoded()), "")


async def test_it_is_sent_as_it_was_with_its_tries_and_noted_afterwards() -> None:
    redriver = Recorded()
    await redriver.redrive(WHOLE)
    assert redriver.sent == [
        (RAW, b"k", b"\xff", [("via", b"a"), ("via", b"b"), (TRIED, b"2")]),
        (DEADLETTERS, None, b"", [("redriven", b"0/17")]),
    ]


async def test_what_the_broker_does_not_take_is_not_noted() -> None:
    redriver = Recorded(refuses=RAW)
    with pytest.raises(DeadLetterError, match=r"0/17 is larger than news\.raw takes"):
        await redriver.redrive(WHOLE)
    assert redriver.sent == []


def test_headers_are_read_as_they_were_written() -> None:
    told = TOLD.model_copy(update={"reason": "Odd: half a pair \ud83d", "complete": False, "tries": 3})
    assert DeadLetterHeaders.decoded(told.encoded()) == told.model_copy(update={"reason": "Odd: half a pair \\ud83d"})
    assert RedrivenHeaders.decoded(RedrivenHeaders(redriven="0/17").encoded()) == RedrivenHeaders(redriven="0/17")


def test_headers_of_the_original_are_found_among_ours() -> None:
    headers = [("original-via", b"a"), *TOLD.encoded(), ("original-original-via", None)]
    assert originals(headers) == [("via", b"a"), ("original-via", b"")]


@pytest.mark.parametrize(
    ("name", "value"),
    [("partition", b"x"), ("stage", b"\xff"), ("tries", b"0"), ("stage", b"x" * 250), ("complete", b"perhaps"), ("topic", None)],
)
def test_headers_that_make_no_sense_are_none_of_ours(name: str, value: bytes | None) -> None:
    headers = {**dict(TOLD.encoded()), name: value}
    if value is None:
        del headers[name]
    with pytest.raises(ValueError, match=r"validation error|can't decode"):
        DeadLetterHeaders.decoded(headers.items())
