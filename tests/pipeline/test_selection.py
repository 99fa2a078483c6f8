"""Which alerts and meetings a selection asks for."""
from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from pipeline.selection import Selection, hosts
from schemas.meetings import Source
from tests.outlets.conftest import simple, source
from tests.outlets.told import MINISTERS, alert_of, days, meeting_of

MEETING = simple("m", source="news.example.org", language="el")


@pytest.mark.parametrize(
    ("asked", "takes"),
    [
        ({}, True),
        ({"status": ["held"]}, True),
        ({"status": ["announced", "held"], "level": ["minister"]}, True),
        ({"status": ["announced"]}, False),
        ({"status": ["held"], "level": ["parliament"]}, False),
        ({"type": ["new"]}, True),
        ({"type": ["updated", "corroborated"]}, False),
        ({"person": "LAVROV"}, True),
        ({"person": "foreign min"}, True),
        ({"person": "putin"}, False),
        ({"place": "lumpur"}, True),
        ({"place": "Malaysia"}, True),
        ({"place": "MY"}, True),
        ({"place": "beijing"}, False),
        ({"since": "2025-01-04", "until": "2025-01-04"}, True),
        ({"since": "2025-01-05"}, False),
        ({"until": "2025-01-03"}, False),
        ({"language": ["de", "el"]}, True),
        ({"language": ["de"]}, False),
        ({"source": ["example.org"]}, True),
        ({"source": ["Example.ORG"]}, True),
        ({"source": ["ample.org"]}, False),
        ({"watch": ["russia-china"]}, True),
        ({"watch": ["us-china"]}, False),
        ({"confidence": 0.9}, True),
        ({"confidence": 0.91}, False),
    ],
)
def test_all_filters_must_hold_and_of_several_values_one(asked: dict[str, Any], takes: bool) -> None:
    selection = Selection.model_validate(asked)
    assert selection.of_alert(alert_of(MEETING, MEETING.applied[0].source)) is takes
    assert selection.of_meeting(MEETING) is (takes or "type" in asked)


def test_what_has_no_date_is_left_out_where_days_are_asked_for() -> None:
    undated = MEETING.model_copy(update={"facts": MINISTERS.model_copy(update={"date": None})})
    assert Selection().of_meeting(undated)
    assert not Selection.model_validate({"since": "1990-01-01"}).of_meeting(undated)


def test_a_span_is_asked_for_by_any_of_its_days() -> None:
    month = MEETING.model_copy(update={"facts": MINISTERS.model_copy(update={"date": days(0, 30)})})
    assert Selection.model_validate({"since": "2025-01-31", "until": "2025-03-01"}).of_meeting(month)
    assert not Selection.model_validate({"since": "2025-02-01"}).of_meeting(month)


def test_any_article_of_a_meeting_counts() -> None:
    meeting = meeting_of("m", MINISTERS, (source(language="el"), source(article_id="b", language="de", source="beispiel.de")))
    assert Selection.model_validate({"language": ["de"], "source": ["beispiel.de"]}).of_meeting(meeting)


@pytest.mark.parametrize("wrong", [{"status": ["perhaps"]}, {"sttus": ["held"]}, {"confidence": 2}])
def test_what_is_no_filter_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Selection.model_validate(wrong)


@pytest.mark.parametrize(
    ("host", "known_under"),
    [("News.Example.org", ["news.example.org", "example.org", "org"]), ("localhost", ["localhost"]), (None, [""])],
)
def test_an_outlet_is_known_under_the_hosts_it_is_below(host: str | None, known_under: list[str]) -> None:
    assert list(hosts(Source.model_validate({**source().model_dump(), "source": host}))) == known_under
