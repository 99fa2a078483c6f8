"""That `make bench` works: subjects that need no broker are tried, and what comes of them is shown and drawn. No figure is judged."""
from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree

from tests.bench.measure import Curve, Figure, Table, Target
from tests.bench.report import write

ROOT = Path(__file__).parents[2]


def test_subjects_can_be_tried_quickly_one_by_one() -> None:
    command = [sys.executable, "-m", "tests.bench", "--quick", "--json", "extraction", "text"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert list(told["subjects"]) == ["extraction", "text"]
    assert all(figure["median"] > 0 for tables in told["subjects"].values() for table in tables for figure in table["figures"])


def test_a_subject_that_there_is_not_is_told_with_those_that_there_are() -> None:
    done = subprocess.run([sys.executable, "-m", "tests.bench", "speed"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no subject speed: there are extraction, text, growth" in done.stderr


@pytest.mark.parametrize(
    ("target", "met"),
    [
        (Target(200, least=True), True),
        (Target(201, least=True), False),
        (Target(200, least=False), True),
        (Target(0.9, least=True, ratio=True), False),
        (Target(0.5, least=False, ratio=True), True),
    ],
)
def test_a_target_is_of_the_median_or_of_the_ratio_the_least_or_the_most(target: Target, met: bool) -> None:
    assert target.met(Figure("pages", [100, 200, 900], 0.5)) is met


def test_the_document_has_each_figure_with_its_target_and_each_curve_as_a_plot(tmp_path: Path) -> None:
    table = Table("Pages", "pages/s", [Figure("alone", [8.0, 9.0], 1.0), Figure("ours", [1234.0], 150.0, Target(2000, least=True))])
    curve = Curve("growth", "Growth & cost", "known", "ms", {"one": [(10.0, 1.0), (1000.0, 3.0)], "two": [(10.0, 2.0), (1000.0, 2.0)]})
    readme = tmp_path / "README.md"
    readme.write_text("Before.\n<!-- of make bench -->\nold\n<!-- end -->\nBehind.\n")
    write({"subject": [table, curve]}, tmp_path, readme)
    assert "| Pages: ours | 1,234 pages/s | 150.00 × alone |" in readme.read_text()
    assert re.fullmatch(r"Before\.\n<!-- of make bench -->\n.*<!-- end -->\nBehind\.\n", readme.read_text(), flags=re.DOTALL)
    assert "old" not in readme.read_text()
    told = (tmp_path / "performance.md").read_text()
    assert "| ours | 1,234 | 150.00 | 1,234 | 1,234 | ≥ 2000: missed |" in told
    assert "![Growth & cost](bench/growth.svg)" in told
    drawn = etree.parse(tmp_path / "bench" / "growth.svg").getroot()
    lines = [line.attrib["points"] for line in drawn.iter("{http://www.w3.org/2000/svg}polyline")]
    heights = [[float(y) for y in re.findall(r",([\d.]+)", line)] for line in lines]
    assert heights[0][0] > heights[0][1] and heights[1][0] == heights[1][1]  # 0 is at the top
