"""A verdict says whole what it says."""
from __future__ import annotations

import pytest
from pydantic import ValidationError

from schemas.ids import verdict_id
from schemas.verdicts import LONGEST_NOTE, Ruling
from tests.agents.meetings import verdict


@pytest.mark.parametrize("same_as", [None, "m"], ids=["none", "itself"])
def test_the_same_as_names_another_meeting(same_as: str | None) -> None:
    with pytest.raises(ValidationError, match="same_as"):
        verdict(Ruling.SAME_AS, same_as=same_as)
    assert verdict(Ruling.SAME_AS, same_as="other").same_as == "other"


@pytest.mark.parametrize("ruling", [Ruling.RIGHT, Ruling.WRONG, Ruling.NO_MEETING])
def test_no_other_ruling_names_one(ruling: Ruling) -> None:
    with pytest.raises(ValidationError, match="same_as"):
        verdict(ruling, same_as="other")


def test_a_note_is_bounded() -> None:
    assert verdict(note="x" * LONGEST_NOTE)
    with pytest.raises(ValidationError, match="2000"):
        verdict(note="x" * (LONGEST_NOTE + 1))


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_time_that_some_zone_does_not_have_is_refused(at: str) -> None:
    with pytest.raises(ValidationError, match="no time that every time zone has"):
        verdict(at=at)


def test_the_id_follows_from_what_is_said() -> None:
    assert verdict_id("m", "right", "", "a") == verdict_id("m", "right", "", "a")
    assert len({verdict_id("m", "right", "", "a"), verdict_id("m", "right", "a", ""), verdict_id("m", "wrong", "", "a")}) == 3
