"""Level: the rank that both sides reach."""
from __future__ import annotations

from pipeline.detect.participants import Actor
from pipeline.lexicon.load import Lexicon
from schemas.meetings import Level

RANK = {level: rank for rank, level in enumerate(Level)}  # 0 is the highest


def level_of(lexicon: Lexicon, actors: tuple[Actor, Actor]) -> Level:
    """The lower of the two ranks; security_council where both belong to the security track.

    A side whose office is unknown, the unnamed host of a visit, is taken to meet its guest at the guest's rank.
    """
    offices = [lexicon.offices[actor.office] for actor in actors if actor.office]
    if not offices:
        return Level.OTHER
    if all(office.security for office in offices) and any(office.level is Level.SECURITY_COUNCIL for office in offices):
        return Level.SECURITY_COUNCIL
    return max((office.level for office in offices), key=RANK.__getitem__)
