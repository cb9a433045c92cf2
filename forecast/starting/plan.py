"""From a template and what was said to a whole case, in the values of its files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from forecast.case.assumptions import Deadline, Strength
from forecast.case.schema import Driver, Indicator, Outcome, RuledOutBy, Test
from forecast.elicitation.pace import FittedPace, Rush, fit_pace, usual_weeks
from forecast.starting.answers import Answers, SaidOutcome
from forecast.starting.past import Past
from forecast.starting.template import Template, UsualDriver, UsualOutcome

HISTORY = dt.timedelta(weeks=8)
LIVE = dt.timedelta(days=7)
"""A question that opened longer ago than this is coded after the fact, unless somebody says otherwise."""
FACTOR = 1.8
"""How unsure a pace is."""
RARE_OTHER = 0.05
"""Below this chance of `other` by the horizon its smallness needs somebody to answer for it."""


@dataclass(frozen=True)
class Tilt:
    """A loading of the new case: which driver, which outcome, how strongly, and why."""

    driver: str
    outcome: str
    strength: Strength
    reason: str


@dataclass(frozen=True)
class Plan:
    """Everything that the files of a new case say.

    Attributes
    ----------
    shares
        Outcome → stated share given resolution, `other` last; they sum to 1.
    pace
        The rate that gives the stated chance of resolution by the horizon; at first roughly, without a model.
    due
        The deadline, if a decision is due by some day.
    past
        The past episodes that the case joins, if there are any for it.
    judged
        Whether a person gave the shares, and whether a person gave the chance of resolution.
    hurry
        By how many times it is faster than past episodes, where it joins them and a person gave that chance.
    """

    name: str
    template: str
    title: str
    question: str
    opening: dt.date
    history_from: dt.date
    horizon: dt.date
    clock: str
    author: str
    today: dt.date
    counts: str
    tree: tuple[Test, ...]
    outcomes: tuple[Outcome, ...]
    other_label: str
    other_description: str
    drivers: tuple[UsualDriver, ...]
    indicators: tuple[Indicator, ...]
    tilts: tuple[Tilt, ...]
    shares: dict[str, float]
    shares_reason: str
    resolved: float
    resolved_reason: str
    pace: FittedPace
    due: tuple[Rush, ...]
    past: Past | None
    judged: tuple[bool, bool]
    hurry: tuple[Deadline, ...] = ()

    @property
    def weeks(self) -> float:
        """Weeks from the opening to the horizon."""
        return (self.horizon - self.opening).days / 7

    @property
    def rare_other(self) -> bool:
        """Whether `other` is improbable because resolution is."""
        return self.resolved * self.shares["other"] < RARE_OTHER

    @property
    def own_indicators(self) -> tuple[str, ...]:
        """Outcomes that some indicator tells about directly."""
        return tuple(sorted({one.outcome for one in self.indicators if one.outcome}))


def plan_case(name: str, template: Template, answers: Answers, today: dt.date, past: Past | None) -> Plan:
    """Put together what the template says and what was said; the answers have no faults."""
    opening = answers.opening or today
    horizon = answers.horizon or opening + dt.timedelta(weeks=template.weeks)
    said = _said(template, answers)
    usual = {outcome.id: outcome for outcome in template.outcomes}
    outcomes = tuple(_outcome(template, one, usual) for one in said)
    shares = _shares(template, answers, said)
    tilts = tuple(_tilts(template, said))
    felt = {tilt.driver for tilt in tilts}
    drivers = tuple(one for one in template.drivers if one.id in felt or one.hastens != "0")
    resolved = answers.resolved or template.resolved
    due = tuple(_rushes(template, answers.due))
    return Plan(
        name=name,
        template=template.title,
        title=answers.title or answers.question,
        question=answers.question,
        opening=opening,
        history_from=answers.history_from or opening - HISTORY,
        horizon=horizon,
        clock=answers.clock or ("published" if opening < today - LIVE else "recorded"),
        author=answers.author,
        today=today,
        counts=answers.counts or template.counts,
        tree=tuple(answers.tree) or tuple(_tree(said, usual)),
        outcomes=outcomes,
        other_label=answers.other.label or template.other.label,
        other_description=answers.other.description or template.other.description,
        drivers=drivers,
        indicators=tuple(_indicators(template, drivers, outcomes)),
        tilts=tilts,
        shares=shares,
        shares_reason=_why_shares(template, answers),
        resolved=resolved,
        resolved_reason=_why_resolved(template, answers, resolved, horizon),
        pace=fit_pace([usual_weeks(opening, horizon, due)], [resolved], FACTOR, [rush.uncertainty for rush in due]),
        due=due,
        past=past,
        judged=(any(one.share for one in answers.outcomes), answers.resolved is not None),
    )


# ---------------------------------------------------------------------------- outcomes


def _said(template: Template, answers: Answers) -> tuple[SaidOutcome, ...]:
    """The outcomes that were named, each like the template's of its own name; else the template's own."""
    usual = {outcome.id for outcome in template.outcomes}
    if not answers.outcomes:
        return tuple(SaidOutcome(id=one.id, label=one.label, like=one.id) for one in template.outcomes)
    return tuple(
        one if one.like or one.id not in usual else one.model_copy(update={"like": one.id}) for one in answers.outcomes
    )


def _outcome(template: Template, one: SaidOutcome, usual: dict[str, UsualOutcome]) -> Outcome:
    """The outcome, and what rules it out."""
    by = next((pattern for pattern in template.outcome_indicators if pattern.rules_out is not None), None)
    return Outcome(
        id=one.id,
        label=one.label,
        description=one.description or _described(one, usual),
        ruled_out_by=RuledOutBy(indicator=_own(by, one.id), grade=by.rules_out) if by and by.rules_out else None,
    )


def _described(one: SaidOutcome, usual: dict[str, UsualOutcome]) -> str:
    return usual[one.id].description if one.id in usual else f"{one.label.rstrip('.')}."


def _tree(said: tuple[SaidOutcome, ...], usual: dict[str, UsualOutcome]) -> Iterator[Test]:
    for one in said:
        plain = f"As two agencies or the deciding body itself report it on the day of the act: {one.label.rstrip('.')}."
        yield Test(test=one.test or (usual[one.id].test if one.id in usual else plain), then=one.id)
    yield Test(test="Anything else that counts as resolution.", then="other")


def _shares(template: Template, answers: Answers, said: tuple[SaidOutcome, ...]) -> dict[str, float]:
    """As stated; else as the template has them where its outcomes are meant; else alike."""
    usual = {outcome.id: outcome.share for outcome in template.outcomes}
    stated = {one.id: one.share for one in said if one.share is not None}
    if stated:
        other = answers.other.share or 1.0 - sum(stated.values())
        return _summing_to_one(stated, other)
    other = answers.other.share or template.other.share
    weights = {one.id: usual.get(one.id, 0.0) for one in said}
    if min(weights.values()) == 0.0:
        weights = dict.fromkeys(weights, 1.0)
    return _summing_to_one(weights, other)


def _summing_to_one(weights: dict[str, float], other: float) -> dict[str, float]:
    """Shares in thousandths, what rounding leaves with the largest."""
    total = sum(weights.values())
    shares = {name: round(weight * (1 - other) / total, 3) for name, weight in weights.items()}
    shares["other"] = round(other, 3)
    largest = max(shares, key=lambda name: shares[name])
    shares[largest] = round(shares[largest] + 1 - sum(shares.values()), 3)
    return shares


def _why_shares(template: Template, answers: Answers) -> str:
    if any(one.share for one in answers.outcomes):
        return "Stated when the case was set up, before any report."
    if not answers.outcomes or {one.id for one in answers.outcomes} == {one.id for one in template.outcomes}:
        return template.shares_reason
    return "Nobody has judged yet: the named outcomes are alike, and 'other' is as often as in such questions."


# ---------------------------------------------------------------------------- drivers and indicators


def _tilts(template: Template, said: tuple[SaidOutcome, ...]) -> Iterator[Tilt]:
    for driver in template.drivers:
        for one in said:
            strength = driver.tilts.get(one.like or "", "0")
            if strength != "0":
                yield Tilt(driver.id, one.id, strength, driver.reason)


def _indicators(
    template: Template, drivers: tuple[UsualDriver, ...], outcomes: tuple[Outcome, ...]
) -> Iterator[Indicator]:
    kept = {driver.id for driver in drivers}
    yield from (indicator for indicator in template.indicators if indicator.driver in kept)
    for outcome in outcomes:
        for pattern in template.outcome_indicators:
            yield pattern.model_copy(
                update={
                    "id": _own(pattern, outcome.id),
                    "label": pattern.label.replace("{label}", outcome.label),
                    "look_for": pattern.look_for.replace("{label}", outcome.label),
                    "outcome": outcome.id,
                }
            )


def _own(pattern: Indicator, outcome: str) -> str:
    """The id of an outcome's own indicator."""
    return f"{pattern.id}_{outcome}"[:64]


# ---------------------------------------------------------------------------- pace


def _rushes(template: Template, due: dt.date | None) -> Iterator[Rush]:
    """What is due, to the end of its week: what is put off is mostly put off by days."""
    if due is not None:
        yield Rush(due + dt.timedelta(days=6 - due.weekday()), template.due_weeks, template.due_factor)


def _why_resolved(template: Template, answers: Answers, resolved: float, horizon: dt.date) -> str:
    if answers.resolved is not None:
        return f"Stated when the case was set up: a chance of {100 * resolved:.0f} % that it is resolved by {horizon}."
    return f"A chance of {100 * resolved:.0f} % by {horizon}. {template.resolved_reason}"


def plain_driver(driver: UsualDriver) -> Driver:
    """What `drivers.yaml` says of it."""
    return Driver(**driver.model_dump(include=set(Driver.model_fields)))
