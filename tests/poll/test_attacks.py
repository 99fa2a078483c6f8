"""Each attack ends as it should. What it costs: `python -m tests.poll.attacks`."""
from __future__ import annotations

import pytest

from tests.poll.attacks import ATTACKS, ServerAttack, outcome
from tests.poll.hostile import serving


@pytest.mark.parametrize("name", ATTACKS)
async def test_an_attack_ends_in_an_error_of_ours_or_in_a_page_that_was_read(name: str) -> None:
    attack = ATTACKS[name]
    if isinstance(attack, ServerAttack):
        async with serving(attack.answer()) as server:
            ended = await outcome(attack, b"%d" % server.port)
    else:
        ended = await outcome(attack, attack.document())
    assert ended.startswith(attack.ends)
