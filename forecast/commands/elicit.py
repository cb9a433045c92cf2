"""`forecast elicit`: judgements in an analyst's own terms, made assumptions and given back to her."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecast.commands.options import AsJson, CaseName

if TYPE_CHECKING:
    from forecast.case.document import Document
    from forecast.case.schema import Case
    from forecast.elicitation.judgements import Judgements


def elicit(
    case: CaseName = None,
    answers: Annotated[
        Path | None, typer.Option(metavar="FILE.yaml", help="Judgements from a file instead of the terminal.")
    ] = None,
    assumptions: Annotated[
        str | None, typer.Option(metavar="SET", help="The set that they are based on (default: the case's).")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Turn judgements into an assumption set: what they imply is told at once, in the terms they were given in.

    Writes elicited/SET.yaml (the judgements, as given) and assumptions/SET.yaml; neither is ever overwritten.
    """
    from typing import cast

    from forecast.case.assumption_sets import set_names
    from forecast.case.reading import read_case
    from forecast.case.workspace import find_case, find_workspace
    from forecast.commands import console
    from forecast.elicitation.keeping import keep
    from forecast.elicitation.levels import told_ranges
    from forecast.elicitation.solving import solve
    from forecast.model.contract import Model, load_model

    folder = find_case(case, Path.cwd())
    document = _document(answers)
    based_on = assumptions or next((name for _, name in document.texts("based_on") if name in set_names(folder)), None)
    read = read_case(folder, based_on)
    if answers is None:
        from forecast.commands.judging import judging

        document = judging(read)
    said = _judgements(document, read)
    model = cast("Model", load_model("latent_drivers", find_workspace(folder)))
    with console.err.status("Looking for assumptions that say so"):  # shown at a terminal only
        solved = solve(model, read, said)
    ranges, lopsided = told_ranges(said.levels)
    told = (*solved.told, *ranges)
    found_in = answers is not None  # what was said at a terminal stands in no file
    warnings = [f"{document.where(place)}: {why}" if found_in else why for place, why in (*solved.doubts, *lopsided)]
    if read.assumptions.signed_off:
        what = " and ".join(f"'{signed.check}'" for signed in read.assumptions.signed_off)
        look = f"see forecast check {read.id} --prior --assumptions {said.set}"
        warnings.append(
            f"{what} is signed off for {read.assumptions.name} alone, and not for the sets based on it: {look}"
        )
    written = keep(folder, read.assumptions.name, said, solved)
    if as_json:
        console.emit_json({"set": said.set, "files": list(written), "told": list(told), "warnings": warnings})
        return
    for line in told:
        console.out.print(console.visible(line), soft_wrap=True)
    for warning in warnings:
        console.say(f"warning: {warning}")
    console.out.print(console.visible(f"written: {' and '.join(written)}"), soft_wrap=True)
    console.out.print(console.visible(f"next: forecast refresh {read.id} --assumptions {said.set}"), soft_wrap=True)
    if read.question.assumptions != said.set:
        own = f"'assumptions: {said.set}' in case.yaml makes it the case's own (now {read.question.assumptions})"
        console.out.print(console.visible(own), soft_wrap=True)


def _document(answers: Path | None) -> Document:
    from forecast.case.document import Document
    from forecast.case.plain_yaml import read_yaml

    return Document("the answers", {}, {}) if answers is None else read_yaml(answers)


def _judgements(document: Document, case: Case) -> Judgements:
    from forecast.case.shape import shaped
    from forecast.elicitation.judgements import Judgements, judgement_faults
    from forecast.elicitation.keeping import taken
    from forecast.errors import InputError, Problem

    problems: list[Problem] = []
    said = shaped(document, Judgements, problems)
    faults = (*taken(document, case.folder), *judgement_faults(document, case))
    problems += [document.problem(*fault) for fault in faults]
    if problems or said is None:
        raise InputError(problems)
    return said
