"""A new case folder: tried before anybody sees it, there whole or not at all, and never over another."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

from forecast.case.base_rates import FOLDER as BASE_RATES
from forecast.case.checks import check
from forecast.case.document import Document, Place, shown
from forecast.case.phrases import listed, nearest, quoted
from forecast.case.reading import read_case
from forecast.case.schema import Case
from forecast.durable import make_folder
from forecast.elicitation.firmness import LOOSEST, usual
from forecast.elicitation.splits import NEAR
from forecast.errors import InputError, Problem, UsageError
from forecast.model.contract import Model, load_model
from forecast.starting.answers import Answers, answer_faults, outcome_doubts
from forecast.starting.paced import paced
from forecast.starting.past import TABLE, Past, find_past
from forecast.starting.plan import Plan, plan_case
from forecast.starting.template import Template
from forecast.starting.writing import written_case


def planned(
    folder: Path, template: Template, answers: Answers, document: Document, today: dt.date
) -> tuple[Plan, tuple[Problem, ...]]:
    """The plan of a case, and what its author should look at again.

    Parameters
    ----------
    folder
        Where the case will be; its name becomes the case's.
    document
        Where the answers come from: faults are told at its lines.

    Raises
    ------
    InputError
        With every fault of the answers.
    """
    faults = [
        document.problem(place, message, remedy) for place, message, remedy in answer_faults(answers, template, today)
    ]
    if faults:
        raise InputError(faults)
    past = _past(folder.parent, template, answers, today)
    plan = plan_case(folder.name, template, answers, today, past)
    doubts = (*outcome_doubts(answers.outcomes), *_left_out(template, plan))
    told = [(("outcomes", *place), what, remedy) for place, what, remedy in doubts]
    told += [(("country",), what, remedy) for what, remedy in _no_past(template, answers.country, past)]
    return plan, tuple(document.problem(place, what, remedy) for place, what, remedy in told)


def found_case(folder: Path, plan: Plan) -> tuple[Plan, tuple[Problem, ...]]:
    """Write the folder of a planned case; the plan as it was written, and what `check` would warn of.

    Raises
    ------
    InputError
        If the case would have faults, outcomes that no test parts included; nothing is then written.
    UsageError
        If there is something of that name.
    StoreError
        If the system does not let it be written.
    """
    refuse_to_overwrite(folder)
    warnings, draft = _tried(folder, written_case(plan, LOOSEST))
    model = cast("Model", load_model(draft.question.model, draft.folder))  # a template names one that is sampled
    plan, case, given = paced(model, draft, plan)
    files = written_case(plan, usual(model, case))
    if not make_folder(folder, files):
        raise _there_already(folder)
    return plan, (*warnings, *_unmet(folder, plan, given))


def refuse_to_overwrite(folder: Path) -> None:
    """Raise a `UsageError` if something of the case's name is there."""
    if folder.exists() or folder.is_symlink():
        raise _there_already(folder)


def _unmet(folder: Path, plan: Plan, given: float) -> Iterator[Problem]:
    """The chance of resolution, where no pace that a case can state gives it."""
    if abs(given - plan.resolved) > NEAR:
        message = (
            f"resolved by {plan.horizon}: {100 * plan.resolved:.0f} % is wanted, the model comes to {100 * given:.0f} %"
        )
        yield Problem(shown(folder / "assumptions" / "first-look.yaml"), None, message, "look at what is due, and when")


def _left_out(template: Template, plan: Plan) -> Iterator[tuple[Place, str, str]]:
    """Drivers of the template that tilt none of the named outcomes, since nobody said which is like the template's."""
    kept = {driver.id for driver in plan.drivers}
    dropped = [driver for driver in template.drivers if driver.id not in kept]
    if dropped:
        likes = dict.fromkeys(name for driver in dropped for name in driver.tilts)
        message = (
            f"no outcome is like {listed(likes, 'or')}, so {listed([one.id for one in dropped])} would tilt nothing"
        )
        remedy = "they are left out; if an outcome is of that kind, say so: ID:LIKE=LABEL, or 'like' in a file"
        yield (), message, remedy


def _there_already(folder: Path) -> UsageError:
    return UsageError(f"{shown(folder)} is there already: choose another name (nothing is ever overwritten)")


def _tried(folder: Path, files: Mapping[str, bytes]) -> tuple[tuple[Problem, ...], Case]:
    """Read and check the files in a place of their own, beside the same base rates.

    Returns
    -------
    The warnings, and the case.
    """
    with tempfile.TemporaryDirectory(prefix="forecast-") as place:
        draft = Path(place) / "data" / folder.name
        make_folder(draft, files)
        if (folder.parent / BASE_RATES / TABLE).is_file():
            (draft.parent / BASE_RATES).mkdir()
            shutil.copy(folder.parent / BASE_RATES / TABLE, draft.parent / BASE_RATES)

        def placed(problem: Problem) -> Problem:
            return replace(problem, file=problem.file.replace(shown(draft), shown(folder)))

        try:
            case = read_case(draft)
            findings = check(case)
        except InputError as error:
            raise InputError(map(placed, error.problems)) from None
    told = tuple(map(placed, findings.warnings))
    ambiguous = [warning for warning in told if warning.file.endswith("/case.yaml") and "no test parts" in str(warning)]
    if findings.problems or ambiguous:
        raise InputError((*map(placed, findings.problems), *ambiguous))
    return told, case


def _no_past(template: Template, country: str | None, past: Past | None) -> Iterator[tuple[str, str]]:
    """Where a country was named and nothing, or nothing of its own, is learned from the past."""
    if country is None or (past is not None and past.is_known):
        return
    said = f"country {quoted(country)}"
    if not template.episodes:
        yield f"{said} joins no past: no table is of this kind of question", "leave it out"
    elif past is None:
        yield (
            f"{said} joins no past: there is no {BASE_RATES}/{TABLE} beside the cases",
            "lay one there, or leave it out",
        )
    else:
        near = nearest(country, past.others)
        remedy = "its pace is learned from the others" if near is None else f"did you mean {quoted(near)}?"
        yield f"{said} has no past episode in {TABLE}", remedy


def _past(data: Path, template: Template, answers: Answers, today: dt.date) -> Past | None:
    """The past that the case can join: where its kind has a table, and the question a country and a trigger."""
    if not template.episodes or answers.country is None:
        return None
    usual = {outcome.id: outcome.end for outcome in template.outcomes}
    fallback = template.other.end or ""
    named = answers.outcomes or template.outcomes
    ends = {one.id: usual.get(getattr(one, "like", None) or one.id) or fallback for one in named}
    trigger = answers.trigger_date or answers.opening or today
    return find_past(data, answers.country, trigger, {**ends, "other": fallback})
