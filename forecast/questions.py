"""What is asked of a saved run, answered as tidy pandas tables: `from forecast import open_run, explain, watch, ...`.

Each function is what the command of the same name prints. Probabilities and contributions are in [0, 1]; a column
`outcome` holds the case's outcomes, `other` and `unresolved`; `mcse` is a Monte Carlo standard error.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from forecast.case.premises import Premise, PremiseError, parse_do, parse_see
from forecast.case.workspace import find_case, find_workspace
from forecast.errors import UsageError
from forecast.insight.changes import Grouping
from forecast.insight.explained import explain as explained
from forecast.insight.flip import Line
from forecast.insight.imagined import USUAL_CELL, USUAL_SEARCH
from forecast.insight.refitting import Refit, refitter
from forecast.insight.sensitivity import sensitivities
from forecast.insight.sensitivity_document import sensitivity_document
from forecast.insight.standing import MANY, Standing, standing, thinned
from forecast.insight.states import sampled_state
from forecast.insight.tilting import way_to as tilted
from forecast.insight.watch import watch as watched
from forecast.insight.whatif import suppose
from forecast.insight.whatif_document import watch_document, way_document, whatif_document
from forecast.reopened import Reopened, reopen
from forecast.run_lines import find_run
from forecast.runs import Run

EVIDENCE = ("sources", "coders", "indicators", "cells", "gates", "grades")


def open_run(
    case: str | Path,
    *,
    run: str | None = None,
    as_of: date | None = None,
    model: str | None = None,
    assumptions: str | None = None,
) -> Reopened:
    """A saved run with its draws: by its id, else the last publishable one at or before a date.

    Parameters
    ----------
    case
        The case's folder, or its name under `data/`.
    run, as_of, model, assumptions
        Which run; where none is named, the last one of the case's own model and assumption set.

    Raises
    ------
    UsageError
        If there is none, or it cannot be opened again.
    """
    folder = find_case(str(case), Path.cwd())
    workspace = find_workspace(folder)
    return reopen(find_run(workspace / "reports", folder.name, run, as_of, model, assumptions), workspace)


def explain(
    old: Reopened, new: Reopened, *, by: Grouping = "event", named: int = 8, refit: bool = True
) -> pd.DataFrame:
    """Why the forecast moved from one run to another: one row an outcome and bar, adding up to the change.

    Returns
    -------
    Columns `outcome`, `kind`, `id`, `label`, `contribution`, `mcse`, `no_change`.
    """

    def between(problem: Any) -> Any:
        return sampled_state(old.model, problem, new.run, lambda _: None, None)

    found = explained(old, new, by=by, named=named, refit=between if refit else None).document()
    return pd.DataFrame([{"outcome": each["id"], **bar} for each in found["outcomes"] for bar in each["bars"]])


def surprises(old: Reopened, new: Reopened) -> pd.DataFrame:
    """The reports that came since, the most surprising first.

    Returns
    -------
    Columns `report`, `event`, `indicator`, `title`, `grades`, `bits`, `excess`, `variance`.
    """
    return pd.DataFrame(explained(old, new).document()["surprises"]["reports"])


def sensitivity(run: Reopened, *, lines: Iterable[tuple[str, float]] = (), refit: bool = False) -> pd.DataFrame:
    """How much hangs on each assumption, and on each part of the evidence.

    Parameters
    ----------
    run
        The run.
    lines
        Decision lines beside those of the case: (outcome, probability).
    refit
        Whether to refit where k-hat fails.

    Returns
    -------
    One row an assumption or part and outcome: `id`, `kind`, `outcome`, `base`, `down`, `up` (of a part of the evidence
    both without it), `per_step`, `mcse`, `power`, `pareto_k`, `method`, `diagnosis`, `flip_distance`, `flip_unit`,
    `flip_leader`.
    """
    here, case = standing(run), run.case
    every = [*((line.outcome, line.at) for line in case.question.decision_lines), *lines]
    again = _refit(here, run) if refit else None
    found = sensitivities(here, run.known, lines=[Line(*line) for line in every], refit=again)
    said = sensitivity_document(found, case)
    base = {each["id"]: each["probability"] for each in said["outcomes"]}
    rows = [row for item in said["assumptions"] for row in _moved(item, base)]
    rows += [row for part in EVIDENCE for item in said[part] for row in _left_out(item, part.removesuffix("s"), base)]
    return pd.DataFrame(rows)


def whatif(run: Reopened, *, see: Sequence[str] = (), do: Sequence[str] = (), refit: bool = False) -> pd.DataFrame:
    """What follows if something is seen, or done; in the words of the command, `whatif(run, do=["us_pressure=0"])`.

    Returns
    -------
    Columns `outcome`, `base`, `probability`, `change`, `mcse`, and of the whole `kind`, `premise`,
    `premise_probability`, `method`, `pareto_k`, `note`.

    Raises
    ------
    UsageError
        If a premise cannot be read, or speaks of a day that is over.
    """
    premises: list[Premise] = []
    for parse, words in ((parse_see, see), (parse_do, do)):
        for one in words:
            try:
                premises.append(parse(one, run.case))
            except PremiseError as error:
                raise UsageError(str(error)) from None
    if not premises:
        raise UsageError("ask something: see=[...] or do=[...]")
    here, found = suppose(run, premises, (lambda here: _refit(here, run)) if refit else None)
    said = whatif_document(found, here)
    return _outcomes(said, premise="; ".join(said["premise"]), note=said["note"])


def way_to(run: Reopened, outcome: str, target: float) -> pd.DataFrame:
    """The most probable way for an outcome to become so probable: where the drivers go.

    Returns
    -------
    Columns `driver`, `week` (its Monday), `moves` (in standard units, beside where it goes as things stand), `bits` of
    the whole way.
    """
    here = standing(run, paths=MANY)
    said = way_document(tilted(here, outcome, target), here)
    rows = [
        {"driver": driver["id"], "week": week, "moves": moves, "bits": said["target"]["bits"]}
        for driver in said["target"]["drivers"]
        for week, moves in driver["weeks"].items()
    ]
    return _dated(pd.DataFrame(rows), "week")


def watch(run: Reopened, *, cell: tuple[str, int] = USUAL_CELL, search: float = USUAL_SEARCH) -> pd.DataFrame:
    """What to look for next week, the most telling for its effort first; and what each grade would do.

    Returns
    -------
    One row an indicator, grade and outcome: `indicator`, `bits`, `effort`, `bits_per_effort`, `points`, `reported`,
    `grade` (0: looked for and not found), `grade_probability`, `outcome`, `probability`.
    """
    here = standing(thinned(run))
    said = watch_document(watched(here, cell, search), here)
    told = ("bits", "effort", "bits_per_effort", "points", "reported")
    return pd.DataFrame(
        [
            {
                "indicator": row["id"],
                **{name: row[name] for name in told},
                "grade": grade["grade"],
                "grade_probability": grade["probability"],
                "outcome": outcome,
                "probability": chance,
            }
            for row in said["indicators"]
            for grade in (row["found_nothing"], *row["grades"])
            for outcome, chance in grade["outcomes"].items()
        ]
    )


def scenarios(runs: Iterable[Run]) -> pd.DataFrame:
    """What each run said to the case's saved scenarios when it was made.

    Returns
    -------
    Columns `as_of`, `run`, `scenario`, `premise`, `premise_probability`, `outcome`, `base`, `probability`, `change`,
    `mcse`.
    """
    columns = ["as_of", "run", "scenario", "premise", "premise_probability"]
    numbers = ["outcome", "base", "probability", "change", "mcse"]
    rows = [
        (
            *(run.as_of.isoformat(), run.id),
            *(each["id"], "; ".join(each["premise"]), each["premise_probability"]),
            *(row["id" if name == "outcome" else name] for name in numbers),
        )
        for run in runs
        for each in run.forecast.get("scenarios", [])
        for row in each["outcomes"]
    ]
    return _dated(pd.DataFrame(rows, columns=[*columns, *numbers]), "as_of")


def _refit(here: Standing, run: Reopened) -> Refit:
    return refitter(here, int(run.run.record["seed"]))


def _outcomes(said: dict[str, Any], **whole: Any) -> pd.DataFrame:
    of_all = {name: said[name] for name in ("kind", "premise_probability", "method", "pareto_k")}
    kept = ("base", "probability", "change", "mcse")
    rows = [{"outcome": row["id"], **{name: row[name] for name in kept}, **of_all, **whole} for row in said["outcomes"]]
    return pd.DataFrame(rows)


def _moved(item: dict[str, Any], base: dict[str, float]) -> list[dict[str, Any]]:
    flip = item["flip"] or {}
    return [
        {
            "id": item["id"],
            "kind": item["kind"],
            "outcome": outcome,
            "base": base[outcome],
            "down": item["down"][outcome],
            "up": item["up"][outcome],
            "per_step": item["sensitivity"][outcome],
            "mcse": item["mcse"][outcome],
            "power": None if item["power"] is None else item["power"][outcome],
            "pareto_k": item["pareto_k"],
            "method": item["method"],
            "diagnosis": item["diagnosis"],
            "flip_distance": flip.get("distance"),
            "flip_unit": flip.get("unit"),
            "flip_leader": flip.get("leader"),
        }
        for outcome in base
    ]


def _left_out(item: dict[str, Any], kind: str, base: dict[str, float]) -> list[dict[str, Any]]:
    then = item["moved" if kind == "grade" else "without"]
    step = item.get("step", 0)
    return [
        {
            "id": f"{item['id']} {step:+d}" if step else item["id"],
            "kind": kind,
            "outcome": outcome,
            "base": base[outcome],
            "down": then[outcome],
            "up": then[outcome],
            "per_step": then[outcome] - base[outcome],
            "mcse": item["change_mcse"][outcome],
            "power": None if item["power"] is None else item["power"][outcome],
            "pareto_k": item["pareto_k"],
            "method": item["method"],
        }
        for outcome in base
    ]


def _dated(table: pd.DataFrame, column: str) -> pd.DataFrame:
    table[column] = pd.to_datetime(table[column], format="%Y-%m-%d")
    return table
