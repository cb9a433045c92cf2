"""Which run is meant: the last one, the one before, the last sampled; of a line, one model with one assumption set."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from forecast.errors import UsageError
from forecast.runs import Run, list_runs

TREND = 8
"""Earlier runs of which a trend is made."""


def earlier_of(run: Run, runs: Iterable[Run]) -> list[Run]:
    """The last publishable runs of the same line before this one, one a day: what a trend is made of."""
    line = run.forecast["model"], run.forecast["assumption_set"]["name"]
    days = {each.as_of: each for each in runs if each.publishable and each.as_of < run.as_of and each.same_line(*line)}
    return [days[day] for day in sorted(days)[-TREND:]]


def find_run(
    reports: Path,
    case_id: str,
    run_id: str | None = None,
    as_of: date | None = None,
    model: str | None = None,
    assumptions: str | None = None,
) -> Run:
    """One run by its id, else the last publishable one at or before a date.

    Where model or assumption set is not named, it is the case's own; a line that has no such run is taken as it is.

    Raises
    ------
    UsageError
        If there is none.
    """
    runs = list_runs(reports, case_id)
    if run_id is not None:
        named = [run for run in runs if run.id == run_id]
        if not named:
            known = ", ".join(run.id for run in runs[-5:]) or "none yet"
            raise UsageError(f"--run {run_id}: {case_id} has no such run: the last ones are {known}")
        return named[0]
    usable = [run for run in runs if run.publishable and (as_of is None or run.as_of <= as_of)]
    fit = _of_line(usable, model, assumptions)
    if not fit:
        when = f" at or before {as_of}" if as_of else ""
        by = f" by {model}" if model else ""
        with_set = f" with {assumptions}" if assumptions else ""
        words = "".join(
            f" --{name} {value}" for name, value in (("model", model), ("assumptions", assumptions)) if value
        )
        others = _lines_of(run for run in runs if run.publishable)
        instead = f"; those there are: {', '.join(others)}" if others else ""
        raise UsageError(
            f"{case_id} has no publishable run{by}{with_set}{when}: "
            f"make one with `forecast refresh {case_id}{words}`{instead}"
        )
    return fit[-1]


def _of_line(runs: list[Run], model: str | None, assumptions: str | None) -> list[Run]:
    """The runs by a model with a set; what is not named is as in the case's own last run, if there are such runs."""
    own = [run for run in runs if run.default]
    if model is None and assumptions is None:
        return own
    named = [
        run
        for run in runs
        if model in (None, run.forecast["model"]) and assumptions in (None, run.forecast["assumption_set"]["name"])
    ]
    if not own:
        return named
    usual = own[-1].forecast
    line = model or usual["model"], assumptions or usual["assumption_set"]["name"]
    return [run for run in named if run.same_line(*line)] or named


def later_elsewhere(run: Run, runs: Iterable[Run]) -> Run | None:
    """The last publishable run of a later day than this one, of the same model with another set."""
    later = [
        each
        for each in runs
        if each.publishable and each.as_of > run.as_of and each.forecast["model"] == run.forecast["model"]
    ]
    return max(later, key=lambda each: each.as_of, default=None)


def _lines_of(runs: Iterable[Run]) -> list[str]:
    """How the lines of some runs are asked for."""
    lines = {(run.forecast["model"], run.forecast["assumption_set"]["name"]): None for run in runs}
    return [f"--model {model} --assumptions {name}" for model, name in sorted(lines)]


def previous_run(reports: Path, case_id: str, model: str, assumptions: str, before: date) -> Run | None:
    """The last publishable run of the same model and assumption set with an earlier as-of date."""
    runs = [
        run
        for run in list_runs(reports, case_id)
        if run.publishable and run.same_line(model, assumptions) and run.as_of < before
    ]
    return runs[-1] if runs else None


def last_sampled(reports: Path, case_id: str, model: str, assumptions: str, as_of: date) -> Run | None:
    """The last publishable run of a line, at or before a date, that was sampled: what an update may start from."""
    runs = [
        run
        for run in list_runs(reports, case_id)
        if run.publishable
        and run.same_line(model, assumptions)
        and run.as_of <= as_of
        and run.record["method"] == "nuts"
    ]
    return runs[-1] if runs else None
