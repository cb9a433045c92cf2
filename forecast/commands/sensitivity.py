"""`forecast sensitivity`: how much hangs on each assumption, source, coder, indicator and grade."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecast.commands.opening import TrustRecord, opener, progress_shown, run_meant
from forecast.commands.options import AsJson, CaseName, RunAsOf, RunId, RunOfModel, RunWithSet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from forecast.case.document import Document
    from forecast.insight.refitting import Refit
    from forecast.insight.sensitivity_document import Beside
    from forecast.insight.standing import Standing
    from forecast.insight.switchboard import Alternative
    from forecast.reopened import Reopened, Stage


def sensitivity(
    case: CaseName = None,
    run: RunId = None,
    as_of: RunAsOf = None,
    model: RunOfModel = None,
    assumptions: RunWithSet = None,
    alternatives: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="ASSUMPTION=VALUE", help="Refit with this instead; several joined by commas."),
    ] = None,
    grid: Annotated[Path | None, typer.Option(metavar="FILE", help="Refit the alternatives of a YAML file.")] = None,
    sets: Annotated[bool, typer.Option("--sets", help="Compare the case's other assumption sets.")] = False,
    re_anchor: Annotated[
        bool, typer.Option("--re-anchor", help="Solve the intercepts again for what is changed; else they are held.")
    ] = False,
    line: Annotated[
        list[str] | None,
        typer.Option(metavar="OUTCOME=P", help="One more decision line: a probability at which one acts."),
    ] = None,
    refit: Annotated[
        bool | None,
        typer.Option(
            "--refit/--no-refit",
            help="Refit wherever weights cannot tell, or nowhere (default: assumptions, gates and sources only).",
            show_default=False,
        ),
    ] = None,
    trust_record: TrustRecord = False,
    as_json: AsJson = False,
) -> None:
    """Show how much hangs on each assumption and each part of the evidence, and how far it is to another answer."""
    from forecast.case.plain_yaml import read_yaml
    from forecast.commands import console
    from forecast.commands.tornado import show_sensitivity, show_switchboard
    from forecast.commands.words import outcome_and_chance
    from forecast.insight.usual import hanging

    alternated = None if grid is None else read_yaml(grid)
    asked = _asked(alternatives or [], alternated)
    workspace, chosen = run_meant(case, run, as_of, model, assumptions)
    lines = [outcome_and_chance(words, chosen.forecast, "--line") for words in line or []]
    with progress_shown() as (stage, progress):
        opened = opener(workspace, trusted=trust_record, stage=stage, progress=progress)

        def refitted(standing: Standing) -> Refit:
            from forecast.insight.refitting import refitter

            return refitter(standing, int(chosen.record["seed"]), stage=stage, progress=progress)

        if switched := bool(asked or sets):
            from forecast.errors import InputError
            from forecast.insight.sensitivity_document import beside_document
            from forecast.insight.standing import standing as stand
            from forecast.insight.switchboard import grid_faults

            here = opened(chosen)
            if alternated is not None and (faults := grid_faults(alternated, here.case)):
                raise InputError(faults)
            standing = stand(here)
            again = None if refit is False else refitted(standing)
            beside = tuple(_switched(standing, asked, re_anchor, again, stage))
            others = tuple(_sets(workspace, here, standing, again, stage)) if sets else ()
        if not switched or as_json:
            found = hanging(
                chosen,
                opened,
                lines=lines,
                re_anchor=re_anchor and not switched,
                refit=False if switched else refit,
                refitted=refitted,
                trusted=trust_record,
                stage=stage,
            )
    if as_json:
        more = {"alternatives": beside, "sets": others} if switched else {}
        console.emit_json({**found, **{name: beside_document(rows, standing) for name, rows in more.items()}})
    elif switched:
        show_switchboard(standing, chosen, (*beside, *others))
    else:
        show_sensitivity(found, chosen)


def _asked(words: Sequence[str], grid: Document | None) -> tuple[Alternative, ...]:
    from forecast.insight.switchboard import from_grid, from_words

    of_grid = () if grid is None else from_grid(grid)
    return (*(from_words(each) for each in words), *of_grid)


def _switched(
    standing: Standing, asked: tuple[Alternative, ...], re_anchor: bool, refit: Refit | None, stage: Stage
) -> Iterator[Beside]:
    """Each alternative refitted; without refits, by weights."""
    from forecast.errors import UsageError
    from forecast.insight.sensitivity_document import Beside
    from forecast.insight.switchboard import switched, weighed

    for alternative, problem in switched(standing, asked, re_anchor, stage):
        anchored = re_anchor or alternative.restates_shares
        if refit is not None:
            refitted = refit(problem, alternative.name)
            yield Beside(alternative.name, refitted.answer, refitted.failures, anchored)
            continue
        change = weighed(standing, problem)
        if change is None:
            raise UsageError(f"--no-refit: '{alternative.name}' changes the form of the model: let it be refitted")
        yield Beside(alternative.name, standing.answer(change), (), anchored)


def _sets(workspace: Path, opened: Reopened, standing: Standing, refit: Refit | None, stage: Stage) -> Iterator[Beside]:
    """The case's other assumption sets: their saved runs of the day, else refitted with intercepts of their own."""
    from forecast.case.assumption_sets import set_names
    from forecast.case.reading import read_case
    from forecast.commands.console import say
    from forecast.insight.refitting import anchored_again
    from forecast.insight.sensitivity_document import Beside
    from forecast.insight.standing import of_run
    from forecast.model.problem import build_problem
    from forecast.runs import list_runs

    saved = [
        other
        for other in list_runs(workspace / "reports", opened.case.id)
        if other.as_of == opened.run.as_of and other.publishable and other.forecast["model"] == opened.model.name
    ]
    for name in set_names(opened.case.folder):
        if name == opened.case.assumptions.name:
            continue
        run = next((other for other in saved if other.forecast["assumption_set"]["name"] == name), None)
        if run is not None:
            yield Beside(name, of_run(run, standing), (), True, run.id)
        elif refit is None:
            say(f"the set {name} has no run as of {opened.run.as_of}: let it be refitted, or refresh with it")
        else:
            stage(f"Anchoring the set {name}")
            problem = build_problem(read_case(opened.case.folder, name), opened.known)
            refitted = refit(anchored_again(standing, problem), f"the set {name}")
            yield Beside(name, refitted.answer, refitted.failures, True)
