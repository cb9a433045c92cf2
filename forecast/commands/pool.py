"""`forecast pool`: what all models and assumption sets say together, and how far they are apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from forecast.commands.options import HUMILITY, AsJson, CaseName, Humility, RunAsOf, RunWithSet

if TYPE_CHECKING:
    from forecast.record.combination import Combination


def pool(
    case: CaseName = None,
    as_of: RunAsOf = None,
    humility: Humility = HUMILITY,
    analysts: Annotated[
        bool,
        typer.Option("--analysts", help="Show who of a pooled set's analysts differs on what."),
    ] = False,
    assumptions: RunWithSet = None,
    refit: Annotated[
        bool | None,
        typer.Option(
            "--refit/--no-refit",
            help="With --analysts: refit everywhere, or nowhere (default: where weights cannot tell).",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Combine the last forecasts of a case, one for each model and assumption set, and show how far they disagree."""
    from forecast.case.workspace import find_case, find_workspace
    from forecast.commands import console
    from forecast.errors import UsageError
    from forecast.record.combination import check_share, combine, of_one_day
    from forecast.record.past import past_questions
    from forecast.record.scores import Statement
    from forecast.record.solved import Solver
    from forecast.recorded import recorded_members
    from forecast.runs import list_runs

    check_share(humility)
    if analysts:
        from forecast.commands.analysts import show_analysts_of

        show_analysts_of(case, as_of, assumptions, refit, as_json=as_json)
        return
    if assumptions is not None or refit is not None:
        raise UsageError("--assumptions and --refit go with --analysts")
    folder, day = find_case(case, Path.cwd()), console.parse_date(as_of, "--as-of")
    workspace = find_workspace(folder)
    runs = [run for run in list_runs(workspace / "reports", folder.name) if not run.knows_ending]
    days = [run.as_of for run in runs if run.publishable and (day is None or run.as_of <= day)]
    if not days:
        when = f" at or before {day}" if day else ""
        raise UsageError(
            f"{folder.name} has no publishable run{when}: make some with `forecast refresh {folder.name} --model NAME`"
        )
    chosen = of_one_day(runs, max(days))
    rates = Solver(runs, workspace).said("base_rates", chosen[0])
    known = rates if isinstance(rates, Statement) else None
    if known is None and humility > 0.0:
        console.say(f"no base rates are mixed in: {rates}")
    found = combine(chosen, known, past_questions(workspace, folder.name), humility)
    pooled = {run.forecast["assumption_set"]["name"]: recorded_members(run) for run in chosen}
    if as_json:
        console.emit_json(_document(found, pooled, mixed=known is not None))
    else:
        from forecast.commands.pooled import show_combination

        show_combination(found, pooled)


def _document(found: Combination, pooled: Mapping[str, Sequence[str]], *, mixed: bool) -> dict[str, Any]:
    first = found.runs[0].forecast
    rows = zip(found.runs, found.members, found.stacked.tolist(), strict=True)
    return {
        "case": first["case"],
        "as_of": first["as_of"],
        "horizon": first["horizon"],
        "members": [
            {
                "model": run.forecast["model"],
                "assumptions": run.forecast["assumption_set"]["name"],
                "run": run.id,
                "pools": list(pooled.get(run.forecast["assumption_set"]["name"], ())),
                "weight": weight,
                "outcomes": dict(said.chances),
            }
            for run, said, weight in rows
        ],
        "pools": {name: dict(said.chances) for name, said in found.pools.items()},
        "base_rates": found.share if mixed else 0.0,
        "ranges": {end: list(ends) for end, ends in found.ranges.items()},
        "disagreement": found.bits,
        "learned_from": found.learned_from,
    }
