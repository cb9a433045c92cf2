"""One step of the No-U-Turn sampler, for numba to compile: it calls the compiled density and nothing else.

M. D. Hoffman and A. Gelman (2014), "The No-U-Turn sampler", JMLR 15; the next state is picked along the whole
trajectory by its weight, and a turn is told by the sum of momenta (M. Betancourt 2017, "A conceptual introduction to
Hamiltonian Monte Carlo", arXiv:1701.02434). A subtree is not built by recursion but leaf by leaf, with the momenta kept
at the places where smaller subtrees began (D. Phan, N. Pradhan and M. Jankowiak 2019, "Composable effects for flexible
and accelerated probabilistic programming in NumPyro", arXiv:1912.11554).

Nothing here is Python once it runs: no lock is held, so chains run side by side in the threads of one process.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

DIVERGENT = 1000.0
"""An energy this far above that of the start is no longer on the trajectory."""


@njit
def kinetic(momentum: Any, inverse_mass: Any) -> float:
    """Kinetic energy of a momentum."""
    return float(0.5 * np.sum(inverse_mass * momentum * momentum))


@njit
def turns(inverse_mass: Any, one_end: Any, other_end: Any, momenta: Any) -> bool:
    """Whether going on would bring the ends of a stretch nearer, by the sum of all momenta along it."""
    between = inverse_mass * (momenta - 0.5 * (one_end + other_end))
    return bool(np.sum(between * one_end) <= 0.0 or np.sum(between * other_end) <= 0.0)


@njit
def added(a: float, b: float) -> float:
    """log(exp(a) + exp(b))."""
    top = max(a, b)
    return top if top == -math.inf else top + math.log(math.exp(a - top) + math.exp(b - top))


@njit
def began_at(leaf: int) -> tuple[int, int]:
    """Where the momenta stand with which subtrees begin that end at a leaf: first and last place.

    The leaves of a subtree are numbered from 0; an even leaf begins subtrees and is kept at the last place.
    """
    last, left = 0, leaf >> 1
    while left:
        last, left = last + (left & 1), left >> 1
    ending = 0
    while leaf & 1:
        ending, leaf = ending + 1, leaf >> 1
    return last - ending + 1, last


def transition(
    density: Any,
    data: Any,
    rng: Any,
    start: Any,
    log_density: float,
    slope: Any,
    inverse_mass: Any,
    step: float,
    deepest: int,
) -> tuple[Any, float, Any, float, int, int, bool, float]:
    """From one state of a chain to the next.

    Parameters
    ----------
    density
        (point, *data) → log density and its gradient, compiled.
    data
        What the density is of, arrays.
    rng
        Source of randomness, a `numpy.random.Generator`.
    start, log_density, slope
        The state: its point, shape (parameter,), and the density and gradient there.
    inverse_mass
        The metric's inverse, a variance for each parameter, shape (parameter,).
    step
        Step size.
    deepest
        Doublings of the trajectory before it is cut off.

    Returns
    -------
    The next state's point, log density and gradient; the mean acceptance along the trajectory; its number of steps and
    of doublings; whether it diverged; the energy of the state that was picked.
    """
    size = len(start)
    momentum = rng.standard_normal(size) / np.sqrt(inverse_mass)
    energy = kinetic(momentum, inverse_mass) - log_density
    points, momenta, slopes = np.empty((2, size)), np.empty((2, size)), np.empty((2, size))  # at the two ends
    for end in range(2):
        points[end], momenta[end], slopes[end] = start, momentum, slope
    picked, picked_density, picked_slope, picked_energy = start, log_density, slope, energy
    all_momenta, weight = momentum.copy(), 0.0
    acceptance, steps, depth, diverged, turned = 0.0, 0, 0, False, False
    kept, kept_sums = np.empty((deepest + 1, size)), np.empty((deepest + 1, size))

    while depth < deepest and not turned:
        end = int(rng.random() < 0.5)
        way = step if end == 1 else -step
        point, momentum, slope = points[end].copy(), momenta[end].copy(), slopes[end].copy()
        branch, branch_density, branch_slope, branch_energy = point, 0.0, slope, 0.0
        branch_momenta, branch_weight = np.zeros(size), -math.inf
        for leaf in range(2**depth):
            momentum += 0.5 * way * slope
            point = point + way * inverse_mass * momentum
            new_energy = math.inf
            if np.all(np.isfinite(point)):
                value, slope = density(point, *data)
                momentum += 0.5 * way * slope
                new_energy = kinetic(momentum, inverse_mass) - value[()]
            steps += 1
            change = new_energy - energy
            if not change < DIVERGENT:  # so written that no number counts as divergence too
                diverged = True
                break
            acceptance += min(1.0, math.exp(-change))
            branch_weight = added(branch_weight, -change)
            if math.log(1.0 - rng.random()) < -change - branch_weight:
                branch, branch_density, branch_slope, branch_energy = point, value[()], slope, new_energy
            branch_momenta += momentum
            first, last = began_at(leaf)
            if leaf % 2 == 0:
                kept[last], kept_sums[last] = momentum, branch_momenta
            else:
                for place in range(last, first - 1, -1):
                    stretch = branch_momenta - kept_sums[place] + kept[place]
                    turned = turned or turns(inverse_mass, kept[place], momentum, stretch)
                if turned:
                    break
        depth += 1
        if diverged or turned:
            break
        if math.log(1.0 - rng.random()) < branch_weight - weight:
            picked, picked_density, picked_slope, picked_energy = branch, branch_density, branch_slope, branch_energy
        weight = added(weight, branch_weight)
        points[end], momenta[end], slopes[end] = point, momentum, slope
        all_momenta += branch_momenta
        turned = turns(inverse_mass, momenta[0], momenta[1], all_momenta)
    return picked, picked_density, picked_slope, acceptance / steps, steps, depth, diverged, picked_energy
