"""Every case that ships is whole: no fault in any of its sets, in its scenarios or its evidence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from forecast.case.assumption_sets import set_names
from forecast.case.checks import check
from forecast.case.reading import read_case
from forecast.case.scenarios import scenario_problems
from forecast.evidence.checks import check_rows
from forecast.evidence.ledger import ledger_of

CASES = sorted(path.parent for path in (Path(__file__).resolve().parents[2] / "data").glob("*/case.yaml"))


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_a_shipped_case_has_no_fault(folder: Path) -> None:
    for name in set_names(folder):
        case = read_case(folder, name)
        assert check(case).problems == scenario_problems(case) == ()
    rows = ledger_of(case).read()
    found = check_rows(rows, case, "evidence.csv")
    assert (found.problems, found.warnings) == ((), ())


@pytest.mark.parametrize("folder", [one for one in CASES if one.name != "iraq-2026"], ids=lambda folder: folder.name)
def test_what_counts_leaves_other_a_way_to_come_true(folder: Path) -> None:
    """Every act that a test names is one that counts, and one that counts is left for `other`."""
    resolution = read_case(folder).question.resolution
    admitted = set(re.findall(r"\(([a-z])\)", resolution.counts))
    *tests, last = resolution.tree
    named = {act for one in tests for act in re.findall(r"\(([a-z])\)", one.test)}
    assert last.outcomes == ("other",)
    assert named < admitted
