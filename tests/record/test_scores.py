"""Scores against numbers worked out by hand, and the properties that make them worth having."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.record.scores import Scores, Statement, average, days_standing, score
from tests.record.statements import ENDS, HORIZON, day, resolved, run_of, said

UNIFORM = (0.25, 0.25, 0.25, 0.25)
KNOWN = [
    # chances, what came true, log, Brier, spherical
    (UNIFORM, {"city": 1.0}, math.log(4), 0.75, 0.5),
    ((1.0, 0.0, 0.0, 0.0), {"city": 1.0}, 0.0, 0.0, 1.0),
    ((1.0, 0.0, 0.0, 0.0), {"private": 1.0}, math.inf, 2.0, 0.0),
    ((0.5, 0.5, 0.0, 0.0), {"city": 1.0}, math.log(2), 0.5, math.sqrt(0.5)),
    ((0.6, 0.3, 0.1, 0.0), {"private": 1.0}, -math.log(0.3), 0.36 + 0.49 + 0.01, 0.3 / math.sqrt(0.46)),
    ((0.6, 0.2, 0.1, 0.1), {"city": 1.0}, -math.log(0.6), 0.16 + 0.04 + 0.01 + 0.01, 0.6 / math.sqrt(0.42)),
    # soft: the expectation under the weights
    ((0.5, 0.5, 0.0, 0.0), {"city": 0.5, "private": 0.5}, math.log(2), 0.5, math.sqrt(0.5)),
    ((0.8, 0.2, 0.0, 0.0), {"city": 0.75, "private": 0.25}, 0.75 * -math.log(0.8) + 0.25 * -math.log(0.2),
     0.75 * 0.08 + 0.25 * 1.28, (0.75 * 0.8 + 0.25 * 0.2) / math.sqrt(0.68)),
    ((0.8, 0.2, 0.0, 0.0), {"city": 0.75, "other": 0.25}, math.inf, 0.75 * 0.08 + 0.25 * 1.68, 0.6 / math.sqrt(0.68)),
]  # fmt: skip


@pytest.mark.parametrize(("chances", "came", "log", "brier", "spherical"), KNOWN)
def test_scores_worked_out_by_hand(
    chances: tuple[float, ...], came: dict[str, float], log: float, brier: float, spherical: float
) -> None:
    found = score(said("2026-01-18", chances), resolved("2026-02-01", **came))
    assert found is not None
    assert (found.log, found.brier, found.spherical) == pytest.approx((log, brier, spherical), abs=1e-12)
    assert found.crps is None  # nothing was said of when
    document = found.document()
    assert document["brier_half"] == pytest.approx(brier / 2.0)
    assert document["infinite"] == math.isinf(log)
    assert (document["log"] is None) == math.isinf(log)


def test_being_open_at_the_horizon_is_an_end_like_any_other() -> None:
    found = score(said("2026-01-18", (0.1, 0.1, 0.1, 0.7)), resolved(HORIZON.isoformat(), unresolved=1.0))
    assert found is not None
    assert found.log == pytest.approx(-math.log(0.7))


def test_the_crps_by_hand() -> None:
    """Sunday 18 January: three weeks to the horizon, a third resolved in each, so a day adds 1/21."""
    forecast = said("2026-01-18", (0.4, 0.3, 0.3, 0.0), (1 / 3, 2 / 3, 1.0))
    steps = np.arange(1, 22) / 21

    def wait(days: int) -> float:
        """The definition, day for day."""
        return sum((step - (number >= days)) ** 2 for number, step in enumerate(steps, 1)) / 7

    at_once, late = (score(forecast, resolved(when, city=1.0)) for when in ("2026-01-19", "2026-02-08"))
    assert at_once is not None
    assert late is not None
    assert at_once.crps == pytest.approx(wait(1))
    assert late.crps == pytest.approx(wait(21))
    assert at_once.crps == pytest.approx(sum(k**2 for k in range(21)) / 21**2 / 7)  # 2870 / 3087 weeks
    never = score(forecast, resolved("2026-02-08", unresolved=1.0))
    half = score(forecast, resolved("2026-02-08", unresolved=0.5, city=0.5))
    assert never is not None
    assert half is not None
    assert never.crps == pytest.approx(np.sum(steps**2) / 7)
    assert half.crps == pytest.approx(0.5 * wait(21) + 0.5 * np.sum(steps**2) / 7)


def test_a_sure_forecast_of_the_very_day_has_nothing_to_pay() -> None:
    """All of it in one part-week of one day: as of Saturday, resolved on Sunday."""
    forecast = said("2026-01-17", (1.0, 0.0, 0.0, 0.0), (1.0, 1.0, 1.0, 1.0))
    found = score(forecast, resolved("2026-01-18", city=1.0))
    assert found is not None
    assert found.crps == 0.0


def test_the_crps_of_a_certain_week_is_the_error_in_weeks() -> None:
    """The forecast says the first day, it takes fifteen: fourteen days of being wrong altogether."""
    forecast = said("2026-01-17", (1.0, 0.0, 0.0, 0.0), (1.0, 1.0, 1.0, 1.0))
    found = score(forecast, resolved("2026-02-01", city=1.0))
    assert found is not None
    assert found.crps == pytest.approx(2.0)


shares = st.lists(st.integers(0, 1000), min_size=4, max_size=4).filter(any).map(lambda n: [k / sum(n) for k in n])


@given(shares, shares)
def test_nobody_gains_by_saying_what_he_does_not_believe(believed: list[float], told: list[float]) -> None:
    """Soft weights are an expectation: under what one believes, no statement scores better than the belief."""
    truth = resolved(HORIZON.isoformat(), **dict(zip(ENDS, believed, strict=True)))
    honest, other = score(said("2026-01-18", believed), truth), score(said("2026-01-18", told), truth)
    assert honest is not None
    assert other is not None
    assert honest.log <= other.log + 1e-9
    assert honest.brier <= other.brier + 1e-9
    assert honest.spherical >= other.spherical - 1e-9


@given(st.lists(st.integers(0, 50), min_size=22, max_size=22).filter(any), shares)
def test_nobody_gains_by_another_curve(counts: list[int], wobble: list[float]) -> None:
    """The CRPS is proper: averaged over the belief about the day, the belief's own curve scores best."""
    mass = np.array(counts) / sum(counts)  # days 1 to 21, and never
    knots = [min(1.0, float(mass[: 7 * week].sum())) for week in (1, 2, 3)]
    straight = np.interp(np.arange(1, 22), [0, 7, 14, 21], [0.0, *knots])
    mass = np.diff(np.concatenate([[0.0], straight, [1.0]]))  # a belief that a forecast can say
    other = np.cumsum(wobble)[:3]

    def expected(curve: list[float]) -> float:
        rest = 1.0 - curve[-1]
        forecast = said("2026-01-18", (1.0 - rest, 0.0, 0.0, rest), curve)
        ends = [resolved(f"{day('2026-01-18').fromordinal(day('2026-01-18').toordinal() + n)}", city=1.0)
                for n in range(1, 22)]  # fmt: skip
        found = [score(forecast, end) for end in [*ends, resolved(HORIZON.isoformat(), unresolved=1.0)]]
        return sum(float(weight) * (each.crps or 0.0) for weight, each in zip(mass, found, strict=True) if each)

    assert expected(knots) <= expected([min(1.0, float(chance)) for chance in other]) + 1e-9


@given(shares)
def test_log_and_spherical_scores_look_at_order_not_at_names(chances: list[float]) -> None:
    one = score(said("2026-01-18", chances), resolved("2026-02-01", city=1.0))
    other = score(said("2026-01-18", [chances[1], chances[0], *chances[2:]]), resolved("2026-02-01", private=1.0))
    assert one is not None
    assert other is not None
    assert (one.log, one.brier, one.spherical) == pytest.approx((other.log, other.brier, other.spherical))


@pytest.mark.parametrize(
    "chances", [(0.9, 0.9, 0.9, 0.9), (0.5, 0.4, 0.0, 0.0), (1.2, -0.2, 0.0, 0.0), (math.nan,) * 4]
)
def test_what_are_no_chances_is_not_scored(chances: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="chances"):
        said("2026-01-18", chances)


def test_a_run_is_read_as_it_was_saved() -> None:
    run = run_of("2026-01-18", (0.4, 0.3, 0.1, 0.2))
    read, told = Statement.of(run), said("2026-01-18", (0.4, 0.3, 0.1, 0.2), [0.8 / 3, 1.6 / 3, 0.8])
    assert (read.as_of, read.horizon, read.chances) == (told.as_of, told.horizon, told.chances)
    assert [week for week, _ in read.resolved] == [week for week, _ in told.resolved]
    assert [chance for _, chance in read.resolved] == pytest.approx([chance for _, chance in told.resolved])
    midweek = Statement.of(run_of("2026-01-14", (0.4, 0.3, 0.1, 0.2)))
    assert midweek.resolved[0] == (day("2026-01-18"), pytest.approx(0.8 * 4 / 25))
    assert midweek.resolved[-1] == (HORIZON, pytest.approx(0.8))


def test_an_earlier_horizon_that_passed_in_silence_was_open_then() -> None:
    """A question whose horizon was moved: what was said of the earlier one is held against the earlier one."""
    found = score(said("2026-01-18", (0.1, 0.1, 0.1, 0.7)), resolved("2026-02-20", city=1.0))
    assert found is not None
    assert found.log == pytest.approx(-math.log(0.7))
    early = resolved("2026-02-01", unresolved=1.0)  # by a horizon that was moved forward
    assert score(said("2026-01-18", UNIFORM), early) is None


def test_an_outcome_that_a_statement_does_not_know_cannot_be_held_against_it() -> None:
    assert score(said("2026-01-18", UNIFORM), resolved("2026-02-01", harbourmaster=1.0)) is None


def test_the_mean_counts_days() -> None:
    first, second = Scores(1.0, 0.5, 0.6, 2.0), Scores(2.0, 0.2, 0.8, None)
    assert average([first, second], [7, 21]) == Scores(1.75, pytest.approx(0.275), pytest.approx(0.75), None)
    assert average([first, Scores(math.inf, 2.0, 0.0, 4.0)], [1, 1]).log == math.inf
    assert days_standing([day("2026-01-12"), day("2026-01-18")], day("2026-02-01")) == [6, 14]


def test_better_is_positive_whichever_way_a_score_runs() -> None:
    good, bad = Scores(1.0, 0.5, 0.6, 2.0), Scores(math.inf, 0.7, 0.5, None)
    assert good.better_than(bad) == pytest.approx({"log": math.inf, "brier": 0.2, "spherical": 0.1, "crps": None})
    assert bad.better_than(bad)["log"] is None
