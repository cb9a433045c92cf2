"""What a model that is solved makes of the inputs of a run: no sampling, and no knowledge that the run had not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from forecast.errors import InputError, UsageError
from forecast.model.contract import ExactModel, load_model
from forecast.model.problem import Problem, UnfitError, build_problem
from forecast.record.scores import Statement
from forecast.recorded import recorded_case, recorded_view
from forecast.runs import Run, digest


class Solver:
    """Asks solved models about runs, each of the same inputs once.

    Parameters
    ----------
    runs
        Saved runs: what a model has said itself, as of the day and with the set in question, is taken from them, where
        it knew no ending.
    workspace
        Whose models are asked.
    """

    def __init__(self, runs: Iterable[Run], workspace: Path) -> None:
        self._saved = {
            (run.forecast["model"], run.forecast["assumption_set"]["name"], run.as_of): run
            for run in runs
            if run.publishable and not run.knows_ending
        }
        self._problems: dict[str, Problem | str] = {}
        self._answers: dict[tuple[str, str], Statement | str] = {}
        self._workspace = workspace

    def said(self, name: str, run: Run) -> Statement | str:
        """What the model says of a run's question on its day, or why it says nothing."""
        own = self._saved.get((name, run.forecast["assumption_set"]["name"], run.as_of))
        answer = Statement.of(own) if own else self._answer(name, run)
        if isinstance(answer, str) and name == "base_rates":
            return _noted(run) or answer
        return answer

    def _answer(self, name: str, run: Run) -> Statement | str:
        """From the run's own inputs, which runs of other models may share."""
        inputs = {"set": run.forecast["assumption_set"], "as_of": run.forecast["as_of"], **run.record["inputs"]}
        key = digest({part: content for part, content in inputs.items() if part != "model"})
        if key not in self._problems:
            self._problems[key] = _problem(run, self._workspace)
        if (name, key) not in self._answers:
            self._answers[name, key] = self._asked(name, self._problems[key])
        return self._answers[name, key]

    def _asked(self, name: str, problem: Problem | str) -> Statement | str:
        if isinstance(problem, str):
            return problem
        try:
            model = load_model(name, self._workspace)
            if not isinstance(model, ExactModel):
                return f"the model {name} of this workspace is not one that is solved"
            incidence = model.law.incidence(problem).mean(axis=0)
        except (UnfitError, UsageError, InputError) as error:
            return f"it does not fit this case: {error}"
        calendar, outcomes = problem.calendar, problem.structure.outcomes
        chances = dict(zip(outcomes, incidence[-1].tolist(), strict=True))
        ends = [min(week + timedelta(days=6), calendar.horizon) for week in calendar.future_weeks]
        return Statement(
            as_of=calendar.as_of,
            horizon=calendar.horizon,
            chances={**chances, "unresolved": max(0.0, 1.0 - sum(chances.values()))},
            resolved=tuple(zip(ends, incidence.sum(axis=1).tolist(), strict=True)),
        )


def _noted(run: Run) -> Statement | None:
    """The base rates that stand beside a run's own chances."""
    noted = {row["id"]: row.get("base_rate") for row in run.forecast["outcomes"]}
    if any(chance is None for chance in noted.values()):
        return None
    said = Statement.of(run)
    try:
        return Statement(said.as_of, said.horizon, noted)
    except ValueError:
        return None  # they are not chances


def _problem(run: Run, workspace: Path) -> Problem | str:
    try:
        return build_problem(recorded_case(run, workspace), recorded_view(run))
    except (UsageError, InputError, KeyError, StopIteration) as error:
        return f"what run {run.id} was made from cannot be read again: {str(error).partition('\n')[0]}"
