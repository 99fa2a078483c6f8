"""Articles' parts in a meeting: the words of a hundred are kept, however many tell of it; of all others that they did."""
from __future__ import annotations

from collections.abc import Iterable

from schemas.meetings import Applied, Counted, Meeting

MOST = 100  # articles whose words are kept: as many as somebody may want to read


def part_of(meeting: Meeting, article_id: str) -> Applied | Counted | None:
    """What an article has told of `meeting` so far, in whatever version."""
    return next((part for part in meeting.parts if part.article_id == article_id), None)


def with_part(meeting: Meeting, part: Applied) -> Meeting:
    """`meeting` with this part in the place of what earlier versions of the article told, which keeps the alert that it has caused."""
    before = part_of(meeting, part.article_id)
    if before is not None:
        alert = before.alert_id if isinstance(before, Applied) else None
        part = part.model_copy(update={"alert_id": part.alert_id or alert, "earlier": before.tellings})
    if isinstance(before, Applied):
        return meeting.model_copy(update={"applied": tuple(part if one is before else one for one in meeting.applied)})
    return _bounded(meeting, (*meeting.applied, part), (one for one in meeting.counted if one is not before))


def with_parts_of(meeting: Meeting, other: Meeting) -> Meeting:
    """`meeting` with the articles of both, each once: what one told of the other counts among its earlier tellings."""
    applied = {part.article_id: part for part in meeting.applied}
    counted = {part.article_id: part for part in meeting.counted}
    for part in other.parts:
        if (own := applied.get(part.article_id)) is not None:
            applied[own.article_id] = own.model_copy(update={"earlier": (*own.earlier, *part.tellings)})
        elif (known := counted.get(part.article_id)) is not None:
            counted[known.article_id] = known.model_copy(update={"tellings": (*part.tellings, *known.tellings)})
        elif isinstance(part, Applied):
            applied[part.article_id] = part
        else:
            counted[part.article_id] = part
    return _bounded(meeting, applied.values(), counted.values())


def _bounded(meeting: Meeting, applied: Iterable[Applied], counted: Iterable[Counted]) -> Meeting:
    """`meeting` told by these, of which it keeps the words of the first and of the newest; those of copies go before all others."""
    kept, known = [*applied], [*counted]
    while len(kept) > MOST:
        copies = (n for n, part in enumerate(kept[1:-1], start=1) if part.copy_of is not None)
        gone = kept.pop(next(copies, 1))
        known.append(Counted(article_id=gone.article_id, copy_of=gone.copy_of, tellings=gone.tellings))
    return meeting.model_copy(update={"applied": tuple(kept), "counted": tuple(known)})
