"""Draws of one day's posterior, carried to another day's problem: what is new is drawn from its prior.

A posterior of the old evidence, together with the priors of all that the old evidence did not touch (shocks of new
weeks, new sources, coders, news cycles), is a posterior of the old evidence over the new problem's parameters. So the
carried draws are exactly that, and the new posterior is a weight away: its likelihood over the old one's.

The random numbers of a parameter are the same in every run.
"""

from __future__ import annotations

import zlib
from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from forecast.model.contract import Draws, Law
from forecast.model.futures import STREAM
from forecast.model.problem import Problem

Array = NDArray[np.float64]
Labels = dict[str, Sequence[Hashable]]


class UncarriedError(ValueError):
    """Two problems differ by more than time and evidence; the message says in what."""


def labels(problem: Problem) -> Labels:
    """What stands at each place of the axes that grow with the evidence (those of `Problem.sizes`).

    Free places have no label, but for weeks that are still to come: a week is the same week whenever it is looked at.
    """
    readings, calendar = problem.readings, problem.calendar
    first = calendar.weeks[0].toordinal()
    return {
        "week": [first + 7 * week for week in range(problem.sizes["week"])],
        "cycle": [(problem.structure.latents[latent], first + 7 * week) for latent, week in readings.cycles],
        "source": readings.sources,
        "source_type": readings.source_types,
        "side": readings.sides,
        "coder": readings.coders,
    }


def carry(law: Law, draws: Draws, old: Problem, new: Problem) -> Draws:
    """Carry draws from one problem's parameters to another's.

    Parameters
    ----------
    law
        The model.
    draws
        Parameter → (draw, *shape) under the old problem.
    old, new
        The problems; either may be the later one.

    Raises
    ------
    UncarriedError
        If a parameter of the new problem has other places than in the old one, on an axis that does not grow with the
        evidence.
    """
    before, after, priors = labels(old), labels(new), law.priors(new)
    count = len(next(iter(draws.values())))
    carried: Draws = {}
    for name, (prior, dims) in priors.items():
        values = draws.get(name)
        places = [_places(before[dim], after[dim]) if dim in after else None for dim in dims]
        if values is None or not _fits(values.shape[1:], prior.shape, places):
            raise UncarriedError(f"the parameter '{name}' has other places")
        if not _moves(values.shape[1:], prior.shape, places):
            carried[name] = values
            continue
        fresh = prior.draw(np.random.default_rng([STREAM, zlib.crc32(name.encode())]), count)
        here, there = (np.ix_(range(count), *_index(prior.shape, places, side)) for side in (1, 0))
        fresh[here] = values[there]
        carried[name] = np.asarray(fresh, dtype=np.float64)
    return carried


Places = list[tuple[int, int]]
"""(place in the old problem, place in the new one) of what both have."""


def _places(before: Sequence[Hashable], after: Sequence[Hashable]) -> Places:
    was = {label: place for place, label in enumerate(before)}
    return [(was[label], place) for place, label in enumerate(after) if label in was]


def _fits(old: tuple[int, ...], new: tuple[int, ...], places: list[Places | None]) -> bool:
    sizes = zip(old, new, places, strict=True) if len(old) == len(new) == len(places) else None
    return sizes is not None and all(grows is not None or was == now for was, now, grows in sizes)


def _moves(old: tuple[int, ...], new: tuple[int, ...], places: list[Places | None]) -> bool:
    """Whether anything has another place, or none yet."""
    grown = ((was, grows) for was, grows in zip(old, places, strict=True) if grows is not None)
    return old != new or any(grows != [(place, place) for place in range(was)] for was, grows in grown)


def _index(shape: tuple[int, ...], places: list[Places | None], side: int) -> list[list[int]]:
    return [
        list(range(size)) if grows is None else [pair[side] for pair in grows]
        for size, grows in zip(shape, places, strict=True)
    ]
