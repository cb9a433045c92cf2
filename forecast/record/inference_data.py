"""A run as an ArviZ data tree: prior, posterior, predictive and log-likelihood, in one netCDF file.

    prior            parameters before any evidence                               (chain, draw, ...)
    posterior        parameters, and `x`, the drivers by week                     (chain, draw, ...)
    sample_stats     what the sampler said of each draw
    predictive       `incidence`: the chance of each outcome by the end of week   (chain, draw, future_week, outcome)
    log_likelihood   `event`: of each event; `open`: of how the question stands   (chain, draw, event)

Of a model that is solved there is only `predictive`. The file is netCDF 4 (HDF5): xarray, ArviZ and R's ncdf4 open it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.errors import UsageError
from forecast.model.priors import draw_all
from forecast.model.problem import Problem
from forecast.reopened import Reopened
from forecast.runs import Run

Array = NDArray[np.float64]


def sampled_tree(opened: Reopened) -> Any:
    """The tree of a run that was sampled.

    Raises
    ------
    UsageError
        If the run was updated from another one: its draws count unequally, which no group can say.
    """
    import xarray

    if opened.parent is not None:
        raise UsageError(
            f"run {opened.run.id} was updated from run {opened.parent.run.id}, whose draws it weights: export that one"
        )
    law, problem, draws = opened.model.law, opened.problem, opened.draws
    priors, labels = law.priors(problem), law.coordinates(problem)
    count = len(next(iter(draws.values())))
    before = draw_all(priors, np.random.default_rng(int(opened.run.record["seed"])), count)
    names = {name: dims for name, (_, dims) in priors.items()}
    told = law.log_likelihood(draws, problem)
    events = [" ".join(key) for key in sorted(problem.units)]
    latents = {"x": ("past_week", "latent")}

    def group(values: dict[str, Array], dims: dict[str, tuple[str, ...]], **named: Sequence[str]) -> Any:
        chained = {
            name: (("chain", "draw", *dims[name]), opened.by_chain(np.asarray(value)))
            for name, value in values.items()
            if np.size(value)
        }
        used = {dim for along, _ in chained.values() for dim in along}
        numbered = {"chain": np.arange(opened.chains), "draw": np.arange(count // opened.chains)}
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
    if opened.run.draws == "there":
        groups["sample_stats"] = opened.run.posterior()["sample_stats"].to_dataset()
    return xarray.DataTree.from_dict(groups)


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
