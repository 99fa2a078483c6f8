"""Whether two tellings can mean the same people: a title may stand for a name, and one outlet's title is not another's."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from schemas.meetings import Facts, Participant

# An office, and those that other outlets name in its place; "the counterpart" of a security council's secretary may have no such council.
_WORDS = (
    ("foreign_minister", ("top_diplomat",)),
    ("minister", ("foreign_minister", "defence_minister", "interior_minister", "top_diplomat")),
    ("deputy_minister", ("deputy_foreign_minister", "deputy_defence_minister")),
    ("party_official", ("president", "top_diplomat", "political_legal_secretary", "agency_head")),
    ("security_council_secretary", ("top_diplomat", "political_legal_secretary", "minister")),
)


def _both_ways(words: Iterable[tuple[str, Iterable[str]]]) -> Mapping[str, frozenset[str]]:
    kin: defaultdict[str, set[str]] = defaultdict(set)
    for office, others in words:
        for other in others:
            kin[office].add(other)
            kin[other].add(office)
    return {office: frozenset(others) for office, others in kin.items()}


_KIN = _both_ways(_WORDS)


def kin(office: str | None) -> list[str]:
    """The offices that one person may have in the words of another outlet, in one order."""
    return sorted(_KIN.get(office or "", ()))


def one_participant(one: Participant, other: Participant) -> bool:
    """Whether both can be one person or body; of two without a name the office must agree, so that one of them is known by more."""
    if one.name and other.name:
        return one.name == other.name
    if not (one.office and other.office) or one.office == other.office:
        return True
    return bool(one.name) != bool(other.name) and other.office in _KIN.get(one.office, ())


def both_named(one: Facts, other: Facts) -> bool:
    """Whether both tell of the same two by name."""
    return all(a.name and a.name == b.name for a, b in zip(one.participants, other.participants, strict=True))


def met_by_another(one: Facts, other: Facts) -> bool:
    """Whether one names no host, as of a visit, and the other one who is not the guest's counterpart.

    Who visits is met by the holder of the same office; others may receive the guest beside.
    """
    return _unlike_host(one, other) or _unlike_host(other, one)


def _unlike_host(hostless: Facts, told: Facts) -> bool:
    unnamed = [i for i, host in enumerate(hostless.participants) if not (host.name or host.office)]
    if not unnamed:  # as mostly
        return False
    offices = [participant.office for participant in told.participants]
    return any(offices[i] is not None and offices[i] != offices[-1 - i] for i in unnamed)
