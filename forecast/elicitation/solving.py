"""From judgements to assumptions, and back to the analyst in her own terms: what her numbers imply, and what holds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecast.case.assumptions import Assumption, Deadline, Level, Loading, Pace, Shares
from forecast.case.schema import Case
from forecast.elicitation.fits import FittedNormal, apart, fit_normal, fit_roulette, loadings_between
from forecast.elicitation.judgements import LEVELS, UNITS, Conditional, DriverLevel, Judgements
from forecast.elicitation.pace import Rush, chance_by, fit_pace, usual_weeks
from forecast.evidence.journal import View
from forecast.model.anchor import anchor
from forecast.model.contract import Model
from forecast.model.problem import build_problem
from forecast.model.tilts import Tilts, tilts

Array = NDArray[np.float64]

ROUNDS, NEAR = 3, 0.02
"""Corrections of the loadings, and how near a split must be given back to be met."""
NARROW, USUAL_SD, LEAST_SD, LARGEST = 0.15, 0.3, 0.05, 2.0
"""Of levels: surer than anybody can be, what goes without saying, the least stated. Of loadings: the largest."""
SURE = 0.97
LOOSEST, CAUTION = 1.0, 0.8
"""Of the shares' concentration: what any case can bear, and the part of what the drivers leave room for."""


@dataclass(frozen=True)
class Solved:
    """Assumptions that say what was judged, and how they read in the analyst's terms.

    Attributes
    ----------
    assumptions
        What replaces, or is added to, the set that the judgements are based on.
    told
        What her numbers imply and the model gives, line by line.
    warnings
        Judgements that cannot all hold, and over-precise ones.
    """

    assumptions: tuple[Assumption, ...]
    told: tuple[str, ...]
    warnings: tuple[str, ...]


def solve(model: Model, case: Case, said: Judgements) -> Solved:
    """Find the assumptions that give the judgements back; the case is read with the set that they are based on.

    Conditional splits are met by loadings that are corrected against the model's own answer, since what a driver
    does is averaged over everything that is not known besides.

    Raises
    ------
    InputError
        If what comes out cannot be anchored.
    ValueError
        If quantiles or chips do not make a distribution.
    """
    plain = [*_shares(case, said), *_pace(case, said), *_levels(said)]
    warnings = [*_sure(said), *_narrow(plain), *_torn(case, said)]
    base = _with(case, plain)
    stated = np.array([base.assumptions.shares.shares[name] for name in case.outcome_ids])
    means = _first_loadings(said, stated, case.outcome_ids)
    answer: Tilts | None = None
    loadings: list[Loading] = []
    for round_ in range(ROUNDS if means else 0):
        if answer is not None:
            means = _corrected(said, means, answer)
        loadings = list(_loadings(case, said, means))
        shares = _bearable(model, _with(base, loadings), said)
        answer = tilts(model, _with(base, [*loadings, shares]))
        if round_ == ROUNDS - 1:
            plain = [*(one for one in plain if one.kind != "shares"), shares]
    if said.shares and not means:
        plain = [*(one for one in plain if one.kind != "shares"), _bearable(model, base, said)]
    told = [*_told_shares(said, plain), *_told_pace(case, said, plain), *_told_levels(plain)]
    if answer is not None:
        lines, missed = _told_splits(case, said, answer)
        told += lines
        warnings += missed
    return Solved((*plain, *loadings), tuple(told), tuple(warnings))


# ---------------------------------------------------------------------------- assumptions


def _shares(case: Case, said: Judgements) -> Iterator[Assumption]:
    if said.shares:
        before = case.assumptions.shares
        changes = {"shares": dict(said.shares), "judged_on": said.date, **_signed(said), "source": "elicited"}
        late = said.date > case.question.opening
        yield before.model_copy(update={**changes, "judged_with": "reports" if late else "none"})


def _bearable(model: Model, case: Case, said: Judgements) -> Shares:
    """The shares, no firmer than the drivers leave room for."""
    shares = case.assumptions.shares
    loose = _with(case, [shares.model_copy(update={"concentration": LOOSEST})])
    solved = anchor(model, build_problem(loose, View(case.question.opening, "published", (), (), 0)))
    firmest = solved.stated_spread / max(solved.driver_spread, 1e-9) * (LOOSEST + 1) - 1
    bearable = math.floor(10 * CAUTION * firmest) / 10
    if bearable >= shares.concentration:
        return shares
    return shares.model_copy(update={"concentration": max(bearable, LOOSEST), "author": said.author, "date": said.date})


def _pace(case: Case, said: Judgements) -> Iterator[Assumption]:
    before = case.assumptions.only(Pace)
    if said.resolved and before is not None:
        rushes = _rushes(case)
        weeks = [usual_weeks(case.question.opening, one.by, rushes) for one in said.resolved]
        doubts = [rush.uncertainty for rush in rushes]
        fitted = fit_pace(weeks, [one.chance for one in said.resolved], before.factor, doubts)
        yield before.model_copy(update={"per_week": round(fitted.per_week, 5), **_signed(said), "source": "elicited"})


def _rushes(case: Case) -> tuple[Rush, ...]:
    """Days by which something is due: the set keeps them, and the pace is what her chances leave beside them."""
    due = (one for one in case.assumptions.of(Deadline) if one.gate is None)
    return tuple(Rush(one.by, one.weeks, one.factor, one.uncertainty) for one in due)


def _levels(said: Judgements) -> Iterator[Assumption]:
    for one in said.levels:
        fitted = _level(one)
        yield Level(
            id=f"level-{one.driver.replace('_', '-')}",
            kind="level",
            driver=one.driver,
            mean=round(min(max(fitted.mean, -3.0), 3.0), 3),
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


def _loadings(case: Case, said: Judgements, means: dict[str, Array]) -> Iterator[Loading]:
    reasons = {one.driver: one.reason for one in said.conditionals}
    for driver, values in means.items():
        for outcome, mean in zip(case.outcome_ids, values, strict=True):
            yield Loading(
                id=f"loading-{driver.replace('_', '-')}-{outcome.replace('_', '-')}",
                kind="loading",
                driver=driver,
                outcome=outcome,
                mean=round(float(mean), 3),
                sd=0.15,
                reason=reasons[driver],
                source="elicited",
                author=said.author,
                date=said.date,
            )


def _first_loadings(said: Judgements, stated: Array, outcomes: tuple[str, ...]) -> dict[str, Array]:
    """The mean, driver by driver, of what its conditional splits say."""
    found: dict[str, list[Array]] = {}
    for one in said.conditionals:
        found.setdefault(one.driver, []).append(loadings_between(stated, _split(one, outcomes), UNITS[one.were]))
    return {driver: np.clip(np.mean(several, axis=0), -LARGEST, LARGEST) for driver, several in found.items()}


def _corrected(said: Judgements, means: dict[str, Array], answer: Tilts) -> dict[str, Array]:
    changes: dict[str, list[Array]] = {driver: [] for driver in means}
    for one in said.conditionals:
        if one.were == "clearly higher":
            target = _split(one, answer.outcomes)
            given = np.clip(answer.by_driver[one.driver], 1e-4, None)
            changes[one.driver].append(loadings_between(given / given.sum(), target, 2.0))
    return {
        driver: np.clip(values + np.mean(changes[driver], axis=0), -LARGEST, LARGEST) if changes[driver] else values
        for driver, values in means.items()
    }


def _split(one: Conditional, outcomes: tuple[str, ...]) -> Array:
    return np.array([one.shares[name] for name in outcomes])


def _signed(said: Judgements) -> dict[str, object]:
    return {"reason": said.reason, "author": said.author, "date": said.date}


def _with(case: Case, changed: Sequence[Assumption]) -> Case:
    """The case with these assumptions in the place of those that speak of the same."""
    subjects = {_subject(one) for one in changed}
    kept = {name: one for name, one in case.assumptions.items.items() if _subject(one) not in subjects}
    return replace(case, assumptions=replace(case.assumptions, items={**kept, **{one.id: one for one in changed}}))


def _subject(one: Assumption) -> tuple[str, ...]:
    if isinstance(one, Loading):
        return (one.kind, one.driver, one.outcome)
    return (one.kind, one.driver) if isinstance(one, Level) else (one.kind, one.id)


# ---------------------------------------------------------------------------- back to the analyst


def _told_splits(case: Case, said: Judgements, answer: Tilts) -> tuple[list[str], list[str]]:
    labels = [outcome.id for outcome in case.question.outcomes] + ["other"]
    told, missed = [], []
    for one in said.conditionals:
        target, given = _split(one, answer.outcomes), answer.by_driver[one.driver]
        if one.were != "clearly higher":
            parts = ", ".join(f"{name} {100 * share:.0f} %" for name, share in zip(labels, target, strict=True))
            told.append(
                f"were {one.driver} {one.were}, you say {parts}: it is in the loadings, and not tried on the model"
            )
            continue
        pairs = zip(labels, target, given, strict=True)
        parts = ", ".join(f"{name} {100 * a:.0f} % (model {100 * b:.0f} %)" for name, a, b in pairs)
        told.append(f"were {one.driver} {one.were}, you say {parts}")
        if (gap := apart(target, given)) > NEAR:
            missed.append(
                f"your split for {one.driver} {one.were} cannot be met beside the rest: the model comes to within "
                f"{100 * gap:.0f} points; make it less different from the present split"
            )
    return told, missed


def _told_shares(said: Judgements, solved: Sequence[Assumption]) -> Iterator[str]:
    """How firmly each share is held: the standard deviation that the concentration leaves it."""
    held = next((one for one in solved if isinstance(one, Shares)), None)
    if held is None or not said.shares:
        return
    spread = {name: math.sqrt(share * (1 - share) / (held.concentration + 1)) for name, share in said.shares.items()}
    each = (f"{name} {100 * said.shares[name]:.0f} % (give or take {100 * sd:.0f})" for name, sd in spread.items())
    yield f"given that it is resolved, you say {', '.join(each)}"


def _told_pace(case: Case, said: Judgements, solved: Sequence[Assumption]) -> Iterator[str]:
    pace = next((one for one in solved if isinstance(one, Pace)), None)
    if pace is None:
        return
    rushes = _rushes(case)
    manner = "one pace, faster where something is due," if rushes else "one steady pace"
    for one in said.resolved:
        weeks, doubts = usual_weeks(case.question.opening, one.by, rushes), [rush.uncertainty for rush in rushes]
        given = chance_by(weeks, pace.per_week, pace.factor, doubts)
        yield f"resolved by {one.by}, you say {100 * one.chance:.0f} %: {manner} gives {100 * given:.0f} %"


def _told_levels(solved: Sequence[Assumption]) -> Iterator[str]:
    for one in solved:
        if isinstance(one, Level):
            low, high = one.mean - 1.64 * one.sd, one.mean + 1.64 * one.sd
            around = f"{one.mean:+.1f}, nine in ten from {low:+.1f} to {high:+.1f}"
            yield f"your numbers imply that {one.driver} keeps returning to {around}"


def _sure(said: Judgements) -> Iterator[str]:
    for where, shares in [
        ("now", said.shares or {}),
        *((f"for {one.driver}", one.shares) for one in said.conditionals),
    ]:
        for name, share in shares.items():
            if share > SURE:
                yield f"{100 * share:.1f} % for {name} {where} leaves almost nothing else: would you bet 33 to 1 on it?"


def _narrow(solved: Sequence[Assumption]) -> Iterator[str]:
    for one in solved:
        if isinstance(one, Level) and one.sd < NARROW:
            yield (
                f"the range of {one.driver} is very narrow (sd {one.sd:.2f} of an ordinary swing): ranges that people "
                "are 90 % sure of hold the truth about half of the time; widen it unless you have counted"
            )


def _torn(case: Case, said: Judgements) -> Iterator[str]:
    """Splits for a driver up and down that do not lie on both sides of the present one."""
    if said.shares is None and not said.conditionals:
        return
    now = np.array([(said.shares or case.assumptions.shares.shares)[name] for name in case.outcome_ids])
    both: dict[str, dict[str, Array]] = {}
    for one in said.conditionals:
        both.setdefault(one.driver, {})[one.were] = loadings_between(
            now, _split(one, case.outcome_ids), UNITS[one.were]
        )
    for driver, found in both.items():
        if len(found) == 2:
            up, down = found["clearly higher"], found["clearly lower"]
            for name, high, low in zip(case.outcome_ids, up, down, strict=True):
                if high * low < 0 and min(abs(high), abs(low)) > 0.05:
                    yield (
                        f"{name} gains, or loses, from {driver} both ways: a driver tilts one way, both cannot hold; "
                        "change one of the two splits, or make two drivers of it"
                    )
