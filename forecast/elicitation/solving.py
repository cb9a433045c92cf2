"""From judgements to assumptions, and back to the analyst in her own terms: what her numbers imply, and what holds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from forecast.case.assumptions import Assumption, Level, Loading, Shares
from forecast.case.document import Place
from forecast.case.schema import Case
from forecast.elicitation.firmness import USUAL, firmest, usual
from forecast.elicitation.fits import FittedNormal, fit_normal, fit_roulette
from forecast.elicitation.judgements import LEVELS, Doubt, DriverLevel, Judgements
from forecast.elicitation.restated import restated
from forecast.elicitation.splits import corrected, first_loadings, loadings, told_splits, torn
from forecast.elicitation.timing import timing
from forecast.model.contract import Model
from forecast.model.tilts import Tilts, tilts

ROUNDS = 3
"""Trials of the loadings on the model."""
NARROW, USUAL_SD, LEAST_SD = 0.15, 0.3, 0.05
"""Of levels: surer than anybody can be, what goes without saying, the least stated."""
SURE = 0.97


@dataclass(frozen=True)
class Solved:
    """Assumptions that say what was judged, and how they read in the analyst's terms.

    Attributes
    ----------
    assumptions
        What replaces, or is added to, the set that the judgements are based on.
    told
        What her numbers imply and the model gives, line by line.
    doubts
        Judgements that cannot all hold, and over-precise ones.
    """

    assumptions: tuple[Assumption, ...]
    told: tuple[str, ...]
    doubts: tuple[Doubt, ...]


def solve(model: Model, case: Case, said: Judgements) -> Solved:
    """Find the assumptions that give the judgements back; the case is read with the set that they are based on.

    Chances by a day and conditional splits are met by a pace and loadings that are corrected against the model's own
    answer: gates and past episodes decide when, and what a driver does is averaged over everything that is not known.
    Shares that were held as firmly as goes without saying stay so, by as much or little as drivers leave room for now.

    Raises
    ------
    InputError
        If what comes out cannot be anchored.
    ValueError
        If quantiles or chips do not make a distribution.
    """
    plain: list[Assumption] = [*_shares(case, said), *_levels(said)]
    when = timing(model, restated(case, plain), said)
    doubts = [*_sure(said), *_narrow(said), *torn(case, said), *when.doubts()]
    plain += when.assumptions()
    before, wanted = case.assumptions.shares, _wanted(model, case)
    base = restated(case, plain)
    stated = np.array([base.assumptions.shares.shares[name] for name in case.outcome_ids])
    means = first_loadings(said, stated, case.outcome_ids)
    lowered = {one.driver for one in said.conditionals if one.were == "clearly lower"}
    answer: Tilts | None = None
    tilted: list[Loading] = []
    for _ in range(ROUNDS if means else 1):
        if answer is not None:
            means = corrected(said, means, answer)
        tilted = list(loadings(case, said, means))
        shares = _firm(model, restated(base, tilted), wanted)
        if means:
            answer = tilts(model, restated(base, [*tilted, shares]), lowered=lowered)
    if shares != before:
        plain = [*(one for one in plain if one.kind != "shares"), shares]
    told = [*_told_shares(said, plain, before), *when.told(), *_told_levels(plain)]
    if answer is not None:
        lines, missed = told_splits(case, said, answer)
        told += lines
        doubts += missed
    return Solved((*plain, *tilted), tuple(told), tuple(doubts))


# ---------------------------------------------------------------------------- assumptions


def _shares(case: Case, said: Judgements) -> Iterator[Assumption]:
    if said.shares:
        before = case.assumptions.shares
        changes = {"shares": dict(said.shares), "judged_on": said.date, **_signed(said), "source": "elicited"}
        late = said.date > case.question.opening
        yield before.model_copy(update={**changes, "judged_with": "reports" if late else "none"})


def _wanted(model: Model, case: Case) -> float:
    """How firmly shares are wanted: as they are held, unless that is what went without saying."""
    held = case.assumptions.shares.concentration
    return USUAL if held == usual(model, case) else held


def _firm(model: Model, case: Case, wanted: float) -> Shares:
    """The shares, as firm as is wanted, but no firmer than the drivers leave room for by now."""
    shares = case.assumptions.shares
    return shares.model_copy(update={"concentration": min(wanted, firmest(model, case))})


def _levels(said: Judgements) -> Iterator[Assumption]:
    for one in said.levels:
        fitted = _level(one)
        yield Level(
            id=f"level-{one.driver.replace('_', '-')}",
            kind="level",
            driver=one.driver,
            mean=round(fitted.mean, 3),
            sd=round(max(fitted.sd, LEAST_SD), 3),
            source="elicited",
            reason=one.reason,
            author=said.author,
            date=said.date,
        )


def _level(one: DriverLevel) -> FittedNormal:
    if one.level is not None:
        return FittedNormal(LEVELS[one.level], USUAL_SD, {})
    if one.quantiles is not None:
        return fit_normal({float(p): value for p, value in one.quantiles.items()})
    return fit_roulette(one.edges, one.chips)


def _signed(said: Judgements) -> dict[str, object]:
    return {"reason": said.reason, "author": said.author, "date": said.date}


# ---------------------------------------------------------------------------- back to the analyst


def _told_shares(said: Judgements, solved: Sequence[Assumption], before: Shares) -> Iterator[str]:
    """How firmly each share is held: the standard deviation that the concentration leaves it."""
    held = next((one for one in solved if isinstance(one, Shares)), None)
    if held is None or (not said.shares and held.concentration == before.concentration):
        return
    spread = {name: math.sqrt(share * (1 - share) / (held.concentration + 1)) for name, share in held.shares.items()}
    each = (f"{name} {100 * held.shares[name]:.0f} % (give or take {100 * sd:.0f})" for name, sd in spread.items())
    told = "you say" if said.shares else "the shares stay, now held as"
    yield f"given that it is resolved, {told} {', '.join(each)}"


def _told_levels(solved: Sequence[Assumption]) -> Iterator[str]:
    for one in solved:
        if isinstance(one, Level):
            low, high = one.mean - 1.64 * one.sd, one.mean + 1.64 * one.sd
            around = f"{one.mean:+.1f}, nine in ten from {low:+.1f} to {high:+.1f}"
            yield f"your numbers imply that {one.driver} keeps returning to {around}"


def _sure(said: Judgements) -> Iterator[Doubt]:
    splits: list[tuple[Place, str, dict[str, float]]] = [(("shares",), "now", said.shares or {})]
    for number, one in enumerate(said.conditionals):
        splits.append((("conditionals", number, "shares"), f"for {one.driver}", one.shares))
    for place, when, shares in splits:
        for name, share in shares.items():
            if share > SURE:
                why = f"{100 * share:.1f} % for {name} {when} leaves almost nothing else: would you bet 33 to 1 on it?"
                yield (*place, name), why


def _narrow(said: Judgements) -> Iterator[Doubt]:
    for number, one in enumerate(said.levels):
        if (sd := max(_level(one).sd, LEAST_SD)) < NARROW:
            why = (
                f"the range of {one.driver} is very narrow (sd {sd:.2f} of an ordinary swing): ranges that people "
                "are 90 % sure of hold the truth about half of the time; widen it unless you have counted"
            )
            yield ("levels", number, "chips" if one.quantiles is None else "quantiles"), why
