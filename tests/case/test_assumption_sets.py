from __future__ import annotations

from pathlib import Path

import pytest

from forecast.case.assumption_sets import set_names
from forecast.case.reading import read_case
from forecast.errors import InputError
from tests.case.editing import edit, faults, line_of, said
from tests.small_case import ASSUMPTIONS, assumption, write_case, write_set

SHARES = {"shares": {"city": 0.7, "private": 0.2, "other": 0.1}, "judged_on": ASSUMPTIONS[0]["judged_on"]}


def test_sets_are_listed_by_name(harbour: Path) -> None:
    write_set(harbour, "second-look", [], based_on="first-look")
    (harbour / "assumptions" / "Notes.yaml").write_text("not a set", encoding="utf-8")
    assert set_names(harbour) == ("first-look", "second-look")


def test_the_case_names_its_default_set(harbour: Path) -> None:
    write_set(harbour, "second-look", [], based_on="first-look")
    edit(harbour / "case.yaml", "assumptions: first-look", "assumptions: second-look")
    assert read_case(harbour).assumptions.name == "second-look"
    assert read_case(harbour, "first-look").assumptions.name == "first-look"


def test_a_set_takes_over_what_it_does_not_restate(harbour: Path) -> None:
    write_set(harbour, "second-look", [assumption("steady-pace", "pace", per_week=0.2)], based_on="first-look")
    write_set(
        harbour, "third-look", [assumption("no-money", "level", driver="budget", mean=-1)], based_on="second-look"
    )
    items = read_case(harbour, "third-look").assumptions.items
    assert items["steady-pace"].per_week == 0.2  # type: ignore[union-attr]
    assert items["no-money"].mean == -1  # type: ignore[union-attr]
    assert items["stated-chances"] == read_case(harbour).assumptions.items["stated-chances"]
    assert "level-budget" not in items


@pytest.mark.parametrize(
    ("restated", "replaced"),
    [
        (assumption("city-first", "shares", **SHARES), "stated-chances"),
        (assumption("in-no-hurry", "pace", per_week=0.01), "steady-pace"),
        (assumption("no-money", "loading", driver="budget", outcome="city", strength="+"), "money-for-the-city"),
        (assumption("quiet-docks", "level", driver="unions", mean=-1), "level-of-unions"),
        (assumption("short-budgets", "half_life", driver="budget", weeks=4), "half-life-of-budgets"),
        (assumption("unions-pay", "influence", cause="unions", effect="budget", strength="+"), "unions-cost-money"),
    ],
)
def test_an_assumption_replaces_what_speaks_of_the_same_thing(
    harbour: Path, restated: dict[str, object], replaced: str
) -> None:
    write_set(harbour, "second-look", [restated], based_on="first-look")
    items = read_case(harbour, "second-look").assumptions.items
    assert replaced not in items
    assert restated["id"] in items
    assert set(items) - {restated["id"]} == set(read_case(harbour).assumptions.items) - {replaced}


def test_an_assumption_about_something_else_replaces_nothing(harbour: Path) -> None:
    extra = assumption("money-for-private", "loading", driver="budget", outcome="private", strength="-")
    write_set(harbour, "second-look", [extra], based_on="first-look")
    before = read_case(harbour).assumptions.items
    assert set(read_case(harbour, "second-look").assumptions.items) == {*before, "money-for-private"}


def test_the_same_id_replaces_even_where_it_speaks_of_something_else(harbour: Path) -> None:
    moved = assumption("level-of-unions", "level", driver="budget", mean=1)
    write_set(harbour, "second-look", [moved], based_on="first-look")
    items = read_case(harbour, "second-look").assumptions.items
    assert items["level-of-unions"].driver == "budget"  # type: ignore[union-attr]
    assert items["level-unions"].source == "default"


def test_two_assumptions_of_one_file_may_not_state_the_same_thing(harbour: Path) -> None:
    again = assumption("money-again", "loading", driver="budget", outcome="city", strength="+")
    write_case(harbour, assumptions=[*ASSUMPTIONS, again])
    [problem] = faults(harbour)
    assert problem.message == "'money-for-the-city' and 'money-again' both state the loading of 'budget' and 'city'"
    assert problem.line == line_of(harbour / "assumptions/first-look.yaml", "id: money-again")


def test_two_shares_in_one_file_are_a_fault(harbour: Path) -> None:
    write_case(harbour, assumptions=[*ASSUMPTIONS, assumption("city-first", "shares", **SHARES)])
    assert [problem.message for problem in faults(harbour)] == [
        "'stated-chances' and 'city-first' both state the shares"
    ]


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("shares", "no assumption of the kind 'shares' states the chances of the outcomes"),
        ("pace", "no assumption of the kind 'pace' states how fast the question resolves"),
    ],
)
def test_shares_and_a_pace_must_be_stated(harbour: Path, kind: str, message: str) -> None:
    write_case(harbour, assumptions=[item for item in ASSUMPTIONS if item["kind"] != kind])
    assert [problem.message for problem in faults(harbour)] == [message]


def test_sets_based_on_each_other_are_refused(harbour: Path) -> None:
    write_set(harbour, "first-look", ASSUMPTIONS, based_on="third-look")
    write_set(harbour, "second-look", [], based_on="first-look")
    path = write_set(harbour, "third-look", [], based_on="second-look")
    [problem] = faults(harbour)
    assert problem.message.endswith("based on each other: first-look → third-look → second-look → first-look")
    assert problem.file == "data/harbour/assumptions/second-look.yaml"
    assert path.exists()


def test_a_set_based_on_itself_is_refused(harbour: Path) -> None:
    write_set(harbour, "first-look", ASSUMPTIONS, based_on="first-look")
    assert "first-look → first-look" in said(faults(harbour))[0]


def test_an_unknown_base_is_refused_with_the_nearest_name(harbour: Path) -> None:
    path = write_set(harbour, "second-look", [], based_on="first-lok")
    [problem] = faults(harbour, "second-look")
    assert (problem.message, problem.remedy) == ("there is no assumption set 'first-lok'", "did you mean 'first-look'?")
    assert problem.line == line_of(path, "based_on")


def test_faults_of_an_inherited_file_are_found_in_that_file(harbour: Path) -> None:
    edit(harbour / "assumptions/first-look.yaml", "weeks: 52", "weeks: long")
    write_set(harbour, "second-look", [], based_on="first-look")
    with pytest.raises(InputError, match=r"first-look.yaml:\d+: 'weeks': expected a number"):
        read_case(harbour, "second-look")


def influence(cause: str, effect: str) -> dict[str, object]:
    return assumption(f"{cause}-to-{effect}", "influence", cause=cause, effect=effect, strength="+")


def test_influences_may_not_run_in_a_circle(harbour: Path) -> None:
    write_case(harbour, assumptions=[*ASSUMPTIONS, influence("budget", "unions")])
    [problem] = faults(harbour)
    assert problem.message in {
        "influences run in a circle: budget → unions → budget",
        "influences run in a circle: unions → budget → unions",
    }
    assert problem.line == line_of(harbour / "assumptions/first-look.yaml", "id: budget-to-unions")


def test_every_circle_is_named(harbour: Path) -> None:
    write_case(harbour, assumptions=[*ASSUMPTIONS, influence("budget", "unions"), influence("budget", "budget")])
    assert len([text for text in said(faults(harbour)) if "in a circle" in text]) == 2
    assert any("circle: budget → budget:" in text for text in said(faults(harbour)))
