"""When it resolves, as it was judged: chances by a day, and days that are fixed for it, each met beside the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from forecast.case.assumptions import Assumption, Deadline
from forecast.case.phrases import quoted
from forecast.case.schema import Case
from forecast.elicitation.by_days import HURRY, Met, meet
from forecast.elicitation.fixed import Fixed, fixed
from forecast.elicitation.judgements import Doubt, Judgements
from forecast.elicitation.restated import restated
from forecast.elicitation.splits import NEAR
from forecast.elicitation.stretches import STRETCH
from forecast.model.contract import Model

ROUNDS = 3
"""Trials where a pace and fixed days depend on each other."""


@dataclass(frozen=True)
class Timing:
    """What was judged of when it resolves, as assumptions.

    Attributes
    ----------
    case
        With the fixed days in, for which the chances by a day were met.
    met
        Chances by a day; None where there are none.
    days
        Fixed days.
    """

    case: Case
    said: Judgements
    met: Met | None
    days: tuple[Fixed, ...]

    def assumptions(self) -> Iterator[Assumption]:
        """The pace and the deadlines that say it."""
        signed = {"reason": self.said.reason, "author": self.said.author, "date": self.said.date, "source": "elicited"}
        for one in self.met.assumptions if self.met else ():
            yield one.model_copy(update=signed)
        yield from (one.deadline for one in self.days)

    def told(self) -> Iterator[str]:
        """What was judged, and what the model gives."""
        for judged, given in zip(self.said.resolved, self.met.chances if self.met else (), strict=True):
            share = f"{100 * judged.chance:.0f} %"
            yield f"resolved by {judged.by}, you say {share}: {self._manner()} {100 * given:.0f} %"
        for found in self.days:
            end = self.said.ends[found.place]
            days = f"that it ends between {end.begins} and {end.by} if it is open until then"
            what = days if found.are_the_days else f"that it ends before {end.begins}"
            factor = f"{found.deadline.factor:.3g} times the usual pace"
            yield f"{what}, you say {100 * found.judged:.0f} %: {factor} gives {100 * found.given:.0f} %"

    def _manner(self) -> str:
        """What gives the chances by a day, as the subject of a sentence."""
        found = [one for one in self.met.assumptions if isinstance(one, Deadline)] if self.met else []
        if any(one.id.startswith(STRETCH) and one.factor != 1.0 for one in found):
            return "a pace of its own in each stretch between your days gives"
        hurry = next((one.factor for one in found if one.id.startswith(HURRY)), None)
        if hurry is not None:
            return f"{hurry:.2g} times the pace of past episodes gives"
        known = [one for one in self.case.assumptions.of(Deadline) if one.announced is None]
        if any(one.gate is None for one in known):
            return "one pace, faster where something is due, gives"
        return "one steady pace gives"

    def doubts(self) -> Iterator[Doubt]:
        """What cannot be met, and what may count twice."""
        for number, (judged, given) in enumerate(
            zip(self.said.resolved, self.met.chances if self.met else (), strict=True)
        ):
            if abs(given - judged.chance) > NEAR:
                missed = f"your {100 * judged.chance:.0f} % by {judged.by} cannot be met beside the rest"
                remedy = "look at the paces of its gates, if it has some, at what is due, and at days of one week"
                yield ("resolved", number), f"{missed}: the model comes to {100 * given:.0f} %; {remedy}"
        for found in self.days:
            if abs(found.given - found.judged) > NEAR:
                end = self.said.ends[found.place]
                when = f"between {end.begins} and {end.by}" if found.are_the_days else f"before {end.begins}"
                missed = f"your {100 * found.judged:.0f} % that it ends {when} cannot be met"
                remedy = "name more days, or look at its usual pace"
                yield ("ends", found.place), f"{missed}: the model comes to {100 * found.given:.0f} %; {remedy}"
        yield from self._held_twice()

    def _held_twice(self) -> Iterator[Doubt]:
        """Chances judged when a deadline was announced of which the opening, for which they are met, knows nothing."""
        for one in self.case.assumptions.of(Deadline):
            known = one.announced is not None and self.case.question.opening < one.announced <= self.said.date
            if self.said.resolved and known:
                why = (
                    f"{quoted(one.id)} was announced on {one.announced}, before you judged: a chance that holds it "
                    "counts it twice, since the pace is found without it; judge as if nothing had been announced"
                )
                yield ("resolved",), why


def timing(model: Model, case: Case, said: Judgements) -> Timing:
    """Find the pace and the deadlines; where there are both, each given the other, in some rounds."""
    met, days = None, tuple[Fixed, ...]()
    for _ in range(ROUNDS if said.resolved and said.ends else 1):
        paced = case if met is None else restated(case, met.assumptions)
        days = fixed(model, paced, said)
        if said.resolved:
            met = meet(model, _with_days(case, days), said.resolved)
    return Timing(_with_days(case, days), said, met, days)


def _with_days(case: Case, days: Sequence[Fixed]) -> Case:
    return restated(case, [one.deadline for one in days])
