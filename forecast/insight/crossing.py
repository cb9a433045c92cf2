"""One crossing of the way from one run to another: the game played on the pooled draws of some states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from forecast.insight.game import Played, play
from forecast.insight.pool import Pool, pool_draws
from forecast.insight.restated import Restated
from forecast.insight.shapley import MOST_PLAYERS, Members
from forecast.insight.states import State, chances, log_ratio
from forecast.insight.way import Player, Way, assumptions_on, players_on
from forecast.model.contract import Law
from forecast.model.problem import Problem

Array = NDArray[np.float64]

MOST_ASSUMED = 8
"""Changed assumptions that play for themselves, if what became known of the question leaves room for so many."""


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
    log_goal
        Log density of the end over that of the start, at every pooled draw; shape (draw,).
    passing, arrived
        Chance of every outcome by draw at the old date, and at the new one before anything is heard; (draw, outcome).
    goal
        The same at the new date with everything in.
    alone
        The assumptions that changed, each by itself.
    """

    way: Way
    states: list[State]
    pool: Pool
    players: list[Player]
    played: Played
    log_goal: Array
    passing: Array
    arrived: Array
    goal: Array
    alone: Sequence[Restated] = ()


def cross(
    law: Law, way: Way, goal_itself: Problem, states: list[State], named: int, alone: Sequence[Restated] = ()
) -> Crossing:
    """Play the game on the pooled draws of some states.

    Every density is over that of the start, which cancels in all weights and need not be known.

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
    alone
        The assumptions that changed, each by itself.
    """
    seen: dict[int, Array] = {}

    def chances_of(problem: Problem) -> Array:
        if id(problem) not in seen:
            seen[id(problem)] = chances(law, states, problem)
        return seen[id(problem)]

    room = min(MOST_ASSUMED, MOST_PLAYERS - len(way.news) - 2)  # time and what was heard play in any case
    assumed = _fewer(assumptions_on(way, law, states, alone, chances_of), room)
    players = [*players_on(way, law, states), *assumed]
    log_goal = np.sum([player.log_ratio for player in players], axis=0)
    known = {id(way.start): np.zeros_like(log_goal), id(goal_itself): log_goal}
    densities = [
        known[id(state.problem)] if id(state.problem) in known else log_ratio(law, states, way.start, state.problem)
        for state in states
    ]
    pool = pool_draws(np.stack(densities), [len(state) for state in states], [state.chains for state in states])
    unheard = way.knowing(())
    goal = chances_of(way.goal)
    players = _with_names(players, named, pool, log_goal, goal)

    @cache
    def futures_of(joined: tuple[int, ...]) -> Array:
        who = [players[place] for place in joined]
        found = chances_of(way.knowing([player.news for player in who if player.news]))
        return np.asarray(found + sum(_moved(player) for player in who))

    live = [place for place, player in enumerate(players) if player.news or player.moved is not None]

    def futures(members: Members) -> Array:
        return futures_of(tuple(place for place in live if members[place]))

    played = play(pool, np.stack([player.log_ratio for player in players]), futures)
    return Crossing(
        way=way,
        states=states,
        pool=pool,
        players=players,
        played=played,
        log_goal=log_goal,
        passing=chances(law, states[:1], way.start),
        arrived=chances_of(unheard),
        goal=goal,
        alone=alone,
    )


def _fewer(assumed: list[Player], room: int) -> list[Player]:
    """The assumptions that move most as players of their own, the rest as one."""
    if len(assumed) <= room:
        return assumed
    size = [float(np.mean(np.abs(_moved(player))) + np.ptp(player.log_ratio)) for player in assumed]
    order = sorted(range(len(assumed)), key=lambda place: (-size[place], assumed[place].id))
    kept, rest = order[: room - 1], [assumed[place] for place in order[room - 1 :]]
    ratio = np.sum([player.log_ratio for player in rest], axis=0)
    moved = np.sum([_moved(player) for player in rest], axis=0)
    others = Player("assumption", "other assumptions", f"{len(rest)} other assumptions", ratio, moved)
    return [*(assumed[place] for place in sorted(kept)), others]


def _moved(player: Player) -> Array | float:
    """What a player adds to the draws' chances."""
    return 0.0 if player.moved is None else player.moved


def _with_names(players: list[Player], named: int, pool: Pool, log_goal: Array, goal: Array) -> list[Player]:
    """The changes that move most as players of their own, the rest as one: by what each adds alone, and takes away."""
    free = [player for player in players if player.kind in ("event", "retraction", "amendment") and not player.news]
    fixed = [player for player in players if player not in free]
    room = max(min(named, MOST_PLAYERS - len(fixed) - 1), 0)
    if len(free) <= room + 1:
        return players
    ratios = np.stack([player.log_ratio for player in free])
    added = pool.weights(ratios) @ goal - pool.weights(np.zeros_like(log_goal)) @ goal
    taken = pool.weights(log_goal) @ goal - pool.weights(log_goal - ratios) @ goal
    moves = (np.abs(added) + np.abs(taken)).max(axis=1)
    order = sorted(range(len(free)), key=lambda place: (-moves[place], free[place].id))
    rest = np.sum([free[place].log_ratio for place in order[room:]], axis=0)
    others = Player("event", "others", f"{len(free) - room} others", rest)
    return [*fixed, *(free[place] for place in order[:room]), others]
