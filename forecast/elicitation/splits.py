"""Splits were a driver clearly higher, or lower: loadings that make the model give them back, and what it gives."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from forecast.case.assumptions import Loading
from forecast.case.schema import Case
from forecast.elicitation.fits import apart, loadings_between
from forecast.elicitation.judgements import UNITS, Conditional, Doubt, Judgements
from forecast.model.tilts import Tilts

Array = NDArray[np.float64]

NEAR = 0.02
"""How near what was judged must be given back to be met."""
LARGEST, LOADING_SD = 2.0, 0.15
"""The largest loading, and how unsure one is that was solved for."""


def loadings(case: Case, said: Judgements, means: dict[str, Array]) -> Iterator[Loading]:
    """The assumptions that state these means, driver by driver."""
    reasons = {one.driver: one.reason for one in said.conditionals}
    for driver, values in means.items():
        for outcome, mean in zip(case.outcome_ids, values, strict=True):
            yield Loading(
                id=f"loading-{driver.replace('_', '-')}-{outcome.replace('_', '-')}",
                kind="loading",
                driver=driver,
                outcome=outcome,
                mean=round(float(mean), 3),
                sd=LOADING_SD,
                reason=reasons[driver],
                source="elicited",
                author=said.author,
                date=said.date,
            )


def first_loadings(said: Judgements, stated: Array, outcomes: tuple[str, ...]) -> dict[str, Array]:
    """What the splits say of each driver by themselves."""
    none = {one.driver: np.zeros(len(outcomes)) for one in said.conditionals}
    return _moved(said, none, {(one.driver, one.were): stated for one in said.conditionals}, outcomes)


def corrected(said: Judgements, means: dict[str, Array], answer: Tilts) -> dict[str, Array]:
    """The loadings, moved by what the model's answer still lacks."""
    given: dict[tuple[str, str], Array] = {(one.driver, one.were): _given(one, answer) for one in said.conditionals}
    return _moved(said, means, given, answer.outcomes)


def _moved(
    said: Judgements, means: dict[str, Array], given: dict[tuple[str, str], Array], outcomes: tuple[str, ...]
) -> dict[str, Array]:
    """Least squares in log-odds: of a driver that was judged both ways, the middle of what each of the two asks."""
    changes: dict[str, list[Array]] = {driver: [] for driver in means}
    for one in said.conditionals:
        now = np.clip(given[one.driver, one.were], 1e-4, None)
        changes[one.driver].append(loadings_between(now / now.sum(), _split(one, outcomes), UNITS[one.were]))
    return {
        driver: np.clip(values + np.mean(changes[driver], axis=0), -LARGEST, LARGEST)
        for driver, values in means.items()
    }


def told_splits(case: Case, said: Judgements, answer: Tilts) -> tuple[list[str], list[Doubt]]:
    """Each split beside the model's; and those that it does not meet."""
    labels = [outcome.id for outcome in case.question.outcomes] + ["other"]
    judged = {(one.driver, one.were) for one in said.conditionals}
    told: list[str] = []
    missed: list[Doubt] = []
    for number, one in enumerate(said.conditionals):
        target, given = _split(one, answer.outcomes), _given(one, answer)
        pairs = zip(labels, target, given, strict=True)
        parts = ", ".join(f"{name} {100 * a:.0f} % (model {100 * b:.0f} %)" for name, a, b in pairs)
        told.append(f"were {one.driver} {one.were}, you say {parts}")
        if (gap := apart(target, given)) > NEAR:
            both = {(one.driver, were) for were in UNITS} <= judged
            remedy = "change one of its two splits" if both else "make it less different from the present split"
            why = (
                f"your split for {one.driver} {one.were} cannot be met beside the rest: the model comes to within "
                f"{100 * gap:.0f} points; {remedy}"
            )
            missed.append((("conditionals", number, "shares"), why))
    return told, missed


def torn(case: Case, said: Judgements) -> Iterator[Doubt]:
    """Splits for a driver up and down that do not lie on both sides of the present one."""
    now = np.array([(said.shares or case.assumptions.shares.shares)[name] for name in case.outcome_ids])
    both: dict[str, dict[str, Array]] = {}
    for one in said.conditionals:
        both.setdefault(one.driver, {})[one.were] = loadings_between(
            now, _split(one, case.outcome_ids), UNITS[one.were]
        )
    second = {one.driver: number for number, one in enumerate(said.conditionals)}
    for driver, found in both.items():
        if len(found) == 2:
            up, down = found["clearly higher"], found["clearly lower"]
            for name, high, low in zip(case.outcome_ids, up, down, strict=True):
                if high * low < 0 and min(abs(high), abs(low)) > 0.05:
                    why = (
                        f"{name} gains, or loses, from {driver} both ways: a driver tilts one way, both cannot hold; "
                        "change one of the two splits, or make two drivers of it"
                    )
                    yield ("conditionals", second[driver], "shares", name), why


def _given(one: Conditional, answer: Tilts) -> Array:
    return answer.by_driver[one.driver] if one.were == "clearly higher" else answer.lowered[one.driver]


def _split(one: Conditional, outcomes: tuple[str, ...]) -> Array:
    return np.array([one.shares[name] for name in outcomes])
