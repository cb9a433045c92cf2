"""The figures: well-formed, told in words, and drawn where the numbers say."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.report import paths, plots, strips
from forecast.report.document import Document, document

from .sample import sample

SVG = "{http://www.w3.org/2000/svg}"
TOLD = {"name": "n", "title": "A <title> & more", "finding": 'What it "shows"'}


@pytest.fixture(scope="module")
def shown() -> Document:
    run = sample()
    return document(run.forecast, run.record, run.runs)


FIGURES: list[Callable[[Document], str]] = [
    lambda d: plots.outcomes(d.standing, width=800, labels=300, **TOLD),
    lambda d: plots.futures(d.standing, **TOLD),
    lambda d: plots.course(d.history.courses[0], d.history, **TOLD),
    lambda d: plots.timing(d.timing, width=900, **TOLD),
    lambda d: plots.timing(d.timing, width=340, **TOLD),
    lambda d: paths.driver(d.drivers[2], **TOLD),
]


@pytest.mark.parametrize("draw", FIGURES)
def test_a_figure_is_well_formed_and_says_what_it_shows(draw: Callable[[Document], str], shown: Document) -> None:
    figure = ET.fromstring(draw(shown))
    assert figure.tag == f"{SVG}svg"
    assert figure.get("role") == "img"
    told = {child.get("id"): child.text for child in figure if child.tag in {f"{SVG}title", f"{SVG}desc"}}
    assert [told[each] for each in str(figure.get("aria-labelledby")).split()] == [TOLD["title"], TOLD["finding"]]


@pytest.mark.parametrize("draw", FIGURES)
def test_nothing_is_drawn_beyond_the_edges(draw: Callable[[Document], str], shown: Document) -> None:
    figure = ET.fromstring(draw(shown))
    _, _, width, height = map(float, str(figure.get("viewBox")).split())
    for element in figure.iter():
        points = [point.split(",") for point in element.get("points", "").split()]
        across = [element.get(name) for name in ("x", "x1", "x2", "cx") if element.get(name)] + [x for x, _ in points]
        down = [element.get(name) for name in ("y", "y1", "y2", "cy") if element.get(name)] + [y for _, y in points]
        assert all(0 <= float(x or 0) <= width for x in across)
        assert all(0 <= float(y or 0) <= height for y in down)


def test_likelier_outcomes_have_their_dots_further_right(shown: Document) -> None:
    def dot(outcome: object) -> float:
        strip = ET.fromstring(strips.outcome(outcome, shown.standing))  # type: ignore[arg-type]
        return next(float(e.get("cx") or 0) for e in strip.iter() if "dot" in (e.get("class") or ""))

    dots = [dot(outcome) for outcome in shown.standing.ranked[:-1]]
    assert dots == sorted(dots, reverse=True)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50).filter(lambda shares: sum(shares) > 0))
def test_a_hundred_futures_are_a_hundred_and_each_share_is_within_one(probabilities: list[float]) -> None:
    shares = plots.shared_out(probabilities)
    assert sum(shares) == 100
    for share, probability in zip(shares, probabilities, strict=True):
        assert abs(share - 100 * probability / sum(probabilities)) <= 1


def test_the_stack_ends_where_the_cumulative_chances_do(shown: Document) -> None:
    figure = ET.fromstring(plots.timing(shown.timing, width=340, **TOLD))
    areas = [e for e in figure.iter(f"{SVG}polygon") if "area" in (e.get("class") or "")]
    bottom, top = 274.0, 10.0
    ends = [float(str(area.get("points")).split()[len(shown.timing.rows)].split(",")[1]) for area in areas]
    total = 0.0
    for end, outcome in zip(ends, shown.timing.outcomes, strict=False):
        total += outcome.probability.value
        assert end == pytest.approx(bottom + total * (top - bottom), abs=0.06)
    assert ends[-1] == top


def test_a_mark_above_the_usual_grade_points_up_and_one_below_down(shown: Document) -> None:
    cohesion = next(driver for driver in shown.drivers if driver.id == "cohesion")
    figure = ET.fromstring(paths.driver(cohesion, **TOLD))
    marks = [e for e in figure.iter(f"{SVG}polygon") if e.get("class") == "mark"]
    tips = [[float(point.split(",")[1]) for point in str(mark.get("points")).split()] for mark in marks]
    assert [tip[0] < tip[1] for tip in tips] == [mark.push > 0 for mark in cohesion.marks]
    assert {mark.push for mark in cohesion.marks} == {1, -1}


def test_an_assumption_held_fixed_has_no_picture(shown: Document) -> None:
    with pytest.raises(ValueError, match="'half-life-cohesion' is held fixed"):
        strips.belief(shown.assumptions.fixed[0])


@given(st.lists(st.floats(30, 316), max_size=6).map(sorted))
def test_numbers_beside_marks_lie_apart_and_in_their_order(places: list[float]) -> None:
    apart = paths._apart(places, 9.0, 316)
    assert all(after - before >= 9 - 1e-9 for before, after in pairwise(apart))
    assert all(place <= 316 for place in apart)
    if all(after - before >= 9 for before, after in pairwise(places)):
        assert apart == places


def test_a_name_too_long_for_its_place_ends_with_a_word() -> None:
    assert plots._short("A government of experts", 40) == "A government of experts"
    assert plots._short("A government of experts, or some other way", 30) == "A government of experts, or…"
    assert plots._short("x" * 50, 10) == "x" * 9 + "…"
