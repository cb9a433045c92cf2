"""How well the chains mixed, as ArviZ draws it: ranks of each outcome's probability by chain, and energy."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from forecast.errors import UsageError
from forecast.figures import style
from forecast.figures.style import drawn, palette
from forecast.insight.standing import standing
from forecast.reopened import Reopened

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@drawn
def plot_ranks(run: Reopened, ax: Axes) -> None:
    """Ranks of each outcome's probability: how far each chain's strays from even, with ArviZ's test of it.

    A. Vehtari, A. Gelman, D. Simpson, B. Carpenter and P.-C. Bürkner (2021), "Rank-normalization, folding, and
    localization: an improved R-hat for assessing convergence of MCMC", Bayesian Analysis 16; `arviz.plot_rank`.
    """
    import arviz_plots
    import xarray

    stands = standing(run)
    chances = run.by_chain(stands.chances)
    labels = {entry["id"]: entry["label"] for entry in run.run.forecast["outcomes"]}
    places = style.panels(ax, len(labels), 3)
    for panel, (place, name) in zip(places, enumerate(stands.outcomes), strict=True):
        data = xarray.Dataset({"chance": (("chain", "draw"), chances[..., place])})
        tree = xarray.DataTree.from_dict({"posterior": data})
        colours = [palette()[f"t{chain % 7 + 1}"] for chain in range(run.chains)]
        collection = arviz_plots.PlotCollection(
            data, _onto(panel, "chance"), aes={"color": ["chain"], "overlay": ["chain"]}, color=colours,
            backend="matplotlib",
        )  # fmt: skip
        arviz_plots.plot_rank(tree, plot_collection=collection, visuals={"title": False, "xlabel": False})
        panel.text(0, 1.04, style.folded(labels[name], 34, 1), transform=panel.transAxes, fontweight="bold")
        panel.tick_params(labelsize=8)


@drawn
def plot_energy(run: Reopened, ax: Axes) -> None:
    """How widely the sampler's energy varies, and how far it changes in one step; `arviz.plot_energy`.

    M. Betancourt (2016), "Diagnosing suboptimal cotangent disintegrations in Hamiltonian Monte Carlo",
    arXiv:1604.00695.

    Raises
    ------
    UsageError
        If the draws' energy was not kept.
    """
    import arviz_plots
    import xarray

    sampled = run.sampled.run
    if sampled.draws != "there":
        raise UsageError(f"the energy of run {sampled.id} is not at hand: it stands in the draws as they were saved")
    tree = xarray.open_datatree(io.BytesIO(sampled.content()), engine="h5netcdf")
    kinds = {"column": ["energy"], "energy": ["marginal", "transition"]}
    data = xarray.Dataset({"Energy": (tuple(kinds), [[0.0, 0.0]])}, coords=kinds)
    viz = _onto(ax, "Energy", column="energy")
    colours = [palette()["pale"], palette()["driver"]]
    collection = arviz_plots.PlotCollection(data, viz, aes={"color": ["energy"]}, color=colours, backend="matplotlib")
    arviz_plots.plot_energy(tree, show_bfmi=False, plot_collection=collection, visuals={"title": False})


def _onto(ax: Axes, variable: str, **where: str) -> Any:
    """These axes as ArviZ knows them: where the one plot of a variable is drawn."""
    import numpy as np
    import xarray

    cell = np.empty((1,) * len(where), dtype=object)
    cell[...] = ax
    plots = xarray.Dataset({variable: (tuple(where), cell)}, coords={name: [value] for name, value in where.items()})
    figure = np.empty((), dtype=object)
    figure[()] = ax.figure
    return xarray.DataTree(xarray.Dataset({"figure": ((), figure)}), children={"plot": xarray.DataTree(plots)})
