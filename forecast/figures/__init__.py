"""Single figures for slides and papers, drawn with matplotlib from the same document as the page.

    opened      the document of a saved run                    `open_document("iraq-2026")`
    outcomes    forecast, history, futures, timing             `plot_forecast(document, ax)`
    drivers     drivers with the events that moved them        `plot_drivers(document, ax)`
    reasons     the week's bridge                              `plot_bridge(document, ax)`
    levers      tornado, distance to another answer            `plot_tornado(document, ax)`
    signs       what to watch                                  `plot_watch(document, ax)`
    voices      evidence by source and grade                   `plot_sources(document, ax)`
    beliefs     prior against posterior                        `plot_priors(document, ax)`
    chains      ranks and energy of the sampler, with ArviZ    `plot_ranks(run, ax)`
    gallery     all of them by name, with title and finding    `draw("bridge", document)`

Every `plot_` function draws into the axes it is given, or into new ones, and returns them; it takes matplotlib, which
the extra `plot` brings. All of them show what the document holds and work nothing out.
"""

from __future__ import annotations

from forecast.figures.beliefs import plot_priors
from forecast.figures.chains import plot_energy, plot_ranks
from forecast.figures.drivers import plot_drivers
from forecast.figures.gallery import draw, save
from forecast.figures.levers import plot_flips, plot_tornado
from forecast.figures.opened import open_document
from forecast.figures.outcomes import plot_forecast, plot_futures, plot_history, plot_timing
from forecast.figures.reasons import plot_bridge
from forecast.figures.signs import plot_watch
from forecast.figures.voices import plot_sources

__all__ = [
    "draw",
    "open_document",
    "plot_bridge",
    "plot_drivers",
    "plot_energy",
    "plot_flips",
    "plot_forecast",
    "plot_futures",
    "plot_history",
    "plot_priors",
    "plot_ranks",
    "plot_sources",
    "plot_timing",
    "plot_tornado",
    "plot_watch",
    "save",
]
