"""The case's saved scenarios, asked again of every forecast that is made, and how their answers have gone.

A refresh has the draws in hand, so that its answers are kept with the run: the trend of a scenario is read from the
runs, and nothing is worked out twice. A part of the draws is asked, along a few futures: what a scenario changes is
taken from them and added to what the run says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from inspect import signature
from typing import Any

import numpy as np

from forecast.case.scenarios import Scenario
from forecast.errors import UsageError
from forecast.found import Found
from forecast.insight.raking import raked
from forecast.insight.standing import Standing, stand, step_of
from forecast.insight.whatif import whatif
from forecast.insight.whatif_document import whatif_document
from forecast.model.contract import Model
from forecast.runs import Run

Document = dict[str, Any]

DRAWS, PATHS = 1000, 4
"""How much of a posterior a refresh asks: a second for a handful of scenarios, errors of a few tenths of a point."""


def answered(model: Model, found: Found, scenarios: Sequence[Scenario]) -> tuple[list[Document], tuple[str, ...]]:
    """Ask a forecast that has just been made.

    Returns
    -------
    A document of every scenario, and a sentence for every one that cannot be asked of this day any more.
    """
    standing = _standing(model, found) if scenarios and found.verdict.passed and found.problem.ended is None else None
    if standing is None:
        return [], ()
    rows, unasked = [], []
    for scenario in scenarios:
        try:
            said = whatif_document(whatif(standing, scenario.premises), standing)
        except UsageError as error:
            unasked.append(f"the scenario {scenario.id} is not asked any more: {error}")
        else:
            rows.append({"id": scenario.id, "label": scenario.label, **said})
    return rows, tuple(unasked)


def trend(scenario: Document, earlier: Iterable[Run]) -> list[Document]:
    """What runs have said to the same premises, in their order."""
    return [
        {
            "run": run.id,
            "as_of": run.as_of.isoformat(),
            "outcomes": {outcome["id"]: outcome["probability"] for outcome in then["outcomes"]},
        }
        for run in earlier
        for then in run.forecast.get("scenarios", [])
        if (then["id"], then["premise"]) == (scenario["id"], scenario["premise"])
    ]


def _standing(model: Model, found: Found) -> Standing | None:
    """Where the forecast stands, by a part of its draws; None where the model lets nobody act in its futures."""
    sample = found.sample
    if sample is None or "do" not in signature(model.law.futures).parameters:
        return None
    every = slice(None, None, step_of(len(sample.log_weights), sample.chains, DRAWS))
    draws = {name: values[every] for name, values in sample.draws.items()}
    fresh = stand(model, found.problem, draws, sample.log_weights[every], sample.chains, PATHS)
    said = np.array([outcome.probability for outcome in found.forecast.outcomes])
    by_path = raked(fresh.by_path, said, fresh.weights)
    return Standing(model, found.problem, draws, fresh.log_weights, fresh.chains, fresh.lived, by_path)
