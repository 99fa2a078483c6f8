"""Level: the rank that both sides reach."""
from __future__ import annotations

from datetime import date

from pipeline.detect.actors import Actor
from pipeline.detect.document import Document
from pipeline.lexicon.load import Lexicon
from schemas.meetings import Level

RANK = {level: rank for rank, level in enumerate(Level)}  # 0 is the highest


def level_of(lexicon: Lexicon, actors: tuple[Actor, Actor], day: date | None) -> Level:
    """The lower of the two ranks; security_council where both belong to the security track on `day`, the day of publication.

    A side whose office is unknown, the unnamed host of a visit, is taken to meet its guest at the guest's rank.
    """
    offices = [lexicon.offices[actor.office] for actor in actors if actor.office]
    if not offices:
        return Level.OTHER
    track = all(_of_security(lexicon, actor, day) for actor in actors)
    if track and any(office.level is Level.SECURITY_COUNCIL for office in offices):
        return Level.SECURITY_COUNCIL
    return max((office.level for office in offices), key=RANK.__getitem__)


def _of_security(lexicon: Lexicon, actor: Actor, day: date | None) -> bool:
    """Whether the participant holds an office of the security track, whatever office the text names."""
    held = [term.office for term in lexicon.people[actor.person].terms if day is None or term.covers(day)] if actor.person else []
    return any(lexicon.offices[office].security for office in (actor.office, *held) if office)


def office_of(document: Document, actor: Actor) -> str | None:
    """The office that an actor is named with, or else holds on the day of publication."""
    if actor.office is not None or actor.person is None:
        return actor.office
    return document.lexicon.people[actor.person].office_on(document.published)


def level_at(document: Document, actor: Actor) -> Level | None:
    """The level of that office; None where none is known."""
    office = office_of(document, actor)
    return document.lexicon.offices[office].level if office is not None else None


def leads(document: Document, actor: Actor) -> bool:
    """Whether `actor` is named as a head of state or of government, or is one."""
    return level_at(document, actor) in (Level.HEAD_OF_STATE, Level.HEAD_OF_GOVERNMENT)


def is_minister(document: Document, office: str) -> bool:
    """Whether "the minister" can mean the holder of `office`."""
    return document.lexicon.offices[office].level is Level.MINISTER
