"""deploy/grafana: one page that asks for what there is."""
from __future__ import annotations

import json
import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from agents.sight.metrics import DECLARED
from tests.sight.queries import EVERYWHERE, Query, mistakes, of

DASHBOARD: dict[str, Any] = json.loads((Path(__file__).parents[2] / "deploy" / "grafana" / "dyadwatch.json").read_text("utf-8"))
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
QUERIES = [(panel["title"], target) for panel in PANELS for target in panel["targets"]]
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
WIDTH = 24


@pytest.mark.parametrize(("title", "target"), QUERIES, ids=[f"{title} {target['refId']}" for title, target in QUERIES])
def test_a_panel_asks_for_what_there_is_and_names_its_lines_by_labels_that_they_have(title: str, target: dict[str, Any]) -> None:
    assert list(mistakes(target["expr"])) == []
    query = Query.read(target["expr"])
    named = set(re.findall(r"{{(\w+)}}", target["legendFormat"]))
    if query.groups:  # a line for each group, less what the other label implies
        assert named == query.groups[0] - {"le"} - ({"group"} if "topic" in named else set())
    else:
        assert named <= EVERYWHERE.union(*(declared.labels for name in query.metrics if (declared := of(name))))


def test_every_metric_of_the_table_is_on_the_page() -> None:
    shown = {declared.name for _, target in QUERIES for name in Query.read(target["expr"]).metrics if (declared := of(name))}
    assert {declared.name for declared in DECLARED} - shown == {"dyadwatch_polls_in_progress"}


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_a_panel_says_what_it_shows_and_in_which_unit_whatever_the_name_of_the_data_source(panel: dict[str, Any]) -> None:
    assert panel["description"].endswith(".")
    assert panel["fieldConfig"]["defaults"]["unit"]
    assert panel["datasource"] == SOURCE
    assert all(target["datasource"] == SOURCE for target in panel["targets"])
    assert [target["refId"] for target in panel["targets"]] == list("ABCDEF")[: len(panel["targets"])]


def test_panels_have_each_their_place_and_the_first_row_says_whether_it_is_alive() -> None:
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    places = [panel["gridPos"] for panel in panels]
    assert all(place["x"] + place["w"] <= WIDTH for place in places)
    for one, other in combinations(places, 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        above = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or above
    assert panels[0]["title"] == "Is it alive?"


def test_it_can_be_provisioned_under_one_address_and_asks_which_prometheus() -> None:
    assert (DASHBOARD["uid"], DASHBOARD["title"]) == ("dyadwatch", "dyadwatch")
    assert "id" not in DASHBOARD
    (variable,) = DASHBOARD["templating"]["list"]
    assert (variable["name"], variable["type"], variable["query"]) == ("datasource", "datasource", "prometheus")
    (annotation,) = DASHBOARD["annotations"]["list"]
    assert Query.read(annotation["expr"]).metrics == {"ALERTS"}
