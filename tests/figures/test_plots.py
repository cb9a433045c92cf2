"""What each figure draws is what the document holds."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

import forecast.figures as figures
from forecast.errors import UsageError
from forecast.figures.outcomes import spread
from forecast.figures.style import palette
from forecast.report.document import Document
from forecast.report.plots import shared_out

OF_DOCUMENTS = [
    figures.plot_forecast,
    figures.plot_futures,
    figures.plot_history,
    figures.plot_timing,
    figures.plot_drivers,
    figures.plot_bridge,
    figures.plot_tornado,
    figures.plot_flips,
    figures.plot_watch,
    figures.plot_sources,
    figures.plot_priors,
]


def words(ax: Axes) -> str:
    """All text of axes and of those within them."""
    own = [text.get_text() for text in ax.texts]
    return " ".join(" ".join([*own, *(words(each) for each in ax.child_axes)]).split())


def places(ax: Axes) -> list[float]:
    """Where single points stand along the first axis."""
    return [float(x) for line in ax.lines if len(line.get_xdata()) == 1 for x in line.get_xdata()]


@pytest.mark.parametrize("plot", OF_DOCUMENTS, ids=lambda plot: plot.__name__)
def test_it_draws_into_the_axes_it_is_given_and_returns_them(plot: Any, shown: Document) -> None:
    ax = Figure().add_subplot()
    assert plot(shown, ax) is ax
    assert ax.lines or ax.collections or ax.patches or ax.child_axes
    assert plot(shown).figure is not ax.figure


def test_the_forecast_has_every_outcome_where_its_probability_is(shown: Document) -> None:
    ax = figures.plot_forecast(shown)
    ranked = shown.standing.ranked
    assert {outcome.probability.value for outcome in ranked} <= set(places(ax))
    for outcome in ranked:
        assert outcome.probability.text in words(ax)
        assert outcome.interval.text in words(ax)


def test_a_hundred_futures_are_a_hundred(shown: Document) -> None:
    ax = figures.plot_futures(shown)
    dots = [len(each.get_offsets()) for each in ax.collections]
    ranked = shown.standing.ranked
    assert sum(dots[::2]) == 100
    assert dots[::2] == shared_out([outcome.probability.value for outcome in ranked])
    assert dots[1::2] == [1] * len(ranked)


def test_every_outcome_has_its_fan_over_the_runs(shown: Document) -> None:
    ax = figures.plot_history(shown)
    assert len(ax.child_axes) == len(shown.history.courses)
    for panel, course in zip(ax.child_axes, shown.history.courses, strict=True):
        (fan,) = panel.collections
        ends = {round(float(y), 12) for _, y in fan.get_paths()[0].vertices}
        assert {round(stage.interval.low, 12) for stage in course.stages} <= ends
        assert {round(stage.interval.high, 12) for stage in course.stages} <= ends


def test_the_bands_of_time_end_at_the_probabilities(shown: Document) -> None:
    ax = figures.plot_timing(shown)
    tops = [float(max(y for _, y in each.get_paths()[0].vertices)) for each in ax.collections]
    total = 0.0
    for outcome, top in zip((*shown.timing.outcomes, shown.timing.unresolved), tops, strict=True):
        total += outcome.probability.value
        assert top == pytest.approx(1.0 if outcome is shown.timing.unresolved else total)


def test_events_that_moved_a_driver_are_named_beneath_it(shown: Document) -> None:
    ax = figures.plot_drivers(shown)
    for panel, driver in zip(ax.child_axes, shown.drivers, strict=True):
        for mark in driver.movers:
            assert mark.title[:40] in words(panel)
            assert mark.moved is not None
            assert mark.moved.text in words(panel)


def test_the_bars_of_the_bridge_add_up_to_the_change(shown: Document) -> None:
    assert shown.why is not None
    for waterfall in shown.why.waterfalls:
        ax = figures.plot_bridge(shown, outcome=waterfall.outcome.id)
        assert sum(bar.get_width() for bar in ax.patches) == pytest.approx(waterfall.change.value)
        assert {waterfall.before.value, waterfall.now.value} <= set(places(ax))


def test_the_tornado_reaches_as_far_as_the_levers(shown: Document) -> None:
    hanging = shown.hanging
    assert hanging is not None
    for place, outcome in enumerate(hanging.outcomes):
        ax = figures.plot_tornado(shown, outcome=outcome.id)
        levers = hanging.tornado(outcome)
        ends = [bar.get_x() + bar.get_width() for bar in ax.patches]
        wanted = [each[place].value for lever in levers for each in (lever.low, lever.high)]
        assert ends == pytest.approx(wanted)
        whiskers = [line.get_xdata() for line in ax.lines if len(line.get_xdata()) == 2 and line.get_linewidth() == 1.0]
        assert [sum(each) / 2 for each in whiskers] == pytest.approx(wanted)
        assert [each[1] - each[0] for each in whiskers] == pytest.approx([2 * 2 * 0.002, 2 * 2 * 0.003] * len(levers))


def test_priors_that_no_evidence_informs_are_marked(shown: Document) -> None:
    ax = figures.plot_priors(shown)
    said = words(ax)
    assert said.count("prior only") == sum(
        len(line.get_xdata()) == 1 and line.get_mfc() == "white" for line in ax.lines
    )
    assert shown.assumptions.informed[0].learned.text in said


def test_what_was_not_asked_cannot_be_drawn(quick: Document) -> None:
    for plot in (figures.plot_bridge, figures.plot_tornado, figures.plot_flips, figures.plot_watch):
        with pytest.raises(UsageError, match="could not be worked out"):
            plot(quick)


@pytest.mark.parametrize("plot", [figures.plot_bridge, figures.plot_tornado], ids=lambda plot: plot.__name__)
def test_an_outcome_that_is_not_there_is_said(plot: Any, shown: Document) -> None:
    with pytest.raises(UsageError, match=r"of nothing|outcome nothing"):
        plot(shown, outcome="nothing")


def test_colours_are_those_of_the_page(shown: Document) -> None:
    ax = figures.plot_futures(shown)
    faces = [to_hex(each.get_facecolor()[0]) for each in ax.collections[::2]]
    assert faces == [palette()[outcome.tone] for outcome in shown.standing.ranked]
    assert len(set(faces)) == len(faces)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_labels_pushed_apart_keep_their_order_and_stay_inside(heights: list[float]) -> None:
    placed = spread(sorted(heights), 0.05)
    assert all(high - low > 0.05 - 1e-9 for low, high in pairwise(placed))
    assert placed[0] >= 0
    assert placed[-1] <= 1
