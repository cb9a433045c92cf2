from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from forecast.case.checks import Findings, check
from forecast.case.reading import read_case
from forecast.errors import Problem
from tests.case.editing import line_of
from tests.small_case import ASSUMPTIONS, CASE, CODEBOOK, assumption, indicator, write_case, write_set


def findings(folder: Path, **changes: Any) -> Findings:
    return check(read_case(write_case(folder, **changes)))


def tree(*tests: tuple[str, str | list[str]]) -> dict[str, Any]:
    steps = [{"test": test, "then": then} for test, then in tests]
    return {"resolution": {"counts": "A contract.", "tree": steps}}


def only(problems: tuple[Problem, ...]) -> Problem:
    [problem] = problems
    return problem


def without(name: str) -> list[dict[str, Any]]:
    return [item for item in ASSUMPTIONS if item["id"] != name]


def test_the_small_case_is_sound(harbour: Path) -> None:
    assert findings(harbour) == Findings(problems=(), warnings=())


def test_an_outcome_without_a_test_can_never_come_true(harbour: Path) -> None:
    problem = only(findings(harbour, case=tree(("It is the city.", "city"))).problems)
    assert problem.message == "no test of the resolution tree leads to 'private', so it can never come true"
    assert problem.line == line_of(harbour / "case.yaml", "- id: private")
    assert problem.file == "data/harbour/case.yaml"


def test_outcomes_that_no_test_parts_are_named(harbour: Path) -> None:
    warning = only(findings(harbour, case=tree(("Somebody signs.", ["city", "private"]))).warnings)
    assert warning.message == "no test parts 'city' from 'private': whenever one holds, so does the other"
    assert warning.line == line_of(harbour / "case.yaml", "then:")


def test_an_ambiguous_test_beside_one_that_parts_is_sound(harbour: Path) -> None:
    changes = tree(("The city signs.", "city"), ("Somebody signs.", ["city", "private"]))
    assert findings(harbour, case=changes) == Findings((), ())


def test_a_repeated_test_decides_nothing(harbour: Path) -> None:
    changes = tree(("The city signs.", "city"), ("A firm signs.", "private"), ("the  CITY signs.", "private"))
    assert only(findings(harbour, case=changes).warnings).message == (
        "test 3 repeats test 1 and can never decide anything"
    )


def test_one_closing_test_reads_well_and_two_decide_nothing_new(harbour: Path) -> None:
    decisive = (("The city signs.", "city"), ("A firm signs.", "private"))
    assert findings(harbour, case=tree(*decisive, ("Anything else.", "other"))).warnings == ()
    changes = tree(*decisive, ("The harbour closes.", "other"), ("Anything else.", "other"))
    warning = only(findings(harbour, case=changes).warnings)
    assert warning.message.startswith("from test 4 on nothing new can be decided")
    assert warning.line == line_of(harbour / "case.yaml", "Anything else.")


def test_a_driver_that_reaches_no_outcome_is_named(harbour: Path) -> None:
    stated = [item for item in without("unions-against-private") if item["kind"] != "influence"]
    stated.append(assumption("money-against-private", "loading", driver="budget", outcome="private", strength="-"))
    warning = only(findings(harbour, assumptions=stated).warnings)
    assert warning.message.startswith("the driver 'unions' changes nothing")
    assert warning.line == line_of(harbour / "drivers.yaml", "- id: unions")


def test_a_driver_may_reach_an_outcome_through_another_or_through_time(harbour: Path) -> None:
    private = assumption("money-against-private", "loading", driver="budget", outcome="private", strength="-")
    through_another = [*without("unions-against-private"), private]
    assert findings(harbour, assumptions=through_another).warnings == ()
    alone = [item for item in through_another if item["kind"] != "influence"]
    through_time = [*alone, assumption("strikes-delay", "hastening", driver="unions", strength="-")]
    assert findings(harbour, assumptions=through_time).warnings == ()


def test_an_arrow_of_no_strength_reaches_nothing(harbour: Path) -> None:
    stated = [{**item, "strength": "0"} if item["kind"] == "influence" else item for item in ASSUMPTIONS]
    stated = [item for item in stated if item["id"] != "unions-against-private"]
    stated.append(assumption("money-against-private", "loading", driver="budget", outcome="private", strength="-"))
    assert "the driver 'unions' changes nothing" in only(findings(harbour, assumptions=stated).warnings).message


def test_a_driver_without_an_indicator_is_named(harbour: Path) -> None:
    entries = [entry for entry in CODEBOOK["indicators"] if entry.get("driver") != "unions"]
    warning = only(findings(harbour, codebook={"indicators": entries}).warnings)
    assert warning.message == "no indicator tells about the driver 'unions', so no report can move it directly"


def test_an_outcome_without_loadings_is_named(harbour: Path) -> None:
    stated = without("unions-against-private")
    of_drivers = {"indicators": [entry for entry in CODEBOOK["indicators"] if "driver" in entry]}
    warning = only(findings(harbour, assumptions=stated, codebook=of_drivers).warnings)
    assert warning.message.startswith("no driver tilts the outcome 'private'")
    assert warning.line == line_of(harbour / "case.yaml", "- id: private")


def test_an_outcome_with_an_indicator_of_its_own_needs_no_loading(harbour: Path) -> None:
    assert findings(harbour, assumptions=without("unions-against-private")).warnings == ()


def test_grades_that_read_the_same_are_named(harbour: Path) -> None:
    grades = {"1": "None.", "2": "Some.", "3": "More.", "4": "  some. ", "5": "All."}
    entries = [*CODEBOOK["indicators"], indicator("rumours", driver="unions", grades=grades)]
    warning = only(findings(harbour, codebook={"indicators": entries}).warnings)
    assert warning.message.startswith("grades 2 and 4 of 'rumours' say the same")
    assert warning.line == line_of(harbour / "codebook.yaml", "'4': '  some. '")


@pytest.mark.parametrize(("usual", "grade", "faulty"), [(3, 5, False), (3, 4, False), (3, 3, True), (4, 2, True)])
def test_a_gate_may_not_open_at_an_everyday_report(harbour: Path, usual: int, grade: int, faulty: bool) -> None:
    entries = [*CODEBOOK["indicators"], indicator("ballots", driver="budget", usual_grade=usual)]
    opened_by = {"indicator": "ballots", "grade": grade}
    gate = {"id": "vote", "label": "Vote", "reason": "First the vote.", "source": "Charter", "opened_by": opened_by}
    paced = [*ASSUMPTIONS, assumption("vote-soon", "gate_pace", gate="vote", per_week=0.2)]
    found = findings(harbour, case={"gates": [gate]}, codebook={"indicators": entries}, assumptions=paced)
    assert bool(found.problems) is faulty
    if faulty:
        assert f"opens at grade {grade} of 'ballots', whose usual grade is {usual}" in found.problems[0].message
        assert found.problems[0].line == line_of(harbour / "case.yaml", "opened_by")


@pytest.mark.parametrize(
    ("polarity", "grade", "faulty"), [("positive", 5, True), ("positive", 1, False), ("negative", 1, True)]
)
def test_what_speaks_most_for_an_outcome_does_not_rule_it_out(
    harbour: Path, polarity: str, grade: int, faulty: bool
) -> None:
    entries = [*CODEBOOK["indicators"], indicator("ballots", outcome="city", polarity=polarity)]
    city, private = CASE["outcomes"]
    named = [{**city, "ruled_out_by": {"indicator": "ballots", "grade": grade}}, private]
    found = findings(harbour, case={"outcomes": named}, codebook={"indicators": entries})
    assert bool(found.problems) is faulty
    if faulty:
        assert f"grade {grade} of 'ballots' speaks most for 'city', and would rule it out" in found.problems[0].message
        assert found.problems[0].line == line_of(harbour / "case.yaml", "ruled_out_by")


LATER: dt.date = CASE["opening"] + dt.timedelta(days=3)


def shares(**changes: Any) -> dict[str, Any]:
    return {**ASSUMPTIONS[0], **changes}


def test_shares_judged_after_the_opening_may_count_reports_twice(harbour: Path) -> None:
    warning = only(findings(harbour, assumptions=[shares(judged_on=LATER), *ASSUMPTIONS[1:]]).warnings)
    assert f"the shares were judged on {LATER}, after the opening on 2026-01-12" in warning.message
    assert "'judged_with: none' says that they stand before all reports" in warning.message
    assert "write 'judged_with: reports'" in warning.remedy
    assert warning.line == line_of(harbour / "assumptions/first-look.yaml", "id: stated-chances")


def test_shares_that_say_they_hold_the_reports_are_sound(harbour: Path) -> None:
    stated = [shares(judged_on=LATER, judged_with="reports"), *ASSUMPTIONS[1:]]
    assert findings(harbour, assumptions=stated).warnings == ()


def test_a_finding_in_an_inherited_set_points_into_its_file(harbour: Path) -> None:
    write_case(harbour, assumptions=[shares(judged_on=LATER), *ASSUMPTIONS[1:]])
    write_set(harbour, "second-look", [], based_on="first-look")
    warning = only(check(read_case(harbour, "second-look")).warnings)
    assert warning.file == "data/harbour/assumptions/first-look.yaml"
    assert warning.line == line_of(harbour / "assumptions/first-look.yaml", "id: stated-chances")


def test_findings_hold_without_their_lines_when_the_files_are_gone(harbour: Path) -> None:
    case = read_case(write_case(harbour, case=tree(("It is the city.", "city"))))
    (harbour / "case.yaml").unlink()
    problem = only(check(case).problems)
    assert (problem.file, problem.line) == ("data/harbour/case.yaml", None)
