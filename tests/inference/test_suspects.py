"""Suspects: of what might be at fault, what mixes worst comes first, and a report is named by its own name."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.inference.gate import Quantity
from forecast.inference.suspects import MOST, suspects, told_events
from tests.model.harbour import EVIDENCE, latent_drivers, prior_draws, problem_of, row, seen

Array = NDArray[np.float64]

SHAPE = (4, 500)


def independent(seed: int) -> Array:
    return np.random.default_rng(seed).normal(size=SHAPE)


def apart(distance: float) -> Array:
    """Chains that settled in two places."""
    return independent(9) + distance * np.array([0.0, 0.0, 1.0, 1.0])[:, None]


def test_what_mixes_well_is_above_suspicion() -> None:
    assert suspects(Quantity(f"driver {n}", independent(n)) for n in range(10)) == ()


def test_the_worst_comes_first_and_no_more_than_a_few_are_named() -> None:
    candidates = [Quantity(f"assumption a{n}", apart(n / 2)) for n in range(6)]
    found = suspects([Quantity("driver budget", independent(1)), *candidates])
    assert [suspect.name for suspect in found] == ["assumption a5", "assumption a4", "assumption a3"]
    assert len(found) == MOST
    for suspect in found:
        assert suspect.rhat is not None
        assert suspect.rhat > 1.01
        assert suspect.ess is not None
        assert suspect.ess < 100


def test_what_cannot_be_computed_is_worse_than_any_number() -> None:
    poisoned = independent(3)
    poisoned[1, 1] = np.nan
    found = suspects([Quantity("assumption a", apart(9.0)), Quantity("driver budget", poisoned)])
    assert [suspect.name for suspect in found] == ["driver budget", "assumption a"]
    assert (found[0].rhat, found[0].ess) == (None, None)


def test_too_few_chains_are_nobodys_fault() -> None:
    assert suspects([Quantity("driver budget", apart(9.0)[:1])]) == ()


def test_the_report_that_divides_the_chains_is_named() -> None:
    """Two chains think the best reports worthless, so the one event told by such a report alone falls out."""
    reports = (*EVIDENCE, row("R20", 5, "2026-01-21", indicator="layoffs", source="Harbour Office"))
    problem = problem_of(*reports)
    draws = prior_draws(problem, 0, 2000)
    order = np.random.default_rng(0).permutation(2000)
    draws = {name: values[order] for name, values in draws.items()}
    place = problem.readings.sources.index("Harbour Office")
    draws["source_effect"][1000:, place] -= 3.0
    posterior: Any = SimpleNamespace(draws=draws, by_chain=lambda v: v.reshape(4, 500, *v.shape[1:]))
    events = [*told_events(latent_drivers(), posterior, problem, seen(*reports))]
    names = [event.name for event in events]
    assert "report(s) R1" in names
    assert len(names) == len(problem.units)
    found = suspects(events)
    assert {suspect.name for suspect in found} == {"report(s) R9", "report(s) R20"}
