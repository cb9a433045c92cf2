"""A run as an ArviZ data tree: prior, posterior, predictive and log-likelihood, in one netCDF file.

    prior            parameters before any evidence                               (chain, draw, ...)
    posterior        parameters, and `x`, the drivers by week                     (chain, draw, ...)
    sample_stats     what the sampler said of each draw
    predictive       `incidence`: the chance of each outcome by the end of week   (chain, draw, future_week, outcome)
    log_likelihood   `event`: of each event; `open`: of how the question stands   (chain, draw, event)

Of a run that weights draws (an update, or one that reads prices) they are drawn again by weight and form one chain,
with no `sample_stats`. Of a model that is solved there is only `predictive`. The file is netCDF 4 (HDF5): xarray, ArviZ
and R's ncdf4 open it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.inference.weights import Weights
from forecast.model.contract import Draws
from forecast.model.priors import draw_all
from forecast.model.problem import Problem
from forecast.reopened import Reopened
from forecast.runs import Run

Array = NDArray[np.float64]


def sampled_tree(opened: Reopened) -> Any:
    """The tree of a run that has draws."""
    import xarray

    law, problem, weighted = opened.model.law, opened.problem, bool(np.ptp(opened.log_weights))
    draws, chains = (_drawn_by_weight(opened), 1) if weighted else (opened.draws, opened.chains)
    priors, labels = law.priors(problem), law.coordinates(problem)
    count = len(next(iter(draws.values())))
    before = draw_all(priors, np.random.default_rng(int(opened.run.record["seed"])), count)
    names = {name: dims for name, (_, dims) in priors.items()}
    told = law.log_likelihood(draws, problem)
    events = [" ".join(key) for key in sorted(problem.units)]
    latents = {"x": ("past_week", "latent")}

    def group(values: dict[str, Array], dims: dict[str, tuple[str, ...]], **named: Sequence[str]) -> Any:
        chained = {
            name: (("chain", "draw", *dims[name]), np.reshape(value, (chains, count // chains, *np.shape(value)[1:])))
            for name, value in values.items()
            if np.size(value)
        }
        used = {dim for along, _ in chained.values() for dim in along}
        numbered = {"chain": np.arange(chains), "draw": np.arange(count // chains)}
        found = {dim: list(each) for dim, each in {**labels, **named}.items() if dim in used}
        return xarray.Dataset(chained, {**numbered, **found})

    groups = {
        "prior": group(before, names),
        "posterior": group({**draws, "x": law.latents(draws, problem)}, {**names, **latents}),
        "predictive": group(
            {"incidence": law.project(draws, problem)}, {"incidence": ("future_week", "outcome")}, **_axes(problem)
        ),
        "log_likelihood": group(dict(told), {"event": ("event_id",), "open": ()}, event_id=events),
    }
    if opened.run.draws == "there" and not weighted:
        groups["sample_stats"] = opened.run.posterior()["sample_stats"].to_dataset()
    tree = xarray.DataTree.from_dict(groups)
    tree.attrs["run"] = opened.run.id
    if weighted:
        tree.attrs["drawn_by_weight"] = f"from the draws of run {opened.sampled.run.id}; those that count much recur"
    return tree


def _drawn_by_weight(opened: Reopened) -> Draws:
    """Draws that count alike, from those that count unequally: no group can say what each counts."""
    picked = Weights(opened.weights, 0.0).resampled()
    return {name: values[picked] for name, values in opened.draws.items()}


def solved_tree(run: Run) -> Any:
    """The tree of a run that was solved: what it says by week, as one draw."""
    import xarray

    weeks = [row["week"] for row in run.forecast["timing"]]
    outcomes = list(run.forecast["timing"][0]["cumulative"]) if weeks else []
    values = np.array([[row["cumulative"][name] for name in outcomes] for row in run.forecast["timing"]], dtype=float)
    incidence = (("chain", "draw", "future_week", "outcome"), values[None, None])
    named = {"chain": [0], "draw": [0], "future_week": weeks, "outcome": outcomes}
    return xarray.DataTree.from_dict({"predictive": xarray.Dataset({"incidence": incidence}, named)})


def _axes(problem: Problem) -> dict[str, Sequence[str]]:
    weeks = [week.isoformat() for week in problem.calendar.future_weeks]
    return {"future_week": weeks, "outcome": list(problem.structure.outcomes)}
