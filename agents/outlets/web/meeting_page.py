"""A meeting's page, also of one that was taken back: its life, its sources, what was ruled, and where that can be judged."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import Request
from starlette.responses import HTMLResponse

from agents.outlets.view.reader import Reader, Retracted
from agents.outlets.web.access import FIELD, NOT_HERE, Access, keep_form
from agents.outlets.web.pages import Pages
from schemas.meetings import Facts, Meeting
from schemas.verdicts import LONGEST_NAME, LONGEST_NOTE, Verdict

CHOICES = 20  # meetings of the same people that the form offers


@dataclass(frozen=True, slots=True)
class Given:
    """A verdict on the page."""

    verdict: Verdict
    own: bool  # on this meeting; not that another one is the same
    waits: bool  # no worker has taken it up yet
    refused: str | None  # why it does not count


class MeetingPage:
    """Makes them."""

    def __init__(self, pages: Pages, reader: Reader, access: Access) -> None:
        self._pages = pages
        self._reader = reader
        self._access = access

    def of(
        self, found: Meeting | Retracted, request: Request, said: Mapping[str, str] | None = None, wrong: str | None = None
    ) -> HTMLResponse:
        """The page as who asks may see it; after a form that was refused with what it `said`, and what is `wrong` with it."""
        alerts = self._reader.alerts_of(found.meeting_id)
        cookie, field = self._access.form_key(request)
        page = self._pages.page(
            "meeting.html" if isinstance(found, Meeting) else "retracted.html",
            meeting=found,
            facts=found.facts,
            alerts=alerts,
            verdicts=self._given(found),
            others=self._others(found.meeting_id, found.facts),
            said=said or {},
            wrong=wrong,
            field=FIELD,
            form=field,
            may_judge=self._access.may_judge(request),
            token_wanted=self._access.token_wanted,
            not_here=NOT_HERE,
            longest_note=LONGEST_NOTE,
            longest_name=LONGEST_NAME,
        )
        page.status_code = HTTPStatus.OK if isinstance(found, Meeting) else HTTPStatus.GONE
        if self._access.possible:
            keep_form(request, page, cookie)
        return page

    def _given(self, found: Meeting | Retracted) -> Sequence[Given]:
        given = self._reader.verdicts(found.meeting_id)
        last = next((one for one in reversed(given) if one.meeting_id == found.meeting_id), None)
        waits = last is not None and not self._reader.is_taken_up(last)
        known = found if isinstance(found, Meeting) else found.known
        refused = {one.verdict.verdict_id: one.refused for one in known.verdicts} if known else {}
        return [Given(one, one.meeting_id == found.meeting_id, waits and one is last, refused.get(one.verdict_id)) for one in given]

    def _others(self, meeting_id: str, facts: Facts) -> Sequence[Meeting]:
        """What this one may be the same as."""
        return [other for other in self._reader.of_pair(facts, CHOICES + 1) if other.meeting_id != meeting_id][:CHOICES]
