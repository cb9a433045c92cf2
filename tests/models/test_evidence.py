"""The likelihood of an event: against enumeration by hand, and the four errors that it must not make."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from forecast.model.priors import Draws
from forecast.model.problem import Problem
from forecast.model.readings import Origin, Unit
from tests.model.harbour import CODERS, SOURCES, cells, events, latent_drivers, origins, prior_draws, problem_of, row
from tests.models import by_hand

Array = NDArray[np.float64]

LAW = latent_drivers().law
EMPTY = problem_of()


INTERCEPTS = st.sampled_from([0.0, 0.4, 2.0]).map(lambda sd: EMPTY.anchored(np.array([0.4, -0.1, -0.3]), sd))
"""The harbour with intercepts that are known, or stated more and less firmly: an outcome's reports tell of them too."""


@given(INTERCEPTS, events, st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_an_event_is_as_likely_as_enumeration_says(
    empty: Problem, units: dict[tuple[str, str], Unit], seed: int
) -> None:
    problem = empty.with_units(units)
    draws = prior_draws(problem, seed, 2)
    found = LAW.log_likelihood(draws, problem)["event"]
    for which in range(2):
        p = by_hand.one_draw(draws, which)
        expected = [by_hand.log_event(units[key], p, problem) for key in sorted(units)]
        np.testing.assert_allclose(found[which], expected, rtol=1e-9)


@pytest.fixture(scope="module")
def compiled() -> tuple[Any, Any]:
    """The PyMC model of one problem, and its potentials compiled; every other problem only sets its data."""
    model = LAW.build(EMPTY)
    return model, model.compile_logp(vars=model.potentials, sum=False, mode="FAST_COMPILE")


def potentials(compiled: tuple[Any, Any], problem: Problem, p: by_hand.Numbers) -> dict[str, float]:
    """The model's two potentials at a point."""
    model, logp = compiled
    for name, array in problem.arrays.items():
        model.set_data(name, array)
    point = {}
    for variable in model.free_RVs:
        value = model.rvs_to_values[variable]
        given = p[variable.name]
        point[value.name] = np.log(given) if value.name.endswith("_log__") else given
    return {potential.name: float(v) for potential, v in zip(model.potentials, logp(point), strict=True)}


@given(INTERCEPTS, events, st.integers(1, 3), st.integers(0, 2**32))
@settings(max_examples=15, deadline=None)
def test_pytensor_says_the_same(
    compiled: tuple[Any, Any], empty: Problem, drawn: dict[tuple[str, str], Unit], times: int, seed: int
) -> None:
    """Of events that are told alike as well, which the model holds once and counts."""
    units = {(f"{event}-{n}", indicator): unit for (event, indicator), unit in drawn.items() for n in range(times)}
    problem = empty.with_units(units)
    draws = prior_draws(problem, seed, 1)
    p = by_hand.one_draw(draws, 0)
    there = potentials(compiled, problem, p)
    here = LAW.log_likelihood(draws, problem)
    assert there["events"] == pytest.approx(sum(by_hand.log_event(unit, p, problem) for unit in units.values()))
    assert there["events"] == pytest.approx(float(here["event"].sum()))
    assert there["still_open"] == pytest.approx(float(here["open"][0]))


# ------------------------------------------------------------------------------------------------ what must not happen

ETAS = np.linspace(-4.0, 4.0, 33)


def curves(units: dict[tuple[str, str], Unit], draws: Draws) -> list[Array]:
    """log P(codings | eta) of each event along `ETAS`, readings held at the first draw's."""
    problem = EMPTY.with_units(units)
    held = {name: np.repeat(values[:1], len(ETAS), axis=0) for name, values in fitting(draws, problem).items()}
    for name in ("shock", "level", "news_cycle", "discrimination_spread"):
        held[name] = np.zeros_like(held[name])
    held["common_error"] = np.broadcast_to(ETAS[:, None], held["common_error"].shape)  # so that eta is +-ETAS
    found = LAW.log_likelihood(held, problem)["event"]
    signs = [problem.case.indicators[indicator].sign for _, indicator in sorted(units)]
    return [found[::sign, u] for u, sign in enumerate(signs)]


def curve(unit: Unit, draws: Draws) -> Array:
    """The same of one event."""
    return curves({("E", unit.indicator): unit}, draws)[0]


def fitting(draws: Draws, problem: Problem) -> Draws:
    """The draws; a test's problems are small enough for all to have the same sizes."""
    shapes = {name: prior.shape for name, (prior, _) in LAW.priors(problem).items()}
    assert all(values.shape[1:] == shapes[name] for name, values in draws.items())
    return draws


def told(*grades: int, cell: tuple[str, int] = ("B", 2), source: str = "Port Gazette") -> Origin:
    """One telling, coded in these grades (1 to 5) by as many coders."""
    codings = tuple((coder, grade - 1) for coder, grade in zip(CODERS, grades, strict=False))
    return Origin(source, SOURCES[source], (cell,), codings)


def typical(seed: int = 0, **changed: float) -> Draws:
    """One draw from the prior, some parameters set."""
    draws = prior_draws(EMPTY, seed, 1)
    return draws | {name: np.full_like(draws[name], value) for name, value in changed.items()}


def slope(log_probability: Array) -> float:
    """How much more likely the codings are at eta = 1 than at -1: what the event says of its driver."""
    return float(np.interp(1.0, ETAS, log_probability) - np.interp(-1.0, ETAS, log_probability))


FAIR = typical(coder_severity=0.0)
drawn = st.integers(0, 2**32).map(typical)
directional = st.sampled_from(["tax_income", "layoffs", "tender"])  # usual grade 3: the scale is symmetric
indicators = st.sampled_from(list(EMPTY.case.indicators))


@given(drawn, st.data(), indicators)
@settings(max_examples=25, deadline=None)
def test_fifty_independent_reports_say_no_more_than_knowing_what_happened(
    draws: Draws, data: st.DataObject, indicator: str
) -> None:
    few = data.draw(st.lists(origins(indicator), min_size=1, max_size=2))
    fifty = Unit(indicator, 0, tuple(sorted(few * (50 // len(few)))))
    found = curve(fifty, draws)
    usual = EMPTY.case.indicators[indicator].usual_grade
    known = np.log([by_hand.grade_chances(eta, usual) for eta in ETAS])  # (eta, z): z known for certain
    gain = found[:, None] - found[None, :]
    bound = np.max(known[:, None, :] - known[None, :, :], axis=-1)
    assert np.all(gain <= bound + 1e-9)


@given(drawn, st.data(), indicators)
@settings(max_examples=25, deadline=None)
def test_no_report_says_more_than_the_chance_of_its_being_wrong_allows(
    draws: Draws, data: st.DataObject, indicator: str
) -> None:
    origin = data.draw(origins(indicator))
    found = curve(Unit(indicator, 0, (origin,)), draws)
    told_, _ = by_hand.telling(
        origin, by_hand.one_draw(draws, 0), EMPTY.with_units({("E", indicator): Unit(indicator, 0, (origin,))})
    )
    ratios = [max(row[r] for row in told_) / min(row[r] for row in told_) for r in range(5)]
    assert np.ptp(found) <= np.log(max(ratios)) + 1e-9
    assert np.ptp(found) <= np.log(0.992 / 0.002) + 1e-9, "the floor of the error bounds every report"


def test_the_worst_report_says_next_to_nothing() -> None:
    worst = curve(Unit("tax_income", 0, (told(5, cell=("E", 5)),)), FAIR)
    best = curve(Unit("tax_income", 0, (told(5, cell=("A", 1)),)), FAIR)
    assert slope(worst) < 0.25 * slope(best)


@given(st.integers(0, 2**32), cells, st.integers(1, 3), directional)
@settings(max_examples=30, deadline=None)
def test_a_report_at_the_usual_grade_moves_nothing(
    seed: int, cell: tuple[str, int], coders: int, indicator: str
) -> None:
    draws = typical(seed, coder_severity=0.0)
    found = curve(Unit(indicator, 0, (told(*[3] * coders, cell=cell),)), draws)
    np.testing.assert_allclose(found, found[::-1], atol=1e-12)  # as likely at -eta as at eta, so flat at 0
    weight = np.exp(found - 0.5 * ETAS**2)
    assert abs(np.sum(weight * ETAS) / np.sum(weight)) < 1e-12


def test_a_usual_grade_off_the_middle_moves_nothing_either_in_a_reference_report() -> None:
    nothing = {name: np.zeros_like(FAIR[name]) for name in ("source_effect", "source_type_effect")}
    fair = FAIR | nothing | {"coder_precision": np.full_like(FAIR["coder_precision"], np.log(2.5))}
    for indicator, usual in (("strikes", 2), ("debts", 4)):
        beside = [curve(Unit(indicator, 0, (told(grade),)), fair) for grade in (usual - 1, usual, usual + 1)]
        below, at, above = (slope(found) for found in beside)
        assert below < -4 * abs(at), indicator
        assert above > 4 * abs(at), indicator


@given(drawn, indicators, cells)
@settings(max_examples=40, deadline=None)
def test_a_higher_grade_speaks_for_more(draws: Draws, indicator: str, cell: tuple[str, int]) -> None:
    fair = draws | {"coder_severity": np.zeros_like(draws["coder_severity"])}
    usual = EMPTY.case.indicators[indicator].usual_grade
    near = range(max(usual - 2, 1), min(usual + 2, 5) + 1)  # three steps off, an error is likelier than the event
    slopes = [slope(curve(Unit(indicator, 0, (told(grade, cell=cell),)), fair)) for grade in near]
    assert np.all(np.diff(slopes) > 0)
    if usual == 3:
        assert slopes[0] < slopes[1] < 0 < slopes[3] < slopes[4]


@given(drawn, st.sampled_from([1, 5]), directional, cells, cells)
@settings(max_examples=60, deadline=None)
def test_a_better_cell_moves_at_least_as_much(
    draws: Draws, grade: int, indicator: str, one: tuple[str, int], other: tuple[str, int]
) -> None:
    rank = "ABCDE"
    better = (min(one[0], other[0]).replace("F", "A"), min(one[1], other[1]) % 6 or 1)
    worse = (rank[min(rank.index(better[0]) + 1, 4)], min(better[1] + 1, 5))
    fair = draws | {"coder_severity": np.zeros_like(draws["coder_severity"])}
    moved = [abs(slope(curve(Unit(indicator, 0, (told(grade, cell=c),)), fair))) for c in (better, worse)]
    assert moved[0] >= moved[1] - 1e-12


@given(drawn, st.sampled_from([1, 5]), directional)
@settings(max_examples=25, deadline=None)
def test_coders_who_agree_sharpen(draws: Draws, grade: int, indicator: str) -> None:
    fair = draws | {"coder_severity": np.zeros_like(draws["coder_severity"])}
    moved = [abs(slope(curve(Unit(indicator, 0, (told(*[grade] * n),)), fair))) for n in (1, 2, 3)]
    assert moved[0] < moved[1] < moved[2]


@given(drawn, st.floats(0.01, 0.98), st.floats(0.001, 0.01))
@settings(max_examples=25, deadline=None)
def test_a_search_that_would_have_found_it_says_more(draws: Draws, effort: float, more: float) -> None:
    little, much = (slope(curve(Unit("tax_income", 0, (), (q,)), draws)) for q in (effort, effort + more))
    assert much < little < 0


def test_a_coder_who_grades_high_is_taken_down_a_little() -> None:
    by_bob = Origin("Port Gazette", "press", (("B", 2),), (("bob", 3),))
    units = {(f"E{n}", "tax_income"): Unit("tax_income", 0, (origin,)) for n, origin in enumerate((told(4), by_bob))}
    draws = typical(coder_precision=1.0, coder_severity=0.0)
    draws["coder_severity"][:, 0] = 0.4
    ann, bob = curves(units, draws)
    assert slope(ann) < slope(bob)
    draws["coder_severity"] += 0.7  # all of them alike: nothing can be told from that
    np.testing.assert_allclose(curves(units, draws), [ann, bob], atol=1e-12)


def leaning(grade: int, align: int, cell: tuple[str, int] = ("B", 2)) -> Unit:
    """The harbour's office or a docker on layoffs: a source that would shade it this way."""
    source, side = ("Harbour Office", "council") if align < 0 else ("A docker", "dockers")
    origin = told(grade, source=source, cell=cell)
    return Unit("layoffs", 0, (replace(origin, side=side, align=align),))


@given(st.sampled_from([-1, 1]), st.floats(0.02, 0.48), st.sampled_from([("A", 1), ("B", 2), ("C", 3)]))
@settings(max_examples=40, deadline=None)
def test_what_suits_a_side_says_less_and_what_does_not_says_more(
    align: int, lean: float, cell: tuple[str, int]
) -> None:
    """Of reports worth reading; the errors of a doubtful one fold back at the ends of the scale, whatever it suits."""
    none, some = (FAIR | {"lean": np.full_like(FAIR["lean"], value)} for value in (0.0, lean))
    suits, suits_not = (leaning(grade, align, cell) for grade in ((4, 2) if align > 0 else (2, 4)))
    assert abs(slope(curve(suits, some))) < abs(slope(curve(suits, none)))
    assert abs(slope(curve(suits_not, some))) > abs(slope(curve(suits_not, none)))


def test_without_an_interest_a_lean_changes_nothing() -> None:
    unit = Unit("tax_income", 0, (told(4, source="Harbour Office"),))
    some = FAIR | {"lean": np.full_like(FAIR["lean"], 2.0)}
    np.testing.assert_array_equal(curve(unit, FAIR), curve(unit, some))


def test_the_codebook_says_which_way_a_source_would_shade() -> None:
    rows = [
        row("R1", 4, source="Harbour Office", source_type="official"),
        row("R2", 4, source="Harbour Office", source_type="official", indicator="layoffs"),
        row("R3", 4, source="A docker", source_type="witness", indicator="layoffs"),
        row("R4", 4, source="Somebody new", source_type="press"),
        row("R5", 4),
    ]
    units = problem_of(*rows).units
    interests = {event: (unit.origins[0].side, unit.origins[0].align) for (event, _), unit in units.items()}
    nothing = ("", 0)
    assert interests == {
        "R1": ("council", -1),
        "R2": nothing,
        "R3": ("dockers", 1),
        "R4": nothing,
        "R5": nothing,
    }


def test_a_side_that_contradicts_the_others_is_found_out() -> None:
    """Of many events each told by the dockers and by the press, the dockers have two grades more of every layoff."""
    units = {}
    for event in range(12):
        docker = replace(told(5, source="A docker", cell=("B", 2)), side="dockers", align=1)
        units[f"E{event:02}", "layoffs"] = Unit("layoffs", event % 3, tuple(sorted((docker, told(3)))))
    likely = [
        float(LAW.log_likelihood(typical(lean=lean), EMPTY.with_units(units))["event"].sum())
        for lean in (0.0, 0.3, 1.0)
    ]
    assert likely[0] < likely[1] < likely[2]


def test_every_kind_of_error_stands_between_event_and_driver() -> None:
    problem = EMPTY.with_units({("E", "strikes"): Unit("strikes", 3, (told(5),))})
    base = prior_draws(problem, 3, 1)
    before = LAW.log_likelihood(base, problem)["event"]
    for name in ("common_error", "news_cycle"):
        moved = base | {name: base[name] + 0.5}
        assert np.all(LAW.log_likelihood(moved, problem)["event"] > before), name
