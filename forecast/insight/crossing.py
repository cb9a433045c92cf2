"""One crossing of the way from one run to another: the game played on the pooled draws of some states."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from forecast.insight.game import Played, play
from forecast.insight.pool import Pool, pool_draws
from forecast.insight.shapley import MOST_PLAYERS, Members
from forecast.insight.states import State, chances
from forecast.insight.way import Player, Way, log_density, players_on
from forecast.model.contract import Law
from forecast.model.problem import Problem

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Crossing:
    """The game played with the draws of some states.

    Attributes
    ----------
    way
        The problems on the way.
    states, pool
        Whose draws they are, and all of them together.
    players, played
        Who plays, and what came of it.
    log_start, log_goal
        Log density of either end at every pooled draw, shape (draw,).
    passing, arrived
        Chance of every outcome by draw at the old date, and at the new one before anything is heard; (draw, outcome).
    goal
        The same at the new date with everything in.
    """

    way: Way
    states: list[State]
    pool: Pool
    players: list[Player]
    played: Played
    log_start: Array
    log_goal: Array
    passing: Array
    arrived: Array
    goal: Array


def cross(law: Law, way: Way, goal_itself: Problem, states: list[State], named: int) -> Crossing:
    """Play the game on the pooled draws of some states.

    Parameters
    ----------
    law
        The model.
    way
        The problems on the way.
    goal_itself
        The new run's own problem; a state that was sampled in it has the goal's density.
    states
        Sampled posteriors, that of the start first.
    named
        How many groups of evidence play for themselves.
    """
    log_start, players = players_on(way, law, states)
    log_goal = log_start + np.sum([player.log_ratio for player in players], axis=0)
    known = {id(way.start): log_start, id(goal_itself): log_goal}
    densities = [
        known[id(state.problem)] if id(state.problem) in known else log_density(law, states, way.start, state.problem)
        for state in states
    ]
    pool = pool_draws(np.stack(densities), [len(state) for state in states], [state.chains for state in states])

    @cache
    def futures_of(gates: bool, assumptions: bool) -> Array:
        return chances(law, states, way.problem(gates=gates, assumptions=assumptions))

    first, last = not way.gates_moved, way.goal is way.told
    goal = futures_of(True, True) if not last else futures_of(True, False)
    players = _with_names(players, named, pool, log_start, log_goal, goal)
    switches = np.array([player.switch for player in players])

    def futures(who: Members) -> Array:
        on = set(switches[who])
        return futures_of("gates" in on or first, "assumptions" in on)

    played = play(pool, log_start, np.stack([player.log_ratio for player in players]), futures)
    return Crossing(
        way=way,
        states=states,
        pool=pool,
        players=players,
        played=played,
        log_start=log_start,
        log_goal=log_goal,
        passing=chances(law, states[:1], way.start),
        arrived=futures_of(first, False),
        goal=goal,
    )


def _with_names(
    players: list[Player], named: int, pool: Pool, log_start: Array, log_goal: Array, goal: Array
) -> list[Player]:
    """The changes that move most as players of their own, the rest as one: by what each adds alone, and takes away."""
    free = [player for player in players if player.kind in ("event", "retraction", "amendment") and not player.switch]
    fixed = [player for player in players if player not in free]
    room = max(min(named, MOST_PLAYERS - len(fixed) - 1), 0)
    if len(free) <= room + 1:
        return players
    ratios = np.stack([player.log_ratio for player in free])
    added = pool.weights(log_start + ratios) @ goal - pool.weights(log_start) @ goal
    taken = pool.weights(log_goal) @ goal - pool.weights(log_goal - ratios) @ goal
    moves = (np.abs(added) + np.abs(taken)).max(axis=1)
    order = sorted(range(len(free)), key=lambda place: (-moves[place], free[place].id))
    rest = np.sum([free[place].log_ratio for place in order[room:]], axis=0)
    others = Player("event", "others", f"{len(free) - room} others", rest)
    return [*fixed, *(free[place] for place in order[:room]), others]
