"""Why a forecast moved: the bridge, what surprised, what the evidence is worth, and the document of it (contract)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from forecast.decisions import Decision, decisions
from forecast.insight.bridge import Bar, Bridge, Refit, build_bridge
from forecast.insight.changes import Grouping
from forecast.insight.priced import with_markets
from forecast.insight.standing import thinned
from forecast.insight.states import State
from forecast.insight.surprise import Surprises, surprises
from forecast.insight.worth import Worth, worth
from forecast.model.facts import not_yet_judged
from forecast.reopened import Reopened, Stage

SURPRISED = 1000
"""Draws over which a grade's chance is averaged: its error is far below what a surprise is made of."""


@dataclass(frozen=True)
class Explanation:
    """Why a forecast moved from one run to another."""

    old: Reopened
    new: Reopened
    bridge: Bridge
    surprises: Surprises
    worth: Worth | None
    decisions: tuple[Decision, ...]

    def document(self) -> dict[str, Any]:
        """The contract's JSON document; contributions are probabilities."""
        bridge = self.bridge
        return {
            "case": self.new.case.id,
            "from": {"run": self.old.run.id, "as_of": self.old.run.as_of.isoformat()},
            "to": {"run": self.new.run.id, "as_of": self.new.run.as_of.isoformat()},
            "by": bridge.by,
            "decision_lines": [asdict(decision) for decision in self.decisions],
            "outcomes": [
                {
                    "id": outcome,
                    "from": float(bridge.start[k]),
                    "to": float(bridge.end[k]),
                    "change": float(bridge.end[k] - bridge.start[k]),
                    "mcse": float(bridge.mcse[k]),
                    "no_change": bool(bridge.no_change[k]),
                    "bars": [_bar(bar, k) for bar in bridge.bars],
                }
                for k, outcome in enumerate(bridge.outcomes)
            ],
            "refitted": bridge.refitted,
            "reached": bridge.reached,
            "draws": bridge.draws,
            "surprises": {
                "events": self.surprises.events,
                "total": self.surprises.total,
                "repeated": self.surprises.repeated,
                "reports": [asdict(surprise) for surprise in self.surprises.reports],
            },
            "worth": None if self.worth is None else _worth(self.worth),
            "notes": [*self.old.notes, *self.new.notes],
        }


def explain(
    old: Reopened,
    new: Reopened,
    *,
    by: Grouping = "event",
    named: int = 8,
    refit: Refit | None = None,
    stage: Stage = lambda _: None,
) -> Explanation:
    """Explain the change from one run to another.

    Parameters
    ----------
    old, new
        The two runs.
    by, named, refit, stage
        As in `build_bridge`.

    Raises
    ------
    UsageError
        If the two runs do not answer the same question.
    """
    bare = old.unpriced or old, new.unpriced or new
    bridge = with_markets(build_bridge(*bare, by=by, named=named, refit=refit, stage=stage), old.run, new.run)
    return Explanation(
        old=old,
        new=new,
        bridge=bridge,
        surprises=_surprises(thinned(old, SURPRISED), new),
        worth=worth(new.model.law, new.draws, new.weights, new.problem, len(new.known.reports)),
        decisions=decisions(new.case.question.decision_lines, _by_outcome(old), _by_outcome(new)),
    )


def _surprises(old: Reopened, new: Reopened) -> Surprises:
    """How much the reports since surprised the old run: those that are graded evidence, of indicators that it knew."""
    known = {report.report_id for report in old.known.reports}
    withdrawn = {report.report_id for report, _ in new.known.retracted}
    graded = [
        replace(report, codings=tuple(c for c in report.codings if (report.event_id, c.indicator) in new.problem.units))
        for report in new.known.reports
        if report.report_id not in known and all(coding.indicator in old.case.indicators for coding in report.codings)
    ]
    seen = [r for r in not_yet_judged(old.case, old.known).reports if r.report_id not in withdrawn]
    problem = replace(old.problem, calendar=replace(old.problem.calendar, as_of=new.run.as_of))
    before = State(old.problem, old.draws, old.chains)
    return surprises(old.model.law, before, old.weights, problem, [r for r in graded if r.codings], seen)


def _by_outcome(run: Reopened) -> dict[str, float]:
    return {outcome["id"]: outcome["probability"] for outcome in run.run.forecast["outcomes"]}


def _bar(bar: Bar, outcome: int) -> dict[str, Any]:
    return {
        "kind": bar.kind,
        "id": bar.id,
        "label": bar.label,
        "contribution": float(bar.contribution[outcome]),
        "mcse": float(bar.mcse[outcome]),
        "no_change": bool(bar.no_change[outcome]),
    }


def _worth(found: Worth) -> dict[str, Any]:
    return {
        "reports": found.reports,
        "events": found.events,
        "independent": found.independent,
        "by": {name: {"events": events, "worth": value} for name, (events, value) in found.by_latent.items()},
    }
