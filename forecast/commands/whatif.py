"""`forecast whatif`: what follows if something is seen, or done; and the most probable way to a probability."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from forecast.commands.opening import TrustRecord, open_run, progress_shown
from forecast.commands.options import AsJson, CaseName, RunAsOf, RunId, RunOfModel, RunWithSet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from forecast.case.premises import Premise
    from forecast.case.scenarios import Scenario
    from forecast.case.schema import Case
    from forecast.insight.refitting import Refit
    from forecast.insight.standing import Standing
    from forecast.reopened import Reopened
    from forecast.runs import Run


def whatif(
    case: CaseName = None,
    see: Annotated[
        list[str] | None,
        typer.Option(metavar="PREMISE", help="It is seen that DRIVER=VALUE [on DATE], or report:INDICATOR=GRADE@B2."),
    ] = None,
    do: Annotated[
        list[str] | None,
        typer.Option(metavar="PREMISE", help="Somebody makes it so that DRIVER=VALUE [from DATE] [until DATE]."),
    ] = None,
    scenario: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A scenario saved in the case's scenarios.yaml.")
    ] = None,
    scenarios: Annotated[
        bool, typer.Option("--scenarios", help="Every saved scenario, with its trend over the earlier runs.")
    ] = False,
    target: Annotated[
        str | None, typer.Option(metavar="OUTCOME=P", help="The most probable way for an outcome to get there.")
    ] = None,
    run: RunId = None,
    as_of: RunAsOf = None,
    model: RunOfModel = None,
    assumptions: RunWithSet = None,
    refit: Annotated[
        bool, typer.Option("--refit/--no-refit", help="Refit a premise too improbable for the draws at hand.")
    ] = True,
    trust_record: TrustRecord = False,
    as_json: AsJson = False,
) -> None:
    """Show what follows if something is seen or done, always with the premise's own probability."""
    from forecast.commands import console
    from forecast.commands.words import outcome_and_chance
    from forecast.errors import UsageError
    from forecast.insight.refitting import refitter
    from forecast.insight.standing import MANY
    from forecast.insight.standing import standing as stand
    from forecast.insight.tilting import way_to
    from forecast.insight.whatif import suppose
    from forecast.insight.whatif_document import lines_after, way_document, whatif_document

    if not (see or do or scenario or scenarios or target):
        raise UsageError("ask something: --see, --do, --scenario, --scenarios or --target")
    if target and (see or do or scenario or scenarios):
        raise UsageError("--target asks for the premises: give it alone")
    with progress_shown() as (stage, progress):
        workspace, opened = open_run(
            case, run, as_of, model, assumptions, trusted=trust_record, stage=stage, progress=progress
        )
        head = {"case": opened.case.id, "as_of": opened.run.as_of.isoformat(), "run": opened.run.id}
        document: dict[str, Any]
        if target:
            aim = outcome_and_chance(target, opened.run.forecast, "--target")
            standing = stand(opened, paths=MANY)
            way = way_to(standing, *aim)
            document = {**head, "decision_lines": lines_after(way.answer, standing), **way_document(way, standing)}
        elif scenarios:
            told = _scenarios(opened.case)
            document = {**head, "scenarios": list(_every(told, workspace, opened, trusted=trust_record))}
        else:
            premises = _premises(see or [], do or [], scenario or [], opened.case)
            seed = int(opened.run.record["seed"])

            def again(standing: Standing) -> Refit:
                return refitter(standing, seed, stage=stage, progress=progress)

            standing, found = suppose(opened, premises, again if refit else None)
            crossed = lines_after(found.answer, standing)
            document = {**head, "decision_lines": crossed, **whatif_document(found, standing)}
    if as_json:
        console.emit_json(document)
        return
    from forecast.commands.supposing import show_scenarios, show_way, show_whatif

    show = show_scenarios if scenarios else show_way if target else show_whatif
    show(document, opened.case)


def _premises(see: Sequence[str], do: Sequence[str], scenarios: Sequence[str], case: Case) -> tuple[Premise, ...]:
    from forecast.case.premises import PremiseError, parse_do, parse_see
    from forecast.case.scenarios import find_scenario
    from forecast.errors import UsageError

    premises: list[Premise] = []
    for option, parse, words in (("--see", parse_see, see), ("--do", parse_do, do)):
        for one in words:
            try:
                premises.append(parse(one, case))
            except PremiseError as error:
                raise UsageError(f"{option} {error}") from None
    for name in scenarios:
        premises += find_scenario(case, name).premises
    return tuple(premises)


def _scenarios(case: Case) -> tuple[Scenario, ...]:
    from forecast.case.document import shown
    from forecast.case.scenarios import FILE, read_scenarios
    from forecast.errors import UsageError

    found = read_scenarios(case)
    if not found:
        raise UsageError(f"--scenarios: {case.id} has none: write some in {shown(case.folder / FILE)}")
    return found


def _every(told: tuple[Scenario, ...], workspace: Path, opened: Reopened, *, trusted: bool) -> Iterator[dict[str, Any]]:
    """Every scenario now, and what the runs before this one said to it; what they were not asked is asked now."""
    from forecast.errors import UsageError
    from forecast.insight.scenarios import trend
    from forecast.insight.standing import standing as stand
    from forecast.insight.standing import thinned
    from forecast.insight.whatif import whatif as ask
    from forecast.insight.whatif_document import whatif_document
    from forecast.run_lines import earlier_of
    from forecast.runs import list_runs

    standing = stand(thinned(opened))
    before = earlier_of(opened.run, list_runs(workspace / "reports", opened.case.id))
    standings: dict[str, Standing | None] = {}
    for scenario in told:
        said = whatif_document(ask(standing, scenario.premises), standing)
        now = {"id": scenario.id, "label": scenario.label, **said}
        line = {then["run"]: then for then in trend(now, before)}
        for run in before:
            if run.id not in line:
                if run.id not in standings:
                    standings[run.id] = _stand_again(run, workspace, trusted=trusted)
                then = standings[run.id]
                try:
                    chances = None if then is None else ask(then, scenario.premises).answer.chances.tolist()
                except UsageError:  # a premise of a day that is later than that run's horizon, say
                    chances = None
                if then is not None and chances is not None:
                    outcomes = dict(zip(then.outcomes, chances, strict=True))
                    line[run.id] = {"run": run.id, "as_of": run.as_of.isoformat(), "outcomes": outcomes}
        yield {**now, "trend": sorted(line.values(), key=lambda then: then["as_of"])}


def _stand_again(run: Run, workspace: Path, *, trusted: bool) -> Standing | None:
    """Where an earlier run stands; None where its draws are not at hand."""
    from forecast.commands.console import say
    from forecast.errors import ForecastError
    from forecast.insight.standing import standing, thinned
    from forecast.reopened import reopen

    if run.draws != "there":
        return None
    try:
        return standing(thinned(reopen(run, workspace, trusted=trusted)))
    except ForecastError as error:
        say(f"not in the trend: {error}")
        return None
