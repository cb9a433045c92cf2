"""A team's set, made of its analysts' sets: what is pooled, what stays, and what is refused."""

from __future__ import annotations

import datetime as dt
import math
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from forecast.case.assumptions import AssumptionSet, HalfLife, Influence, Level, Loading, Pace, Shares
from forecast.case.reading import read_case
from forecast.model.structure import structure
from tests.case.editing import faults, line_of, said
from tests.small_case import ASSUMPTIONS, assumption, write_set

ANN = [assumption("city-gets-it", "loading", driver="budget", outcome="city", strength="+")]
BEN = [
    assumption("money-for-the-city", "loading", driver="budget", outcome="city", strength="--"),
    assumption("steady-pace", "pace", per_week=0.2, factor=1.6),
    assumption("half-life-of-budgets", "half_life", driver="budget", weeks=13),
]
CLEO = [assumption("strikes-cost", "loading", driver="unions", outcome="city", strength="-")]


def team(folder: Path, sets: list[str] | None = None, own: list[dict[str, Any]] | None = None, **how: Any) -> Path:
    """Three analysts, each with some assumptions of their own, and the team that pools them."""
    for name, stated in {"ann": ANN, "ben": BEN, "cleo": CLEO}.items():
        write_set(folder, name, stated, based_on="first-look", author=name.title())
    pools = {"sets": sets or ["ann", "ben", "cleo"], "reason": "We decide together.", **how}
    return write_set(folder, "team", own or [], pools=pools)


def of_team(folder: Path, **how: Any) -> AssumptionSet:
    team(folder, **how)
    return read_case(folder, "team").assumptions


def test_a_loading_is_pooled_in_log_odds(harbour: Path) -> None:
    """Ann says +, Ben --, Cleo takes over ++."""
    found = of_team(harbour)
    [item] = [each for each in found.of(Loading) if (each.driver, each.outcome) == ("budget", "city")]
    assert item.strength is None
    assert item.mean == pytest.approx((0.3 - 0.6 + 0.6) / 3)
    [pooled] = [each for each in found.pooled if each.id == item.id]
    assert [(view.set, view.author, view.value) for view in pooled.views] == [
        ("ann", "Ann", 0.3), ("ben", "Ben", -0.6), ("cleo", "Cleo", 0.6)]  # fmt: skip
    squares = sum((value - 0.1) ** 2 for value in (0.3, -0.6, 0.6))
    between = (4 * 0.075**2 + squares) / 4
    assert pooled.between == pytest.approx(math.sqrt(between))
    assert item.sd == pytest.approx(math.sqrt(0.15**2 + 4 / 3 * between))
    assert "ann 0.3, ben -0.6, cleo 0.6" in item.reason


def test_who_draws_no_arrow_says_that_there_is_none(harbour: Path) -> None:
    found = of_team(harbour)
    [item] = [each for each in found.of(Loading) if each.driver == "unions" and each.outcome == "city"]
    assert item.mean == pytest.approx(-0.1)


def test_paces_and_half_lives_are_pooled_in_logarithms(harbour: Path) -> None:
    found = of_team(harbour)
    [pace] = found.of(Pace)
    assert pace.per_week == pytest.approx((0.05 * 0.2 * 0.05) ** (1 / 3))
    assert pace.factor > 1.6
    half_life = next(item for item in found.of(HalfLife) if item.driver == "budget")
    assert half_life.weeks == pytest.approx((52 * 13 * 52) ** (1 / 3))
    assert next(each for each in found.pooled if each.kind == "half_life").held


def test_what_all_take_over_is_one_judgement_and_stays(harbour: Path) -> None:
    found, base = of_team(harbour), read_case(harbour, "first-look").assumptions
    for kind in (Level, Influence, Shares):
        assert found.of(kind) == base.of(kind)
    assert not [each for each in found.pooled if each.kind in ("level", "influence", "shares")]


def test_the_model_takes_the_pooled_normals(harbour: Path) -> None:
    team(harbour)
    case = read_case(harbour, "team")
    arrays = structure(case).loading
    stated = {each.id: each for each in case.assumptions.pooled if each.kind == "loading"}
    for name, mean, sd in zip(arrays.ids, arrays.mean, arrays.sd, strict=True):
        if name in stated:
            assert (mean, sd) == pytest.approx((stated[name].value, stated[name].sd))


def test_the_order_of_the_sets_changes_nothing(harbour: Path) -> None:
    found = [of_team(harbour, sets=list(order)) for order in permutations(["ann", "ben", "cleo"])]
    assert all(each == found[0] for each in found)


def test_a_weight_draws_the_team_towards_who_has_it(harbour: Path) -> None:
    found = of_team(harbour, weights={"ben": 100.0})
    [item] = [each for each in found.of(Loading) if (each.driver, each.outcome) == ("budget", "city")]
    assert item.mean == pytest.approx((0.3 - 60 + 0.6) / 102)


def test_what_the_team_states_itself_holds(harbour: Path) -> None:
    own = [assumption("we-agree", "loading", driver="budget", outcome="city", strength="0")]
    found = of_team(harbour, own=own)
    assert found.items["we-agree"].strength == "0"  # type: ignore[union-attr]
    assert "city-gets-it" not in found.items
    assert not [each for each in found.pooled if "budget" in str(each.id) and each.kind == "loading"]


def shares(name: str, city: float, private: float, other: float, **more: Any) -> list[dict[str, Any]]:
    given = {"city": city, "private": private, "other": other}
    return [assumption(name, "shares", shares=given, judged_on=dt.date(2026, 1, 12), **more)]


def sharing(folder: Path, ann: list[dict[str, Any]], ben: list[dict[str, Any]], spread: float = 0.01) -> Shares:
    write_set(folder, "ann", ann, based_on="first-look")
    write_set(folder, "ben", ben, based_on="first-look")
    pools = {"sets": ["ann", "ben"], "reason": "We decide together.", "spread": spread}
    write_set(folder, "both", [], pools=pools)
    return read_case(folder, "both").assumptions.shares


def test_shares_are_pooled_in_log_ratios(harbour: Path) -> None:
    found = sharing(harbour, shares("a", 0.6, 0.3, 0.1), shares("b", 0.2, 0.7, 0.1))
    odds = [math.sqrt(a * b) for a, b in ((0.6, 0.2), (0.3, 0.7), (0.1, 0.1))]
    assert list(found.shares.values()) == pytest.approx([each / sum(odds) for each in odds])
    assert math.fsum(found.shares.values()) == pytest.approx(1.0)
    assert found.concentration < 8.0


def test_equal_shares_come_back_with_their_concentration(harbour: Path) -> None:
    found = sharing(
        harbour, shares("a", 0.6, 0.3, 0.1, concentration=12.0), shares("b", 0.6, 0.3, 0.1, concentration=12.0)
    )
    assert list(found.shares.values()) == pytest.approx([0.6, 0.3, 0.1])
    assert found.concentration == pytest.approx(12.0, rel=0.01)
    wider = sharing(harbour, shares("a", 0.6, 0.3, 0.1), shares("b", 0.6, 0.3, 0.1), spread=2.0)
    assert wider.concentration < 8.0


def test_judgements_that_hold_other_reports_are_not_pooled(harbour: Path) -> None:
    late = shares("b", 0.2, 0.7, 0.1, judged_with="reports")
    write_set(harbour, "ann", shares("a", 0.6, 0.3, 0.1), based_on="first-look")
    write_set(harbour, "ben", late, based_on="first-look")
    path = write_set(harbour, "both", [], pools={"sets": ["ann", "ben"], "reason": "Because."})
    [problem] = faults(harbour, "both")
    assert problem.message == "'ann' and 'ben' differ on the shares in more than numbers"
    assert problem.remedy.startswith("state it in this set too")
    assert problem.line == line_of(path, "pools:")


def test_bad_pools_are_refused_all_at_once(harbour: Path) -> None:
    team(harbour, ["ann", "bem", "ann", "nested"], weights={"cleo": 2.0})
    write_set(harbour, "nested", [], pools={"sets": ["ann", "ben"], "reason": "Because."})
    found = said(faults(harbour, "team"))
    for words in (
        "there is no assumption set 'bem': did you mean 'ben'?",
        "the set 'ann' is pooled twice",
        "'cleo' has a weight but is not pooled",
        "a set that pools others can itself be neither pooled nor the base of another",
    ):
        assert any(words in each for each in found), words


def test_a_set_pools_or_is_based_on_another(harbour: Path) -> None:
    team(harbour)
    write_set(harbour, "team", [], based_on="first-look", pools={"sets": ["ann", "ben"], "reason": "Because."})
    assert any("is based on another or pools others, not both" in each for each in said(faults(harbour, "team")))


def test_a_circle_between_two_analysts_arrows_is_found_in_the_team(harbour: Path) -> None:
    there = assumption("money-calms", "influence", cause="budget", effect="unions", strength="-")
    others = [item for item in ASSUMPTIONS if item["kind"] != "influence"]
    write_set(harbour, "ann", [*others, there])
    path = write_set(harbour, "team", [], pools={"sets": ["ann", "first-look"], "reason": "Because."})
    assert read_case(harbour, "ann").assumptions
    [problem] = faults(harbour, "team")
    assert "influences run in a circle" in problem.message
    assert problem.file.endswith(path.name)


def test_faults_of_an_analysts_set_are_said_once_and_in_its_file(harbour: Path) -> None:
    path = team(harbour)
    text = (harbour / "assumptions/ben.yaml").read_text("utf-8")
    (harbour / "assumptions/ben.yaml").write_text(text.replace("per_week: 0.2", "per_week: 99"), encoding="utf-8")
    [problem] = faults(harbour, "team")
    assert problem.file.endswith("ben.yaml")
    assert path.exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [({"strength": "+", "mean": 0.3}, "a strength and a mean"), ({}, "neither a strength nor a mean")],
)
def test_a_loading_states_a_strength_or_a_mean(harbour: Path, change: dict[str, Any], message: str) -> None:
    write_set(
        harbour,
        "odd",
        [assumption("odd", "loading", driver="budget", outcome="private", **change)],
        based_on="first-look",
    )
    [problem] = faults(harbour, "odd")
    assert problem.message == f"'odd' states {message}"


def test_a_mean_and_a_doubt_may_be_stated_outright(harbour: Path) -> None:
    stated = assumption("odd", "loading", driver="budget", outcome="private", mean=-0.45, sd=0.05)
    write_set(harbour, "odd", [stated], based_on="first-look")
    arrays = structure(read_case(harbour, "odd")).loading
    place = arrays.ids.index("odd")
    assert (arrays.mean[place], arrays.sd[place]) == (-0.45, 0.05)
